"""Which logs a pattern of paths means."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from glob import escape

#: The path, and the only pattern, of standard input.
STDIN = "-"


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern means a path: both absolute, or both `-`, which is standard input.

    `*`, `?` and `[…]` stand for characters within a name, a `**` between slashes for any
    number of folders, none too.
    """
    if STDIN in (pattern, path):
        return pattern == path
    names = path.split("/")
    # How many names the pattern may have used up: a set, so that many `**` cost no more than one.
    used = {0}
    for part in pattern.split("/"):
        if part == "**":
            used = set(range(min(used, default=len(names) + 1), len(names) + 1))
        else:
            used = {n + 1 for n in used if n < len(names) and fnmatchcase(names[n], part)}
    return len(names) in used


def absolute(path: str) -> str:
    """The path of a log as patterns and baselines know it, from the working directory."""
    return path if path == STDIN else os.path.abspath(path)


def anchored(pattern: str, folder: str) -> str:
    """A pattern that is relative to a folder, as an absolute one. The folder's own name is no pattern."""
    return pattern if pattern == STDIN else os.path.normpath(os.path.join(escape(folder), pattern))
