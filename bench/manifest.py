"""Real logs with known faults: what the `manifest.jsonl` beside them says was done to each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Known:
    """What the manifest says of a log."""

    path: Path
    trainer: str
    fault: str
    healthy: bool
    weak: bool
    causes: tuple[str, ...]
    starts_at: int
    vocabulary: int
    #: Losses of forward passes and steps, and tracebacks.
    losses: int
    tracebacks: int
    #: The log ends before its last step, whatever else was done to it.
    short: bool

    @property
    def file(self) -> str:
        return self.path.name

    @property
    def decidable(self) -> bool:
        """The log itself can show its fault."""
        return not self.healthy and not self.weak


class NoManifest(Exception):
    """There is nothing to judge by."""


def read_manifest(folder: Path) -> list[Known]:
    """The logs of a folder, as its manifest knows them."""
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise NoManifest(f"no such file: {manifest}")
    try:
        logs = [
            known(folder, json.loads(line))
            for line in manifest.read_text(encoding="utf-8").splitlines()
            if line.strip()
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise NoManifest(f"{manifest} is not a manifest of logs: {error!r}") from error
    for one in logs:
        if not one.path.is_file():
            raise NoManifest(f"{manifest} names a log that is not there: {one.file}")
    if not logs:
        raise NoManifest(f"{manifest} names no log")
    return logs


def known(folder: Path, entry: dict[str, Any]) -> Known:
    planned, steps = entry["observed"].get("planned"), entry["observed"].get("steps")
    trainer, counts = entry["trainer"], entry["counts"]
    return Known(
        path=folder / entry["file"],
        trainer=f"{trainer['path']} {trainer['commit'][:7]}",
        fault=entry["label"],
        healthy=entry["healthy"],
        weak=entry["weak"],
        causes=tuple(entry["causes"]),
        starts_at=entry["starts_at_step"],
        vocabulary=entry["text_vocab"],
        losses=counts["micro_batch_text_loss"]["count"] + counts["step_loss"]["count"],
        tracebacks=counts["tracebacks"],
        short=bool(planned and steps and steps["last"] < planned),
    )
