"""The report as one JSON document (design.md §6)."""

from __future__ import annotations

from typing import TextIO

from higgs_logscan.escape import json_text
from higgs_logscan.report import Report


def render(report: Report, out: TextIO) -> None:
    """Write the document, indented, a newline at its end. Characters of the log stay as they are."""
    out.write(json_text(report.to_dict(), out, indent=2) + "\n")
