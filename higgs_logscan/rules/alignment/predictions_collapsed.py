from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import ByName, Example, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.tally import LAGS
from higgs_logscan.vocabulary import KINDS, MODALITIES

_WINDOW = """
Audio Codebook 0 Prediction vs Label Comparison:
  First 10 Audio Predictions: [{predictions}]
  First 10 Audio Labels:      [-100, 636, 355, 171, 872, 842, 504, 579, 110, 215]
✓ TRAINING SUCCESSFUL - Total loss: 9.2100
"""


class PredictionsCollapsed(TailRule):
    """The model predicts one and the same token everywhere.

    At positions whose label counts, prediction after prediction is equal while the labels differ:
    the model ignores its input. All 1025 is a model that stops at once, all one code is silence,
    and 128012 again and again is a text head that has learned the template and no words.

    False positives: a model from random weights begins with guesses, goes on with the most frequent
    token everywhere, and only then learns: as long as the loss falls it is a note. Labels that
    repeat themselves (silence) prove nothing. At masked positions a healthy model prints constant
    runs: they are not counted.
    """

    id = "predictions-collapsed"
    area = "alignment"
    severity = "warning"
    carries = ("R30",)
    needs = "predictions beside their labels: `First 10 Audio Predictions: […]`, `First 10 Audio Labels: […]`"
    absent = "the log shows no predictions beside their labels"
    likely = "The model ignores its input: a learning rate too high, too few labels, or conditioning that is cut off."
    next = "Listen to a sample; lower the learning rate; look at what the model is given besides the labels."

    at_least: int = threshold(12, "windows with neighbouring predictions that count")
    share: float = threshold(0.8, "share of predictions that equal the one before")
    silence: float = threshold(0.3, "share of labels that equal the one before, above which nothing is said")
    records: int = threshold(150, "records of a loss before it can be called settled")
    fall: float = threshold(1.0, "nats that it has fallen by then, or stood below chance at the start", estimate=True)
    slope: float = threshold(0.05, "nats of its fall in the last half, below which it has settled", estimate=True)

    examples = (
        Example(
            "\n".join(
                [
                    f"✓ Audio loss: {4.4 + 3 * (i < 40):.4f}\n✓ TRAINING SUCCESSFUL - Total loss: 9.2100"
                    for i in range(190)
                ]
                + [_WINDOW.format(predictions="7, 7, 7, 7, 7, 7, 7, 7, 7, 7")] * 14
            ),
            offends=True,
        ),
        Example("\n".join([_WINDOW.format(predictions="9, 3, 4, 1, 8, 7, 5, 2, 6, 1")] * 14), offends=False),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        counted = ~rows.equal("kind", KINDS.index("sample")) & ~rows["mixed"] & (rows["neighbours"] >= 2)
        return np.asarray(counted)

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any]]:
        return rows["repeats"], rows["neighbours"]

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        next_one = slice(LAGS.index(1), LAGS.index(1) + 1)
        return {
            "labels": rows.sums("self_pairs", next_one)[0],
            "repeated": rows.sums("self_matches", next_one)[0],
        }

    def summarise(self, stretch: Stretch) -> ByName | None:  # type: ignore[override]
        courses = {}
        windows = stretch.windows
        keeps = self.keeps(windows, stretch.profile)
        for number, modality in enumerate(MODALITIES):
            keep = keeps & windows.equal("modality", number)
            if keep.any():
                part, whole = self.weights(windows, stretch.profile)
                sums = self.measures(windows.take(keep), stretch.profile)
                courses[modality] = Course.of(windows, keep, part, whole, sums, "prediction")
        return ByName(courses) if courses else None

    def judge(self, summary: ByName | None, context: Context) -> Judgement:  # type: ignore[override]
        if summary is None:
            return self.unjudged(self.absent)
        judged = [self._of(modality, course, context) for modality, course in sorted(summary.parts.items())]
        # A finding counts before a pass, and a pass before what could not be judged.
        return min(judged, key=lambda judgement: (not judgement.findings, judgement.not_judged is not None))

    def _of(self, modality: str, course: Course, context: Context) -> Judgement:
        measured: dict[str, Any] = {"modality": modality, "windows": course.rows, "labels_repeated": _share(course)}
        if course.rows < self.at_least:
            return self.unjudged(f"only {course.rows} windows of {modality} predictions", measured=measured)
        tail = course.tail(self.share, self.at_least)
        if tail is None or measured["labels_repeated"] > self.silence:
            return self.passes(**measured)
        return self._collapsed(modality, tail, measured, self._settled(context, modality))

    def _settled(self, context: Context, modality: str) -> bool:
        """Whether the model is not at its beginning: its loss began below guessing, or has fallen and no longer falls."""
        curve = context.curves.finest(f"{modality}_loss")
        if curve is None or len(curve) < self.records:
            return False
        # The vocabulary of text may be assumed, that of a codebook is the model's.
        chance = context.audio_chance if modality == "audio" else context.text_chance
        if curve.mean(0, 0.05) < chance - self.fall and (modality == "audio" or context.vocabulary.certain):
            return True
        return curve.late_fall < self.slope and curve.fall >= self.fall

    def _collapsed(self, modality: str, tail: Tail, measured: dict[str, Any], settled: bool) -> Judgement:
        return self.offends_with(
            f"{100 * tail.share:.0f} % of the {modality} predictions repeat the one before, where "
            f"{100 * measured['labels_repeated']:.0f} % of the labels do",
            tail.first, tail.last, count=tail.count, measured=measured, likely=self.likely, next=self.next,
            severity="warning" if settled else "note", late=tail.late,
        )  # fmt: skip


def _share(course: Course) -> float:
    return course.sums["repeated"] / max(course.sums["labels"], 1)
