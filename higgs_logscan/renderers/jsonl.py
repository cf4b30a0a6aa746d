"""The report as JSON Lines: each run, its findings, a summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from higgs_logscan.escape import json_text
from higgs_logscan.report import Report


def render(report: Report, out: TextIO) -> None:
    """Write a `run` line per log, its `finding` lines, and one `summary` line at the end."""
    out.writelines(json_text(line, out) + "\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    for run in report.runs:
        written = run.to_dict()
        findings = written.pop("findings")
        yield {"type": "run", **written}
        for finding in findings:
            yield {"type": "finding", "path": run.path, **finding}
    yield {"type": "summary", "verdict": report.verdict, "runs": len(report.runs)}
