from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.course import Course, Tail, TailRule
from higgs_logscan.finding import Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, threshold
from higgs_logscan.stretch import Stretch

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:Audio logits shape: torch.Size([{frames}, 8, 1026])
INFO:__main__:Audio labels shape: torch.Size([8, {labels}])
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 2.5000
"""


class AudioLogitsEmpty(TailRule):
    """The model returns no audio logits: no audio output reaches it.

    Audio logits have one row for each audio position. Shape [0, 8, 1026] with labels that hold
    frames means that audio_out_ids were lost on the way: a hand-written list of allowed inputs,
    `remove_unused_columns=True`, or audio that could not be decoded. The audio loss is then
    exactly 0 (trainers guard the empty mean), the total looks alive, and audio is not trained.

    False positives: a batch of text alone has no audio logits, legally, and no audio labels.
    Where the labels are not printed, only a run without audio in ten batches on end is reported,
    with what both readings mean.

    What to do: print the keys and shapes of the batch behind the collator and in the forward call.
    """

    id = "audio-logits-empty"
    area = "input-pipeline"
    severity = "error"
    carries = ("R01",)
    over = "records"
    uses = ("audio_logits_shape", "audio_labels_shape", "audio_loss", "warning")
    shows = "proof"
    needs = "the shape of the audio logits: `Audio logits shape: torch.Size([…])`"
    absent = "the log prints neither the shape of the audio logits nor a warning about them"
    message = "the model returned no audio logits in {count} of {seen} forward passes"
    likely = "audio_out_ids are lost between the collator and the model."
    next = "Print the keys and shapes of the batch in the forward call: audio_out_ids must be [8, frames]."

    alone: int = threshold(10, "forward passes without audio before the run is said to have none")

    examples = (
        Example("\n".join([_PASS.format(frames=0, labels=78)] * 3), offends=True),
        Example("\n".join([_PASS.format(frames=78, labels=78)] * 3), offends=False),
        Example("\n".join([_PASS.format(frames=0, labels=0)] * 3), offends=False, why="batches of text alone"),
    )

    def rows(self, stretch: Stretch) -> Rows:
        rows = super().rows(stretch)
        return rows.also({}, {"proof": rows.either(_said(rows), "warning", "audio_logits_shape")})

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        # An audio loss was computed from audio logits, whether their shape is printed or not.
        computed = rows.has("audio_loss") & (np.asarray(rows["audio_loss"], np.float64) > 0)
        return np.asarray(rows.has("audio_logits_shape") | _said(rows) | computed)

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows.axes("audio_logits_shape")[:, 0] == 0) | _said(rows))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        empty = self.offends(rows, profile)
        if not empty.any():
            return {"with_labels": 0}
        labelled = rows.has("audio_labels_shape") & rows.whole("audio_labels_shape")
        return {"with_labels": int((empty & labelled).sum())}

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        if course.sums["with_labels"] < self.at_least and tail.count < self.alone:
            return self.passes(judged=course.rows, offending=tail.count, **course.sums)
        return super().decide(course, tail, context)


def _said(rows: Rows) -> NDArray[np.bool_]:
    """Where the trainer itself says so."""
    return rows.says("warning", "audio-logits-empty")
