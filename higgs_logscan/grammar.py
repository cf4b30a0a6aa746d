"""How words and values are written: the grammar of spellings, and what reads each kind of value."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

#: A value as trainers print it. A hole that a trainer filled with `None` is a value not printed.
#: Possessive are single characters only: Python 3.11.2 (Debian 12) loses its place behind a group that is.
GRAMMAR = {
    "number": rb"([-+]?(?:\d++(?:[\d_,]*\d)?(?:\.\d*+)?(?:[eE][-+]?\d++)?|\.\d++|nan|inf(?:inity)?|NaN|Infinity)|None)",
    "integer": rb"([-+]?\d++(?:,\d{3})*|None)",
    "integers": rb"\[([-\d, ]*+)(?:\.{3} *)?\]",
    "numbers": rb"\[([^\]]*+)\]",
    "percent": rb"([-+]?\d++(?:\.\d*+)?|nan)",
    "shape": rb"(?:(?:torch\.Size\()?[\[(]([\d, ]*+)[\])]\)?|None)",
    "text": rb"(.*\S|)",
    "any number": rb"[-+\d.eEinfaN]++(?:,\d{3})*",
    "any integer": rb"[-+\d]++(?:,\d{3})*",
    "anything": rb".*?",
    "name": rb"([^%|]*?)",
    "clock": rb"([\d:]+|\?)",
    "unit": rb"(s/\w+|\w+/s)",
    "blocks": rb"[^\[]*$",
    "end of line": rb"\s*$",
    "postfix": rb"((?:, [^\]]*)?)",
}
#: Kinds of holes whose text is not kept: what is there says nothing that a record has.
UNKEPT = ("any integer", "any number", "anything", "blocks", "end of line")

_HEAD = re.compile(rb"[^\d\[\](){}:'\"<|,]*")


def head(text: bytes) -> bytes:
    """The part of a line that its spelling is looked up by: up to the first digit, bracket or colon."""
    found = _HEAD.match(text)
    return b" ".join(found.group().split()) if found else b""


def literal(text: str) -> bytes:
    """Words as a pattern: any run of spaces for a run of spaces, a lost variation selector forgiven."""
    words = re.split(r"( +)", text)
    pattern = "".join(r"\s*" if word.isspace() else re.escape(word) for word in words)
    return pattern.encode().replace("\\\ufe0f".encode(), b"(?:\xef\xb8\x8f)?")


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:  # thousands separators, or `None`: a value not printed
        return None if text == b"None" else float(text.replace(b",", b"").replace(b"_", b""))


#: Digits of the longest number that 64 bits surely hold. A longer one is no count, and says nothing.
_DIGITS = 18


def _integer(text: bytes) -> int | None:
    if len(text) <= _DIGITS and text.isdigit():
        return int(text)
    digits = text.replace(b",", b"")
    return None if text == b"None" or len(digits) > _DIGITS else int(digits)


def _percent(text: bytes) -> float:
    """A percentage as a fraction, exact to its last digit."""
    return float(text) if text == b"nan" else float(text + b"e-2")


@lru_cache(maxsize=1024)  # a few lengths come again and again
def _shape(text: bytes | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    sizes = [size.strip() for size in text.split(b",")]
    if any(len(size) > _DIGITS or b" " in size for size in sizes):
        return None
    return tuple(int(size) for size in sizes if size)


def _numbers(text: bytes) -> list[float]:
    """A list of numbers, quoted or not; what is no number (`N/A`) is NaN."""
    numbers = (number.strip(b" '\"") for number in text.split(b","))
    return [float(number) if _PLAIN.fullmatch(number) else float("nan") for number in numbers if number]


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip()


_PLAIN = re.compile(rb"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|nan|inf)")
#: A key of a dict and its number; quoted numbers too (transformers 5).
PAIR = re.compile(
    rb"""['"]([\w/().]+)['"]: *['"]?([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|nan|inf|NaN|Infinity))(?![\w.])"""
)


def _mapping(text: bytes) -> dict[str, float]:
    """The numbers of a dict as Python or JSON prints it."""
    return {key.decode(): float(value) for key, value in PAIR.findall(text)}


#: Steps from here on, and NaN, are none.
LATEST_STEP = 1 << 53

CONVERT: dict[str, Callable[[bytes], Any]] = {
    "number": _number,
    "integer": _integer,
    "integers": bytes,  # as it stands: lists are parsed many at a time
    "numbers": _numbers,
    "percent": _percent,
    "shape": _shape,
    "text": _text,
    "mapping": _mapping,
    "name": _text,
    "clock": _text,
    "unit": _text,
    "postfix": _text,
}
