"""Tables for tests: of a log, and of values that a test makes up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from higgs_logscan.assembly import Assembler
from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.fields import KIND, LIST_FIRST, LIST_SIZE, ORDINAL, PHASE, view
from higgs_logscan.ground import NO_PLACE, Ground
from higgs_logscan.places import Kept
from higgs_logscan.reader import Reader
from higgs_logscan.register import Register
from higgs_logscan.table import Table
from higgs_logscan.taking import Taking
from higgs_logscan.vocabulary import COLUMNS, KINDS, PHASES


class Pieces:
    """A log that comes in these pieces, as a source."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def read_into(self, view: memoryview) -> int:
        if not self._pieces:
            return 0
        piece, self._pieces[0] = self._pieces[0][: len(view)], self._pieces[0][len(view) :]
        if not self._pieces[0]:
            del self._pieces[0]
        view[: len(piece)] = piece
        return len(piece)


def table_of(blocks: Iterable[bytes], progress: bool = False) -> Table:
    """The records of a log as one table."""
    reader = Reader(DIALECTS)
    assembler = Assembler(reader.plans.all, progress)
    for block in blocks:
        for lines in reader.feed(block):
            assembler.feed(lines)
    for lines in reader.finish():
        assembler.feed(lines)
    assembler.finish()
    return assembler.take()


@dataclass
class Printed:
    """What a forward pass prints: values by column, lists (modality, role, window, filtered, sample, codebook, tokens),
    counts of masked labels (modality, sample, valid, total)."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: list[tuple[int, int, int, bool, int, int, list[int]]] = field(default_factory=list)
    maskings: list[tuple[int, int, int, int]] = field(default_factory=list)


def table_with(passes: Sequence[Printed]) -> Table:
    """The table of these forward passes, which stand nowhere."""
    register = Register()
    for ordinal, printed in enumerate(passes):
        register.reserve(1 + len(printed.lists) + len(printed.maskings))
        row = register.opened(KINDS.index("micro-batch"), -1)
        register.fields[row, PHASE], register.fields[row, ORDINAL] = PHASES.index("train"), ordinal
        assert register.fields[row, KIND] == 0
        for number, (name, kind) in enumerate(COLUMNS.items()):
            if name in printed.values:
                value = printed.values[name]
                if kind == "number":
                    register.real[number, row] = value
                elif kind == "integer":
                    register.whole[number, row] = value
                else:
                    register.said[row, number] = value
                register.put(row, number, NO_PLACE)
        last = -1
        for modality, role, window, filtered, sample, codebook, tokens in printed.lists:
            key = ((((modality + 1) * 1024 + sample + 1) * 128 + codebook + 1) * 4 + window) * 2 + filtered
            kind = modality + 1 | role << 2 | window << 3 | filtered << 5
            number = register.add_list(row, kind, sample, codebook, NO_PLACE)
            register.lists[number, LIST_FIRST] = register.hold(view(np.array(tokens, np.int32)), len(tokens))
            register.lists[number, LIST_SIZE] = len(tokens)
            last = register.add_window(row, key, role, number, last, True)
        for modality, sample, valid, total in printed.maskings:
            register.add_masking(row, modality, sample, valid, total, NO_PLACE)
        register.end(row)
    return Taking(register, Ground(Kept.of([]), [])).table()
