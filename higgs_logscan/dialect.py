"""The dialect contract: Line, Mapping, Span, Dialect.

A dialect is one way of writing, declared as a table: no code runs for one wording only. A new
wording of a trainer is one more `Line` with a sample that proves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Literal

from higgs_logscan.grammar import CONVERT, GRAMMAR, UNKEPT, head, literal
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import COLUMNS, Kind

Modality = Literal["text", "audio"]
Window = Literal["first", "last", "rest"]

#: The blocks that a line about a forward pass may stand in (`joins`).
FORWARD: tuple[Kind, ...] = ("micro-batch", "step")

#: Holes that are no columns: they name the record, or say which part of it a value belongs to.
HOLES: dict[str, str] = {
    "step": "integer",
    "rank": "integer",
    "sample": "integer",
    "codebook": "integer",
    "predictions": "integers",
    "labels": "integers",
    "prediction": "integer",
    "label": "integer",
    "masked": "integer",
    "valid": "integer",
    "total": "integer",
    "codebook_loss": "number",
    "valid_tokens": "integer",
    "accuracy": "percent",
    "codebook_losses": "numbers",
    "mapping": "mapping",
    # what is there and says nothing that a record keeps
    "integer": "any integer",
    "number": "any number",
    "blocks": "blocks",
    "_": "anything",
    "end": "end of line",
}


def kind_of(hole: str) -> str:
    """The kind of value that a hole holds: a name of `grammar.GRAMMAR`, or `mapping`."""
    return COLUMNS.get(hole) or HOLES[hole]


class Line(Value):
    """One spelling of a line and what it says.

    `spelling` is the line without its prefix, its leading symbols and indentation (`✓ `, `⚠️  `,
    `WARNING: `), with a `{hole}` for every value; a run of spaces stands for any such run, and
    what follows the last hole does not matter. `sample` is a whole line as printed, `says` what
    it says. `kind` is the record that it belongs to: none for a line that is only known.

    begins:  a record that already has this line's first value (or another line of this name)
             ends before it.
    resumes: does not begin a record when the open one is of the step that it names.
    closes:  the forward pass, or the block of a step or sample, is complete with it.
    joins:   belongs to the open block of these kinds that was read last; `kind` is for when none is open.
    header:  what it says of modality, sample and codebook holds for the lines below it.
    echoes:  says again what the closed record has; the next such value belongs to it too.
    states:  what the words say that no hole holds; read before the holes.
    warns:   the word for what the trainer warns of, in the column `warning`.
    glued:   may stand anywhere, and what follows it is a line of its own (a bar and a record).
    keys:    for a {mapping}: the columns of its keys.
    needs:   for a {mapping}: keys of which it must have one (a pattern).
    declared: of a line that is another spelled out (`mapping.py`), that one.
    """

    spelling: str
    sample: str
    says: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind | None = None
    modality: Modality | None = None
    window: Window | None = None
    filtered: bool = False
    begins: bool | str = False
    resumes: bool = False
    closes: bool = False
    joins: tuple[Kind, ...] = ()
    header: bool = False
    echoes: bool = False
    glued: bool = False
    states: Mapping[str, Any] = field(default_factory=dict)
    warns: str = ""
    incident: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    declared: Line | None = None

    @cached_property
    def holes(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"{(\w+)}", self.spelling) if kind_of(name) not in UNKEPT)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of values that its holes hold."""
        return tuple(kind_of(name) for name in self.holes)

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """The spelling as a pattern that starts where the line's text starts, one group a hole."""
        parts = re.split(r"{(\w+)}", self.spelling)
        pattern = b"".join(self._grammar(part) if i % 2 else literal(part) for i, part in enumerate(parts))
        if len(parts) > 1 and not parts[-1] and kind_of(parts[-2]) in ("number", "integer"):
            pattern += rb"(?![\w%])"
        elif len(parts) == 1:
            pattern += rb"(?!\w)" if parts[0][-1:].isalnum() else b""
        return re.compile(pattern)

    @cached_property
    def words(self) -> tuple[bytes, ...]:
        """Words that every such line holds: told before its pattern is compiled."""
        literals = " ".join(re.split(r"{\w+}", self.spelling)).split()
        return tuple(word.encode() for word in literals if "\ufe0f" not in word)

    def _grammar(self, hole: str) -> bytes:
        if hole == "mapping":
            return rb"(\{(?=[^{}]*['\"](?:%s)['\"]:).*\})" % self.needs.encode()
        return GRAMMAR[kind_of(hole)]

    @cached_property
    def head(self) -> bytes:
        return head(self.spelling.encode())

    @cached_property
    def converters(self) -> tuple[tuple[str, Callable[[bytes], Any]], ...]:
        return tuple((name, CONVERT[kind]) for name, kind in zip(self.holes, self.kinds, strict=True))

    @cached_property
    def beginning(self) -> str:
        """What two lines that begin the same thing have in common: a name, the first column, or the words."""
        if isinstance(self.begins, str):
            return self.begins
        if "mapping" in self.holes:
            return "mapping"
        return next((name for name in self.holes if name in COLUMNS or name == "step"), self.spelling)


class Span(Value):
    """A head line and the rule by which later lines belong to it.

    A later line belongs while it matches `continues`; the first that matches `closes` belongs as
    well, ends the span and is its message. At most `bound` lines.
    """

    name: str
    opens: str
    continues: str
    sample: str
    says: str
    closes: str = ""
    kind: Kind | None = "incident"
    incident: str = ""
    bound: int = 400

    @cached_property
    def opening(self) -> re.Pattern[bytes]:
        return re.compile(self.opens.encode())

    @cached_property
    def continuing(self) -> re.Pattern[bytes]:
        return re.compile(self.continues.encode())

    @cached_property
    def closing(self) -> re.Pattern[bytes] | None:
        return re.compile(self.closes.encode()) if self.closes else None


class Sign(Value):
    """Words that mean an incident wherever in a line they stand."""

    words: str
    incident: str
    sample: str


class Foreign(Value):
    """A line of another program that is known and says nothing to us."""

    pattern: str
    sample: str

    @cached_property
    def matching(self) -> re.Pattern[bytes]:
        return re.compile(self.pattern.encode())


class Dialect(Value):
    """One way of writing a log. `id` is kebab-case; `summary` says who writes so."""

    id: str
    summary: str
    lines: tuple[Line, ...] = ()
    spans: tuple[Span, ...] = ()
    signs: tuple[Sign, ...] = ()
    foreign: tuple[Foreign, ...] = ()
