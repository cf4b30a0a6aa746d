from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.counting import counted
from higgs_logscan.finding import Evidence, Judgement, Measures
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example, Rule, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value

_PASS = """
INFO:__main__:✓ Text loss: 2.5000
INFO:__main__:AUDIO LOSS DEBUG (FALLBACK): Total tokens: {total}, Valid (unmasked) tokens: {valid}
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""
#: Columns that name the number of codebooks, and on which axis (an integer: -1).
_AXES = {"codebooks": -1, "audio_logits_shape": 1, "audio_labels_shape": 0, "audio_out_ids_shape": 0}


class Counted(Value):
    """How often each column said which number; the common divisor of all totals of audio labels."""

    said: Mapping[tuple[str, int], tuple[int, Evidence]] = field(default_factory=dict)
    divisor: int = 0
    totals: int = 0
    first: Evidence | None = None

    def __add__(self, later: Counted) -> Counted:
        said = dict(self.said)
        for key, (number, evidence) in later.said.items():
            said[key] = (said[key][0] + number, said[key][1]) if key in said else (number, evidence)
        return Counted(said, gcd(self.divisor, later.divisor), self.totals + later.totals, self.first or later.first)


class CodebookCount(Rule):
    """The number of codebooks is not the model's.

    The released model has 8; 12 is the default of the configuration class and has been copied
    into documents. Codes of 12 codebooks do not fit a model of 8, and a trainer that meets an
    unexpected number may flatten labels and logits in different orders. Where no shape is
    printed, the totals tell: the number of audio labels of every batch is a multiple of the
    number of codebooks.

    False positives: another checkpoint may have another number: give its configuration
    (`--model-config`). Shapes of three axes with all codebooks in the last one are left alone.

    What to do: compare the codec's, the model's and the collator's audio_num_codebooks.
    """

    id = "codebook-count"
    area = "shapes"
    severity = "warning"
    carries = ("R20",)
    needs = "the shape of the audio logits or labels: `Audio Logits shape: torch.Size([244, 8, 1026])`"

    at_least: int = threshold(3, "shapes that must say it")
    totals: int = threshold(10, "totals of audio labels before their common divisor is judged")

    examples = (
        Example(
            "INFO:__main__:Audio logits shape: torch.Size([78, 12, 1026])\nINFO:__main__:✓ Total loss: 6.6\n" * 3,
            offends=True,
        ),
        Example("\n".join(_PASS.format(total=12 * t, valid=9 * t) for t in range(81, 97)), offends=True),
        Example("\n".join(_PASS.format(total=8 * t, valid=6 * t) for t in range(81, 97)), offends=False),
    )

    def summarise(self, stretch: Stretch) -> Counted | None:
        said: dict[tuple[str, int], tuple[int, Evidence]] = {}
        for column, axis in _AXES.items():
            if column in stretch.table.columns:
                rows = stretch.table.having((column,))
                values, judged = _told(rows, column, axis)
                firsts = [(int(np.argmax(values == value)), value, number) for value, number in counted(values)]
                for first_of, value, number in sorted(firsts):
                    said[column, value] = number, rows.evidence(int(judged[first_of]), column)
        counts = stretch.audio_counts
        audio = np.flatnonzero(counts["total"] > 0)
        if not said and not len(audio):
            return None
        first = counts.evidence(int(audio[0]), "counts") if len(audio) else None
        return Counted(said, _divisor(counts["total"][audio]), len(audio), first)

    def judge(self, summary: Counted | None, context: Context) -> Judgement:
        if summary is None:
            return self.unjudged("no shape or total of the audio labels is printed")
        expected = context.profile.codebooks
        numbers = {number for (_, number), (times, _) in summary.said.items() if times >= self.at_least}
        enough = summary.totals >= self.totals and summary.divisor > 1
        measured: Measures = {
            "codebooks": sorted(numbers),
            "expected": expected,
            "divisor": summary.divisor,
            "totals": summary.totals,
        }
        wrong = [(n, at) for (_, n), (times, at) in summary.said.items() if n != expected and times >= self.at_least]
        if wrong:
            number, first = wrong[0]
            message = f"{number} codebooks are printed, {expected} are expected"
        elif enough and summary.divisor % expected and not numbers:
            message, first = (
                f"the audio labels of {summary.totals} batches are all multiples of {summary.divisor}, not of {expected} codebooks",
                summary.first or Evidence(0, 0),
            )
        elif not numbers and not enough:
            return self.unjudged("too few shapes or totals of the audio labels are printed")
        else:
            return self.passes(**measured)
        return self.offends_with(
            message, first, measured=measured, severity="error" if len(numbers) > 1 else "warning",
            likely="The class default (12) or another checkpoint's number was taken for this model's.",
            next="Compare audio_num_codebooks of model, collator and audio tokenizer; give the right one with --model-config.",
        )  # fmt: skip


def _divisor(totals: NDArray[np.int64]) -> int:
    """The greatest common divisor: of the first, and of what it leaves of the others, until it leaves nothing."""
    divisor = int(totals[0]) if len(totals) else 0
    while divisor and (rest := totals % divisor).any():
        divisor = gcd(divisor, int(rest[np.argmax(rest > 0)]))
    return divisor


def _told(rows: Rows, column: str, axis: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """What rows say of the codebooks, and which rows those are: of shapes, those with fewer codebooks than frames."""
    if axis < 0:
        return np.asarray(rows[column], np.int64), np.arange(len(rows))
    axes = rows.axes(column)
    fewer = (axes[:, axis] < axes[:, 1 - axis]) & rows.whole(column)
    judged = np.flatnonzero(rows.ranked(column, 3 if axis else 2) & fewer)
    return axes[judged, axis], judged
