"""The report as JSON Lines: each run, its findings, a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from higgs_logscan.escape import json_text

if TYPE_CHECKING:
    from higgs_logscan.document import Document, Run


def render(document: Document, out: TextIO) -> None:
    """Write a `run` line per log, its `finding` lines, and one `summary` line at the end."""
    for run in document["runs"]:
        render_run(run, out)
    render_summary(document, out)


def render_run(run: Run, out: TextIO) -> None:
    """Write the lines of one log, which may be done as soon as it is judged."""
    written: dict[str, Any] = {**run}
    findings = written.pop("findings")
    lines = [{"type": "run", **written}, *({"type": "finding", "path": run["path"], **one} for one in findings)]
    out.writelines(json_text(line, out) + "\n" for line in lines)


def render_summary(document: Document, out: TextIO) -> None:
    """Write the last line: what is said over all logs."""
    over_all = {key: value for key, value in document.items() if key not in ("schema_version", "tool", "runs")}
    line = {"type": "summary", **over_all, "runs": len(document["runs"])}
    out.write(json_text(line, out) + "\n")
