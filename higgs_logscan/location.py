"""Where a finding is, as services that collect findings of many runs want it: portable paths, lasting fingerprints."""

from __future__ import annotations

import os
from collections import Counter
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from higgs_logscan.document import Document, Finding, Run

#: How standard input is called where a path is wanted.
STDIN = "standard-input"


def relative(path: str) -> str:
    """The path of a log from the working directory, with forward slashes; absolute where it lies elsewhere."""
    if path == "-":
        return STDIN
    inside = os.path.relpath(path)
    return PurePath(os.path.abspath(path) if inside.startswith(os.pardir) else inside).as_posix()


def inside(path: str) -> str:
    """The path of a log that lies in the working directory, so may be a file of the repository; empty of others."""
    portable = relative(path)
    return "" if path == "-" or os.path.isabs(portable) else portable


def uri(path: str) -> str:
    """The same as a URI reference: relative, or `file:///…`."""
    portable = relative(path)
    quoted = quote(os.fsencode(portable), safe="/-_.~")
    return f"file://{quoted}" if portable.startswith("/") else quoted


class Fingerprints:
    """What names a thing in every later scan of the same log. Things that would share one are numbered."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()

    def of(self, name: str, path: str, detail: object) -> str:
        """Made of a rule or gate, a path and what else tells it apart; never of a line, which moves."""
        parts = (name, relative(path), str(detail))
        self._seen[parts] += 1
        return sha256("\n".join([*parts, str(self._seen[parts])]).encode("utf-8", "surrogateescape")).hexdigest()


def fingerprints(document: Document) -> Iterator[tuple[Run, Finding, str]]:
    """Each finding of a document with its fingerprint."""
    names = Fingerprints()
    for run in document["runs"]:
        for finding in run["findings"]:
            rank = finding["first"]["rank"] if finding["first"] else None
            yield run, finding, names.of(finding["rule"], run["path"], rank)
