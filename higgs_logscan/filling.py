"""What a line says, put into the record of its block: any value of any line.

Numbers, integers and small shapes are `open_records.py`'s, as most lines have no other.
"""

from __future__ import annotations

from typing import Any

from higgs_logscan.action import ADDED, OF_MODALITY, Action, operation
from higgs_logscan.fields import (
    CODEBOOK_LOSS,
    CODEBOOK_LOSSES,
    GATHERED,
    HEAD_CODEBOOK,
    LIST,
    LOSSES,
    MAPPING,
    NAMES_RANK,
    NAMES_STEP,
    OBJECT,
    PIECES,
    RANK,
    REAL_OF_MODALITY,
    ROW,
    SHAPE,
    TOKEN,
    WHOLE,
    WHOLE_OF_MODALITY,
)
from higgs_logscan.grammar import LATEST_STEP
from higgs_logscan.lines import LARGE, NOT_PRINTED
from higgs_logscan.open_records import OpenRecords

#: Characters of a column that gathers what several lines say, at most.
GATHERED_LENGTH = 200


class Filling:
    """Fills open records. There must be room in their register for what a line says."""

    def __init__(self, open: OpenRecords) -> None:
        self.open, self.register, self.timeline = open, open.register, open.timeline

    def fill(self, action: Action, block: int, number: int, i: int) -> None:
        """What a line says, put into the record of its block."""
        read, row = self.open, self.open.blocks[block, ROW]
        first, place = read.slot[i], read.base + i
        read.add(block, number, i)
        for column, value in action.states:
            self.gather(row, column, value, place)
        for k in range(action.count):
            at = first + k
            if read.size[at] == NOT_PRINTED:
                continue
            done, column = action.operations[k], action.columns[k]
            if done == LIST:
                read.add_list(block, number, column, at, place)
            elif done == SHAPE and not read.small(row, column, at):
                self._shape(row, column, read.whole[at], read.size[at], place)
            elif done not in ADDED:
                self._other(action, block, number, k, at, place)

    def _other(self, action: Action, block: int, number: int, k: int, at: int, place: int) -> None:
        """The values that are seldom printed."""
        read, register, row = self.open, self.register, self.open.blocks[block, ROW]
        done, column = action.operations[k], action.columns[k]
        if done == NAMES_STEP:
            self.timeline.named(row, read.whole[at])
        elif done == NAMES_RANK:
            register.fields[row, RANK] = read.whole[at]
        elif done in (WHOLE_OF_MODALITY, REAL_OF_MODALITY):
            modality = read.modality(block, number)
            if modality >= 0:
                column = OF_MODALITY[done][modality]
                register.whole[column, row], register.real[column, row] = read.whole[at], read.real[at]
                register.put(row, column, place)
        elif done == CODEBOOK_LOSS:
            self._codebook_loss(block, read.blocks[block, HEAD_CODEBOOK], read.real[at], place)
        elif done == TOKEN:
            self._token(block, number, column, at, place)
        elif done == CODEBOOK_LOSSES:
            for codebook, loss in enumerate(self.value(action, k, at)[:PIECES]):
                self._codebook_loss(block, codebook, loss, place)
        elif done == MAPPING:
            self._mapping(action, row, self.value(action, k, at), place)
        elif done == GATHERED:
            self.gather(row, column, self.value(action, k, at), place)
        else:
            assert done == OBJECT
            register.says(row, column, self.value(action, k, at), place)

    def _codebook_loss(self, block: int, codebook: int, loss: float, place: int) -> None:
        if self.open.blocks[block, LOSSES] < PIECES:
            self.register.add_codebook_loss(self.open.blocks[block, ROW], codebook, loss, place)
            self.open.blocks[block, LOSSES] += 1

    def value(self, action: Action, k: int, at: int) -> Any:
        """A value that is no number: words, a mapping, a list of numbers."""
        first, size = self.open.whole[at], self.open.size[at]
        lines = self.open.lines
        return action.reads[k](bytes(lines.data[first : first + size])) if size else lines.objects[first]

    def _shape(self, row: int, column: int, first: int, size: int, place: int) -> None:
        """A shape, as one integer where that holds it."""
        register, code = self.register, self.open.code(first, size)
        if code >= 0:
            register.whole[column, row] = code
            register.unsay(row, column)
            register.put(row, column, place)
        else:
            items = self.open.lines.items
            shape = self.open.lines.objects[first] if size == LARGE else tuple(items[first : first + size].tolist())
            register.whole[column, row] = 0
            register.says(row, column, shape, place)

    def _token(self, block: int, number: int, role: int, at: int, place: int) -> None:
        """One token of a list that is printed a line a token."""
        self.open.token_lists.make_room(self.open.token_list(block, number, role))
        self.open.add_token(block, number, role, at, place)

    def _mapping(self, action: Action, row: int, pairs: dict[str, float], place: int) -> None:
        for key, value in pairs.items():
            name = action.line.keys.get(key)
            if name == "step":
                if 0 <= value < LATEST_STEP:
                    self.timeline.named(row, int(value))
            elif name:
                done, column = operation(name)
                if done == WHOLE:
                    self.register.whole[column, row] = int(value)
                self.register.real[column, row] = value
                self.register.put(row, column, place)

    def gather(self, row: int, column: int, words: str, place: int) -> None:
        """What lines say one after the other: the first place counts, each word stands once."""
        register = self.register
        had = register.has(row, column)
        said = register.said[row, column] if had else ""
        if words not in said.split(", "):
            place = register.place[column, row] if had else place
            register.says(row, column, (f"{said}, {words}" if said else words)[:GATHERED_LENGTH], place)
