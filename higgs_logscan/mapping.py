"""Dicts whose numbers are told by their keys, spelled out: `{'loss': {loss}, 'epoch': {epoch}}` for `{mapping}`.

A trainer prints few dicts that differ in more than their numbers. Spelled out, a dict is read as any other line is,
by holes at known places: the compiled scanner reads 281,000 such lines in 0.6 s, which took 1.5 s key by key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from higgs_logscan.dialect import Line
from higgs_logscan.grammar import CONVERT, LATEST_STEP, PAIR
from higgs_logscan.value import replace

#: What the holes for numbers that say nothing take.
_UNSAID, _DIGITS = "{number}", re.compile(rb"[-+\d]*\d[-+\d]*(?:,\d{3})*")
_HOLE = re.compile(rb"{\w+}")


class Mappings:
    """The lines with a {mapping} that have been spelled out. So many at most: each has a pattern of its own."""

    LIMIT = 256

    def __init__(self) -> None:
        self._lines: dict[tuple[int, str], Line] = {}

    def spelled_out(self, line: Line, text: bytes) -> Line:
        """The line as this text has it, which it reads; the line itself where that says not the same."""
        if not line.spelling.endswith("{mapping}"):
            return line
        told = line.pattern.match(text)
        assert told
        spelling = _spelling(line, told[told.re.groups])
        if spelling is None:
            return line
        spelling = line.spelling.removesuffix("{mapping}") + spelling
        known = self._lines.get((id(line), spelling))
        if known is None and len(self._lines) < self.LIMIT:
            begins = line.beginning if line.begins else False
            known = replace(line, spelling=spelling, declared=line, begins=begins, keys={}, needs="")
            self._lines[id(line), spelling] = known
        return known if known and _says_the_same(known, line, told) else line


def _spelling(line: Line, mapping: bytes) -> str | None:
    """A dict with holes for its numbers; None where some of it looks as a hole does, or is no text."""
    if _HOLE.search(mapping):
        return None
    try:
        return "".join(_parts(line, mapping))
    except UnicodeDecodeError:
        return None


def _parts(line: Line, mapping: bytes) -> Iterator[str]:
    end = 0
    for pair in PAIR.finditer(mapping):
        yield _words(mapping[end : pair.start(2)])
        name = line.keys.get(pair[1].decode())
        yield f"{{{name}}}" if name else _UNSAID
        end = pair.end(2)
    yield _words(mapping[end:])


def _words(text: bytes) -> str:
    """What stands between the numbers of a dict, with holes for other digits."""
    return _DIGITS.sub(b"{integer}", text).decode()


def _says_the_same(spelled: Line, line: Line, told: re.Match[bytes]) -> bool:
    """Whether a text says the same spelled out as key by key: all of it, in numbers that both read alike."""
    found = spelled.pattern.match(told.string)
    if not found or found.end() != told.end():
        return False
    *before, mapping = told.groups()
    pairs = CONVERT["mapping"](mapping).items()
    said = [(name, number) for key, number in pairs if (name := line.keys.get(key))]
    read = list(zip(spelled.holes, _numbers(spelled, found), strict=True))[len(before) :]
    steps = [number for name, number in said if name == "step"]
    return repr(read) == repr(said) and all(0 <= step < LATEST_STEP for step in steps)


def _numbers(line: Line, found: re.Match[bytes]) -> Iterator[float | None]:
    for (_, convert), text in zip(line.converters, found.groups(), strict=True):
        number = convert(text)
        yield None if number is None else float(number)
