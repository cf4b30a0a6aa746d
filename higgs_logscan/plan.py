"""What all lines of one shape have in common: prefix, place of the text, who reads it.

A *shape* is a line up to and with its first bracket, with every digit read as 0, but those of a rank, and without what
a bar draws. All of that follows from the shape alone, so it is worked out once and remembered; each further line of
that shape costs one look-up. A million lines of a log have a few hundred shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from higgs_logscan.dialect import Dialect, Foreign, Line, Sign, Span
from higgs_logscan.grammar import head
from higgs_logscan.mapping import Mappings
from higgs_logscan.prefix import any_digits, may_go_on, prefix
from higgs_logscan.program import LONGEST_SHAPE, Reading, Step, certain, steps, steps_in_turn

if TYPE_CHECKING:
    from higgs_logscan._scanner import Shapes

#: Shapes remembered at most; a log with more is read as well, only slower.
SHAPES = 1 << 16

#: A bar shows its percentage near its beginning. It is looked for first: where a bar's own pattern finds none, it
#: tries again from every byte of the line.
_PERCENTAGE = re.compile(rb"[^%|]{0,256}+%\|")
#: Digits, and what makes a number of several groups of them: there it matters how many they are.
_DIGITS, _GROUPED = re.compile(rb"\d+"), re.compile(rb",\d")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_RANK = re.compile(rb"(\[(?:rank|default)\d+)")
#: What bars are drawn with: blocks and their eighths, `#`, spaces.
_DRAWN = bytes(range(128, 256)) + b"# "


def shape(text: bytes) -> bytes:
    """Text with every digit read as 0, but those of a rank: lines of two ranks go to two records."""
    if b"[rank" not in text and b"[default" not in text:
        return text.translate(_ZEROS)
    return b"".join(part if i % 2 else part.translate(_ZEROS) for i, part in enumerate(_RANK.split(text)))


def head_shape(text: bytes) -> bytes:
    """The shape of a text up to and with its first bracket. What a bar draws in it says nothing that its percentage
    does not say: it is no part of the shape."""
    whole = shape(text)
    begin = whole.find(b"%|") + 2
    behind = whole[begin:].lstrip(_DRAWN) if begin > 1 else b""
    return whole[:begin] + behind if behind.startswith(b"|") else whole


def _stem(text: bytes) -> bytes:
    """Text with every number read as 0."""
    return _DIGITS.sub(b"0", text)


def _shows_bar(shape: bytes) -> bool:
    """Whether the head of a shape is that of a bar: what stands behind a bracket says nothing of other lines."""
    cut = shape.find(b"[", 1)
    return b"%|" in (shape[:cut] if cut >= 0 else shape)


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
    #: Its place among all plans.
    number: int = -1
    #: For a bar: the plan and the values of one, which may have another shape than the first of its run.
    values: Callable[[bytes], tuple[Plan, tuple[bytes, ...]] | None] | None = None

    def __post_init__(self) -> None:
        self.glued = isinstance(self.what, Line) and self.what.glued
        #: Known, and no record has anything from it: such lines are only counted.
        self.silent = isinstance(self.what, Foreign) or (isinstance(self.what, Line) and self.what.kind is None)
        #: Whether the timestamp is one more value of its lines, the last: of those that may begin a record, as any does
        #: that follows a step. Lists stand below a line that says whose they are.
        begins = isinstance(self.what, Line) and not (self.glued or self.silent or "integers" in self.what.kinds)
        self.stamped = begins and self.time.stop > 0
        #: Lines with one key belong to one open record.
        self.key = (self.rank, self.what.kind) if isinstance(self.what, Line) else None


class Plans:
    """The plans of the shapes seen so far, and how a new one is made."""

    def __init__(self, dialects: Sequence[Dialect], shapes: Shapes | None = None) -> None:
        self.all: list[Plan] = []
        self.by_shape: dict[bytes, Plan] = {}
        #: The spellings of lines that have occurred.
        self.occurred: set[str] = set()
        #: Dialects by their number; the last is that of no dialect.
        self.dialects = (*(dialect.id for dialect in dialects), "")
        self._shapes = shapes
        self._taught: set[bytes] = set()
        self._mappings = Mappings()
        self._same: dict[tuple[object, ...], Plan] = {}
        self._heads: dict[bytes, list[tuple[Line, str]]] = {}
        self._anywhere: list[tuple[Line, str]] = []
        for dialect in dialects:
            for line in dialect.lines:
                (self._anywhere if line.glued else self._heads.setdefault(line.head, [])).append((line, dialect.id))
        self._asked: dict[tuple[bool, bytes], Sequence[tuple[Line, str]]] = {}
        self._signs = [(sign, sign.words.encode(), d.id) for d in dialects for sign in d.signs]
        spans = [(span, span.opens, d.id) for d in dialects for span in d.spans]
        foreign = [(foreign, foreign.pattern, d.id) for d in dialects for foreign in d.foreign]
        self._span, self._foreign = _first_of(spans), _first_of(foreign)
        self._others = spans + foreign
        #: A shape does not tell whether it has words with digits in them.
        self._numbered = [shape(words) for _, words, _ in self._signs if _DIGITS.search(words)]
        self.dialect_number = {dialect: number for number, dialect in enumerate(self.dialects)}

    def find(self, text: bytes) -> tuple[Plan, re.Match[bytes] | None]:
        """The plan of a line, and its match where it is a declared line but a bar."""
        cut = text.find(b"[", 1)
        key = head_shape(text[: cut + 1]) if cut >= 0 else shape(text)
        of_head = plan = self.by_shape.get(key)
        if plan and plan.glued:
            return plan, None
        found = plan.match(text, plan.start) if plan and plan.match else None
        if plan and (found or (plan.match is None and cut < 0)):
            self._teach(key, plan, text, cut)
            return plan, found
        # A new shape; or one that says too little, as another line stands behind its bracket, or none at all.
        whole = shape(text) if cut >= 0 else key
        known = plan = self.by_shape.get(whole)
        found = plan.match(text, plan.start) if plan and plan.match else None
        if plan is None or (plan.match and not found):
            plan = self._new(text)
            found = plan.match(text, plan.start) if plan.match and not plan.glued else None
        of_head_only = (found or (plan.glued and _shows_bar(key))) and (of_head is None or of_head.match is None)
        if of_head and cut >= 0:
            self._teach(key, of_head, text, cut)
        key, cut = (key, cut) if of_head_only else (whole, -1)
        if found or plan.glued or known is None:
            self._remember(key, plan)
        self._teach(key, plan, text, cut)
        return plan, found

    def _remember(self, shape: bytes, plan: Plan) -> None:
        if isinstance(plan.what, Line):
            self.occurred.add((plan.what.declared or plan.what).spelling)
        known = len(self.by_shape) < SHAPES and len(shape) <= LONGEST_SHAPE
        if known and not any(words in shape for words in self._numbered):
            self.by_shape[shape] = plan

    def _teach(self, shape: bytes, plan: Plan, text: bytes, cut: int) -> None:
        """Let the compiled scanner read such lines, or leave them to Python."""
        if self._shapes is None or shape in self._taught or self.by_shape.get(shape) is not plan:
            return
        self._taught.add(shape)
        if cut >= 0 and b"%|" in shape and not plan.glued:
            return  # where its values stand depends on what is drawn
        reading, told, sure = Reading.STOP, tuple[Step, ...](), False
        if isinstance(plan.what, Line):
            read = None if plan.glued else steps(plan.what, text, plan.start, cut)
            sure = certain(plan.what)
            if plan.glued:
                reading = Reading.BAR if _shows_bar(shape) else Reading.STOP
            elif read is not None:
                reading, told = Reading.SILENT if plan.silent else Reading.LINE, read
        elif plan.what is None or isinstance(plan.what, Foreign):
            reading = Reading.KNOWN if plan.what else Reading.UNKNOWN
        number = self.dialect_number[plan.dialect]
        stamp = (plan.time.start, plan.time.stop) if plan.stamped else (0, 0)
        self._shapes.teach(shape, cut >= 0, reading, plan.number, number, plan.rank, stamp, sure, told)
        if cut < 0 and reading in (Reading.UNKNOWN, Reading.LINE, Reading.SILENT) and self._has_stem(plan, text):
            in_turn = steps_in_turn(plan.what, plan.start) if isinstance(plan.what, Line) else ()
            if in_turn is not None:
                self._shapes.teach_stem(shape, plan.start, reading, plan.number, number, plan.rank, stamp, in_turn)

    def _has_stem(self, plan: Plan, text: bytes) -> bool:
        """Whether every text has this plan that differs from this one, behind its prefix, only in how many digits its
        numbers have."""
        message, start, *_ = prefix(text)
        rest, line = text[start:], plan.what
        if _GROUPED.search(rest) or b"%|" in rest or _RANK.search(rest) or may_go_on(text, message):
            return False
        stem, candidates = _stem(rest), [one for one, _ in self._candidates(rest, False)]
        if isinstance(line, Line):
            if b"[" in text[1:] or (line.declared and "step" in line.holes):
                return False
            candidates = candidates[: candidates.index(line.declared or line) + 1]
        elif self._any_other(rest)[0] or any(_stem(words) in stem for _, words, _ in self._signs):
            return False
        return all(certain(one) or not all(_stem(word) in stem for word in one.words) for one in candidates)

    @cached_property
    def _any_other(self) -> Callable[[bytes], tuple[Any, str]]:
        """What might read a line that nothing reads, if its numbers had other numbers of digits."""
        loose = [(of, pattern, any_digits(pattern), dialect) for of, pattern, dialect in self._others]
        return _first_of([(of, other, dialect) for of, pattern, other, dialect in loose if other != pattern])

    def _new(self, text: bytes) -> Plan:
        """The plan of a new shape: that of another shape, if it says the same."""
        plan = self.plan(text)
        same = (id(plan.what), plan.start, plan.time.start, plan.time.stop, plan.rank)
        plan = self._same.setdefault(same, plan)
        if plan.number < 0:
            plan.number = len(self.all)
            self.all.append(plan)
        return plan

    def plan(self, text: bytes) -> Plan:
        """The plan of a line of a new shape."""
        message, start, time, rank = prefix(text)
        line, dialect = self._declared(text[start:])
        if line:
            if len(text) <= LONGEST_SHAPE:
                line = self._mappings.spelled_out(line, text[start:])
            values = self._bar_values if line.glued else None
            return Plan(line, dialect, start, time, rank, line.pattern.match, values=values)
        other, dialect = self._other_reader(text[start:])
        return Plan(other, dialect, message, time, rank)

    def _declared(self, text: bytes) -> tuple[Line | None, str]:
        """The first declared line that the text is.

        Of texts that differ in how many digits their numbers have, most lines read all or none: for the second of
        them only the others are asked.
        """
        percentage = bool(_PERCENTAGE.match(text))
        key = percentage, _stem(text)
        asked = None if _GROUPED.search(text) else self._asked.get(key)
        candidates = self._candidates(text, percentage) if asked is None else asked
        found = next((i for i, (line, _) in enumerate(candidates) if _reads(line, text)), len(candidates))
        if asked is None and len(text) <= LONGEST_SHAPE and len(self._asked) < SHAPES and not _GROUPED.search(text):
            doubtful = [candidate for candidate in candidates[:found] if not certain(candidate[0])]
            self._asked[key] = (*doubtful, *candidates[found:])
        return candidates[found] if found < len(candidates) else (None, "")

    def _candidates(self, text: bytes, percentage: bool) -> Sequence[tuple[Line, str]]:
        """The declared lines that the text may be: those with its head, then those with fewer words of it."""
        words = head(text).split(b" ")
        heads = (b" ".join(words[:count]) for count in range(len(words), -1, -1))
        found = [candidate for head in heads for candidate in self._heads.get(head, ())]
        return found + self._anywhere if percentage else found

    def _bar_values(self, text: bytes) -> tuple[Plan, tuple[bytes, ...]] | None:
        plan = self.plan(text)
        found = plan.match(text, plan.start) if plan.match else None
        return (plan, found.groups()) if found and plan.glued else None

    def _other_reader(self, text: bytes) -> tuple[Span | Sign | Foreign | None, str]:
        span = self._span(text)
        if span[0]:
            return span
        for sign, words, dialect in self._signs:
            if words in text:
                return sign, dialect
        return self._foreign(text)


def _reads(line: Line, text: bytes) -> bool:
    return all(word in text for word in line.words) and line.pattern.match(text) is not None


def _first_of(readers: Sequence[tuple[Any, str, str]]) -> Callable[[bytes], tuple[Any, str]]:
    """What finds the first reader, and its dialect, whose pattern matches a text: one pattern of them all."""
    every = "|".join(f"(?P<_{number}>{pattern})" for number, (_, pattern, _) in enumerate(readers))
    compiled: list[re.Pattern[bytes]] = []  # when it is asked first

    def first(text: bytes) -> tuple[Any, str]:
        if not compiled:
            compiled.append(re.compile(every.encode()))
        found = compiled[0].match(text) if readers else None
        if not found:
            return None, ""
        reader, _, dialect = readers[int(found.lastgroup[1:])]  # type: ignore[index]  # all have a name
        return reader, dialect

    return first
