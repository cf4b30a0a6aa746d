"""What is counted of a log for its context: shapes, how label windows begin and end, kinds of records.

Adds up over stretches, as the summaries of rules do; what it amounts to is `context.py`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan import aggregation
from higgs_logscan.counting import counted
from higgs_logscan.curves import Curves
from higgs_logscan.finding import Evidence
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import Table
from higgs_logscan.tally import label_windows
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import WINDOWS

#: Label windows with fewer labels that count say nothing about the layout: masking hides it.
SPOKEN = 5


class Facts(Value):
    """What is counted of a stretch for the context; adds up."""

    counts: Counter[tuple[str, Any]] = field(default_factory=Counter)
    first: Mapping[tuple[str, Any], Evidence] = field(default_factory=dict)
    curves: Curves = field(default_factory=Curves)

    @staticmethod
    def of(stretch: Stretch) -> Facts:
        counts: Counter[tuple[str, Any]] = Counter()
        first: dict[tuple[str, Any], Evidence] = {}
        table = stretch.table
        _shapes(table, counts, first)
        for name in ("kind", "rank", "mixed", "start", "phase"):
            counts.update({(name, value): number for value, number in counted(table.always[name])})
        if "world_size" in table.columns:
            counts.update(("world size", int(size)) for size in table.columns["world_size"].values)
        of_total, example = aggregation.ways(table)
        counts += of_total + aggregation.precision(table)
        if example:
            first["total", "records"] = example
        curves = stretch.curves
        _layout(stretch.windows, stretch.profile, counts, first)
        return Facts(counts, first, curves)

    def __add__(self, later: Facts) -> Facts:
        counts = self.counts.copy()
        counts.update(later.counts)
        first = self.first if later.first.keys() <= self.first.keys() else {**later.first, **self.first}
        return Facts(counts, first, self.curves + later.curves)

    def values(self, name: str) -> Counter[Any]:
        return Counter({value: n for (of, value), n in self.counts.items() if of == name})

    def most(self, name: str) -> tuple[Any, Evidence | None] | None:
        """The value of that name that was seen most often, and where it was first seen."""
        values = self.values(name)
        if not values:
            return None
        value = min(values, key=lambda v: (-values[v], str(v)))
        return value, self.first.get((name, value))


#: What the axes of a shape say: name, axis, and how many axes the shape must have.
_AXES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "text_logits_shape": (("text vocabulary", 2, 3),),
    "audio_logits_shape": (("audio vocabulary", 2, 3), ("codebooks", 1, 3)),
    "audio_labels_shape": (("label codebooks", 0, 2), ("last label codebooks", 2, 3)),
}


def _shapes(table: Table, counts: Counter[tuple[str, Any]], first: dict[tuple[str, Any], Evidence]) -> None:
    """What the axes of printed shapes say. A shape without a first axis is that of a batch without audio; an axis of
    length 0 says nothing."""
    for column, told in _AXES.items():
        if column not in table.columns:
            continue
        rows = table.having((column,))
        axes = rows.axes(column)
        for name, axis, rank in told:
            shown = np.flatnonzero(rows.ranked(column, rank) & (axes[:, 0] > 0) & (axes[:, axis] > 0))
            _count(name, axes[shown, axis], shown, rows, column, counts, first)


def _count(
    name: str,
    values: NDArray[Any],
    shown: NDArray[np.int64],
    rows: Rows,
    column: str,
    counts: Counter[tuple[str, Any]],
    first: dict[tuple[str, Any], Evidence],
) -> None:
    """Count these values of these rows, and note the line of the first row of each."""
    for value, number in counted(values):
        counts[name, value] += number
        if (name, value) not in first:
            first[name, value] = rows.evidence(int(shown[np.argmax(values == value)]), column)


def _layout(
    windows: Rows, profile: Profile, counts: Counter[tuple[str, Any]], first: dict[tuple[str, Any], Evidence]
) -> None:
    """How label windows of the first codebook begin and end: what shift state and delay rest on."""
    if not len(windows):
        return
    spoken = label_windows(windows, "audio") & (windows["codebook"] <= 0) & (windows["length"] >= SPOKEN)
    begins = (spoken & windows.equal("window", WINDOWS.index("first")) & (windows["valid"] >= SPOKEN)).nonzero()[0]
    ends = (spoken & windows.equal("window", WINDOWS.index("last"))).nonzero()[0]
    for name, rows, values in (
        ("lead", begins, windows["lead_masked"][begins] + windows["lead_bos"][begins]),
        ("bare eos", ends, windows["last_value"][ends] == profile.audio_eos),
        ("bos", begins, windows["bos"][begins] > 0),
        ("eos", ends, windows["eos"][ends]),
    ):
        _count(name, values, rows, windows, "label", counts, first)
