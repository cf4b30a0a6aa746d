"""What stands before the message of a line: ranks, timestamps, levels, and signs that only decorate it."""

from __future__ import annotations

import re
from functools import cache

import regex

_TIME = r"\d{4}-\d\d-\d\d[ T_][\dX]{2}:[\dX]{2}:[\dX]{2}(?:[.,][\dX]+)?"
_LEVEL = r"(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|SUCCESS|TRACE)"
#: One prefix a line may start with; several may follow each other.
_PREFIXES = rf"""[ ]*(?:
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
    )"""
_PREFIX = regex.compile(_PREFIXES.encode(), regex.VERBOSE)
#: Symbols, box lines and words that only decorate a message: they differ between versions.
_DECORATION = regex.compile(
    rb"(?:[\s|]|\xe2[\x80-\xbf]{2}|\xf0\x9f[\x80-\xbf]{2}|\xef\xb8\x8f"
    rb"|(?:SUCCESS|WARNING|ERROR|TRAINING|VALIDATION|CHECKPOINT|CRITICAL): )*+"
)


def any_digits(pattern: str) -> str:
    """The pattern with any digits, or none, wherever it has some.

    It matches whatever the pattern matches, and that with more digits or fewer.
    """
    pattern = re.sub(r"\{\d+(?:,\d*)?\}", "*", pattern)
    return re.sub(r"(?<!\\)\d+|\\d(?![*+])", r"\\d*", pattern)


def prefix(text: bytes) -> tuple[int, int, slice, int]:
    """Where the message of a line begins, where it does behind its decoration; where the prefix has a timestamp, and
    its rank (-1: none)."""
    message, time, rank = 0, slice(0, 0), -1
    while found := _PREFIX.match(text, message):
        message = found.end()
        if found["time"]:
            time = slice(*found.span("time"))
        if found["rank"]:
            rank = int(found["rank"])
    return message, _DECORATION.match(text, message).end(), time, rank


def may_go_on(text: bytes, message: int) -> bool:
    """Whether the prefix, behind which the message begins, might be longer if the numbers there had other numbers of
    digits."""
    return _any_prefix().match(text, message) is not None


@cache
def _any_prefix() -> regex.Pattern[bytes]:
    return regex.compile(any_digits(_PREFIXES).encode(), regex.VERBOSE)
