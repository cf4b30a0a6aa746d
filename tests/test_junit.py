"""JUnit reports: what a CI service reads out of them is what the document says."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given
from junitparser import JUnitXml, TestCase, TestSuite

from higgs_logscan import scan
from higgs_logscan.renderers import junit

LOGS = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
NOT_JUDGED = {"rule": "bos-in-labels", "area": "special-tokens", "reason": "no labels", "needs": "`Labels: …`"}


def rendered(of: Any, encoding: str = "utf-8") -> str:
    file = io.BytesIO()
    out = io.TextIOWrapper(file, encoding, newline="")
    junit.render(of, out)
    out.flush()
    return file.getvalue().decode(encoding)


def suites(of: Any) -> list[TestSuite]:
    return list(JUnitXml.fromstring(rendered(of).encode()))


def cases(of: Any) -> dict[str, TestCase]:
    return {f"{case.classname}/{case.name}": case for suite in suites(of) for case in suite}


def outcomes(suite: TestSuite) -> Counter[str]:
    kinds = ("passed", "failure", "error", "skipped")
    return Counter(kind for case in suite for kind in kinds if getattr(case, f"is_{kind}"))


def expected(of: Any) -> Counter[str]:
    """What becomes of the rules and gates of a log, worked out from its document."""
    found = {one["rule"] for one in of["findings"]}
    red = {one["rule"] for one in of["findings"] if one["severity"] != "note"}
    accepted = {one["finding"]["rule"] for one in of["suppressed"]} - found
    missed = sum(gate["verdict"] != "pass" for gate in of["gates"])
    passed = sum(len(area["passed"]) for area in of["areas"]) + len(found - red) + len(of["gates"]) - missed
    failures = len(red) + missed or int(of["verdict"] == "unknown")
    return +Counter(passed=passed, failure=failures, skipped=len(accepted) + len(of["not_judged"]))


def check(of: Any) -> None:
    text = rendered(of)
    root = ElementTree.fromstring(text)
    read = suites(of)
    assert len(read) == len(of["runs"]) + len(of["unread"])
    for suite, one in zip(read, of["runs"], strict=False):
        counts = outcomes(suite)
        assert counts == expected(one)
        assert (suite.tests, suite.failures, suite.skipped) == (len(suite), counts["failure"], counts["skipped"])
    for suite in read[len(of["runs"]) :]:
        assert outcomes(suite) == {"error": 1} == {"error": suite.errors}
    totals = [sum(getattr(suite, name) for suite in read) for name in ("tests", "failures", "errors")]
    assert [int(root.attrib[name]) for name in ("tests", "failures", "errors")] == totals
    assert "skipped" not in root.attrib and "time" not in root.attrib
    for element in root.iter():
        said = [*element.attrib.values(), *(element.text or "").split("\n")]
        assert all(words.isprintable() for words in said)


# -- laws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_the_counts_are_those_of_the_log(log: Path) -> None:
    check(scan(log).to_dict())


@given(documents)
def test_any_document_is_read_back_with_the_same_counts(of: Any) -> None:
    check(of)


@given(documents)
def test_a_stream_of_ascii_says_the_same(of: Any) -> None:
    text = rendered(of, "ascii")
    assert text.isascii()
    trees = (ElementTree.canonicalize(text), ElementTree.canonicalize(rendered(of)))
    assert trees[0] == trees[1]


# -- cases ------------------------------------------------------------------------------------------


def test_a_failure_says_what_where_and_what_to_do() -> None:
    of = finding(
        message="98 % equal what was fed in", measured={"pairs": 612, "nonfinite": {"loss": "nan"}, "loss": None},
        likely="A leak.", next="Shift once.", count=12, last=evidence(99, step=300),
        first=evidence(40, "Labels: [-100, 636]\t]]></failure>", step=7),
    )  # fmt: skip
    (result,) = cases(document(run("logs/a.log", "fail", findings=[of])))["alignment/label-leak"].result
    assert (result.type, result.message) == ("error", "98 % equal what was fed in")
    assert result.text == (
        "error: 98 % equal what was fed in\n"
        "at: logs/a.log:40, step 7 to 300, 12 times\n"
        "measured: pairs 612, loss nan\n"
        "likely: A leak.\n"
        "next: Shift once.\n"
        "line: Labels: [-100, 636]\\t]]></failure>"
    )


def test_all_findings_of_a_rule_are_one_failure_as_severe_as_the_worst() -> None:
    of = [finding("warning", "first"), finding("note", "second", first=None)]
    (case,) = cases(document(run(findings=of, verdict="warn"))).values()
    (failure,) = case.result
    assert failure.type == "warning"
    assert failure.text == "warning: first\nat: train.log:7\n\nnote: second\nat: train.log"


def test_a_note_passes_and_is_said() -> None:
    case = cases(document(run(findings=[finding("note", "odd")])))["alignment/label-leak"]
    assert case.is_passed
    assert case.system_out == "note: odd\nat: train.log:7"


def test_what_is_not_judged_is_skipped_with_what_it_needs() -> None:
    (skipped,) = cases(document(run(not_judged=[NOT_JUDGED])))["special-tokens/bos-in-labels"].result
    assert skipped.message == "not judged: no labels; it needs `Labels: …`"


def test_what_is_accepted_is_skipped_with_its_reason() -> None:
    of = [
        {"by": "suppression", "reason": "see #12", "finding": finding()},
        {"by": "baseline", "reason": "known", "finding": finding()},
    ]
    (skipped,) = cases(document(run(suppressed=of)))["alignment/label-leak"].result
    assert skipped.message == "suppression: see #12; baseline: known"


@pytest.mark.parametrize(("verdict", "kind"), [("pass", None), ("fail", "fail"), ("unknown", "no-verdict")])
def test_a_gate_is_a_case_and_red_unless_it_holds(verdict: str, kind: str | None) -> None:
    gate = {"gate": "expect", "asked": "audio_loss<5.5@500", "verdict": verdict, "message": "it is 6.1"}
    case = cases(document(run(verdict=verdict, gates=[gate])))["gate/expect audio_loss<5.5@500"]
    assert [(result.type, result.message) for result in case.result] == ([(kind, "it is 6.1")] if kind else [])


def test_no_verdict_is_red() -> None:
    (case,) = cases(document(run(verdict="unknown"))).values()
    assert (case.name, case.result[0].type) == ("verdict", "no-verdict")


def test_a_log_that_could_not_be_read_is_an_error() -> None:
    (suite,) = suites(document(unread=[{"path": "gone.log", "reason": "no such file"}]))
    (case,) = suite
    assert (suite.name, case.name, case.result[0].message) == ("gone.log", "read", "no such file")


def test_logs_that_are_alike_stay_two() -> None:
    assert [len(suite) for suite in suites(document(*[run(not_judged=[NOT_JUDGED])] * 2))] == [1, 1]


def test_a_suite_names_verdict_cause_and_coverage() -> None:
    log = next(log for log in LOGS if log.stem == "missing-audio-inputs")
    (suite,) = suites(scan(log).to_dict())
    of = {one.name: one.value for one in suite.properties()}
    assert list(of) == ["verdict", "root-cause", "root-cause-confidence", "coverage"]
    assert of["verdict"] == "fail"
    assert of["root-cause"].startswith("missing-audio-inputs: ")
