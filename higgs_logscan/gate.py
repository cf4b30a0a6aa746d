"""What can be asked of a log beyond its findings: how much was understood, how far it went, what it holds.

Applied to a run last, behind suppressions and a baseline, whose verdict it settles: a gate that the log
contradicts makes it `fail`, one that the log cannot answer `unknown`. Below `min_coverage` it is `unknown`
whatever was found.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.aggregation import LOSSES
from higgs_logscan.curve import Curve
from higgs_logscan.curves import COLUMNS
from higgs_logscan.finding import Verdict
from higgs_logscan.run import SERIES, Gate, Run
from higgs_logscan.usage import UsageError, suggestion
from higgs_logscan.value import Value, replace
from higgs_logscan.wording import counted

Requirement = Literal["dialect", "series", "evaluation"]
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: Parts of a curve whose means are judged.
_PARTS = 10
#: Dialects that no trainer writes: they are found in the log of any program.
_ANYONE = frozenset({"bar", "foreign", "incident", "startup"})
_EXAMPLE = "audio_loss<5.5@500"
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"


class Expectation(Value):
    """What a series must hold: `audio_loss < 5.5`, from a step on, or where it ends if that is None."""

    series: str
    comparison: str
    limit: float
    step: int | None = None

    def __str__(self) -> str:
        from_step = "" if self.step is None else f"@{self.step}"
        return f"{self.series}{self.comparison}{self.limit:.15g}{from_step}"

    def holds(self, value: float) -> bool:
        return _COMPARISONS[self.comparison](value, self.limit)

    @property
    def upwards(self) -> bool:
        """Whether it is the large values that may break it."""
        return self.comparison.startswith("<")


class Gates(Value):
    """What is asked of each log.

    min_coverage: share of the log that must be understood, from 0 to 1.
    min_steps:    the step that it must reach.
    expect:       what its series must hold.
    require:      what must have been read: a line in a trainer's own wording, a loss, an evaluation with a loss.
    """

    min_coverage: float = 0
    min_steps: int = 0
    expect: tuple[Expectation, ...] = ()
    require: tuple[Requirement, ...] = ()


def parse_expectation(text: str) -> Expectation:
    """`audio_loss<5.5`, `eval_loss <= 6 @ 500`. Raises UsageError that says what was expected."""
    condition, at, step = text.partition("@")
    name, *rest = re.split("([<>=!]+)", condition, maxsplit=1)
    name, comparison, limit = (part.strip() for part in (name, *(rest or ["", ""])))
    if name not in SERIES:
        raise _no_expectation(text, f"a series: {', '.join(SERIES)}.{suggestion(name, SERIES)}")
    if comparison not in _COMPARISONS:
        raise _no_expectation(text, f"one of {' '.join(_COMPARISONS)} behind {name}")
    if not re.fullmatch(_NUMBER, limit) or not math.isfinite(float(limit)):
        raise _no_expectation(text, f"a finite number behind {comparison}")
    if at and not re.fullmatch("[0-9]{1,18}", step.strip()):
        raise _no_expectation(text, "the number of a step behind @")
    return Expectation(name, comparison, float(limit), int(step) if at else None)


def _no_expectation(text: str, expected: str) -> UsageError:
    return UsageError(f"expected {expected} (for example {_EXAMPLE}), not {text!r}")


def gated(run: Run, gates: Gates) -> Run:
    """The run with an answer to each gate that was asked, and the verdict that they leave it."""
    answers = tuple(_answers(run, gates))
    return replace(run, gates=answers, verdict=_verdict(run.verdict, answers))


def _verdict(verdict: Verdict, answers: tuple[Gate, ...]) -> Verdict:
    if verdict == "unknown" or any(one.gate == "min-coverage" and one.verdict != "pass" for one in answers):
        return "unknown"
    if verdict == "fail" or any(one.verdict == "fail" for one in answers):
        return "fail"
    return "unknown" if any(one.verdict == "unknown" for one in answers) else verdict


def _answers(run: Run, gates: Gates) -> Iterator[Gate]:
    if gates.min_coverage:
        yield _coverage(run, gates.min_coverage)
    if gates.min_steps:
        yield _steps(run, gates.min_steps)
    for expectation in gates.expect:
        yield _expectation(run, expectation)
    for requirement in gates.require:
        yield _requirement(run, requirement)


# -- coverage, extent, contents ---------------------------------------------------------------------


def _coverage(run: Run, least: float) -> Gate:
    share = run.context.reading.share
    # Never rounded up to what is asked.
    message = f"{math.floor(share * 1000) / 10:.1f}% of it was understood"
    return Gate("min-coverage", f"{least:g}", "pass" if share >= least else "unknown", message)


def _steps(run: Run, least: int) -> Gate:
    """Whether the run reached a step. Where none is printed, its step lines count, or else its forward passes."""
    curves = [curve for key, curve in run.context.curves.curves.items() if key[0] in COLUMNS]
    reached = max((_last_step(curve) for curve in curves), default=-1)
    found = f"the log reaches step {reached:,}"
    if reached < 0:
        steps, passes = run.context.records("step"), run.context.records("micro-batch")
        reached, what = (steps, "step line") if steps else (passes, "forward pass")
        found = f"the log names no step and has {counted(reached, what)}"
    return Gate("min-steps", str(least), "pass" if reached >= least else "unknown", f"{found}, {least:,} asked for")


def _last_step(curve: Curve) -> int:
    """The highest step of a curve; -1 if it has none.

    A bucket of several records knows the step of its first one: the others of the last bucket are taken to
    follow at the pace of the bucket before, which is exact where steps are printed at regular intervals.
    """
    highest = int(curve.step.max())
    if len(curve.step) == 1 or min(curve.step[-2:]) < 0:
        return highest
    pace = int(curve.step[-1] - curve.step[-2]) / int(curve.count[-2])
    return max(highest, int(curve.step[-1] + pace * int(curve.count[-1] - 1)))


def _requirement(run: Run, required: Requirement) -> Gate:
    there, message = {"dialect": _dialect, "series": _losses, "evaluation": _evaluation}[required](run)
    return Gate("require", required, "pass" if there else "unknown", message)


def _dialect(run: Run) -> tuple[bool, str]:
    lines = run.context.reading.dialects
    own = {name: number for name, number in lines.items() if name not in _ANYONE}
    words = ", ".join(f"{name} {number:,}" for name, number in (own or lines).items())
    if own:
        return True, f"lines that a trainer wrote: {words}"
    return False, f"no line was read that only a trainer writes{f', but {words}' if words else ''}"


def _losses(run: Run) -> tuple[bool, str]:
    found = [f"{name} in {counted(len(run.series[name]), 'record')}" for name in LOSSES if name in run.series]
    return bool(found), ", ".join(found) or "no text, audio or summed loss was read"


def _evaluation(run: Run) -> tuple[bool, str]:
    curves = run.context.curves
    found = {name: curves.of_kind(name, "evaluation") for name in ("eval_loss", *LOSSES)}
    # A trainer may name its validation loss at the end of an epoch.
    found["eval_loss"] = curves.series("eval_loss")
    words = [f"{name} of {counted(len(curve), 'evaluation')}" for name, curve in found.items() if curve]
    return bool(words), ", ".join(words) or "no evaluation with a loss was read"


# -- expectations -----------------------------------------------------------------------------------


class _Part(Value):
    """Consecutive buckets of a curve: the mean of its values, NaN where one is not finite, and its steps."""

    mean: float
    steps: tuple[int, int]
    records: int

    @staticmethod
    def of(curve: Curve, buckets: NDArray[np.intp]) -> _Part:
        count, low, high = curve.count[buckets], curve.low[buckets], curve.high[buckets]
        steps = int(curve.step[buckets[0]]), int(curve.step[buckets[-1]])
        if (curve.finite[buckets] < count).any():
            return _Part(math.nan, steps, int(count.sum()))
        # Sums are fixed-point and may be off by half a unit; between the extremes one value is told exactly.
        means = np.clip(curve.means[buckets], low, high)
        mean = np.clip(np.average(means, weights=count), low.min(), high.max())
        return _Part(float(mean), steps, int(count.sum()))

    @property
    def named(self) -> str:
        first, last = self.steps
        return f"step {first:,}" if first == last else f"steps {first:,}-{last:,}"


def _expectation(run: Run, asked: Expectation) -> Gate:
    """Whether a series holds what is expected of it, in the last start of the run that prints it.

    From a step on, the mean of each tenth of the records must hold it: one noisy batch does not break it, a
    late divergence does. Without a step, the mean of the last tenth; of `eval_loss` the last value. A value
    that is not finite breaks it.

    Of a long run (beyond 4,096 records) what is judged are buckets of 2^k records, never more than 1/2048 of
    the run: what counts begins with the first bucket that begins at the step or behind it, and tenths are
    tenths of the buckets.
    """
    curve = run.series.get(asked.series)
    if curve is None:
        return _unknown(asked, f"the log prints no {asked.series}")
    if asked.step is None:
        return _at_the_end(asked, curve)
    if not (curve.step >= 0).any():
        return _unknown(asked, f"the records of {asked.series} carry no step; without @{asked.step} its end is judged")
    buckets = np.flatnonzero(curve.step >= asked.step)
    if not len(buckets):
        reached = _last_step(curve)
        if reached < asked.step:
            return _unknown(asked, f"{asked.series} is printed up to step {reached:,} only")
        buckets = np.array([len(curve.step) - 1])
    parts = [_Part.of(curve, part) for part in np.array_split(buckets, min(_PARTS, len(buckets)))]
    return _from_step(asked, parts, asked.step)


def _from_step(asked: Expectation, parts: list[_Part], step: int) -> Gate:
    since = f"from step {step:,} on"
    if lost := [part for part in parts if math.isnan(part.mean)]:
        return _broken(asked, f"{asked.series} is not finite {since} ({lost[0].named})")
    worst = max(parts, key=lambda part: part.mean if asked.upwards else -part.mean)
    extreme = ("at most " if asked.upwards else "at least ") if asked.holds(worst.mean) else ""
    return _compared(asked, worst.mean, f"{asked.series} is {extreme}{{}} {since} ({worst.named})")


def _at_the_end(asked: Expectation, curve: Curve) -> Gate:
    if asked.series == "eval_loss":
        end, what = curve.last, "its last value"
    else:
        done = np.cumsum(curve.count)
        part = _Part.of(curve, np.arange(np.searchsorted(done, 0.9 * done[-1], side="right"), len(done)))
        end = part.mean
        what = f"the mean of its last {part.records:,} records" if part.records > 1 else "its last record"
    if not math.isfinite(end):
        return _broken(asked, f"{asked.series} is not finite where it ends ({what})")
    return _compared(asked, end, f"{asked.series} ends at {{}} ({what})")


def _unknown(asked: Expectation, reason: str) -> Gate:
    return Gate("expect", str(asked), "unknown", reason)


def _broken(asked: Expectation, found: str) -> Gate:
    return Gate("expect", str(asked), "fail", f"{found}, expected {asked.comparison} {asked.limit:.15g}")


def _compared(asked: Expectation, value: float, found: str) -> Gate:
    """The answer to a value; `{}` in what was found is its place."""
    message = f"{found.format(_shown(asked, value))}, expected {asked.comparison} {asked.limit:.15g}"
    return Gate("expect", str(asked), "pass" if asked.holds(value) else "fail", message)


def _shown(asked: Expectation, value: float) -> str:
    """A value, to as many digits as it takes to stand on its side of the limit."""
    for digits in (".2f" if abs(value) >= 0.1 else ".2g", ".6g", ".12g"):
        if asked.holds(float(f"{value:{digits}}")) == asked.holds(value):
            return f"{value:{digits}}"
    return repr(value)
