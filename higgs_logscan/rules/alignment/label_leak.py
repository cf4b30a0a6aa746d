from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, CourseRule, Tail
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.tally import LAGS
from higgs_logscan.vocabulary import KINDS, MODALITIES

_UNSHIFTED = """
✓ Text loss: 2.5000
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [{predictions}, 842, 504, 579, 110, 215]
  First 10 Audio Labels:      [-100, 636, 355, 171, 872, 842, 504, 579, 110, 215]
✓ TRAINING SUCCESSFUL - Total loss: 2.5100
"""
_ZERO = LAGS.index(0)


class LabelLeak(CourseRule):
    """The audio predictions equal the labels at the same place: the model copies what it was fed.

    Position t of the logits has seen token t and must predict token t + 1. Compared with token t,
    because nobody shifted the labels, the loss asks for a copy of the input. The model learns
    that to perfection (audio loss 0.001, validation alike) and generates silence or noise: this
    is issue #94 of boson-ai/higgs-audio. Arrays printed unshifted must agree one place later, not
    at the same place. Where the state is not visible (labels printed without masks), predictions
    that equal their targets are a leak or memorised data: no healthy model reaches 80 %.

    False positives: repeating codes (silence) agree at every lag, so that the highest lag proves
    nothing: only the level counts, and not where the labels mostly repeat their neighbour. On arrays printed behind the shift lag 0 is the right one
    (`labels-memorised`). A trainer that shifts its inputs right instead of its labels left is
    right at lag 0 and cannot be told from a leak by its arrays: look at the code.

    What to do: shift before the loss, `logits[:-1]` with `labels[:, 1:]`. Validation on unseen
    speech tells a leak (as low) from memorised data (high).
    """

    id = "label-leak"
    area = "alignment"
    severity = "error"
    carries = ("R06",)
    needs = "audio predictions beside their labels: `First 10 Audio Predictions: […]`, `First 10 Audio Labels: […]`"
    absent = "the log shows no audio predictions beside their labels"
    next = "Compare logits[:-1] with labels[:, 1:]; then the audio loss must rise well above 1 on speech that was not trained on."

    at_least: int = threshold(10, "windows with a pair of prediction and label, where the log holds so many")
    pairs: int = threshold(100, "pairs of prediction and label, where the log holds so many")
    lag_match: float = threshold(0.8, "share of predictions that equal the label at the same place")
    chance: float = threshold(1e-3, "probability of so many matches that is no accident")
    silence: float = threshold(
        0.5, "share of labels that repeat their neighbour above which matches say nothing", estimate=True
    )
    hard: float = threshold(1.0, "nats of a later validation audio loss that copying cannot leave", estimate=True)
    accuracy: float = threshold(0.35, "accuracy that a healthy model may reach", estimate=True)

    examples = (
        Example("\n".join([_UNSHIFTED.format(predictions="989, 636, 355, 171, 872")] * 2), offends=True),
        Example(
            "Audio Tokens - First 5 Pred: [989, 244, 308, 633, 756] | First 5 Target: [989, 244, 308, 633, 756]\n"
            "Audio Tokens - Last 5 Pred: [907, 913, 365, 492, 1025] | Last 5 Target: [907, 913, 365, 492, 1025]\n",
            offends=True,
            why="leak or memorised: nine of nine",
        ),
        Example(
            _UNSHIFTED.format(predictions="636, 355, 76, 832, 0").replace("842, 504, 579", "3, 63, 300"), offends=False
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        mine = rows.equal("modality", MODALITIES.index("audio")) & ~rows.equal("kind", KINDS.index("sample"))
        return np.asarray(mine & ~rows["mixed"] & (rows.of_lag("pairs", _ZERO) > 0))

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any]]:
        return rows.of_lag("matches", _ZERO), rows.of_lag("pairs", _ZERO)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        names = ("pairs", "matches", "self_pairs", "self_matches")
        sums = {f"{name} {lag:+d}": n for name in names for lag, n in zip(LAGS, rows.sums(name), strict=True)}
        return {**sums, "filtered": int(rows["filtered"].sum())}

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        if summary is None or not summary.rows:
            return self.unjudged(self.absent)
        measured = _by_lag(summary) | {"shift": context.shift.value}
        # An excerpt is judged as a whole; of a run, the last windows alone may be silence.
        rows, pairs = min(self.at_least, summary.rows), min(self.pairs, measured["pairs"])
        tail = summary.tail(self.lag_match, rows, pairs) if _repeats(measured) < self.silence else None
        visible = summary.sums["filtered"] < summary.rows / 2 and context.shift.value != "unknown"
        if tail is None or (visible and context.shift.value == "shifted") or self._accident(tail):
            return self.passes(**measured)
        if not visible and self._unseen_is_hard(context, tail):
            return self.passes(**measured)
        pairs = f"{tail.part:.0f} of {tail.whole:.0f} audio predictions"
        return self.offends_with(
            f"{pairs} equal the label at the same place" + (", on unshifted arrays" if visible else ""),
            tail.first, tail.last, count=tail.count, measured=measured, next=self.next,
            likely="The loss compares unshifted labels: the model copies its input." if visible
            else "Label leak (no next-token shift), or data learned by heart: the log does not show whether the labels are shifted.",
        )  # fmt: skip

    def _unseen_is_hard(self, context: Context, tail: Tail) -> bool:
        """Whether validation is high once the matches have begun: a leak lowers it too, memory does not."""
        validation = context.curves.evaluations("audio_loss")
        if validation is None or validation.evidence(-1).byte < tail.first.byte:
            return False
        return validation.last > self.hard

    def _accident(self, tail: Tail) -> bool:
        """Whether a healthy model may match so often by luck: too few pairs."""
        pairs, matches, p = int(tail.whole), int(tail.part), self.accuracy
        if pairs > 200:
            return False
        return sum(comb(pairs, n) * p**n * (1 - p) ** (pairs - n) for n in range(matches, pairs + 1)) > self.chance


def _repeats(measured: dict[str, Any]) -> float:
    """How often a label equals its neighbour: what may be guessed by repeating."""
    return float(measured["self_matches"][LAGS.index(1)])


def _by_lag(course: Course) -> dict[str, Any]:
    """How predictions and labels match at each lag, beside how the labels match themselves."""

    def rates(matches: str, pairs: str) -> list[float]:
        sums = course.sums
        return [round(sums[f"{matches} {lag:+d}"] / max(sums[f"{pairs} {lag:+d}"], 1), 3) for lag in LAGS]

    return {
        "pairs": int(course.sums["pairs +0"]),
        "lags": list(LAGS),
        "matches": rates("matches", "pairs"),
        "self_matches": rates("self_matches", "self_pairs"),
    }
