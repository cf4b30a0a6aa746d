"""What all lines of one shape have in common: prefix, place of the text, who reads it.

A *shape* is a line up to its first bracket with every digit read as 0, but those of a rank. All of
that follows from the shape alone, so it is worked out once and remembered; each further line of that shape costs one
dictionary look-up and one match of one pattern. A million lines of a log have a few hundred shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from higgs_logscan.dialect import Dialect, Foreign, Line, Sign, Span
from higgs_logscan.grammar import head
from higgs_logscan.tokens import Declared

#: Shapes remembered at most; a log with more is read as well, only slower.
SHAPES = 1 << 16

_TIME = r"\d{4}-\d\d-\d\d[ T_][\dX]{2}:[\dX]{2}:[\dX]{2}(?:[.,][\dX]+)?"
_LEVEL = r"(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|SUCCESS|TRACE)"
#: One prefix a line may start with; several may follow each other.
_PREFIX = regex.compile(
    rf"""[ ]*(?:
      \[(?:rank|default)(?P<rank>\d+)\]:?[ ]?
    | \[?(?P<time>{_TIME})\]?
      (?: [ ]-[ ](?:[\w.*]+[ ]-[ ])?{_LEVEL}[ ]-[ ]?
        | [ ]\|[ ]{_LEVEL}\s*\|[ ](?:[\w.<>*]+:[\w<>]+:\d+[ ]-[ ])?
        | :?[ ]+ )
    | [IWEF]\d{{4}}[ ][\d:.]+[ ]+\d+[ ][\w./]+:\d+\][ ]
    | {_LEVEL}\s*\|[ ](?:[\w.<>*]+:[\w<>]+:\d+[ ]-[ ])?
    | {_LEVEL}:[\w.*]+:
    | {_LEVEL}:[ ]
    | \[{_LEVEL}(?::\w+)?\][ ]?
    )""".encode(),
    regex.VERBOSE,
)
#: Symbols, box lines and words that only decorate a message: they differ between versions.
_DECORATION = regex.compile(
    rb"(?:[\s|]|\xe2[\x80-\xbf]{2}|\xf0\x9f[\x80-\xbf]{2}|\xef\xb8\x8f"
    rb"|(?:SUCCESS|WARNING|ERROR|TRAINING|VALIDATION|CHECKPOINT|CRITICAL): )*+"
)
#: A bar shows its percentage near its beginning. It is looked for first: where a bar's own pattern finds none, it
#: tries again from every byte of the line.
_PERCENTAGE = re.compile(rb"[^%|]{0,256}+%\|")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_RANK = re.compile(rb"(\[(?:rank|default)\d+)")


def shape(text: bytes) -> bytes:
    """Text with every digit read as 0, but those of a rank: lines of two ranks go to two records."""
    if b"[rank" not in text and b"[default" not in text:
        return text.translate(_ZEROS)
    return b"".join(part if i % 2 else part.translate(_ZEROS) for i, part in enumerate(_RANK.split(text)))


@dataclass(eq=False)
class Plan:
    """What all lines of one shape have in common.

    `what` reads them (None: nothing does), `start` is where their text begins behind the prefix,
    `time` where the prefix has a timestamp, `match` the pattern of a declared line.
    """

    what: Line | Span | Sign | Foreign | None
    dialect: str
    start: int
    time: slice
    rank: int
    match: Callable[[bytes, int], re.Match[bytes] | None] | None = None
    #: What assembly does with such a line: kept here, so that it is worked out once a shape.
    action: Any = None
    #: For a bar: reads the values of one, which may have another shape than the first of its run.
    values: Callable[[bytes], tuple[Line, tuple[bytes, ...]] | None] | None = None

    def __post_init__(self) -> None:
        self.glued = isinstance(self.what, Line) and self.what.glued
        #: Known, and no record has anything from it: such lines are only counted.
        self.silent = isinstance(self.what, Foreign) or (isinstance(self.what, Line) and self.what.kind is None)
        #: Lines with one key belong to one open record.
        self.key = (self.rank, self.what.kind) if isinstance(self.what, Line) else None


class Plans:
    """The plans of the shapes seen so far, and how a new one is made."""

    def __init__(self, dialects: Sequence[Dialect]) -> None:
        self.by_shape: dict[bytes, Plan] = {}
        #: By shape, for lines that are read without a call (no span and no sign begins with them): the
        #: plan, its match and start, and the number of its spelling if it is nothing but a list.
        self.plain: dict[bytes, tuple[Plan, Any, int, int]] = {}
        #: What is declared of such lists, and by which dialect.
        self.spellings: list[tuple[Declared, str]] = []
        #: The spellings of lines that have occurred.
        self.occurred: set[str] = set()
        self._heads: dict[bytes, list[tuple[Line, str]]] = {}
        self._anywhere: list[tuple[Line, str]] = []
        for dialect in dialects:
            for line in dialect.lines:
                (self._anywhere if line.glued else self._heads.setdefault(line.head, [])).append((line, dialect.id))
        self._spans = [(span, d.id) for d in dialects for span in d.spans]
        self._signs = [(sign, sign.words.encode(), d.id) for d in dialects for sign in d.signs]
        self._foreign = [(foreign, d.id) for d in dialects for foreign in d.foreign]

    def _spelling(self, plan: Plan) -> int:
        """The number of a line that is nothing but a list of tokens; -1 for any other."""
        declared = plan.what.bare_list if isinstance(plan.what, Line) else None
        if declared is None:
            return -1
        spelling = declared, plan.dialect
        if spelling not in self.spellings:
            self.spellings.append(spelling)
        return self.spellings.index(spelling)

    def remember(self, shape: bytes, plan: Plan) -> None:
        if isinstance(plan.what, Line):
            self.occurred.add(plan.what.spelling)
        if len(self.by_shape) < SHAPES:
            self.by_shape[shape] = plan
            if plan.what is None or isinstance(plan.what, Line | Foreign):
                self.plain[shape] = (plan, plan.match, plan.start, self._spelling(plan))

    def plan(self, text: bytes) -> Plan:
        """The plan of a line of a new shape."""
        start, time, rank = 0, slice(0, 0), -1
        while found := _PREFIX.match(text, start):
            start = found.end()
            if found["time"]:
                time = slice(*found.span("time"))
            if found["rank"]:
                rank = int(found["rank"])
        message = start
        start = _DECORATION.match(text, start).end()
        anywhere = self._anywhere if _PERCENTAGE.match(text, start) else ()
        for line, dialect in (*self._candidates(text[start:]), *anywhere):
            if line.pattern.match(text, start):
                values = self._bar_values if line.glued else None
                return Plan(line, dialect, start, time, rank, line.pattern.match, values=values)
        other, dialect = self._other_reader(text[start:])
        return Plan(other, dialect, message, time, rank)

    def _candidates(self, text: bytes) -> Iterator[tuple[Line, str]]:
        """The declared lines that the text may be: those with its head, then those with fewer words of it."""
        words = head(text).split(b" ")
        for count in range(len(words), -1, -1):
            yield from self._heads.get(b" ".join(words[:count]), ())

    def _bar_values(self, text: bytes) -> tuple[Line, tuple[bytes, ...]] | None:
        plan = self.plan(text)
        found = plan.match(text, plan.start) if plan.match else None
        return (plan.what, found.groups()) if found and isinstance(plan.what, Line) else None

    def _other_reader(self, text: bytes) -> tuple[Span | Sign | Foreign | None, str]:
        for span, dialect in self._spans:
            if span.opening.match(text):
                return span, dialect
        for sign, words, dialect in self._signs:
            if words in text:
                return sign, dialect
        for foreign, dialect in self._foreign:
            if foreign.matching.match(text):
                return foreign, dialect
        return None, ""
