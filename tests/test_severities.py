"""Severities of the configuration: what a rule declares is replaced, what it holds for weak is raised by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

import higgs_logscan
from higgs_logscan.catalogue import RULES
from higgs_logscan.finding import Severity
from higgs_logscan.run import Run, graded
from higgs_logscan.value import replace

KILLED = Path(__file__).parent.parent / "sample_logs" / "killed.log"
ASKED = [rule() for rule in RULES]


@pytest.fixture(scope="module")
def killed() -> Run:
    """A run with one warning, of the rule log-truncated, which declares a warning."""
    return higgs_logscan.scan(KILLED).runs[0]


@pytest.mark.parametrize(("severity", "verdict"), [("error", "fail"), ("warning", "warn"), ("note", "pass")])
def test_the_declared_severity_is_replaced(killed: Run, severity: Severity, verdict: str) -> None:
    run = graded(killed, ASKED, {"log-truncated": severity})
    assert (run.findings[0].severity, run.verdict) == (severity, verdict)
    assert run.root_causes == killed.root_causes, "what happened does not depend on a team's taste"


def test_weak_evidence_is_raised_by_nobody(killed: Run) -> None:
    weak = killed.with_findings(replace(finding, severity="note") for finding in killed.findings)
    assert graded(weak, ASKED, {"log-truncated": "error"}).verdict == "pass"
    strong = killed.with_findings(replace(finding, severity="error") for finding in killed.findings)
    assert graded(strong, ASKED, {"log-truncated": "note"}).verdict == "pass"


def test_other_rules_stay_as_they_are(killed: Run) -> None:
    assert graded(killed, ASKED, {"crash": "note"}) == killed.with_findings(killed.findings)
