"""When records happened: their step, their phase, their number in the run.

No trainer prints a step with a forward pass. Micro-batches wait (bounded) for the next line that
names a step: an evaluation of the step that they follow makes them `validation`, anything else
`train`; that line also dates them. A step that goes back is another start of the run.
"""

from __future__ import annotations

import numpy as np

from higgs_logscan.fields import KIND, ORDINAL, PHASE, RANK, START, STEP, STEP_INFERRED, view
from higgs_logscan.register import Register
from higgs_logscan.vocabulary import KINDS, PHASES

#: Micro-batches that wait for a step at most; beyond, they are released as training.
PENDING = 4096

_MICRO_BATCH, _STEP, _EVALUATION = (KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation"))
_UNKNOWN, _TRAIN, _VALIDATION = (PHASES.index(phase) for phase in ("unknown", "train", "validation"))


class Timeline:
    """Ended records (rows of a register) in, dated and numbered records out.

    Ranks train in step: a step that one of them names dates what all of them had pending. Which of
    them goes back, or repeats a step, is told for each rank apart, as their lines overtake each other.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        #: The last step that any rank named; or -1.
        self.step = -1
        #: The micro-batches that wait, and how many they are.
        self.pending = view(np.zeros(PENDING, np.int64))
        self.waiting = 0
        #: The last step of each rank, and how often it went back.
        self.steps: dict[int, int] = {}
        self.starts: dict[int, int] = {}
        self.start = 0
        self.ordinals = view(np.zeros(len(KINDS), np.int64))

    def finish(self) -> None:
        """The log ends: nothing more will be named."""
        self.release(_UNKNOWN if self.step < 0 else _TRAIN, -1)

    def add(self, row: int) -> None:
        """A record has ended: number it, or let it wait for the step that it belongs to."""
        if self.register.fields[row, KIND] != _MICRO_BATCH:
            self.emit(row)
            return
        self.wait(row)
        if self.waiting == PENDING:
            self.release(_TRAIN, -1)

    def wait(self, row: int) -> None:
        """A micro-batch waits for the step that it belongs to. There must be room for it."""
        self.pending[self.waiting] = row
        self.waiting += 1

    def named(self, row: int, step: int) -> None:
        """A line names a step: what waited before it can be told training from validation."""
        self.register.fields[row, STEP] = step
        kind, rank = self.register.fields[row, KIND], self.register.fields[row, RANK]
        if kind != _STEP and kind != _EVALUATION:
            return
        before = self.steps.get(rank, -1)
        self.steps[rank] = step
        if kind == _EVALUATION and self.step == step:
            self.release(_VALIDATION, -1)
        elif step < before:
            self.release(_TRAIN, -1)
            self.starts[rank] = self.starts.get(rank, 0) + (kind == _STEP)
            self.start = max(self.start, self.starts[rank])
            self.step = step
        elif step > self.step or step == before:
            self.release(_TRAIN, step)
            self.step = step

    def release(self, phase: int, until: int) -> None:
        """Pending micro-batches get their phase, and a step each: spread evenly up to the named one (-1: none is)."""
        count, self.waiting = self.waiting, 0
        since = self.step if self.step >= 0 or until < 0 else 0
        for i in range(count):
            row = self.pending[i]
            self.register.fields[row, PHASE] = phase
            if since >= 0:
                self.register.fields[row, STEP_INFERRED] = 1
                # Rounded up: the last of them belongs to the named step.
                self.register.fields[row, STEP] = (
                    since if until < 0 else since + ((i + 1) * (until - since) + count - 1) // count
                )
            self.emit(row)

    def emit(self, row: int) -> None:
        kind = self.register.fields[row, KIND]
        ordinal = self.ordinals[kind]
        self.register.fields[row, START], self.register.fields[row, ORDINAL] = self.start, ordinal
        self.ordinals[kind] = ordinal + 1
        self.register.end(row)
