"""The direction of imports: a module imports only from rows above its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "higgs_logscan"

#: From the ground up. `x.*` is every module of a folder: those never import each other.
ROWS: tuple[tuple[str, ...], ...] = (
    ("usage", "value", "stored", "meanwhile", "prefix"),
    (
        "profile",
        "finding",
        "median",
        "tokens",
        "grammar",
        "escape",
        "sparkline",
        "evidence",
        "path_glob",
        "vocabulary",
        "fields",
        "ordinals",
    ),
    ("places", "dialect", "lines", "counting"),
    ("rows", "ground", "program", "bars", "mapping"),
    ("cells", "pieces", "buckets", "plan", "blocks"),
    ("table",),
    ("curve", "tally", "label_counts", "trainer", "aggregation", "change_point", "register", "timestamps", "span"),
    ("curves", "masks", "action", "timeline", "taking", "token_lists", "reader"),
    ("stretch", "clock", "epochs", "open_records", "ahead"),
    ("facts", "compression", "filling"),
    ("boundaries",),
    ("assembly",),
    ("decompression",),
    ("context", "source"),
    ("rule",),
    ("judged", "course"),
    ("skipped",),
    ("dialects.*", "rules.*", "diagnosis"),
    ("causes.*", "run", "manual", "document"),
    ("wording", "location", "record_json", "pipeline", "parse_report", "schema", "explain", "manual_markdown"),
    ("suppression", "baseline", "gate", "answer", "columns"),
    ("figures",),
    ("report",),
    ("renderers.*", "record_table", "saved_report"),
    ("catalogue",),
    ("selection", "output", "settings"),
    ("api", "checks", "outcome", "progress", "log_files"),
    ("setting_types", "outputs"),
    ("tables",),
    ("config_errors", "options"),
    ("config",),
    ("inspection", "readings", "config_toml"),
    ("flags",),
    ("cli",),
    ("__main__",),
)
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


def row(module: str) -> int:
    """The row of a module."""
    names = {module, f"{module.split('.')[0]}.*"} if "." in module else {module}
    for number, of_row in enumerate(ROWS):
        if names & set(of_row):
            return number
    raise AssertionError(f"{module} stands in no row: give it one in ROWS, below all that it imports")


def imports(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, at its top or in a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name}: a relative import"
            of = (node.module or "").split(".")
            if of[0] == PACKAGE.name:
                for alias in node.names:
                    names = [".".join([*of[1:], alias.name]), ".".join(of[1:])]
                    yield from [name for name in names if name in MODULES][:1]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name.removeprefix(f"{PACKAGE.name}.")
                if name in MODULES and name != alias.name:
                    yield name


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_rows_above(module: str) -> None:
    below = [name for name in imports(MODULES[module]) if row(name) >= row(module)]
    assert not below, f"{module} (row {row(module)}) imports {below}"


def test_imports_are_found() -> None:
    assert {"action", "register", "table"} <= set(imports(MODULES["assembly"]))
    assert "renderers.jsonl" in set(imports(MODULES["outputs"]))
    assert any(name.startswith("rules.") for name in imports(MODULES["catalogue"]))


@pytest.mark.parametrize("module", ["higgs_logscan", "higgs_logscan.cli", "higgs_logscan.__main__"])
def test_the_command_is_light_to_import(module: str) -> None:
    heavy = ("numpy", "pandas", "regex", "zstandard", "pyarrow", "rich.console")
    program = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []
