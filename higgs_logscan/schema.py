"""The JSON contract of a report, as JSON Schema (draft 2020-12), made from the types of the document.

Closed: a key that is not listed is an error of the writer.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from higgs_logscan.document import Document


def schema() -> dict[str, Any]:
    """The schema of the document that `--format json` writes."""
    made = TypeAdapter(Document).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_closed(made),
        "title": "higgs-logscan report",
        "description": "What higgs-logscan --format json writes.",
    }


def _closed(part: Any) -> Any:
    """The schema with no key allowed in an object beside those that it lists."""
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    return {**closed, "additionalProperties": False} if "properties" in part else closed
