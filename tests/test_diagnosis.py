"""From findings to causes: every error has one, their order does not matter, and notes accuse nobody."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from higgs_logscan.catalogue import CAUSES, RULES
from higgs_logscan.diagnosis import CONFIDENCES, RootCause, diagnose
from higgs_logscan.finding import Evidence, Finding, Judgement, Severity
from higgs_logscan.rule import Rule

BY_ID = {rule.id: rule for rule in RULES}
#: Warnings of which no cause of the closed list is the origin.
UNEXPLAINED = {"low-coverage", "stalled", "validation-not-computed"}


def offends(rule: type[Rule], severity: Severity | None = None, late: bool = False, mechanism: str = "") -> Judgement:
    place = Evidence(100, 5_000, 40)
    finding = Finding(rule.id, rule.area, severity or rule.severity, "m", place, late=late, mechanism=mechanism)
    return Judgement(rule.id, rule.area, {}, (finding,))


def passes(id: str) -> Judgement:
    return Judgement(id, BY_ID[id].area)


def named(*judgements: Judgement) -> dict[str, RootCause]:
    return {cause.cause: cause for cause in diagnose(judgements, CAUSES)}


def mechanisms(rule: type[Rule]) -> Sequence[str]:
    """The mechanisms of a rule that causes ask for; none, where one of them asks for any."""
    asked = [sign.partition("/") for cause in CAUSES for sign in cause.signs]
    return [mechanism for id, _, mechanism in asked if id == rule.id] or [""]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.severity != "note"], ids=lambda rule: rule.id)
def test_a_finding_alone_has_a_cause(rule: type[Rule]) -> None:
    for mechanism in mechanisms(rule):
        assert named(offends(rule, mechanism=mechanism)) or rule.id in UNEXPLAINED


def test_signs_are_of_rules_that_there_are() -> None:
    for cause in CAUSES:
        said = {sign.partition("/")[0] for sign in cause.signs} | set(cause.against) | set(cause.refuted_by)
        assert said <= BY_ID.keys()
        assert set(cause.explains) <= {other.id for other in CAUSES}


@given(
    st.lists(st.sampled_from(RULES), unique=True, max_size=8).flatmap(
        lambda r: st.tuples(st.just(r), st.permutations(r))
    )
)
def test_the_order_of_judgements_does_not_matter(both: tuple[list[type[Rule]], list[type[Rule]]]) -> None:
    one, other = (diagnose([offends(rule) for rule in rules], CAUSES) for rules in both)
    assert [(c.cause, c.confidence, c.detail) for c in one] == [(c.cause, c.confidence, c.detail) for c in other]


@given(st.lists(st.sampled_from([rule for rule in RULES if rule.severity == "error"]), unique=True, min_size=1))
def test_no_findings_refute_each_other_until_no_cause_is_left(rules: list[type[Rule]]) -> None:
    judgements = [offends(rule, mechanism=mechanisms(rule)[0]) for rule in rules]
    assert diagnose(judgements, CAUSES)


@given(st.lists(st.sampled_from(RULES), unique=True, max_size=8))
def test_notes_are_hints_at_most(rules: list[type[Rule]]) -> None:
    certain = {sign for cause in CAUSES for sign, sure in cause.signs.items() if sure == "certain"}
    causes = diagnose([offends(rule, "note") for rule in rules if rule.id not in certain], CAUSES)
    assert {cause.confidence for cause in causes} <= {"low"}


def test_near_zero_and_exactly_zero_share_no_cause() -> None:
    zero = named(offends(BY_ID["audio-loss-zero"])).keys()
    near = named(offends(BY_ID["audio-loss-near-zero"])).keys()
    assert zero and near and not zero & near


def test_validation_parts_leak_and_memory() -> None:
    near = offends(BY_ID["audio-loss-near-zero"])
    assert named(near).keys() == {"label-leak", "memorisation"}
    assert named(near, offends(BY_ID["validation-loss-near-zero"])).keys() == {"label-leak"}
    assert named(near, offends(BY_ID["validation-gap"])).keys() == {"memorisation"}


def test_what_speaks_against_a_cause_makes_it_less_sure() -> None:
    frozen = offends(BY_ID["evaluation-frozen"])
    alone = named(frozen)["learning-rate-zero"]
    doubted = named(frozen, passes("learning-rate-zero"))["learning-rate-zero"]
    assert (alone.against, doubted.against) == ((), ("learning-rate-zero",))
    assert CONFIDENCES.index(doubted.confidence) == CONFIDENCES.index(alone.confidence) + 1


def test_a_cause_outranks_what_follows_from_it() -> None:
    crash, bounds = offends(BY_ID["crash"]), offends(BY_ID["target-out-of-bounds"])
    assert [cause.cause for cause in diagnose([crash, bounds], CAUSES)] == ["code-out-of-range", "crashed"]


def test_two_faults_are_both_named() -> None:
    both = named(offends(BY_ID["unshifted-labels"]), offends(BY_ID["delay-pattern-absent"]))
    assert list(both) == ["label-leak", "delay-pattern-absent"]


def test_a_mechanism_has_its_own_fix() -> None:
    rule = BY_ID["audio-labels-masked"]
    plain = named(offends(rule))["audio-over-masked"]
    cached = named(offends(rule, late=True, mechanism="cached-labels-mutated"))["audio-over-masked"]
    assert cached.detail == "cached-labels-mutated" and cached.late
    assert cached.next != plain.next and "memory" in cached.next
