"""How the matrices of a register are laid out, and what is done with the values of a line: numbers by name."""

from __future__ import annotations

from typing import Any

#: Columns of `fields`: what is known of every record.
(
    KIND, RANK, STEP, STEP_INFERRED, PHASE, MIXED, START, ORDINAL, BYTE, PLACE, TIME, TIME_FROM, TIME_TO, ELAPSED, HAS,
    SAID,
) = range(16)  # fmt: skip
FIELDS = 16
#: Columns of `lists`, a printed list of tokens (32 bits each; where they stand is kept beside them).
# `LIST_KIND` is its modality + 1 in the lowest two bits, then role (1), window (2), whether it is filtered (1).
LIST_ROW, LIST_KIND, LIST_SAMPLE, LIST_CODEBOOK, LIST_FIRST, LIST_SIZE = range(6)
#: Columns of `windows`: predictions and labels of one part of a record; -1 for a list that is not printed.
WINDOW_ROW, WINDOW_KEY, WINDOW_LIST, WINDOW_PREVIOUS = 0, 1, 2, 4
#: Columns of `maskings`: a printed count of masked labels.
MASKING_ROW, MASKING_MODALITY, MASKING_SAMPLE, MASKING_VALID, MASKING_TOTAL, MASKING_PLACE = range(6)
#: Columns of `codebook_losses`; the losses stand beside them.
LOSS_ROW, LOSS_CODEBOOK, LOSS_PLACE = range(3)

#: Columns of `blocks`, what is open: the record of a rank and kind (-1: none is), and what holds for its next line.
# `BEGUN`: what lines have begun in it, a bit each. `CLOSED`: a closing line has ended it; `ECHO`: and what follows says
# that again. `HEAD_MODALITY`, `HEAD_SAMPLE`, `HEAD_CODEBOOK`: what a header above the line named; -1 where none did.
# `LAST_WINDOW`, `LARGEST_KEY`: its last window, and the largest key of its windows. `LISTS`, `COUNTS`, `LOSSES`: how
# many it has. `BAR_BEFORE`: where the training loop stood when it began. `TOKENS`: it has lists of a line a token.
(
    ROW, BEGUN, CLOSED, ECHO, HEAD_MODALITY, HEAD_SAMPLE, HEAD_CODEBOOK, LAST_WINDOW, LARGEST_KEY, BAR_BEFORE, LISTS,
    COUNTS, LOSSES, TOKENS,
) = range(14)  # fmt: skip
OPEN = 14
#: Columns of `plans`, what the lines of each plan do (`action.Action`), and of `holes`, what each of their holes does.
# `STAMPED`: its lines have one more value, when they were printed; `STAMP_FROM`, `STAMP_TO`: where that stands in them.
# `SHAPES`: how many of its holes there are up to its last shape.
(
    WAY, SLOT, FIRST_HOLE, HOLES, HEADER, NAMES, STATED, CODEBOOK, WINDOW, FILTERED, MAY_JOIN, BEGINNING, OF_RANK,
    STAMPED, STAMP_FROM, STAMP_TO, SHAPES,
) = range(17)  # fmt: skip
ACTION = 17
OPERATION, COLUMN = range(2)

#: What is done with the value of a hole: kept in a column (as a number, an integer, a shape or an object, or
#: added to the words that are there), in the column of the modality that a header named, …
(
    REAL, WHOLE, SHAPE, OBJECT, GATHERED, REAL_OF_MODALITY, WHOLE_OF_MODALITY, NAMES_STEP, NAMES_RANK, NAMES_SAMPLE,
    NAMES_CODEBOOK, CODEBOOK_LOSS, CODEBOOK_LOSSES, MAPPING, LIST, TOKEN, MASKED, VALID, TOTAL,
) = range(19)  # fmt: skip

#: How the lines of a plan are read (`action.Action.way`): by `open_records.py`, as far as they only add to records;
#: `OTHER` ones by `assembly.py`.
OTHER, NOTHING, BAR, ADDS_LIST, ADDS, JOINS, BEGINS, ADDS_TOKENS = range(8)

#: Lists, counts, and losses of codebooks, of one record at most: a log that never ends a record cannot exhaust memory.
PIECES = 4096
#: Tokens that one line adds to such lists at most.
TOKENS_EACH = 2
#: What a count is that is not printed.
ABSENT = -1 << 62


def view(array: Any) -> Any:
    """An array as it is read and written one value at a time: a typed view where that is compiled, and faster than
    an array where it is not."""
    return memoryview(array)
