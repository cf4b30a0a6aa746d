"""A record as the JSON contract writes it (design.md §6): what the log printed, nothing smoothed."""

from __future__ import annotations

import math
from typing import Any

from higgs_logscan.table import Array, Masking, Record
from higgs_logscan.vocabulary import KINDS, MODALITIES, PHASES, ROLES, WINDOWS

#: Codebooks of a record that are written: the number is the log's word, and a list is as long.
CODEBOOKS = 1024
#: Columns that are written as one object, and the key of each in it.
TOKENS = {f"{modality}_tokens": {"valid": f"{modality}_valid", "total": f"{modality}_total"} for modality in MODALITIES}
_IN_TOKENS = {column for columns in TOKENS.values() for column in columns.values()}


def record_dict(record: Record) -> dict[str, Any]:
    """The record under the contract's keys; a key that the log says nothing for is absent.

    A number that is not finite is null and named under `nonfinite`; one of a codebook as
    `codebook_loss.N`.
    """
    lost: dict[str, str] = {}
    line, byte, _ = record.at
    written: dict[str, Any] = {
        "kind": KINDS[record.kind],
        "line": line,
        "byte": byte,
        "rank": _known(record.rank),
        "step": _known(record.step),
        "step_inferred": record.step_inferred,
        "phase": PHASES[record.phase],
        "mixed": record.mixed,
    }
    if record.time:
        written["time"] = record.time
    for name, value in record.values.items():
        if name not in _IN_TOKENS:
            written[name] = _value(name, value, lost)
    for name, columns in TOKENS.items():
        if tokens := {key: record.values[column] for key, column in columns.items() if column in record.values}:
            written[name] = tokens
    if record.codebook_loss:
        written["codebook_loss"] = _by_codebook(record.codebook_loss, lost)
    if record.arrays:
        written["arrays"] = [_array(array) for array in record.arrays]
    if record.maskings:
        written["label_stats"] = [_masking(masking) for masking in record.maskings]
    if lost:
        written["nonfinite"] = lost
    return written


def _known(number: int) -> int | None:
    return number if number >= 0 else None


def _value(name: str, value: Any, lost: dict[str, str]) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        lost[name] = str(value)
        return None
    return list(value) if isinstance(value, tuple) else value


def _by_codebook(losses: dict[int, float], lost: dict[str, str]) -> list[float | None]:
    """The losses by codebook; null for one that was not printed."""
    kept = {codebook: loss for codebook, loss in losses.items() if 0 <= codebook < CODEBOOKS}
    length = max(kept, default=-1) + 1
    return [_value(f"codebook_loss.{n}", kept[n], lost) if n in kept else None for n in range(length)]


def _array(array: Array) -> dict[str, Any]:
    return {
        "modality": _modality(array.modality),
        "role": ROLES[array.role],
        "sample": _known(array.sample),
        "codebook": _known(array.codebook),
        "window": WINDOWS[array.window],
        "filtered": array.filtered,
        "values": array.values,
        "line": array.line,
    }


def _masking(masking: Masking) -> dict[str, Any]:
    modality, sample, valid, total, line = masking
    return {
        "modality": _modality(modality),
        "sample": _known(sample),
        "valid": valid,
        "total": total,
        "line": line,
    }


def _modality(modality: int) -> str | None:
    return MODALITIES[modality] if modality >= 0 else None
