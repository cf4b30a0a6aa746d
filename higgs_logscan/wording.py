"""A report in words: the sentences and figures that every output for people shares.

Functions of a finished run, to plain text that may still hold characters of the log: whoever
writes it to a terminal escapes it. Nothing is claimed here that the judgements do not support.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

import numpy as np

from higgs_logscan.curve import Curve
from higgs_logscan.curves import COLUMNS
from higgs_logscan.diagnosis import RootCause
from higgs_logscan.finding import Finding, Measures
from higgs_logscan.report import Report, Run

#: A fall, in nats from the first tenth to the last, that is worth calling one; and records that it takes.
FALL, RECORDS = 0.1, 20
#: The area of each loss, and the word for it.
LOSSES = {"text-learning": ("text_loss", "text"), "audio-learning": ("audio_loss", "audio")}
#: Nats from chance level within which a loss stands at it, and the rule that judges whether it stays there.
AT_CHANCE = {"text-learning": ("text-at-chance", 0.6), "audio-learning": ("audio-at-chance", 0.35)}
_KINDS = {
    "micro-batch": "forward pass",
    "step": "step line",
    "evaluation": "evaluation",
    "epoch": "epoch line",
    "sample": "sample",
    "incident": "incident",
}
#: What a message says of its onset where the cause says it anyway.
_SINCE = re.compile(r", since step \d+$")


def number(value: Any) -> str:
    """A measure as a person reads it: two decimals, none from a thousand on, two digits where it is small."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(number(v) for v in value)}]"
    if value is None or isinstance(value, str | bool):
        return "none" if value is None else str(value)
    if not math.isfinite(value):
        return str(float(value))
    if float(value).is_integer():
        return f"{int(value):,}" if abs(value) < 1e15 else f"{value:.3g}"
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.{0 if abs(value) >= 1000 else 2}f}" if abs(value) < 1e6 else f"{value:.3g}"


def nats(value: float) -> str:
    """A loss as trainers print it: two decimals, one digit where it is tiny; only what is exactly zero is 0."""
    return f"{value:.0e}" if 0 < value < 1e-4 else f"{value:.2f}" if value >= 0.1 else number(value)


def measures(measured: Measures) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in measured.items())


def counted(count: int, word: str) -> str:
    ending = "" if count == 1 else "es" if word.endswith("s") else "s"
    return f"{count:,} {word}{ending}"


def duration(seconds: float) -> str:
    """`2 h 14 min`, `6 min 40 s`, `12 s`."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minute} min"
    return f"{minute} min {second} s" if minute else f"{second} s"


# -- the run ----------------------------------------------------------------------------------------


def extent(run: Run) -> str:
    """How far the run went and how long it took, as far as the log says so."""
    curves = [curve for key, curve in run.context.curves.curves.items() if key[0] in COLUMNS]
    last = max((int(curve.step[-1]) for curve in curves), default=-1)
    # A bucket of many records is known by its first one: the run then went on beyond it.
    whole = any(curve.step[-1] == last and not curve.shift for curve in curves)
    words = [f"{'to' if whole else 'beyond'} step {last:,}"] if last >= 0 else []
    if last < 0 and curves:
        words = [counted(max(len(curve) for curve in curves), "record")]
    if run.context.clock and run.context.clock.total >= 1:
        words.append(duration(run.context.clock.total))
    return ", ".join(words)


def cause(run: Run, named: RootCause) -> str:
    """A root cause, its mechanism, the worst finding that speaks for it, and since when."""
    summary = _lowered(named.summary)
    words = [sentence(f"{named.cause} ({named.confidence}): {summary}")]
    signs = [finding.message for finding in run.findings if finding.rule in named.for_]
    words += [sentence(sign[:1].upper() + _SINCE.sub("", sign[1:])) for sign in signs[:1]]
    if named.since:
        step = f"step {named.since.step:,}, " if named.since.step is not None else ""
        clock = run.context.clock
        lasted = clock.since(named.since) if clock else 0.0
        took = f"; {duration(lasted)} of this run" if lasted >= 1 else ""
        words.append(f"Since {step}line {named.since.line:,}{took}.")
        until = run.healthy_until(named)
        words += [f"Healthy until step {until:,}."] if until is not None else []
    return " ".join(words)


def noted(run: Run) -> str:
    """The causes that only notes speak for: what to look at in a run without a fault."""
    causes = ", ".join(f"{cause.cause} ({cause.confidence})" for cause in run.root_causes)
    return f"Notes, no fault by themselves, point to: {causes}. To be sure: {_lowered(run.root_causes[0].settles)}"


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def worst(run: Run) -> str:
    """The finding that decided the verdict, as a sentence; nothing where none did."""
    if run.verdict not in ("fail", "warn") or not run.findings:
        return ""
    return sentence(f"{run.findings[0].rule}: {run.findings[0].message}")


def sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def state(run: Run) -> str:
    """What the losses amount to, in a sentence or two. Learning is said only where nothing contradicts it."""
    curves = run.context.curves
    known = {area: curve for area, (column, _) in LOSSES.items() if (curve := curves.finest(column))}
    total = curves.finest("loss")
    if not known and total is None:
        return "No loss was read from it: whether anything is learned cannot be told."
    if not known and total is not None:
        return (
            f"Only the summed loss is printed ({course(total)}): whether audio learns, "
            "and whether labels are aligned, cannot be told."
        )
    if early := at_chance(run):
        return early
    if all(learns(run, area) for area in LOSSES):
        courses = ", ".join(_against_chance(run, area) for area in LOSSES) + _validation(run)
        # A loss falls fastest where the labels leak: without a word on alignment it is no proof.
        if aligned(run):
            return f"Learning both: {courses}."
        doubts = dict.fromkeys(finding.rule for finding in run.findings if finding.area == "alignment")
        open_ = f"is open; see {', '.join(doubts)}" if doubts else "was not judged"
        return f"Both losses fall: {courses}. Whether labels are aligned {open_}."
    return " ".join(_state_of(run, area) for area in LOSSES)


def _state_of(run: Run, area: str) -> str:
    column, word = LOSSES[area]
    curve = run.context.curves.finest(column)
    if curve is None:
        return f"The {word} loss is not printed: whether {word} is learned cannot be told."
    if curve.nonfinite:
        return f"The {word} loss is not finite in {curve.nonfinite:,} of {counted(len(curve), 'record')}."
    went = f"{course(curve)} ({chance(run, area)})"
    if learns(run, area) and aligned(run):
        return f"Learning {word}: {went}."
    if len(curve) < RECORDS:
        return f"{counted(len(curve), 'record')} of the {word} loss show no course: {went}."
    offending = dict.fromkeys(finding.rule for finding in run.findings if finding.area == area)
    doubt = f"; see {', '.join(offending)}" if offending else ""
    return f"The {word} loss {'falls' if falls(curve) else 'does not fall'}: {went}{doubt}."


def at_chance(run: Run) -> str:
    """That both losses stand at chance level, where the records are too few for the rules to judge it."""
    unjudged = {judgement.rule: judgement for judgement in run.judgements if judgement.not_judged}
    words, records = [], 0
    for area, (rule, band) in AT_CHANCE.items():
        curve, level = run.context.curves.finest(LOSSES[area][0]), chance_level(run, area)
        if rule not in unjudged or curve is None or curve.nonfinite:
            return ""
        if any(abs(curve.mean(*part) - level) > band for part in ((0, 0.1), (0, 1), (0.9, 1))):
            return ""
        words.append(f"{LOSSES[area][1]} {nats(curve.mean())} ({chance(run, area)})")
        records = len(curve)
    few = f"{counted(records, 'record')} {'is' if records == 1 else 'are'} too few to call it a plateau"
    return f"Both losses are at chance level: {', '.join(words)}; {few}."


def falls(curve: Curve) -> bool:
    """Whether the last tenth of a curve stands clearly below the first one."""
    return len(curve) >= RECORDS and curve.mean(0, 0.1) - curve.mean(0.9, 1) >= FALL


def learns(run: Run, area: str) -> bool:
    """Whether a loss fell over the run, no rule of its area offends, and no error stands anywhere."""
    curve = run.context.curves.finest(LOSSES[area][0])
    if curve is None or run.verdict in ("fail", "unknown") or any(f.area == area for f in run.findings):
        return False
    return not curve.nonfinite and falls(curve)


def aligned(run: Run) -> bool:
    """Whether the alignment of labels and predictions was judged, and nothing found, not even to be noted."""
    judged = any(area.area == "alignment" and area.verdict == "pass" for area in run.areas)
    return judged and not any(finding.area == "alignment" for finding in run.findings)


def _validation(run: Run) -> str:
    curve = run.context.curves.series("eval_loss")
    return f"; validation {nats(curve.first)} to {nats(curve.last)}" if curve and len(curve) > 1 else ""


def _against_chance(run: Run, area: str) -> str:
    column, word = LOSSES[area]
    curve = run.context.curves.finest(column)
    return f"{word} {course(curve)} ({chance(run, area)})" if curve else word


def course(curve: Curve) -> str:
    """The first value, and where the curve ends: the mean of its last tenth."""
    return f"{nats(curve.first)} to {nats(ending(curve))}"


def ending(curve: Curve) -> float:
    """Where a curve ends: the mean of its last tenth, or its last value where that is not finite."""
    return curve.mean(0.9, 1) if math.isfinite(curve.last) else curve.last


def chance_level(run: Run, area: str) -> float:
    return run.context.text_chance if area == "text-learning" else run.context.audio_chance


def chance(run: Run, area: str) -> str:
    """The chance level of a loss, and whether the vocabulary it rests on is only assumed."""
    known = run.context.vocabulary if area == "text-learning" else run.context.audio_vocabulary
    return f"chance {nats(chance_level(run, area))}{'' if known.certain else ', assumed'}"


def points(curve: Curve, most: int) -> list[float]:
    """The curve as that many means at most, NaN wherever a value was not finite."""
    parts = np.array_split(np.arange(len(curve.bucket)), max(1, min(most, len(curve.bucket))))
    broken, means = curve.finite < curve.count, curve.means
    return [math.nan if broken[part].any() else float(means[part].mean()) for part in parts]


# -- findings, coverage -----------------------------------------------------------------------------


def opening(run: Run) -> list[tuple[str, list[str]]]:
    """What the trainer would have to print, and the rules that it would open; most rules first."""
    rules: dict[str, list[str]] = {}
    for unjudged in run.not_judged:
        rules.setdefault(unjudged.needs, []).append(unjudged.rule)
    return sorted(rules.items(), key=lambda item: -len(item[1]))


def understood(run: Run) -> str:
    """The coverage, never rounded up to all of it."""
    reading = run.context.reading
    share = math.floor(reading.share * 1000) / 10
    return f"{share:g} % of {counted(reading.segments, 'piece')} understood"


def coverage(run: Run) -> str:
    """How much of the log was understood, and what was read from it."""
    read = [counted(n, word) for kind, word in _KINDS.items() if (n := run.context.records(kind))]
    if run.arrays:
        read.append(counted(run.arrays, "token array"))
    return ", ".join([f"{counted(run.context.reading.lines, 'line')}, {understood(run)}", *read])


def context(run: Run) -> list[tuple[str, str]]:
    """Each fact of the context in words, with its basis and its line; what is not known is left out."""
    return [
        (name.replace("_", " "), f"{number(fact['value'])} ({fact['basis']}{_line(fact)})")
        for name, fact in run.context.to_dict().items()
        if fact["basis"] != "unknown"
    ]


def _line(fact: dict[str, Any]) -> str:
    return f", line {fact['line']:,}" if "line" in fact else ""


def place(finding: Finding) -> str:
    """Where and how often: `step 40 to 300, 12 times`."""
    first, last = finding.first, finding.last
    words = []
    if first and first.step is not None:
        until = f" to {last.step:,}" if last and last.step not in (None, first.step) else ""
        words.append(f"step {first.step:,}{until}")
    if first and first.rank is not None:
        words.append(f"rank {first.rank}")
    if finding.count > 1:
        words.append(f"{finding.count:,} times")
    return ", ".join(words)


def summary(run: Run) -> str:
    """`fail: 1 error, 2 notes; 34 of 41 rules judged`."""
    severities = Counter(finding.severity for finding in run.findings)
    found = [counted(n, severity) for severity in ("error", "warning", "note") if (n := severities[severity])]
    rules = len(run.judgements)
    return f"{run.verdict}: {', '.join(found) or 'no findings'}; {rules - len(run.not_judged)} of {rules} rules judged"


def summary_of(report: Report) -> str:
    """`fail: 3 logs, 1 fail, 2 pass`."""
    verdicts = Counter(run.verdict for run in report.runs)
    parts = [f"{verdicts[verdict]:,} {verdict}" for verdict in ("fail", "warn", "pass", "unknown") if verdicts[verdict]]
    return f"{report.verdict}: {counted(len(report.runs), 'log')}, {', '.join(parts)}"
