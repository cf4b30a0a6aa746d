"""Lists that are printed a line a token: what they have so far, until their record ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.fields import LIST_FIRST, LIST_SIZE, PIECES, view
from higgs_logscan.lines import FARTHEST
from higgs_logscan.register import Register, roomier

#: So many of them a block may have: one for each modality, or none, and role.
OF_BLOCK = 6
#: Columns of `lists`: the number of the list in the register (-1: it has none), how many tokens it has, whether one of
#: those is none that 32 bits hold, and in which row of `tokens` they stand (-1: in none yet).
NUMBER, COUNT, WILD, ROOM = range(4)


class TokenLists:
    """The lists of all blocks, a row each, and their tokens."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.lists, self.tokens = view(np.zeros((0, 4), np.int64)), view(np.zeros((4, PIECES), np.int32))
        self.rooms = 0

    def know_blocks(self, more: int) -> None:
        """There are so many blocks more."""
        lists = np.zeros((more * OF_BLOCK, 4), np.int64)
        lists[:, [NUMBER, ROOM]] = -1
        self.lists = view(np.append(self.lists, lists, axis=0))

    def row(self, block: int, modality: int, role: int) -> int:
        """That of a list; modality -1 for none."""
        return block * OF_BLOCK + 2 * (modality + 1) + role

    def has_room(self, row: int) -> bool:
        """Whether there may be tokens of this list."""
        return bool(self.lists[row, ROOM] >= 0)

    def make_room(self, row: int) -> None:
        """From now on there may."""
        if self.lists[row, ROOM] < 0:
            if self.rooms == len(self.tokens):
                self.tokens = roomier(self.tokens)
            self.lists[row, ROOM] = self.rooms
            self.rooms += 1

    def begun(self, row: int) -> bool:
        """Whether it has tokens."""
        return bool(self.lists[row, COUNT] > 0)

    def begin(self, row: int, number: int) -> None:
        """It has this number in the register; -1 for none."""
        self.lists[row, NUMBER] = number

    def add(self, row: int, token: int) -> None:
        """The next token of a list that has begun."""
        count = self.lists[row, COUNT]
        if count < PIECES:
            if -FARTHEST <= token < FARTHEST:
                self.tokens[self.lists[row, ROOM], count] = token
            else:
                self.lists[row, WILD] = 1
            self.lists[row, COUNT] = count + 1
            self.register.pending += 1

    def renumber(self, among_others: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> None:
        """The register has forgotten the lists that had ended: those of the others by their old ones."""
        numbers = np.asarray(self.lists)[:, NUMBER]
        numbers[:] = among_others(numbers)

    def end(self, block: int) -> None:
        """The record of a block ends: its lists are whole."""
        for row in range(block * OF_BLOCK, (block + 1) * OF_BLOCK):
            number, count = self.lists[row, NUMBER], self.lists[row, COUNT]
            # A list with an item that 32 bits do not hold is one without tokens, as where it is printed on one line.
            if number >= 0 and not self.lists[row, WILD]:
                first = self.register.hold_pending(self.tokens, self.lists[row, ROOM], count)
                self.register.lists[number, LIST_FIRST], self.register.lists[number, LIST_SIZE] = first, count
            else:
                self.register.pending -= count
            self.lists[row, NUMBER] = -1
            self.lists[row, COUNT] = self.lists[row, WILD] = 0
