"""Gates: what can be asked of a log beyond its findings, and the verdict that the answers leave."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Pieces

from higgs_logscan import pipeline
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.gate import Expectation, Gates, gated, parse_expectation
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile
from higgs_logscan.run import SERIES, Gate, Run
from higgs_logscan.usage import UsageError
from higgs_logscan.value import replace

FOLDER = Path(__file__).parent.parent / "sample_logs"


def scanned(log: bytes, rules: bool = True) -> Run:
    asked = [rule() for rule in RULES] if rules else []
    return pipeline.scan(lambda: Scan("train.log", DIALECTS, asked, CAUSES, Profile()), Pieces([log]))


@cache
def sample(name: str) -> Run:
    return scanned((FOLDER / f"{name}.log").read_bytes())


def run_of(losses: Iterable[float], every: int = 10) -> Run:
    """A run whose step lines, one each so many steps, print this audio loss."""
    text = "".join(
        f"INFO:__main__:Step {step * every} - Losses: Text=2.0, Audio={loss}, Total={2.0 + loss}\n"
        for step, loss in enumerate(losses, 1)
    )
    return scanned(text.encode(), rules=False)


def asked(run: Run, *expectations: str) -> list[Gate]:
    return list(gated(run, Gates(expect=tuple(map(parse_expectation, expectations)))).gates)


def answer(run: Run, expectation: str) -> tuple[str, str]:
    (gate,) = asked(run, expectation)
    assert gate.gate == "expect"
    return gate.verdict, gate.message


# -- what an expectation may say --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("audio_loss<5.5@500", Expectation("audio_loss", "<", 5.5, 500)),
        ("  audio_loss  <=  5.5  @  500 ", Expectation("audio_loss", "<=", 5.5, 500)),
        ("eval_loss>=0", Expectation("eval_loss", ">=", 0)),
        ("grad_norm>1e-3", Expectation("grad_norm", ">", 0.001)),
        ("learning_rate<.5@0", Expectation("learning_rate", "<", 0.5, 0)),
        ("text_loss>-1.", Expectation("text_loss", ">", -1)),
    ],
)
def test_expectations(text: str, expected: Expectation) -> None:
    assert parse_expectation(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a series: text_loss, audio_loss, loss, eval_loss, grad_norm, learning_rate. (for"),
        ("<5", "a series: "),
        ("audio_los<5", "Did you mean 'audio_loss'?"),
        ("audio loss<5", "Did you mean 'audio_loss'?"),
        ("audio_loss", "one of < <= > >= behind audio_loss"),
        ("audio_loss=5", "one of < <= > >= behind audio_loss"),
        ("audio_loss==5", "one of < <= > >= behind audio_loss"),
        ("audio_loss=<5", "one of < <= > >= behind audio_loss"),
        ("audio_loss<", "a finite number behind <"),
        ("audio_loss<nan", "a finite number behind <"),
        ("audio_loss<inf", "a finite number behind <"),
        ("audio_loss<1e999", "a finite number behind <"),
        ("audio_loss<5,5", "a finite number behind <"),
        ("audio_loss<1_000", "a finite number behind <"),
        ("audio_loss<٣", "a finite number behind <"),
        ("audio_loss<5 500", "a finite number behind <"),
        ("audio_loss<5<6", "a finite number behind <"),
        ("audio_loss<5@", "the number of a step behind @"),
        ("audio_loss<5@-1", "the number of a step behind @"),
        ("audio_loss<5@1.5", "the number of a step behind @"),
        ("audio_loss<5@1@2", "the number of a step behind @"),
        ("audio_loss<5@" + "9" * 30, "the number of a step behind @"),
    ],
)
def test_what_is_no_expectation_is_said(text: str, expected: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_expectation(text)
    said = str(raised.value)
    assert said.startswith("expected ") and expected in said
    assert said.endswith(f"(for example audio_loss<5.5@500), not {text!r}")


EXPECTATIONS = st.builds(
    Expectation,
    st.sampled_from(SERIES),
    st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(-(10**6), 10**6).map(lambda n: n / 1000),
    st.none() | st.integers(0, 10**18 - 1),
)


@given(EXPECTATIONS)
def test_an_expectation_is_written_as_it_is_read(expectation: Expectation) -> None:
    assert parse_expectation(str(expectation)) == expectation


@given(st.text(st.sampled_from("audio_lose<>=@ .5-\x1b"), max_size=20))
def test_any_other_text_is_a_usage_error(text: str) -> None:
    try:
        parse_expectation(text)
    except UsageError as error:
        assert str(error).isprintable()


# -- where the curve ends ---------------------------------------------------------------------------


def test_the_end_is_the_figure_of_the_report() -> None:
    verdict, message = answer(sample("healthy"), "audio_loss<4")
    assert (verdict, message) == ("pass", "audio_loss ends at 3.73 (the mean of its last 6 records), expected < 4")
    curve = sample("healthy").series["audio_loss"]
    assert f"{curve.mean(0.9, 1):.2f}" == "3.73"


def test_the_last_evaluation_counts() -> None:
    assert answer(sample("healthy"), "eval_loss<=6") == (
        "fail",
        "eval_loss ends at 6.04 (its last value), expected <= 6",
    )


def test_one_noisy_batch_at_the_end_does_not_matter() -> None:
    assert answer(run_of([4.0] * 99 + [9.0]), "audio_loss<5")[0] == "pass"
    assert answer(run_of([4.0] * 90 + [9.0] * 10), "audio_loss<5")[0] == "fail"


def test_few_records_end_with_the_last() -> None:
    assert answer(run_of([6.0, 5.0, 4.0]), "audio_loss<5") == (
        "pass",
        "audio_loss ends at 4.00 (its last record), expected < 5",
    )


# -- from a step on ---------------------------------------------------------------------------------


def test_before_the_step_nothing_is_judged() -> None:
    run = run_of([9.0] * 50 + [4.0] * 50)
    assert answer(run, "audio_loss<5.5@510") == (
        "pass",
        "audio_loss is at most 4.00 from step 510 on (steps 510-550), expected < 5.5",
    )
    assert answer(run, "audio_loss<5.5@501")[0] == "pass"
    assert answer(run, "audio_loss<5.5@500") == (
        "pass",
        "audio_loss is at most 4.83 from step 500 on (steps 500-550), expected < 5.5",
    )
    assert answer(run, "audio_loss<5.5@400")[0] == "fail"


def test_a_late_divergence_breaks_it() -> None:
    run = run_of([4.0] * 89 + [8.1] * 11)
    assert answer(run, "audio_loss<5.5@0") == (
        "fail",
        "audio_loss is 8.10 from step 0 on (steps 910-1,000), expected < 5.5",
    )


def test_one_noisy_batch_does_not() -> None:
    losses = [4.0] * 100
    losses[50] = 12.0
    assert answer(run_of(losses), "audio_loss<5.5@0")[0] == "pass"


def test_fewer_than_ten_are_judged_each() -> None:
    losses = [4.0] * 9
    losses[5] = 6.1
    assert answer(run_of(losses), "audio_loss<5.5@10") == (
        "fail",
        "audio_loss is 6.10 from step 10 on (step 60), expected < 5.5",
    )
    assert answer(run_of(losses), "audio_loss<5.5@70")[0] == "pass"


def test_the_worst_of_a_lower_bound_is_the_smallest() -> None:
    assert answer(run_of([3.0, 1.0, 2.0]), "audio_loss>=0.5@0") == (
        "pass",
        "audio_loss is at least 1.00 from step 0 on (step 20), expected >= 0.5",
    )
    assert answer(run_of([3.0, 1.0, 2.0]), "audio_loss>1@0")[0] == "fail"


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("comparison", ["<", ">="])
def test_what_is_not_finite_breaks_any_expectation(lost: float, comparison: str) -> None:
    run = run_of([4.0] * 40 + [lost] + [4.0] * 59)
    assert answer(run, f"audio_loss{comparison}4@400")[0] == "fail"
    message = answer(run, "audio_loss<5@0")[1]
    assert message == "audio_loss is not finite from step 0 on (steps 410-500), expected < 5"
    assert answer(run, "audio_loss<5@420")[0] == "pass"
    assert answer(run, "audio_loss<5")[0] == "pass"
    ends = answer(run_of([4.0] * 99 + [lost]), "audio_loss<5")
    assert ends == (
        "fail",
        "audio_loss is not finite where it ends (the mean of its last 10 records), expected < 5",
    )


def test_what_cannot_be_told_is_unknown() -> None:
    assert answer(sample("healthy-sum-only"), "audio_loss<5") == ("unknown", "the log prints no audio_loss")
    assert answer(sample("killed"), "audio_loss<5@100") == ("unknown", "audio_loss is printed up to step 90 only")
    assert answer(sample("issue-94"), "audio_loss<5@100") == (
        "unknown",
        "the records of audio_loss carry no step; without @100 its end is judged",
    )
    assert answer(sample("issue-94"), "audio_loss<5")[0] == "pass"


@pytest.mark.parametrize("value", [0.1, 0.3, 1e-4, 3e-7, 4.123456789])
def test_a_constant_is_told_exactly(value: float) -> None:
    """Sums of a curve are fixed-point: a learning rate must not be missed, or passed, by their rounding."""
    log = "".join(
        f"{{'loss': 2.0, 'grad_norm': 1.0, 'learning_rate': {value!r}, 'epoch': {epoch}}}\n" for epoch in range(9000)
    )
    run = scanned(log.encode(), rules=False)
    assert run.series["learning_rate"].shift
    assert [gate.verdict for gate in asked(run, f"learning_rate<={value!r}", f"learning_rate>={value!r}")] == [
        "pass"
    ] * 2
    assert [gate.verdict for gate in asked(run, f"learning_rate<{value!r}", f"learning_rate>{value!r}")] == ["fail"] * 2


def test_a_small_learning_rate_is_not_lost_in_the_rounding() -> None:
    log = "".join(f"{{'loss': 2.0, 'learning_rate': {3e-7 - n * 1e-11!r}, 'epoch': {n}}}\n" for n in range(10_000))
    run = scanned(log.encode(), rules=False)
    assert run.series["learning_rate"].shift
    # It falls from 2.1e-7 to 2.0e-7 in its last tenth.
    assert [gate.verdict for gate in asked(run, "learning_rate>2.04e-7", "learning_rate<2.06e-7")] == ["pass"] * 2


def test_a_message_never_contradicts_itself() -> None:
    above, below = run_of([5.5003]), run_of([5.49999999])
    assert answer(above, "audio_loss<=5.5")[1] == "audio_loss ends at 5.5003 (its last record), expected <= 5.5"
    assert answer(above, "audio_loss<5.5")[1] == "audio_loss ends at 5.50 (its last record), expected < 5.5"
    assert answer(below, "audio_loss<5.5")[1] == "audio_loss ends at 5.49999999 (its last record), expected < 5.5"


LOSSES = st.lists(st.integers(0, 1200).map(lambda n: n / 100), min_size=1, max_size=40)


@settings(deadline=None, max_examples=60)
@given(LOSSES, st.integers(1, 40), st.integers(0, 12))
def test_from_a_step_on_it_is_the_tenths_that_count(losses: list[float], step: int, limit: int) -> None:
    """Recounted with plain arithmetic."""
    verdict, message = answer(run_of(losses, every=1), f"audio_loss<{limit}.003@{step}")
    counting = losses[step - 1 :]
    if not counting:
        assert verdict == "unknown" and message == f"audio_loss is printed up to step {len(losses)} only"
        return
    worst = max(sum(part) / len(part) for part in tenths(counting))
    assert verdict == ("pass" if worst < limit + 0.003 else "fail")
    (said,) = re.findall(r"audio_loss is (?:at most )?([0-9.]+) from step", message)
    assert float(said) == pytest.approx(worst, abs=0.0051)


def tenths(values: Sequence[float]) -> list[Sequence[float]]:
    """Ten parts of which the first ones have one more; one a value where there are fewer."""
    parts = min(10, len(values))
    size, more = divmod(len(values), parts)
    ends = [n * size + min(n, more) for n in range(parts + 1)]
    return [values[a:b] for a, b in pairwise(ends)]


# -- long runs, whose curves are in buckets ---------------------------------------------------------


@cache
def long() -> Run:
    return run_of([4.0] * 9_000 + [7.0] * 1_000, every=1)


def test_a_long_run_reaches_its_last_step() -> None:
    assert long().series["audio_loss"].shift
    assert verdicts(long(), Gates(min_steps=10_000)) == ["pass"]
    assert verdicts(long(), Gates(min_steps=10_001)) == ["unknown"]


def test_a_long_run_is_judged_up_to_its_end() -> None:
    assert answer(long(), "audio_loss<5@0") == (
        "fail",
        "audio_loss is 7.00 from step 0 on (steps 9,001-9,997), expected < 5",
    )
    assert answer(long(), "audio_loss<5@10000")[0] == "fail"
    assert answer(long(), "audio_loss<5@10001") == ("unknown", "audio_loss is printed up to step 10,000 only")


def test_one_value_that_is_not_finite_breaks_a_long_run() -> None:
    losses = [4.0] * 10_000
    losses[5_001] = math.nan
    assert answer(run_of(losses, every=1), "audio_loss<5@0")[0] == "fail"
    assert answer(run_of(losses, every=1), "audio_loss<5@5010")[0] == "pass"


# -- coverage, extent, contents ---------------------------------------------------------------------


def verdicts(run: Run, gates: Gates) -> list[str]:
    return [gate.verdict for gate in gated(run, gates).gates]


def message(run: Run, gates: Gates) -> str:
    (gate,) = gated(run, gates).gates
    return gate.message


HALF = b"INFO:__main__:Step 5 - Losses: Text=2.0, Audio=0.0, Total=2.0\nnobody knows this line 1\n" * 40


def test_coverage() -> None:
    run = scanned(HALF)
    assert verdicts(run, Gates(min_coverage=0.5)) == ["pass"]
    assert verdicts(run, Gates(min_coverage=0.51)) == ["unknown"]
    assert message(run, Gates(min_coverage=0.9)) == "50.0% of it was understood"


def test_coverage_is_not_rounded_up_to_what_is_asked() -> None:
    run = sample("healthy")
    reading = replace(run.context.reading, segments=10_000, recognised=8_999)
    run = replace(run, context=replace(run.context, reading=reading))
    assert message(run, Gates(min_coverage=0.9)) == "89.9% of it was understood"


@pytest.mark.parametrize(
    ("name", "least", "verdict", "said"),
    [
        ("killed", 90, "pass", "the log reaches step 90, 90 asked for"),
        ("killed", 91, "unknown", "the log reaches step 90, 91 asked for"),
        ("issue-94", 165, "pass", "the log names no step and has 165 step lines, 165 asked for"),
        ("issue-94", 166, "unknown", "the log names no step and has 165 step lines, 166 asked for"),
        ("seed-analysis", 10, "pass", "the log names no step and has 10 forward passes, 10 asked for"),
        ("seed-analysis", 11, "unknown", "the log names no step and has 10 forward passes, 11 asked for"),
    ],
)
def test_steps(name: str, least: int, verdict: str, said: str) -> None:
    gates = Gates(min_steps=least)
    assert (verdicts(sample(name), gates), message(sample(name), gates)) == ([verdict], said)


CRASHED = b'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\nValueError: no data\n'


@pytest.mark.parametrize(
    ("log", "held"),
    [
        (b"", ()),
        (CRASHED, ()),
        (b"INFO:__main__:Step 5 - Losses: Text=2.0, Audio=3.0, Total=5.0\n", ("dialect", "series")),
        (b"{'loss': 2.5, 'grad_norm': 1.0, 'learning_rate': 1e-5, 'epoch': 0.1}\n", ("dialect", "series")),
        (b"{'eval_loss': 2.5, 'eval_runtime': 1.0, 'epoch': 0.1}\n", ("dialect", "evaluation")),
        (b"INFO:__main__:Step 5 - Val Loss: 18.1, Text: 11.4, Audio: 6.7\n", ("dialect", "evaluation")),
        (b"2025-08-25 15:53:22,417 - INFO - Epoch 1 - Validation loss: 7.1234\n", ("dialect", "evaluation")),
    ],
)
def test_requirements(log: bytes, held: tuple[str, ...]) -> None:
    gates = Gates(require=("dialect", "series", "evaluation"))
    answers = gated(scanned(log), gates).gates
    assert [(one.gate, one.asked) for one in answers] == [("require", name) for name in gates.require]
    assert tuple(one.asked for one in answers if one.verdict == "pass") == held
    assert all(one.verdict in ("pass", "unknown") for one in answers)


def test_requirements_say_what_was_read() -> None:
    said = {one.asked: one.message for one in gated(sample("killed"), Gates(require=("dialect", "series"))).gates}
    assert "step-line 18" in said["dialect"] and "bar" not in said["dialect"]
    assert "audio_loss in 18 records" in said["series"]
    crashed = message(scanned(CRASHED), Gates(require=("dialect",)))
    assert crashed == "no line was read that only a trainer writes, but incident 1"
    assert message(scanned(b""), Gates(require=("dialect",))) == "no line was read that only a trainer writes"


# -- the verdict ------------------------------------------------------------------------------------

HOLDS, BROKEN, OPEN = (parse_expectation(text) for text in ("loss<99", "loss<0.1", "loss<99@999999"))


@pytest.mark.parametrize(
    ("name", "gates", "verdict"),
    [
        ("healthy", Gates(), "pass"),
        ("killed", Gates(), "warn"),
        ("killed", Gates(expect=(HOLDS,)), "warn"),
        ("healthy", Gates(expect=(BROKEN,)), "fail"),
        ("healthy", Gates(expect=(OPEN,)), "unknown"),
        ("killed", Gates(expect=(OPEN,)), "unknown"),
        ("healthy", Gates(expect=(OPEN, BROKEN, HOLDS)), "fail"),
        ("healthy", Gates(min_steps=301), "unknown"),
        ("healthy", Gates(min_steps=301, expect=(BROKEN,)), "fail"),
        ("healthy-sum-only", Gates(require=("evaluation",)), "unknown"),
        ("issue-94", Gates(expect=(OPEN,)), "fail"),
        ("issue-94", Gates(min_coverage=1.1), "unknown"),
        ("healthy", Gates(min_coverage=1.1, expect=(BROKEN,)), "unknown"),
    ],
)
def test_verdicts(name: str, gates: Gates, verdict: str) -> None:
    assert gated(sample(name), gates).verdict == verdict


def test_a_log_that_says_nothing_stays_unknown() -> None:
    nothing = scanned(b"GET /index.html HTTP/1.1 200\n" * 20)
    assert nothing.verdict == "unknown"
    assert gated(nothing, Gates(expect=(HOLDS,))).verdict == "unknown"
    unjudged = run_of([4.0])
    assert unjudged.verdict == "unknown"
    assert [gate.verdict for gate in asked(unjudged, "loss<0.1")] == ["fail"]
    assert gated(unjudged, Gates(expect=(BROKEN,))).verdict == "unknown"


def test_only_what_was_asked_is_answered_in_its_order() -> None:
    gates = Gates(0.5, 10, (HOLDS, BROKEN), ("series", "dialect"))
    answers = gated(sample("healthy"), gates).gates
    assert [(one.gate, one.asked) for one in answers] == [
        ("min-coverage", "0.5"),
        ("min-steps", "10"),
        ("expect", "loss<99"),
        ("expect", "loss<0.1"),
        ("require", "series"),
        ("require", "dialect"),
    ]
    assert gated(sample("healthy"), Gates()) == sample("healthy")


def test_gates_change_nothing_but_the_verdict() -> None:
    before, after = sample("killed"), gated(sample("killed"), Gates(expect=(OPEN,)))
    assert replace(after, gates=(), verdict=before.verdict) == before
