"""The generated documents are what `explain` says, whole and linked.

`python docs/generate.py` writes them; review the change with git diff.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

from higgs_logscan.catalogue import CAUSES, RULES
from higgs_logscan.diagnosis import Cause
from higgs_logscan.document import CauseId
from higgs_logscan.evidence import PARTS, SHELL
from higgs_logscan.explain import subjects_dict, subjects_text

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
generate = import_module("generate")
GENERATED: dict[str, str] = generate.files()


@pytest.mark.parametrize("name", GENERATED)
def test_document_is_generated(name: str) -> None:
    path = DOCS / name
    assert path.exists(), f"docs/{name} is missing: run python docs/generate.py"
    assert path.read_text(encoding="utf-8") == GENERATED[name], f"docs/{name} is old: run python docs/generate.py"


def test_nothing_is_left_over() -> None:
    assert generate.stale(GENERATED) == [], "run python docs/generate.py"


def test_every_rule_and_cause_has_a_page() -> None:
    assert {f"rules/{rule.id}.md" for rule in RULES} | {f"causes/{cause.id}.md" for cause in CAUSES} <= set(GENERATED)
    for name in ("rules", "causes"):
        listed = set(re.findall(r"\(([\w-]+|\.\./\w+/[\w-]+)\.md\)", GENERATED[f"{name}/README.md"]))
        pages = {Path(path).stem for path in GENERATED if path.startswith(name)} - {"README"}
        assert pages <= {link.split("/")[-1] for link in listed}


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{name}" for name in GENERATED)])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    missing = [link for link in links if not ((ROOT / name).parent / link).exists()]
    assert not missing


def test_a_failure_mode_is_carried_or_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(generate.MODES) == [f"R{number:02d}" for number in range(1, 35)]
    monkeypatch.setattr(generate, "DECISIONS", {})
    without = [rule for rule in RULES if "R12" not in rule.carries]
    with pytest.raises(SystemExit, match=r"R\d\d .*no rule carries it"):
        generate._modes(without)
    monkeypatch.setattr(generate, "DECISIONS", dict.fromkeys(generate.MODES, "no log shows it"))
    assert "| R12 | No delay pattern | No log shows it |" in generate._modes(without)


def test_what_rules_carry_is_in_the_tables() -> None:
    known = {*generate.MODES, *(f"§11.{number}" for number in range(1, len(generate.EVIDENCE) + 1))}
    assert {mode for rule in RULES for mode in rule.carries} <= known


def test_readme_shows_the_evidence() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for part in PARTS:
        if part is not SHELL:
            assert f"```python\n{part.code}```\n" in readme
            assert part.where in " ".join(readme.split())
    assert f"`{SHELL.code.strip()}`" in readme


# -- causes --------------------------------------------------------------------------------------------


def test_every_cause_of_the_closed_list_exists() -> None:
    assert sorted(cause.id for cause in CAUSES) == sorted(get_args(CauseId))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_a_cause_names_what_exists(cause: Cause) -> None:
    speaking = {sign.partition("/")[0] for sign in cause.signs}
    assert {*speaking, *cause.against, *cause.refuted_by} <= {rule.id for rule in RULES}
    assert set(cause.explains) <= {other.id for other in CAUSES} - {cause.id}
    assert cause.signs


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_a_cause_has_a_manual(cause: Cause) -> None:
    text = " ".join(subjects_text([cause]).split())
    for words in (cause.mechanism, cause.shows, cause.traps, cause.settles, cause.next, cause.source):
        assert words.endswith(".") and words in text
    assert 1 <= len(re.findall(r"[.:] [A-Z]|\.$", cause.mechanism)) <= 5
    assert all(len(line) <= 80 for line in subjects_text([cause]).splitlines())
    assert subjects_dict([cause])["for"] == dict(cause.signs)
