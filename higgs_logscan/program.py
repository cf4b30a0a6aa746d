"""How the compiled scanner reads a line of a known shape: the spelling of the line as steps.

A shape fixes all bytes of a line but its digits, up to and with its first bracket. So it fixes there which words are
where, and where every value begins: those steps begin at a known place, and of the words only digits are
left to compare. Behind the bracket the steps follow each other.

The scanner takes the first choice of every hole, as the pattern does first; where that fails, Python decides.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from higgs_logscan.dialect import Line, kind_of
from higgs_logscan.grammar import GRAMMAR, UNKEPT

#: A longer piece without a line end is read by its beginning: one endless line exhausts nothing.
LONGEST_LINE = 1 << 20
#: Longer shapes are not remembered.
LONGEST_SHAPE = 1 << 12


class Reading(IntEnum):
    """How lines of a shape are read."""

    STOP = 0  # by Python
    UNKNOWN = 1  # by nothing
    KNOWN = 2  # its shape says that it is known; nothing is taken from it
    SILENT = 3  # known where its steps fit; nothing is taken from it
    LINE = 4  # by its steps
    BAR = 5


class Code(IntEnum):
    """What a step reads. Those from NUMBER to INTEGERS, BRACKETED, REST and TEXT are values."""

    LITERAL = 0
    OPTIONAL = 1  # these words, or nothing
    SPACES = 2
    NUMBER = 3
    INTEGER = 4
    PERCENT = 5
    SHAPE = 6
    INTEGERS = 7
    ANY_NUMBER = 8
    ANY_INTEGER = 9
    UNTIL = 10  # up to and with the first such words
    BRACKETED = 11  # the text between brackets
    REST = 12  # the text up to the end of the line
    END = 13
    NOT_NUMBER = 14  # no word and no percent sign comes next
    NOT_WORD = 15
    TEXT = 16  # so many bytes
    MAPPING = 17  # a dict, where all of the text is the shape: becomes TEXT


class Step(NamedTuple):
    """One step: `at` where it begins in the line's text (-1: where the last step ended), bytes, words."""

    code: Code
    at: int = -1
    length: int = 0
    words: bytes = b""


class _Part(NamedTuple):
    """A part of a spelling: its step, and the pattern of a hole, whose group is the value."""

    step: Step
    pattern: re.Pattern[bytes] | None = None
    kept: bool = False

    def span(self, text: bytes, at: int) -> tuple[int, int, int] | None:
        """Where its value begins and ends, and where it ends itself; None where the text is another."""
        words, code = self.step.words, self.step.code
        if self.pattern:
            match = self.pattern.match(text, at)
            return (*match.span(match.re.groups), match.end()) if match else None
        if code is Code.UNTIL:
            end = text.find(words, at) + len(words)
            return (at, end, end) if end >= len(words) else None
        end = at + len(words) * text.startswith(words, at)
        return (at, end, end) if end > at or code is Code.OPTIONAL else None


_CODES = {
    "number": Code.NUMBER,
    "integer": Code.INTEGER,
    "integers": Code.INTEGERS,
    "percent": Code.PERCENT,
    "shape": Code.SHAPE,
    "any number": Code.ANY_NUMBER,
    "any integer": Code.ANY_INTEGER,
    "numbers": Code.BRACKETED,
    "text": Code.REST,
    "mapping": Code.MAPPING,
    "end of line": Code.END,
}
_SELECTOR = "\ufe0f"
_TEXTS = (Code.BRACKETED, Code.REST, Code.MAPPING)
#: Steps whose patterns look at all that follows.
_SEES_ALL = (Code.REST, Code.MAPPING, Code.END)
_SPACES, _NOT_NUMBER, _NOT_WORD = re.compile(rb"\s*"), re.compile(rb"(?![\w%])"), re.compile(rb"(?!\w)")


def steps(line: Line, text: bytes, start: int, cut: int) -> tuple[Step, ...] | None:
    """How the scanner reads lines of the shape of this text, which the line's pattern matches from `start` on.

    `cut`: where the bracket stands that its shape ends with; -1 where all of the text is its shape. None where
    Python has to read such lines.
    """
    parts = _parts(line.spelling, line.needs)
    if parts is None:
        return None
    limit, at, fixed = len(text) if cut < 0 else cut, start, list[Step]()
    for number, part in enumerate(parts):
        span, step = part.span(text, at), part.step
        if span is None:
            return None  # not its first choice
        begin, stop, end = span
        if end > limit or (step.code in _SEES_ALL and cut >= 0):
            if any(later.step.code is Code.MAPPING for later in parts):
                return None
            return (*fixed, step._replace(at=at), *(later.step for later in parts[number + 1 :]))
        if part.kept and step.code in _TEXTS:
            if begin == stop:
                return None  # an empty text
            fixed.append(Step(Code.TEXT, begin, stop - begin))
        elif part.kept or re.search(rb"\d", step.words):
            fixed.append(step._replace(at=at))
        at = end
    return tuple(fixed)


def steps_in_turn(line: Line, start: int) -> tuple[Step, ...] | None:
    """How lines from `start` on are read whatever their numbers: each step begins where the last one ended. None where
    Python has to read them."""
    parts = _parts(line.spelling, line.needs)
    if not parts or any(part.step.code is Code.MAPPING for part in parts):
        return None
    first, *others = (part.step for part in parts)
    return (first._replace(at=start), *others)


def mapping(needs: str) -> bytes:
    """The pattern of a dict with a key of which it needs one: as `Line.pattern` has it."""
    return rb"(\{(?=[^{}]*['\"](?:%s)['\"]:).*\})" % needs.encode()


def certain(line: Line) -> bool:
    """Whether it follows from the shape of a text alone whether the line's pattern matches it.

    Nor does it depend on how many digits a number has, as long as it has no groups of them: holes take all they can.
    """
    return _certain(line.spelling, line.needs)


@lru_cache(maxsize=4096)
def _certain(spelling: str, needs: str) -> bool:
    words = re.sub(r"{\w+}", "", spelling)
    return not re.search(r"\d", words) and "}{" not in spelling and not re.search(r"[^A-Za-z_|]", needs)


@lru_cache(maxsize=4096)
def _parts(spelling: str, needs: str) -> tuple[_Part, ...] | None:
    """The parts of a spelling; None where one of them is nothing that the scanner can read."""
    parts: list[_Part] = []
    spelled = re.split(r"{(\w+)}", spelling)
    skipping = False
    for number, words in enumerate(spelled):
        if number % 2 == 0:
            for word in re.split(r"( +)", words):
                skipping = _word(word, parts, skipping)
            continue
        kind = kind_of(words)
        if skipping:
            return None
        if kind == "anything":
            skipping = True
        elif kind not in _CODES:
            return None
        else:
            pattern = mapping(needs) if kind == "mapping" else GRAMMAR[kind]
            parts.append(_Part(Step(_CODES[kind]), re.compile(pattern), kind not in UNKEPT))
    if not skipping and len(spelled) > 1 and not spelled[-1] and kind_of(spelled[-2]) in ("number", "integer"):
        parts.append(_Part(Step(Code.NOT_NUMBER), _NOT_NUMBER))
    elif len(spelled) == 1 and spelled[0][-1:].isalnum():
        parts.append(_Part(Step(Code.NOT_WORD), _NOT_WORD))
    return tuple(parts)


def _word(word: str, parts: list[_Part], skipping: bool) -> bool:
    """Add the parts of a word, or of a run of spaces. Whether anything may still stand before the next."""
    if not word or (skipping and word.isspace()):
        return skipping
    if word.isspace():
        parts.append(_Part(Step(Code.SPACES), _SPACES))
        return False
    for number, piece in enumerate(word.split(_SELECTOR)):
        if number:
            selector = _SELECTOR.encode()
            parts.append(_Part(Step(Code.OPTIONAL, -1, len(selector), selector)))
        words = piece.encode()
        if words and skipping:
            parts.append(_Part(Step(Code.UNTIL, -1, len(words), words)))
            skipping = False
        elif words:
            parts.append(_Part(Step(Code.LITERAL, -1, len(words), words)))
    return skipping


#: A bar's place: how many of how many, hours, minutes, seconds.
POSITION = re.compile(rb"\| *(\d{1,18})/(\d{1,18}) \[(?:(\d{1,9}):(?=\d{1,9}:\d{1,9}(?!\d)))?(\d{1,9}):(\d{1,9})(?!\d)")
_ODD, _WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1


def bar(text: bytes, rank: int) -> tuple[int, int, float, int]:
    """What a bar says: position, planned, seconds (-1 where it says nothing of it), and the number of its loop."""
    position, planned, seconds = -1, 0, -1.0
    if found := POSITION.search(text):
        hours, minutes, rest = (int(part or 0) for part in found.group(3, 4, 5))
        position, planned, seconds = int(found[1]), int(found[2]), float(3600 * hours + 60 * minutes + rest)
    name = text[: text.find(b"%|")].rstrip(b"0123456789 ")
    number = (rank * _ODD ^ planned) & _WORD
    for begin in range(0, len(name), 8):
        number = (number ^ int.from_bytes(name[begin : begin + 8], "little")) * _ODD & _WORD
        number ^= number >> 32
    return position, planned, seconds, number - (number >> 63 << 64)
