"""When records happened: their step, their phase, their number in the run.

No trainer prints a step with a forward pass. Micro-batches wait (bounded) for the next line that
names a step: an evaluation of the step that they follow makes them `validation`, anything else
`train`; that line also dates them. A step that goes back is another start of the run.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from higgs_logscan.table import KINDS, PHASES, Record

#: Micro-batches that wait for a step at most; beyond, they are released as training.
PENDING = 4096

MICRO_BATCH, STEP, EVALUATION = (KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation"))
_UNKNOWN, _TRAIN, _VALIDATION = (PHASES.index(phase) for phase in ("unknown", "train", "validation"))


@dataclass
class Timeline:
    """Ended records in, dated and numbered records out. Ranks wait and count apart."""

    _pending: dict[int, list[Record]] = field(default_factory=dict)
    _step: dict[int, int] = field(default_factory=dict)
    _start: int = 0
    _ordinals: dict[int, int] = field(default_factory=dict)
    _out: list[Record] = field(default_factory=list)

    def taken(self) -> list[Record]:
        """The records that have come out since."""
        out, self._out = self._out, []
        return out

    def finish(self) -> None:
        """The log ends: nothing more will be named."""
        for rank in sorted(self._pending):
            self._release(rank, _TRAIN if self._step else _UNKNOWN, None)

    def add(self, record: Record) -> None:
        """A record has ended: number it, or let it wait for the step that it belongs to."""
        if record.kind != MICRO_BATCH:
            self._emit(record)
            return
        pending = self._pending.setdefault(record.rank, [])
        pending.append(record)
        if len(pending) >= PENDING:
            self._release(record.rank, _TRAIN, None)

    def named(self, record: Record, step: int) -> None:
        """A line names a step: what waited before it can be told training from validation."""
        record.step = step
        if record.kind not in (STEP, EVALUATION):
            return
        rank, last = record.rank, self._step.get(record.rank)
        if record.kind == EVALUATION and last == step:
            self._release(rank, _VALIDATION, None)
        elif last is not None and step < last:
            self._release(rank, _TRAIN, None)
            self._start += record.kind == STEP
        else:
            self._release(rank, _TRAIN, step)
        self._step[rank] = step

    def _release(self, rank: int, phase: int, until: int | None) -> None:
        """Pending micro-batches get their phase, and a step each: spread evenly up to the named one."""
        pending = self._pending.pop(rank, [])
        since = self._step.get(rank, -1 if until is None else 0)
        for i, record in enumerate(pending, 1):
            record.phase = phase
            if since >= 0:
                record.step_inferred = True
                record.step = since if until is None else since + -(-i * (until - since) // len(pending))
            self._emit(record)

    def _emit(self, record: Record) -> None:
        record.start = self._start
        record.ordinal = self._ordinals.get(record.kind, 0)
        self._ordinals[record.kind] = record.ordinal + 1
        self._out.append(record)
