"""Every rule's examples: short logs, read by the real dialects, judged by that rule only."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from tables import Pieces, table_of

from higgs_logscan.catalogue import DIALECTS, RULES
from higgs_logscan.finding import AREAS
from higgs_logscan.pipeline import Scan, scan
from higgs_logscan.profile import Profile
from higgs_logscan.rule import Example, Rule
from higgs_logscan.stretch import Stretch

CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_example(rule: type[Rule], example: Example) -> None:
    log = dedent(example.log).strip("\n") + "\n"
    marked = [number for number, line in enumerate(log.splitlines(), 1) if line.rstrip().endswith("<-")]
    log = re.sub(r" *<-$", "", log, flags=re.MULTILINE)
    run = scan(
        lambda: Scan("example.log", DIALECTS, [rule(**example.thresholds)], (), Profile()), Pieces([log.encode()])
    )
    assert bool(run.findings) is example.offends, run.judgements
    if marked:
        assert run.findings[0].first is not None
        assert run.findings[0].first.line == marked[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_well_made(rule: type[Rule]) -> None:
    words = rule.id.split("-")
    assert rule.__name__ == "".join(word.capitalize() for word in words)
    assert rule.__module__.split(".")[-1] == "_".join(words)
    assert rule.__module__.split(".")[-2] == rule.area.replace("-", "_")
    assert rule.area in AREAS
    assert rule.severity in ("error", "warning", "note")
    assert rule.needs, "a rule that cannot judge says which line it would need"
    assert {example.offends for example in rule.examples} == {True, False}, "a firing and a silent example"
    assert rule.__doc__ and "\n\n" in rule.__doc__, "the docstring is the manual"
    assert all(about for _, about, _ in rule.thresholds().values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_whether_it_asks_for_windows(rule: type[Rule]) -> None:
    stretch = Stretch(table_of([dedent(one.log).encode() + b"\n" for one in rule.examples]), Profile())
    rule().summarise(stretch)
    assert rule.windowed is ("windows" in vars(stretch))


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
