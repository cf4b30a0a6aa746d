"""Where a finding is, as services that collect findings of many runs want it: portable paths, lasting fingerprints."""

from __future__ import annotations

import os
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


def uri(path: str) -> str:
    """The same as a URI reference: relative, or `file:///…`."""
    portable = relative(path)
    quoted = quote(os.fsencode(portable), safe="/-_.~")
    return f"file://{quoted}" if portable.startswith("/") else quoted


def fingerprints(document: Document) -> Iterator[tuple[Run, Finding, str]]:
    """Each finding of a document with what names it in every later scan of the same log.

    Made of rule, path and rank, never of a line: a log that is written on moves no finding. Findings that
    would share one are numbered.
    """
    seen: dict[str, int] = {}
    for run in document["runs"]:
        for finding in run["findings"]:
            rank = finding["first"]["rank"] if finding["first"] else None
            of = f"{finding['rule']}\n{relative(run['path'])}\n{rank}"
            seen[of] = seen.get(of, 0) + 1
            numbered = f"{of}\n{seen[of]}".encode("utf-8", "surrogateescape")
            yield run, finding, sha256(numbered).hexdigest()
