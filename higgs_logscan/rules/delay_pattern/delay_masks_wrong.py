from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rule import Example, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import Rows
from higgs_logscan.tally import off_by_one, twice

_PASS = """
TEXT LOSS DEBUG: Total tokens: 384, Valid (unmasked) tokens: 40
✓ Text loss: 2.5000
  Label Stats: 172 masked, 20 unmasked, 192 total
AUDIO LOSS DEBUG: Total tokens: 1112, Valid (unmasked) tokens: {valid}, Valid codebooks: 8
✓ Audio loss: 4.1000
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


@dataclass(frozen=True)
class DelayMasksWrong(TailRule):
    """The counts of masked audio labels are those of another delay pattern than the model's.

    With 8 codebooks the pattern masks 8 labels a codebook and segment, 64 in all (8 fewer in a
    batch, behind the shift). A pattern that begins one place late masks 9, one that is applied to
    codes that are delayed already masks 15. The number of samples in the batch is known from
    the text counts.

    False positives: context turns mask whole segments and fit no such count; a batch with more
    segments than samples may fit it by chance, so nearly all batches must show it.
    """

    id = "delay-masks-wrong"
    area = "delay-pattern"
    severity = "warning"
    carries = ("R13", "§11.1")
    over = "counts"
    needs = (
        "counts of audio labels, and of text labels of the batch and of one sample (`TEXT LOSS DEBUG`, `Label Stats`)"
    )
    absent = "the log does not print counts of audio labels together with the number of samples"
    message = "the counts of masked audio labels are those of a pattern that begins late or is applied twice, in {count} of {seen} forward passes"
    likely = "The delay pattern begins one place late, or is applied to codes that are delayed already."
    next = "Print the first ten labels of codebooks 0, 1 and 7: 1, 2 and 8 masked places are expected, one less behind the shift."

    at_least: int = threshold(10, "forward passes with both counts")

    examples = (
        Example(
            "\n".join([_PASS.format(valid=976)] * 10),
            offends=True,
            why="136 masked in two samples: 9 a codebook and sample",
        ),
        Example("\n".join([_PASS.format(valid=992)] * 10), offends=False, why="120 masked: 8 a codebook and sample"),
    )

    def rows(self, stretch: Stretch) -> Rows:
        return stretch.audio_counts

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return np.asarray((rows["total"] > 0) & (rows["valid"] > 0) & (rows["samples"] > 0))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        return off_by_one(rows, profile) | twice(rows, profile)

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {"off_by_one": int(off_by_one(rows, profile).sum()), "twice": int(twice(rows, profile).sum())}
