"""Suppressions: which findings they accept, on which day, and what is said of them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Pieces

from higgs_logscan import pipeline
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.finding import Evidence, Finding, Judgement, NotJudged
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile
from higgs_logscan.run import Run, Suppressed
from higgs_logscan.suppression import Suppression, Suppressions
from higgs_logscan.value import replace

FOLDER = Path(__file__).parent.parent / "sample_logs"
TODAY = date(2026, 10, 1)


@cache
def sample(name: str) -> Run:
    path = FOLDER / f"{name}.log"
    rules = [rule() for rule in RULES]
    return pipeline.scan(lambda: Scan(str(path), DIALECTS, rules, CAUSES, Profile()), Pieces([path.read_bytes()]))


def found(rule: str, first: int | None = None, last: int | None = None, severity: str = "warning") -> Finding:
    """A finding whose first and last line name these steps."""
    places = (Evidence(1, 0, first), Evidence(9, 900, last)) if first is not None else (Evidence(1, 0), None)
    return Finding(rule, "input-pipeline", severity, "found", *places)  # type: ignore[arg-type]


def run(*findings: Finding, path: str = "/runs/a.log") -> Run:
    """A run of these findings, and no others."""
    judged = {finding.rule: finding for finding in findings}
    judgements = tuple(Judgement(rule, one.area, {}, (one,)) for rule, one in judged.items())
    judgements += (Judgement("crash", "incidents"),)
    return replace(sample("healthy"), path=path, judgements=judgements).with_findings(findings)


def on(*suppressions: Suppression, today: date = TODAY) -> Suppressions:
    return Suppressions(suppressions, today)


# -- what is accepted -------------------------------------------------------------------------------


def test_an_accepted_fault_fails_no_more() -> None:
    before = sample("issue-94")
    after = on(Suppression("audio-loss-near-zero", "known, see issue 94")).apply(before)
    assert (before.verdict, after.verdict) == ("fail", "pass")
    assert not after.findings and not after.root_causes
    (one,) = after.suppressed
    assert (one.finding, one.by, one.reason) == (before.findings[0], "suppression", "known, see issue 94")


def test_other_rules_still_count() -> None:
    after = on(Suppression("crash", "a test of ours")).apply(sample("label-out-of-range"))
    assert after.verdict == "fail" and {"target-out-of-bounds"} <= {finding.rule for finding in after.findings}
    assert "crash" not in {finding.rule for finding in after.findings}


@pytest.mark.parametrize(
    ("pattern", "path", "accepted"),
    [
        (None, "/runs/a.log", True),
        (None, "-", True),
        ("/runs/*.log", "/runs/a.log", True),
        ("/runs/*.log", "/runs/night/a.log", False),
        ("/runs/**/*.log", "/runs/night/a.log", True),
        ("/runs/*.log", "-", False),
        ("-", "-", True),
        ("-", "/runs/a.log", False),
    ],
)
def test_paths(pattern: str | None, path: str, accepted: bool) -> None:
    suppressed = on(Suppression("batch-repeated", "overfit test", path=pattern))
    assert bool(suppressed.apply(run(found("batch-repeated"), path=path)).suppressed) is accepted


def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    suppressed = on(Suppression("batch-repeated", "overfit test", path=f"{tmp_path}/runs/*.log"))
    assert suppressed.apply(run(found("batch-repeated"), path="runs/../runs/a.log")).suppressed
    assert not suppressed.apply(run(found("batch-repeated"), path="a.log")).suppressed


@pytest.mark.parametrize(
    ("first", "last", "accepted"),
    [(100, 200, True), (150, 150, True), (99, 200, False), (100, 201, False), (0, 900, False), (None, None, False)],
)
def test_steps_hold_for_the_first_and_the_last_line(first: int | None, last: int | None, accepted: bool) -> None:
    suppressed = on(Suppression("batch-repeated", "warm-up", steps=(100, 200)))
    assert bool(suppressed.apply(run(found("batch-repeated", first, last))).suppressed) is accepted


def test_a_finding_of_one_line_has_one_step() -> None:
    one = replace(found("batch-repeated", 150, 150), last=None)
    assert on(Suppression("batch-repeated", "warm-up", steps=(100, 200))).apply(run(one)).suppressed
    assert not on(Suppression("batch-repeated", "warm-up", steps=(0, 99))).apply(run(one)).suppressed


def test_a_finding_without_any_line_has_no_step() -> None:
    nowhere = replace(found("batch-repeated"), first=None)
    assert not on(Suppression("batch-repeated", "warm-up", steps=(0, 99))).apply(run(nowhere)).suppressed
    assert on(Suppression("batch-repeated", "warm-up")).apply(run(nowhere)).suppressed


def test_the_first_reason_is_given() -> None:
    after = on(Suppression("batch-repeated", "one"), Suppression("batch-repeated", "two")).apply(
        run(found("batch-repeated"))
    )
    assert [one.reason for one in after.suppressed] == ["one"]


# -- days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "accepted"), [(-1, False), (0, True), (1, True)])
def test_the_last_day_still_counts(days: int, accepted: bool) -> None:
    suppressed = on(Suppression("batch-repeated", "overfit test", until=TODAY + timedelta(days)))
    after = suppressed.apply(run(found("batch-repeated")))
    assert bool(after.suppressed) is accepted
    assert suppressed.states([after])[0].status == ("used" if accepted else "expired")


def test_an_expired_one_is_said() -> None:
    suppressed = on(Suppression("batch-repeated", "overfit test", until=date(2026, 9, 30)))
    (state,) = suppressed.states([suppressed.apply(run(found("batch-repeated")))])
    assert (state.status, state.findings) == ("expired", 1)
    said = 'suppression of batch-repeated ("overfit test") expired on 2026-09-30: its findings count again'
    assert state.message == said
    (state,) = suppressed.states([suppressed.apply(run())])
    assert (state.status, state.findings) == ("expired", 0)
    assert state.message.endswith("expired on 2026-09-30: it suppresses nothing any more")


def test_what_another_one_accepts_does_not_count_again() -> None:
    old, new = Suppression("batch-repeated", "old", until=date(2026, 9, 1)), Suppression("batch-repeated", "new")
    suppressed = on(old, new)
    states = suppressed.states([suppressed.apply(run(found("batch-repeated")))])
    assert [(one.status, one.findings) for one in states] == [("expired", 0), ("used", 1)]


def test_what_a_baseline_knows_is_no_use_of_a_suppression() -> None:
    one = run(found("batch-repeated"))
    known = one.with_findings([], [Suppressed(one.findings[0], "baseline", "known")])
    assert on(Suppression("batch-repeated", "overfit test")).states([known])[0].status == "unused"


# -- unused -----------------------------------------------------------------------------------------


def test_an_unused_one_is_said_once_over_all_logs() -> None:
    suppressed = on(Suppression("crash", "flaky node"), Suppression("batch-repeated", "overfit test"))
    runs = [suppressed.apply(run(found("batch-repeated"), path=path)) for path in ("/runs/a.log", "/runs/b.log")]
    unused, used = suppressed.states([*runs, suppressed.apply(run(path="/runs/c.log"))])
    assert (unused.status, unused.findings, used.status, used.findings) == ("unused", 0, "used", 2)
    assert unused.message == 'suppression of crash ("flaky node") matches no finding: it can be removed'
    assert used.message == ""


@pytest.mark.parametrize(
    "suppression",
    [
        Suppression("label-leak", "this rule is not asked"),
        Suppression("crash", "no such log in this scan", path="/elsewhere/*.log"),
        Suppression("stalled", "this rule cannot judge"),
    ],
)
def test_nothing_is_said_of_one_that_could_not_be_used(suppression: Suppression) -> None:
    one = run()
    unjudged = Judgement("stalled", "incidents", {}, (), NotJudged("stalled", "no clock", "timestamps"))
    (state,) = on(suppression).states([replace(one, judgements=(*one.judgements, unjudged))])
    assert (state.status, state.message) == ("unused", "")


def test_states_keep_the_order_given() -> None:
    named = [Suppression(rule, "reason") for rule in ("crash", "batch-repeated", "label-leak")]
    assert [state.suppression for state in on(*named).states([])] == named


# -- laws -------------------------------------------------------------------------------------------

IDS = st.sampled_from(["batch-repeated", "label-leak", "crash"])
STEPS = st.none() | st.integers(0, 20)
FINDINGS = st.lists(st.builds(found, IDS, STEPS, STEPS, st.sampled_from(["error", "warning", "note"])), max_size=5)
RANGES = st.none() | st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: (min(ends), max(ends)))
DAYS = st.none() | st.integers(-2, 2).map(lambda days: TODAY + timedelta(days))
SUPPRESSIONS = st.lists(
    st.builds(Suppression, IDS, st.just("reason"), DAYS, st.sampled_from([None, "/runs/*", "-"]), RANGES), max_size=4
)
LOGS = st.lists(
    st.tuples(st.sampled_from(["/runs/a.log", "/b.log", "-"]), FINDINGS), max_size=3, unique_by=lambda log: log[0]
)


@settings(deadline=None)
@given(LOGS, SUPPRESSIONS)
def test_nothing_is_lost_and_states_add_up(logs: list[tuple[str, list[Finding]]], given: list[Suppression]) -> None:
    suppressed = on(*given)
    before = [run(*findings, path=path) for path, findings in logs]
    after = [suppressed.apply(one) for one in before]
    for old, new in zip(before, after, strict=True):
        assert sorted(map(repr, new.found)) == sorted(map(repr, old.findings))
        assert suppressed.apply(new) == new
    states = suppressed.states(after)
    assert states == suppressed.states(after[::-1])
    assert any(one.suppressed for one in after) == any(state.status == "used" for state in states)
    assert all(bool(state.findings) == (state.status == "used") for state in states if state.status != "expired")
    # What is not in force changes nothing.
    in_force = [state.suppression for state in states if state.status != "expired"]
    assert [on(*in_force).apply(one) for one in before] == after
