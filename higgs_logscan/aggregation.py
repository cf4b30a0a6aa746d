"""How the printed losses make up the printed total, and how precisely they were computed.

Counted per record and added up: what most records agree on holds for the run.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import Evidence
from higgs_logscan.table import Table
from higgs_logscan.value import Value

LOSSES = ("text_loss", "audio_loss", "loss")
#: Distance between the total and what it should be, relative to 1 + total: four printed digits of each loss.
TOLERANCE = 1e-3
#: Losses below this are left out: beside a small one every way of adding up looks alike.
SMALL = 0.05
#: Bits of a double behind those that bfloat16 has: its significand has 8, the leading one included.
_BEHIND = (1 << (53 - 8)) - 1


class Aggregation(Value):
    """How text and audio loss make the total: `name` explains `share` of the `records` that print all three."""

    name: str
    share: float
    records: int
    evidence: Evidence | None = None


def ways(table: Table) -> tuple[Counter[tuple[str, str]], Evidence | None]:
    """What each record's total is: `("total", way)` and its count, and the first record that prints all three."""
    counts: Counter[tuple[str, str]] = Counter()
    if not all(name in table.columns for name in LOSSES):
        return counts, None
    rows = table.having(LOSSES, kinds=("micro-batch", "step"))
    text, audio, total = (np.asarray(rows[name], np.float64) for name in LOSSES)
    judged = np.isfinite(text + audio + total) & (text > SMALL) & (audio > SMALL) & ~rows["mixed"]
    if not judged.any():
        return counts, None
    text, audio, total = text[judged], audio[judged], total[judged]
    counts["total", "records"] = len(total)
    for name, made in (
        ("sum", text + audio),
        ("mean", (text + audio) / 2),
        ("text alone", text),
        ("audio alone", audio),
    ):
        counts["total", name] = int(_agree(total, made).sum())
    for name, weighed, rest in (("audio", audio, text), ("text", text, audio)):
        counts.update(_weights(f"sum, {name} times", weighed, rest, total))
    return +counts, rows.evidence(int(np.flatnonzero(judged)[0]), "loss")


def _agree(total: NDArray[np.float64], made: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(abs(total - made) <= TOLERANCE * (1 + abs(total)))


def _weights(
    name: str, weighed: NDArray[np.float64], rest: NDArray[np.float64], total: NDArray[np.float64]
) -> dict[tuple[str, str], int]:
    """How many totals are a sum in which one loss has a weight of two decimals: by weight."""
    weight = np.clip(np.round((total - rest) / weighed, 2), 0.0, 20.0)
    agree = (weight > 0) & (weight != 1) & _agree(total, rest + weight * weighed)
    numbers = np.bincount(np.rint(weight[agree] * 100).astype(np.int64))
    return {("total", f"{name} {value / 100:g}"): int(numbers[value]) for value in np.flatnonzero(numbers).tolist()}


def judged(counts: Counter[tuple[str, str]], evidence: Evidence | None) -> Aggregation:
    """The way that explains most records; of two that explain as many, the plainer one."""
    records = counts["total", "records"]
    found = {name: n for (of, name), n in counts.items() if of == "total" and name != "records"}
    if not records or not found:
        return Aggregation("unknown", 0.0, records, evidence)
    plain = ("sum", "mean", "text alone", "audio alone")
    name = min(found, key=lambda way: (-found[way], plain.index(way) if way in plain else len(plain), way))
    return Aggregation(name, found[name] / records, records, evidence)


def precision(table: Table) -> Counter[tuple[str, str]]:
    """Per loss, its values of at least 1 nat, `("values", name)`, and those that bfloat16 can hold."""
    counts: Counter[tuple[str, str]] = Counter()
    for name in LOSSES:
        column = table.columns.get(name)
        values = np.asarray(column.values, np.float64) if column else np.zeros(0)
        values = values[(values >= 1) & (values < 1e6)]
        if len(values):
            counts["values", name] = len(values)
            counts["bfloat16", name] = int(np.count_nonzero(values.view(np.int64) & _BEHIND == 0))
    return counts


def quantised(counts: Counter[tuple[str, str]], least: int = 10) -> list[str]:
    """The losses of which nearly every value is one that bfloat16 can hold."""
    return [
        name
        for name in LOSSES
        if counts["values", name] >= least and counts["bfloat16", name] >= 0.98 * counts["values", name]
    ]
