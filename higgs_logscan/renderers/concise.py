"""One greppable line a finding: `path:line: severity rule message`."""

from __future__ import annotations

from typing import TextIO

from higgs_logscan.escape import ascii_only, escaped
from higgs_logscan.report import Report


def render(report: Report, out: TextIO, *, max_findings: int = 0) -> None:
    """Write a line per finding of each log, at most `max_findings` a log (0: all), and nothing else."""
    narrow = ascii_only(out)
    for run in report.runs:
        for finding in run.findings[: max_findings or None]:
            where = f"{run.path}:{finding.first.line}" if finding.first else run.path
            words = f"{where}: {finding.severity} {finding.rule} {finding.message}"
            out.write(escaped(words, narrow) + "\n")
