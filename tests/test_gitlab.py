"""The Code Quality report of GitLab: its format, and fingerprints that outlast a log that grows."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from higgs_logscan.escape import escaped
from higgs_logscan.renderers import gitlab

SCHEMA = json.loads((Path(__file__).parent / "contracts" / "gitlab-code-quality.schema.json").read_text())
VALID = Draft202012Validator(SCHEMA)
GATE = {"gate": "expect", "asked": "audio_loss<5.5", "verdict": "fail", "message": "it is 6.1"}


def rendered(of: Any) -> str:
    out = io.StringIO()
    gitlab.render(of, out)
    return out.getvalue()


def entries(of: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(rendered(of))
    return made


def test_a_finding_is_an_entry() -> None:
    log = run("./logs/a.log", "fail", findings=[finding(first=evidence(812, step=40), next="Shift once.")])
    (made,) = entries(document(log))
    fingerprint = made.pop("fingerprint")
    assert made == {
        "description": "it is wrong (step 40). Shift once.",
        "check_name": "label-leak",
        "severity": "critical",
        "location": {"path": "logs/a.log", "lines": {"begin": 812}},
    }
    assert len(fingerprint) == 64


@pytest.mark.parametrize(("severity", "said"), [("error", "critical"), ("warning", "major"), ("note", "info")])
def test_severities(severity: str, said: str) -> None:
    assert entries(document(run(findings=[finding(severity)])))[0]["severity"] == said


def test_nothing_found_is_an_empty_report() -> None:
    assert rendered(document(run())) == "[]\n"


def test_fingerprints_outlast_lines_and_figures_but_no_rule_and_no_path() -> None:
    def fingerprints(path: str, line: int, message: str, rule: str = "label-leak") -> list[str]:
        log = run(
            path, "fail", gates=[{**GATE, "message": message}],
            findings=[finding(message=message, rule=rule, first=evidence(line))],
        )  # fmt: skip
        unread = [{"path": f"{path}.gz", "reason": message}]
        return [made["fingerprint"] for made in entries(document(log, run(f"{path}.2", "unknown"), unread=unread))]

    first = fingerprints("a.log", 812, "98 % are equal")
    assert len(set(first)) == 4
    assert fingerprints("a.log", 1812, "99 % are equal") == first
    assert not set(first) & set(fingerprints("b.log", 812, "98 % are equal"))
    assert fingerprints("a.log", 812, "98 % are equal", "crash")[-1] != first[-1]


def test_what_fails_beyond_findings_is_an_entry() -> None:
    logs = [run("a.log", "fail", gates=[GATE, {**GATE, "verdict": "pass"}]), run("b.log", "unknown")]
    made = entries(document(*logs, unread=[{"path": "c.log", "reason": "no such file"}]))
    assert [(one["check_name"], one["severity"], one["location"]["path"], one["description"]) for one in made] == [
        ("unread", "critical", "c.log", "not read: no such file"),
        ("expect", "critical", "a.log", "expect audio_loss<5.5: it is 6.1."),
        ("no-verdict", "critical", "b.log", "no verdict is possible. No loss was read from it."),
    ]


def test_a_log_elsewhere_keeps_its_whole_path() -> None:
    (made,) = entries(document(run("/var/log/train.log", findings=[finding(first=None)])))
    assert made["location"] == {"path": "var/log/train.log", "lines": {"begin": 1}}


def test_the_contract_of_the_tests_refuses_what_gitlab_does() -> None:
    (made,) = entries(document(run(findings=[finding()])))
    wrong: list[dict[str, Any]] = [
        {**made, "severity": "error"},
        {**made, "location": {**made["location"], "lines": {"begin": 0}}},
        {**made, "location": {**made["location"], "path": "./a.log"}},
        {key: value for key, value in made.items() if key != "fingerprint"},
    ]
    assert VALID.is_valid([made])
    assert not any(VALID.is_valid([one]) for one in wrong)


@settings(deadline=None, max_examples=60)
@given(documents)
def test_hostile_documents_are_reports(of: Any) -> None:
    text = rendered(of)
    assert text.endswith("]\n")
    made = json.loads(text)
    VALID.validate(made)
    assert len({one["fingerprint"] for one in made}) == len(made)
    assert all(one["description"].isprintable() for one in made)
    found = [found for one in of["runs"] for found in one["findings"]]
    assert len(made) >= len(found)
    for one, put in zip(made[len(made) - len(found) :], found, strict=True):
        assert one["check_name"] == put["rule"]
        assert one["description"].startswith(escaped(put["message"]))
