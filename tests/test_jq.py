"""The recipes of docs/jq.md run against the real jq, and what they show is what it prints.

`UPDATE_SCENARIOS=1 pytest tests/test_jq.py` writes the output into the page; review it with git diff.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "jq.md"
#: Each a command, and the output that stands below it, if any does.
RECIPE = re.compile(r"```sh\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
(SCAN, _), *RECIPES = RECIPE.findall(PAGE.read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed (apt-get install jq)")


def run(command: str, folder: Path) -> str:
    """What the command prints. Its status is the one that a comment at its end says, else 0."""
    said = re.search(r"# status (\d)\n$", command)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == (int(said[1]) if said else 0), done.stderr
    assert not done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a checkout, with the report that the page saves first."""
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "sample_logs").symlink_to(ROOT / "sample_logs")
    run(SCAN, folder)
    return folder


@pytest.mark.parametrize(("command", "shown"), RECIPES, ids=[f"recipe-{n}" for n in range(1, len(RECIPES) + 1)])
def test_recipe(command: str, shown: str, folder: Path) -> None:
    said = run(command, folder)
    assert said.strip()
    if os.environ.get("UPDATE_SCENARIOS"):
        page = PAGE.read_text(encoding="utf-8")
        before, after = f"```sh\n{command}```\n\n```text\n{shown}```\n", f"```sh\n{command}```\n\n```text\n{said}```\n"
        assert page.count(before) == 1
        PAGE.write_text(page.replace(before, after), encoding="utf-8")
    else:
        assert said == shown


def test_every_block_is_a_recipe() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("```sh\n") == len(RECIPES) + 1
    assert page.count("```text\n") == len(RECIPES)
    assert len({command for command, _ in RECIPES}) == len(RECIPES)
