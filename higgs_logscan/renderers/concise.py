"""One greppable line a finding: `path:line: severity rule message`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from higgs_logscan.escape import ascii_only, defused, escaped
from higgs_logscan.wording import where

if TYPE_CHECKING:
    from higgs_logscan.document import Document


def render(document: Document, out: TextIO, *, max_findings: int = 0) -> None:
    """Write a line per finding of each log, at most `max_findings` a log (0: all), one per gate that does not
    hold, and nothing else."""
    narrow = ascii_only(out)
    for run in document["runs"]:
        path = run["path"]
        for finding in run["findings"][: max_findings or None]:
            words = f"{where(run, finding)}: {finding['severity']} {finding['rule']} {finding['message']}"
            out.write(defused(escaped(words, narrow)) + "\n")
        for gate in run["gates"]:
            if gate["verdict"] != "pass":
                words = f"{path}: error {gate['gate']} {gate['asked']}: {gate['message']}"
                out.write(defused(escaped(words, narrow)) + "\n")
