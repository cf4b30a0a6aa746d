"""Laws: how a log is cut changes nothing.

Any cut of the bytes into blocks gives the same records and the same run. Any cut of the records
into stretches, added up in any bracketing, gives the same judgements.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import Pieces, table_of

from higgs_logscan import pipeline, program, reader
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.context import Reading, judge
from higgs_logscan.facts import Facts
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile
from higgs_logscan.record_json import record_dict
from higgs_logscan.report import finding_dict, run_dict
from higgs_logscan.rule import Rule
from higgs_logscan.run import Run
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import Record, Table

REAL_LOGS = Path(__file__).parents[2] / "shared" / "real_logs"
SAMPLE_LOGS = sorted((Path(__file__).parents[1] / "sample_logs").glob("*.log"))
NAMES = ("cm-058a8bb__v4k_double_shift__seed1.log", "jm-ed1c71e__healthy__seed0.log")
PROFILE = Profile()

# -- logs -------------------------------------------------------------------------------------------

SAMPLES = [line.sample for dialect in DIALECTS for line in dialect.lines]
SAMPLES += [span.sample for dialect in DIALECTS for span in dialect.spans]
SAMPLES += [sign.sample for dialect in DIALECTS for sign in dialect.signs]
SAMPLES += [foreign.sample for dialect in DIALECTS for foreign in dialect.foreign]
OTHERS = ["", "  ", "an unknown line 12", '  File "a.py", line 3, in <module>', "KeyError: 'x'", "x" * 700, "\x00\x00"]
ENDS = ["\n"] * 8 + ["\r\n", "\r", "\r", "\n\n", ""]


@st.composite
def lines(draw: st.DrawFn) -> str:
    """One line in any dialect or none, perhaps coloured, of some rank, with any end."""
    text = draw(st.sampled_from(SAMPLES) | st.sampled_from(OTHERS))
    if draw(st.integers(0, 7)) == 0:
        text = f"\x1b[32m{text}\x1b[0m"
    if draw(st.integers(0, 4)) == 0:
        text = f"[rank{draw(st.integers(0, 1))}]: {text}"
    return text + draw(st.sampled_from(ENDS))


@st.composite
def blocks_of_training(draw: st.DrawFn) -> str:
    """A few forward passes and the line of their step, as trainers print them, with a bar between."""
    step = draw(st.integers(0, 40))
    rank = draw(st.sampled_from(["", "", "[rank0]:", "[rank1]:"]))
    loss = st.sampled_from(["11.7", "6.93", "0.0000", "nan", "inf", "2.5", "1e-05"])
    values = st.lists(st.sampled_from([-100, -1, 5, 636, 1023, 1024, 1025, 1026, 128009]), max_size=8)
    passes = draw(st.integers(0, 3))
    text = ""
    for _ in range(passes):
        text += f"{rank}INFO:__main__:✓ Text loss: {draw(loss)}\n{rank}INFO:__main__:✓ Audio loss: {draw(loss)}\n"
        text += "INFO:__main__:Audio Codebook 0 Prediction vs Label Comparison:\n"
        text += f"INFO:__main__:  First 10 Audio Predictions: {draw(values)}\n"
        text += f"INFO:__main__:  First 10 Audio Labels:      {draw(values)}\n"
        text += f"{rank}INFO:__main__:Total loss: {draw(loss)}\n"
        text += draw(st.sampled_from(["", "  3%|▏ | 6/200 [00:02<00:07, 20.78it/s, loss=8.16]", "\r"]))
    named = f"{rank}INFO:__main__:Step {step} - Losses: Text={draw(loss)}, Audio={draw(loss)}, Total={draw(loss)}\n"
    validation = f"INFO:__main__:Step {step} - Val Loss: 18.1, Text: 11.4, Audio: 6.7\n"
    return text + named + draw(st.sampled_from(["", validation]))


LOGS = st.lists(lines() | blocks_of_training(), max_size=25).map(lambda parts: "".join(parts).encode())
CUTS = st.lists(st.floats(0, 1), max_size=12)


def pieces(whole: Any, shares: Sequence[float]) -> list[Any]:
    """Bytes or a list, cut at these shares of it."""
    edges = [0, *sorted(int(share * len(whole)) for share in shares), len(whole)]
    return [whole[a:b] for a, b in pairwise(edges)]


def records_of(blocks: Sequence[bytes]) -> list[Record]:
    return list(pipeline.records(Pieces(blocks), DIALECTS))


def as_dicts(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [{**record_dict(record), "start": record.start, "ordinal": record.ordinal} for record in records]


def run_of(blocks: Sequence[bytes]) -> Run:
    return pipeline.scan(lambda: Scan("a.log", DIALECTS, [rule() for rule in RULES], CAUSES, PROFILE), Pieces(blocks))


@cache
def real(name: str) -> bytes:
    if not REAL_LOGS.exists():
        pytest.skip(f"the real logs are not here: {REAL_LOGS}")
    return (REAL_LOGS / name).read_bytes()


# -- blocks -----------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150)
@given(LOGS, CUTS)
def test_any_cut_into_blocks_gives_the_same_records(log: bytes, shares: list[float]) -> None:
    assert as_dicts(records_of(pieces(log, shares))) == as_dicts(records_of([log]))


@settings(deadline=None, max_examples=60)
@given(LOGS)
def test_the_cut_into_bytes_gives_the_same_records(log: bytes) -> None:
    assert as_dicts(records_of([log[i : i + 1] for i in range(len(log))])) == as_dicts(records_of([log]))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, CUTS)
def test_any_cut_into_blocks_gives_the_same_run(log: bytes, shares: list[float]) -> None:
    assert run_dict(run_of(pieces(log, shares))) == run_dict(run_of([log]))


@settings(deadline=None, max_examples=150)
@given(LOGS, CUTS, st.integers(40, 400))
def test_any_cut_of_lines_that_are_too_long(log: bytes, shares: list[float], longest: int) -> None:
    """A line that is read by its beginning only moves no other line, and no byte."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "LONGEST_LINE", longest)
        patch.setattr(reader, "LONGEST_LINE", longest)
        assert as_dicts(records_of(pieces(log, shares))) == as_dicts(records_of([log]))


@settings(deadline=None, max_examples=150)
@given(LOGS)
def test_places_are_those_of_the_log(log: bytes) -> None:
    """A record's byte is where its line's text begins, and its line is what `sed -n Np` shows."""
    for record in records_of([log]):
        line, byte, text = record.at
        assert log.count(b"\n", 0, byte) == line - 1
        if b"\x1b" not in text and b"\x00" not in log[byte : byte + len(text) + 1]:
            assert log[byte:].startswith(text) or b"\x1b" in log[byte : byte + len(text) + 20]


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=4)
@given(shares=CUTS)
def test_any_cut_of_a_real_log(name: str, shares: list[float]) -> None:
    whole, blocks = [real(name)], pieces(real(name), shares)
    assert as_dicts(records_of(blocks)) == as_dicts(records_of(whole))
    assert run_dict(run_of(blocks)) == run_dict(run_of(whole))


@pytest.mark.skipif(reader.compiled_shapes is None, reason="installed without a compiler: there is one loop only")
@settings(deadline=None, max_examples=150)
@given(LOGS, CUTS)
def test_compiled_loop_reads_what_the_other_reads(log: bytes, shares: list[float]) -> None:
    blocks = pieces(log, shares)
    with pytest.MonkeyPatch.context() as patch:
        compiled, run = as_dicts(records_of(blocks)), run_dict(run_of(blocks))
        patch.setattr(reader, "compiled_shapes", None)
        assert as_dicts(records_of(blocks)) == compiled
        assert run_dict(run_of(blocks)) == run


@pytest.mark.parametrize("name", NAMES)
def test_compiled_loop_on_a_real_log(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, run = as_dicts(records_of([real(name)])), run_dict(run_of([real(name)]))
    monkeypatch.setattr(reader, "compiled_shapes", None)
    assert as_dicts(records_of([real(name)])) == compiled
    assert run_dict(run_of([real(name)])) == run


# -- stretches --------------------------------------------------------------------------------------


def summaries(rules: Sequence[Rule], table: Table) -> list[Any]:
    """What the rules and the context (last) know of one stretch."""
    stretch = Stretch(table, PROFILE)
    return [*(rule.summarise(stretch) for rule in rules), Facts.of(stretch)]


def added(first: list[Any], later: list[Any]) -> list[Any]:
    return [b if a is None else a if b is None else a + b for a, b in zip(first, later, strict=True)]


def judged(rules: Sequence[Rule], known: list[Any]) -> list[Any]:
    """The judgements as data, numbers unrounded."""
    *of_rules, facts = known
    context = judge(facts, Reading("a.log"), PROFILE)
    judgements = [rule.judge(summary, context) for rule, summary in zip(rules, of_rules, strict=True)]
    return [
        (
            one.rule,
            {name: repr(float(value)) if isinstance(value, float) else value for name, value in one.measured.items()},
            [{**finding_dict(finding), "measured": None} for finding in one.findings],
            one.not_judged,
        )
        for one in judgements
    ]


def in_stretches(rules: Sequence[Rule], stretches: Sequence[Table], order: Sequence[int]) -> list[Any]:
    """Summarise each stretch, add neighbours up in the order that `order` says, judge."""
    known = [summaries(rules, stretch) for stretch in stretches if len(stretch)]
    picks = iter([*order, *[0] * len(known)])
    while len(known) > 1:
        at = next(picks) % (len(known) - 1)
        known[at : at + 2] = [added(known[at], known[at + 1])]
    return judged(rules, known[0])


def check_stretches(table: Table, shares: Sequence[float], order: Sequence[int]) -> None:
    rules = [rule() for rule in RULES]
    whole = in_stretches(rules, [table], [])
    parts = in_stretches(rules, [table.take(part) for part in pieces(np.arange(len(table)), shares)], order)
    for one, other in zip(whole, parts, strict=True):
        assert other == one


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, CUTS, st.lists(st.integers(0, 20), max_size=12))
def test_stretches_add_up(log: bytes, shares: list[float], order: list[int]) -> None:
    table = table_of([log], progress=True)
    if len(table):
        check_stretches(table, shares, order)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=6)
@given(shares=CUTS, order=st.lists(st.integers(0, 20), max_size=12))
def test_stretches_of_a_real_log_add_up(name: str, shares: list[float], order: list[int]) -> None:
    check_stretches(table_of([real(name)], progress=True), shares, order)


@pytest.mark.parametrize("path", SAMPLE_LOGS, ids=lambda path: path.stem)
def test_records_of_a_log_add_up(path: Path) -> None:
    """What a rule asks of two records comes to it in two stretches, each without what the other has."""
    table = table_of([path.read_bytes()[:200_000]], progress=True)
    check_stretches(table, np.linspace(0, 1, len(table) + 1)[1:-1].tolist(), [])
