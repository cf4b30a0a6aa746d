"""The outputs of a scan: standard output, files, and the summary of a step, in one run."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from higgs_logscan.outcome import Outcomes
from higgs_logscan.output import WIDTH, encoded, whole
from higgs_logscan.renderers import jsonl
from higgs_logscan.value import Value

if TYPE_CHECKING:
    from higgs_logscan.document import Document

#: What GitHub shows of a step's summary, in bytes.
STEP_SUMMARY = 1 << 20


class Look(Value):
    """How a report for people looks."""

    verbose: bool = False
    quiet: bool = False
    color: bool = False
    max_findings: int = 0
    width: int = WIDTH


def render(format: str, document: Document, out: TextIO, look: Look) -> None:
    """Write the document in one of the formats."""
    renderer = import_module(f"higgs_logscan.renderers.{format}")
    if format == "text":
        renderer.render(
            document, out, verbose=look.verbose, quiet=look.quiet, color=look.color,
            max_findings=look.max_findings, width=look.width,
        )  # fmt: skip
    elif format == "concise":
        renderer.render(document, out, max_findings=look.max_findings)
    elif format == "sarif":
        from higgs_logscan.catalogue import RULES

        renderer.render(document, out, {rule.id: rule for rule in RULES})
    else:
        renderer.render(document, out)


def write(
    document: Document,
    format: str,
    files: Sequence[tuple[str, str]],
    look: Look,
    outcomes: Outcomes,
    streamed: bool = False,
) -> None:
    """Write the document to standard output and to files, each (format, path). One that fails stops no other.

    `streamed`: the lines of its logs stand on standard output already, each as soon as it was judged.
    """
    with outcomes.of():
        if streamed:
            jsonl.render_summary(document, printed(format))
        else:
            render(format, document, printed(format), look)
    for file_format, path in files:
        with outcomes.of(), whole(path) as file, encoded(file) as out:
            render(file_format, document, out, Look(look.verbose, look.quiet, max_findings=look.max_findings))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and "github" in (format, *(asked for asked, _ in files)):
        with outcomes.of():
            add_to_step_summary(document, summary)


def add_to_step_summary(document: Document, path: str) -> None:
    """Append the report to the summary of a GitHub Actions step, as much of it as is shown there."""
    from higgs_logscan.renderers import markdown

    written = os.path.getsize(path) if os.path.exists(path) else 0
    with open(path, "ab") as file, encoded(file) as out:
        markdown.render(document, out, limit=max(STEP_SUMMARY - written, 0))


def printed(format: str) -> TextIO:
    """Standard output for a format: what programs read is UTF-8 whatever the terminal is."""
    if format not in ("text", "concise") and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout
