"""Reports that were saved as JSON, read again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from higgs_logscan.document import SCHEMA_VERSION, Document
from higgs_logscan.report import document_of, without_quotes
from higgs_logscan.source import SourceError


def read(paths: Sequence[str], quotes: bool) -> Document:
    """The report of a file, or of several as one; `-` is standard input. `quotes` False leaves text of logs out.

    Raises SourceError for a file that cannot be read or holds no such report.
    """
    documents = [_read(path) for path in paths]
    runs = [run for one in documents for run in one["runs"]]
    return document_of(
        runs if quotes else [without_quotes(run) for run in runs],
        documents[0]["tool"]["version"],
        [unread for one in documents for unread in one["unread"]],
        [suppression for one in documents for suppression in one["suppressions"]],
        [stale for one in documents for stale in one["stale"]],
    )


def _read(path: str) -> Document:
    if path == "-" and sys.stdin is None:
        raise SourceError(path, "stdin is closed")
    try:
        text = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise SourceError(path, error.strerror or str(error)) from None
    try:
        document = from_json(text)
        TypeAdapter(Document).validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise SourceError(
            path, f"no report of higgs-logscan with schema version {SCHEMA_VERSION} ({where}: {first['msg'].lower()})"
        ) from None
    except ValueError as error:
        raise SourceError(path, f"not JSON: {error}") from None
    return cast(Document, document)
