"""What every output says of a finished report: golden scenarios, hostile logs, widths, the JSON contract.

Reports are made by hand, with rules of their own, so that no golden text lists the catalogue.
"""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Sequence
from textwrap import dedent
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from higgs_logscan import answer, catalogue, sparkline
from higgs_logscan.context import Reading, judge
from higgs_logscan.curve import Curve
from higgs_logscan.curves import Curves
from higgs_logscan.diagnosis import RootCause
from higgs_logscan.document import AreaId, CauseId, Kind, Series
from higgs_logscan.escape import escaped
from higgs_logscan.explain import rule_dict, rule_text
from higgs_logscan.facts import Facts
from higgs_logscan.finding import AREAS, Evidence, Finding, Judgement, Measures, NotJudged
from higgs_logscan.places import Kept
from higgs_logscan.profile import Profile
from higgs_logscan.renderers import concise, jsonl, text
from higgs_logscan.renderers import json as json_renderer
from higgs_logscan.report import Report
from higgs_logscan.rule import Example, Rule
from higgs_logscan.run import SERIES, Run, areas, verdict, worst_first
from higgs_logscan.schema import schema
from higgs_logscan.value import replace
from higgs_logscan.vocabulary import KINDS

STEP = KINDS.index("step")
VALID = Draft202012Validator(schema())


def curve(values: Sequence[float]) -> Curve:
    rows = np.arange(len(values))
    always = {"ordinal": rows, "step": rows + 1, "rank": np.full(len(values), -1)}
    return Curve.of(np.array(values, float), always, rows, Kept.of([(i + 1, i * 80, b"Step") for i in rows.tolist()]))


def falling(first: float, last: float, count: int = 100) -> list[float]:
    return [last + (first - last) * math.exp(-i / 10) for i in range(count)]


def run(
    judgements: Sequence[Judgement], path: str = "train.log", causes: Sequence[RootCause] = (), **losses: Any
) -> Run:
    curves = Curves({(column, STEP, False, 0): curve(values) for column, values in losses.items()})
    number = max((len(values) for values in losses.values()), default=0)
    facts = Facts(Counter({("kind", STEP): number}), {}, curves)
    reading = Reading(path, bytes=8000, lines=number, segments=number, recognised=number)
    findings = worst_first(finding for judgement in judgements for finding in judgement.findings)
    found = areas(judgements, findings)
    return Run(
        path=path,
        verdict=verdict(found, recognised=bool(losses)),
        context=judge(facts, reading, Profile()),
        areas=found,
        root_causes=tuple(causes),
        findings=findings,
        not_judged=tuple(j.not_judged for j in judgements if j.not_judged),
        judgements=tuple(judgements),
        losses=number,
        arrays=0,
        integers=0,
    )  # fmt: skip


def offence(message: str = "predictions equal the label fed in", **changes: Any) -> Judgement:
    at = Evidence(812, 64_000, 40, None, "First 10 Audio Labels: [-100, 636, 355]")
    measured: Measures = {"pairs": 612, "equal": 0.98}
    given = {
        "measured": measured,
        "likely": "The loss is not shifted.",
        "next": "Shift once.",
        "count": 1200,
        **changes,
    }
    finding = Finding("label-leak", "alignment", "error", message, at, replace(at, step=300), **given)
    return Judgement("label-leak", "alignment", given["measured"], (finding,))


LEAK = RootCause(
    "label-leak", "The model is shown the answer.", "no-next-token-shift", "high", Evidence(812, 64_000, 40), False,
    ("label-leak",), (), "Print both.",
    "compare logits[t] with labels[t+1]",
)  # fmt: skip
CLEAN = (
    Judgement("text-flat", "text-learning", {"last": 2.35}),
    Judgement("audio-flat", "audio-learning", {"last": 3.73}),
    Judgement("lag-zero", "alignment", {}),
    Judgement("bos-late", "special-tokens", {}),
    Judgement("mask-odd", "masking", {}, (), NotJudged("mask-odd", "no counts are printed", "`Label Stats: …`")),
)
HEALTHY = run(CLEAN, text_loss=falling(11.8, 2.35), audio_loss=falling(6.94, 3.73))
DEAD = run((*CLEAN, offence()), "dead.log", (LEAK,), text_loss=falling(11.8, 2.35), audio_loss=falling(6.94, 0.0028))
SUMMED = run(CLEAN[3:], "sum.log", loss=falling(15.2, 3.75))
BROKEN = run(CLEAN, "nan.log", text_loss=[8.0, math.nan, 7.0] * 10, audio_loss=[math.inf, *falling(6.9, 4.0)])
EMPTY = run((), "empty.log")


def shown(*runs: Run, width: int = 80, **options: Any) -> str:
    out = io.StringIO()
    text.render(Report(runs, "0.1.0").to_dict(), out, width=width, **options)
    return out.getvalue()


# -- golden scenarios -------------------------------------------------------------------------------


def test_healthy_run() -> None:
    assert shown(HEALTHY) == dedent("""\
        PASS  train.log                                                      to step 100
              Learning both: text 11.80 to 2.35 (chance 11.76, assumed), audio 6.94 to
              3.73 (chance 6.93, assumed).

          text-learning   pass  2.35, chance 11.76, assumed   11.80 █▄▂▂▁▁▁▁▁▁▁▁▁▁ 2.35
          audio-learning  pass  3.73, chance 6.93, assumed     6.94 █▄▂▂▁▁▁▁▁▁▁▁▁▁ 3.73
          masking         -     no counts are printed
          special-tokens  pass  nothing found by 1 rule
          alignment       pass  nothing found by 1 rule

        1 of 5 rules not judged (--verbose lists them). To judge more, print what
        higgs-logscan explain evidence shows, above all
          - `Label Stats: …` (mask-odd)

        read  100 lines, 100 % of 100 pieces understood, 100 step lines
        pass: no findings; 4 of 5 rules judged
        """)


def test_dead_run_that_looks_superb() -> None:
    said = shown(DEAD)
    assert said.startswith(
        dedent("""\
        FAIL  dead.log                                                       to step 100
              label-leak (high): the model is shown the answer. Predictions equal the
              label fed in. Since step 40, line 812.
              Fix: compare logits[t] with labels[t+1]
        """)
    )
    assert (
        dedent("""\
        error  label-leak  dead.log:812  step 40 to 300, 1,200 times
          predictions equal the label fed in
          measured  pairs 612, equal 0.98
          likely    The loss is not shifted.
          next      Shift once.
          812 | First 10 Audio Labels: [-100, 636, 355]
        """)
        in said
    )
    assert "Learning" not in said
    assert said.endswith("fail: 1 error; 5 of 6 rules judged\n")


def test_log_that_cannot_answer() -> None:
    said = " ".join(shown(SUMMED).split())
    assert "Only the summed loss is printed (15.20 to 3.75): whether audio learns" in said
    assert "Learning" not in said


def test_learning_is_not_claimed_of_a_loss_that_stays_or_that_a_rule_doubts() -> None:
    flat = run(CLEAN, text_loss=falling(11.8, 2.35), audio_loss=[6.93] * 100)
    assert "Learning text" in answer.state(flat)
    assert "The audio loss does not fall: 6.93 to 6.93" in answer.state(flat)
    found = Finding("audio-odd", "audio-learning", "note", "odd", None)
    doubted = run(
        (*CLEAN, Judgement("audio-odd", "audio-learning", {}, (found,))),
        text_loss=falling(9, 2),
        audio_loss=falling(7, 4),
    )
    assert "The audio loss falls" in answer.state(doubted) and "see audio-odd" in answer.state(doubted)
    unknown = run(CLEAN[:2], text_loss=falling(11.8, 2.35), audio_loss=falling(6.94, 3.73))
    assert answer.state(unknown).startswith("Both losses fall") and "was not judged" in answer.state(unknown)
    assert "not finite in 10 of 30 records" in answer.state(BROKEN)


def test_quiet_verbose_and_several_logs() -> None:
    assert shown(HEALTHY, DEAD, quiet=True).splitlines() == [shown(r).splitlines()[0] for r in (HEALTHY, DEAD)]
    assert shown(HEALTHY, DEAD, EMPTY).endswith("fail: 3 logs, 1 fail, 1 pass, 1 unknown\n")
    assert "mask-odd: no counts are printed; needs `Label Stats: …`" in shown(HEALTHY, verbose=True)
    assert "To be sure: Print both." in shown(DEAD, verbose=True)
    assert shown(EMPTY).startswith("UNKNOWN  empty.log\n")


def test_findings_are_bounded() -> None:
    many = run([offence(f"offence {i}") for i in range(30)], loss=[1.0])
    assert shown(many).count("\nerror  ") == 10
    assert "and 20 findings more (--max-findings 0 shows all)" in shown(many)
    assert shown(many, max_findings=0).count("\nerror  ") == 30


# -- terminals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("one", [HEALTHY, DEAD, SUMMED, BROKEN, EMPTY], ids=lambda one: one.path)
def test_no_line_is_wider_than_the_page(one: Run, width: int) -> None:
    long = replace(one, path="a/very/long/path/" * 8 + one.path)
    for said in (shown(one, width=width), shown(long, width=width, verbose=True)):
        assert max(map(len, said.splitlines())) <= width
        assert not any(line != line.rstrip() for line in said.splitlines())


def test_wider_pages_have_longer_sparklines() -> None:
    assert sum(c in sparkline.BLOCKS for c in shown(HEALTHY, width=200)) > 2 * sum(
        c in sparkline.BLOCKS for c in shown(HEALTHY)
    )


def test_ascii_where_the_stream_is_not_utf8() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    hostile = run((offence("tokens … ✓ مرحبا"),), loss=falling(9, 2))
    for renderer in (text, concise, json_renderer, jsonl):
        renderer.render(Report((DEAD, BROKEN, hostile), "0.1.0").to_dict(), out)  # raises where it is not ASCII
    out.seek(0)
    assert "@" in out.read()


def test_colour_is_asked_for_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in shown(DEAD, color=True)
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "1")
    assert "\x1b" not in shown(DEAD, color=False)
    monkeypatch.delenv("FORCE_COLOR")
    assert "\x1b" not in shown(DEAD)
    plain = shown(DEAD, color=False)
    coloured = shown(DEAD, color=True)
    for word in ("FAIL", "error", "fail"):
        assert word in plain and word in coloured


HOSTILE = st.text(
    st.sampled_from(
        "ab\x1b]0;[31m\x07\r\n\t\x00\x7f\x9b\u202e\u2066\u200f\u061c\u2028\u2029\ufeff\udc80\U000e0041漢é…"
    ),
    max_size=60,
)


@given(HOSTILE, HOSTILE, st.booleans())
def test_hostile_text_never_reaches_the_terminal(words: str, quote: str, narrow: bool) -> None:
    at = Evidence(3, 10, 1, None, quote)
    finding = Finding("odd", "reading", "error", words, at, at, 3, {words: words, "x": 1.5}, words, words)
    unjudged = Judgement("dim", "shapes", {}, (), NotJudged("dim", words, words))
    cause = replace(LEAK, detail=words, next=words, settles=words, for_=(words,))
    hostile = run((Judgement("odd", "reading", {}, (finding,)), unjudged), words or "x", (cause,), loss=[1.0, 2.0])
    for said in (shown(hostile, color=False), shown(hostile, verbose=True, color=False), _concise(hostile)):
        assert all(line.isprintable() for line in said.split("\n"))
    assert _concise(hostile).count("\n") == 1


def _concise(*runs: Run) -> str:
    out = io.StringIO()
    concise.render(Report(runs, "0.1.0").to_dict(), out)
    return out.getvalue()


def test_concise_is_one_line_a_finding() -> None:
    assert _concise(DEAD, HEALTHY) == "dead.log:812: error label-leak predictions equal the label fed in\n"


def test_escaped() -> None:
    assert escaped("a\x1b[31m\nb\u202e…") == r"a\x1b[31m\nb\u202e…"
    assert escaped("é…", ascii_only=True) == r"\xe9..."


def test_sparkline_shows_what_is_not_finite() -> None:
    assert sparkline.sparkline([1, 2, math.nan, 8, math.inf]) == "▁▂!█!"
    assert sparkline.sparkline([3, 3], sparkline.ASCII) == "__"
    assert sparkline.sparkline([6.95, 6.93, 6.94]) == "▁▁▁", "noise is no course"
    assert "!" in shown(BROKEN)


# -- JSON -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [(HEALTHY,), (DEAD, SUMMED), (BROKEN,), (EMPTY,), ()])
def test_json_is_valid_against_the_schema(runs: tuple[Run, ...]) -> None:
    out = io.StringIO()
    json_renderer.render(Report(runs, "0.1.0").to_dict(), out)
    document = json.loads(out.getvalue(), parse_constant=pytest.fail)
    assert out.getvalue().endswith("}\n")
    assert document == Report(runs, "0.1.0").to_dict()
    VALID.validate(document)


def test_measures_that_are_not_finite_are_null_and_named() -> None:
    judged = offence(measured={"norm": math.nan, "peak": math.inf, "ids": [1, 2], "word": "x", "none": None})
    document = Report((run((judged,), loss=[math.nan, 1.0]),), "0.1.0").to_dict()
    VALID.validate(json.loads(json.dumps(document, allow_nan=False)))
    assert document["runs"][0]["findings"][0]["measured"]["nonfinite"] == {"norm": "nan", "peak": "inf"}


@pytest.mark.parametrize(
    "where", [(), ("runs", 0), ("runs", 0, "coverage"), ("runs", 0, "findings", 0), ("runs", 0, "root_causes", 0)]
)
def test_schema_is_closed(where: tuple[str | int, ...]) -> None:
    document = Report((DEAD,), "0.1.0").to_dict()
    part: Any = document
    for key in where:
        part = part[key]
    assert VALID.is_valid(document)
    part["new"] = 1
    assert not VALID.is_valid(document)
    del part["new"], part[next(iter(part))]
    assert not VALID.is_valid(document)


def test_schema_is_one_and_knows_every_cause() -> None:
    Draft202012Validator.check_schema(schema())
    assert {cause.id for cause in catalogue.CAUSES} <= set(get_args(CauseId))
    assert (get_args(AreaId), get_args(Kind), get_args(Series)) == (AREAS, KINDS, SERIES)


def test_jsonl_has_runs_findings_and_a_summary() -> None:
    out = io.StringIO()
    jsonl.render(Report((HEALTHY, DEAD), "0.1.0").to_dict(), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["type"] for line in lines] == ["run", "run", "finding", "summary"]
    assert lines[2]["path"] == "dead.log" and "findings" not in lines[1]
    assert lines[3] == {"type": "summary", "verdict": "fail", "runs": 2, "unread": [], "suppressions": [], "stale": []}


# -- explain ----------------------------------------------------------------------------------------


class OddLoss(Rule):
    """The loss is odd.

    A first paragraph, which
    goes on.

        a table   kept

    False positives: none.
    """

    id, area, severity = "odd-loss", "optimisation", "error"
    carries, needs = ("R01",), "the loss"
    examples = (Example("\n".join(f"Step {i}" for i in range(9)), True, "odd"), Example("Step 1\n", False))


def test_explain() -> None:
    assert rule_dict(OddLoss)["summary"] == "The loss is odd."
    assert rule_text(OddLoss) == dedent("""\
        odd-loss: the loss is odd.

        A rule of the area optimisation. A finding is an error.

        A first paragraph, which goes on.

            a table   kept

        False positives: none.

        To judge it, the log has to print: the loss

        It carries R01 of docs/rules/README.md.

        It offends on this (odd):
            Step 0
            Step 1
            Step 2
            ... 5 more lines ...
            Step 8

        It says nothing on this:
            Step 1
        """)


@pytest.mark.parametrize("rule", catalogue.RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained(rule: type[Rule]) -> None:
    prose = rule_text(rule).partition("\nIt ")[0]
    assert all(len(line) <= 80 for line in prose.splitlines())
    json.dumps(rule_dict(rule), allow_nan=False)
