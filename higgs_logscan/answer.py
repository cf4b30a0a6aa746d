"""What a run's losses amount to: how far it went, what it learned, as a report says and draws it.

Functions of a finished run, to plain text that may still hold characters of the log: whoever writes
it out escapes it. Nothing is claimed here that the judgements do not support, and a finding that was
suppressed is still a finding.
"""

from __future__ import annotations

import math

import numpy as np

from higgs_logscan import wording
from higgs_logscan.context import Known
from higgs_logscan.curve import Curve
from higgs_logscan.curves import COLUMNS
from higgs_logscan.finding import LOSS_OF
from higgs_logscan.run import Run
from higgs_logscan.wording import counted, duration, nats

#: A fall, in nats from the first tenth to the last, that is worth calling one; and records that it takes.
FALL, RECORDS = 0.1, 20
#: The area of each loss, and the word for it.
LOSSES = {area: (loss, loss.removesuffix("_loss")) for area, loss in LOSS_OF.items()}
#: Nats from chance level within which a loss stands at it, and the rule that judges whether it stays there.
AT_CHANCE = {"text-learning": ("text-at-chance", 0.6), "audio-learning": ("audio-at-chance", 0.35)}
#: Parts of a curve that are drawn at most.
POINTS = 60


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
        doubts = dict.fromkeys(finding.rule for finding in run.found if finding.area == "alignment")
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
    offending = dict.fromkeys(finding.rule for finding in run.found if finding.area == area)
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
    if curve is None or any(f.area == area or f.severity == "error" for f in run.found):
        return False
    return not curve.nonfinite and falls(curve)


def aligned(run: Run) -> bool:
    """Whether the alignment of labels and predictions was judged, and nothing found, not even to be noted."""
    judged = any(area.area == "alignment" and area.verdict == "pass" for area in run.areas)
    return judged and not any(finding.area == "alignment" for finding in run.found)


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


def vocabulary(run: Run, area: str) -> Known:
    """The vocabulary that the chance level of an area's loss rests on."""
    return run.context.vocabulary if area == "text-learning" else run.context.audio_vocabulary


def chance(run: Run, area: str) -> str:
    return wording.chance(chance_level(run, area), assumed=not vocabulary(run, area).certain)


def points(curve: Curve) -> list[float]:
    """The curve as `POINTS` means at most, NaN wherever a value was not finite."""
    parts = np.array_split(np.arange(len(curve.bucket)), max(1, min(POINTS, len(curve.bucket))))
    broken, means = curve.finite < curve.count, curve.means
    return [math.nan if broken[part].any() else float(means[part].mean()) for part in parts]
