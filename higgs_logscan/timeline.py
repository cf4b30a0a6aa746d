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
    """Ended records in, dated and numbered records out.

    Ranks train in step: a step that one of them names dates what all of them had pending. Which of
    them goes back, or repeats a step, is told for each rank apart, as their lines overtake each other.
    """

    _pending: list[Record] = field(default_factory=list)
    #: The last step that any rank named; the last one of each, and how often it went back.
    _step: int | None = None
    _steps: dict[int, int] = field(default_factory=dict)
    _starts: dict[int, int] = field(default_factory=dict)
    _start: int = 0
    _ordinals: dict[int, int] = field(default_factory=dict)
    _out: list[Record] = field(default_factory=list)

    def taken(self) -> list[Record]:
        """The records that have come out since."""
        out, self._out = self._out, []
        return out

    @property
    def step(self) -> int:
        """The last step that any rank named; or -1."""
        return -1 if self._step is None else self._step

    def finish(self) -> None:
        """The log ends: nothing more will be named."""
        self._release(_UNKNOWN if self._step is None else _TRAIN, None)

    def add(self, record: Record) -> None:
        """A record has ended: number it, or let it wait for the step that it belongs to."""
        if record.kind != MICRO_BATCH:
            self._emit(record)
            return
        self._pending.append(record)
        if len(self._pending) >= PENDING:
            self._release(_TRAIN, None)

    def named(self, record: Record, step: int) -> None:
        """A line names a step: what waited before it can be told training from validation."""
        record.step = step
        if record.kind not in (STEP, EVALUATION):
            return
        rank = record.rank
        before, self._steps[rank] = self._steps.get(rank), step
        if record.kind == EVALUATION and self._step == step:
            self._release(_VALIDATION, None)
        elif before is not None and step < before:
            self._release(_TRAIN, None)
            self._starts[rank] = self._starts.get(rank, 0) + (record.kind == STEP)
            self._start = max(self._start, self._starts[rank])
            self._step = step
        elif self._step is None or step > self._step or step == before:
            self._release(_TRAIN, step)
            self._step = step

    def _release(self, phase: int, until: int | None) -> None:
        """Pending micro-batches get their phase, and a step each: spread evenly up to the named one."""
        pending, self._pending = self._pending, []
        since = self._step if self._step is not None else -1 if until is None else 0
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
