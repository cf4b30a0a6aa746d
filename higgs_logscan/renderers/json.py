"""The report as one JSON document (design.md §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from higgs_logscan.escape import json_text

if TYPE_CHECKING:
    from higgs_logscan.document import Document


def render(document: Document, out: TextIO) -> None:
    """Write the document, indented, a newline at its end. Characters of the log stay as they are."""
    out.write(json_text(document, out, indent=2) + "\n")
