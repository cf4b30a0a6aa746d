"""Which logs are meant: files as they are named, and what lies in directories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch


def log_files(arguments: Iterable[str], patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The logs that are meant, each once, and the directories without any.

    A directory stands for the files below it whose name matches a pattern, in the order of their paths;
    hidden ones are passed over. What is named twice, or through a link, counts where it is named first.
    """
    logs: dict[str, str] = {}
    empty = []
    for argument in arguments:
        inside = list(_below(argument, patterns)) if os.path.isdir(argument) else [argument]
        if not inside:
            empty.append(argument)
        for path in inside:
            logs.setdefault(path if path == "-" else os.path.realpath(path), path)
    return list(logs.values()), empty


def _below(folder: str, patterns: Sequence[str]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, patterns)
        elif entry.is_file() and any(fnmatch(entry.name, pattern) for pattern in patterns):
            yield entry.path
