"""How the printed losses make up the printed total, and how precisely they were computed.

Counted per record and added up: what most records agree on holds for the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.finding import Evidence
from higgs_logscan.table import Table

LOSSES = ("text_loss", "audio_loss", "loss")
#: Distance between the total and what it should be, relative to 1 + total: four printed digits of each loss.
TOLERANCE = 1e-3
#: Losses below this are left out: beside a small one every way of adding up looks alike.
SMALL = 0.05
#: Bits of the significand of bfloat16, the leading one included.
_BITS = 8


@dataclass(frozen=True)
class Aggregation:
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
    for way, made in _made(text, audio, total):
        agree = abs(total - made) <= TOLERANCE * (1 + abs(total))
        for name, number in Counter(np.asarray(way)[agree].tolist()).items():
            counts["total", name] += number
    return counts, rows.evidence(int(np.flatnonzero(judged)[0]), "loss")


def _made(
    text: NDArray[np.float64], audio: NDArray[np.float64], total: NDArray[np.float64]
) -> Iterator[tuple[list[str] | NDArray[np.str_], NDArray[np.float64]]]:
    """Per way of adding up: its name for each record, and the total that it makes."""
    records = len(total)
    yield ["sum"] * records, text + audio
    yield ["mean"] * records, (text + audio) / 2
    yield ["text alone"] * records, text
    yield ["audio alone"] * records, audio
    for name, weighed, rest in (("audio", audio, text), ("text", text, audio)):
        weight = np.clip(np.round((total - rest) / weighed, 2), 0.0, 20.0)
        real = (weight > 0) & (weight != 1)
        made = np.where(real, rest + weight * weighed, np.inf)
        yield np.char.add(f"sum, {name} times ", np.char.mod("%g", weight)), made


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
        values = values[np.isfinite(values) & (values >= 1) & (values < 1e6)]
        if len(values):
            unit = np.exp2(np.floor(np.log2(values)) - _BITS + 1)
            counts["values", name] = len(values)
            counts["bfloat16", name] = int((np.mod(values, unit) == 0).sum())
    return counts


def quantised(counts: Counter[tuple[str, str]], least: int = 10) -> list[str]:
    """The losses of which nearly every value is one that bfloat16 can hold."""
    return [
        name
        for name in LOSSES
        if counts["values", name] >= least and counts["bfloat16", name] >= 0.98 * counts["values", name]
    ]
