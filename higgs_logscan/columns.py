"""At which column of its line a piece of a log begins: behind the redraws of a progress bar that is not the first.

Reading counts bytes and newlines alone. The few lines that a report quotes are looked up again in the file
itself, where there is one: a pipe or a compressed log has no place to look.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from higgs_logscan.finding import Evidence, Finding
from higgs_logscan.run import Run
from higgs_logscan.value import replace

#: Bytes before a piece in which its line must begin.
REACH = 1 << 16
#: Bytes and characters of a piece by which it is known again.
KNOWN, SHOWN = 400, 40


def located(run: Run) -> Run:
    """The run with the columns of its evidence, as far as they can be told."""
    if not run.findings or not os.path.isfile(run.path):
        return run
    try:
        with open(run.path, "rb") as file:
            return replace(run, findings=tuple(_located(finding, file) for finding in run.findings))
    except OSError:
        return run


def _located(finding: Finding, file: BinaryIO) -> Finding:
    first, last = finding.first, finding.last
    return replace(finding, first=first and _placed(first, file), last=last and _placed(last, file))


def _placed(evidence: Evidence, file: BinaryIO) -> Evidence:
    begin = max(evidence.byte - REACH, 0)
    file.seek(begin)
    before, piece = file.read(evidence.byte - begin), file.read(KNOWN)
    # Another text at this byte: the file is compressed, or was written anew.
    shown = evidence.text[:SHOWN]
    if not shown or not piece.decode("utf-8", "replace").startswith(shown):
        return evidence
    newline = before.rfind(b"\n")
    if newline < 0 and begin:
        return evidence
    return replace(evidence, column=len(before[newline + 1 :].decode("utf-8", "replace")) + 1)
