"""Records in files: JSON lines, and as the rows of a table, CSV and Parquet.

The columns of a table are the same for every log, so that tables of several logs can be put together. A
number that is not finite is a number again; an object is one column a key, `text_tokens.valid`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from higgs_logscan.escape import escaped
from higgs_logscan.record_json import TOKENS
from higgs_logscan.vocabulary import COLUMNS

#: Rows that are held before they are written to a Parquet file.
ROWS = 8192
_ARRAY = {
    "modality": "text", "role": "text", "sample": "integer", "codebook": "integer",
    "window": "text", "filtered": "truth", "values": "integers", "line": "integer",
}  # fmt: skip
_MASKING = {"modality": "text", "sample": "integer", "valid": "integer", "total": "integer", "line": "integer"}
_IN_TOKENS = {column for columns in TOKENS.values() for column in columns.values()}
#: Every column of the table, and the kind of its values.
KIND_OF: dict[str, str] = {
    "kind": "text",
    "line": "integer",
    "byte": "integer",
    "rank": "integer",
    "step": "integer",
    "step_inferred": "truth",
    "phase": "text",
    "mixed": "truth",
    "time": "text",
    **{name: kind for name, kind in COLUMNS.items() if name not in _IN_TOKENS},
    **{f"{name}.{key}": "integer" for name, columns in TOKENS.items() for key in columns},
    "codebook_loss": "numbers",
    "arrays": "arrays",
    "label_stats": "maskings",
}


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """One row: a record, as `record_dict` writes it, with its objects spread and its numbers whole."""
    row = {name: value for name, value in record.items() if name not in TOKENS and name != "nonfinite"}
    for name in TOKENS:
        row |= {f"{name}.{key}": count for key, count in record.get(name, {}).items()}
    for name, spelled in record.get("nonfinite", {}).items():
        column, _, index = name.partition(".")
        if index:
            row[column] = [*row[column]]
            row[column][int(index)] = float(spelled)
        else:
            row[column] = float(spelled)
    return row


def write(format: str, records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """Write the records as `jsonl`, `csv` or `parquet`, as they come."""
    writers = {"jsonl": write_json_lines, "csv": write_csv, "parquet": write_parquet}
    writers[format](records, out)


def write_json_lines(records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """A JSON object a line, in ASCII: nothing of a log reaches a terminal as it is."""
    for record in records:
        out.write(json.dumps(record).encode("ascii") + b"\n")


def write_csv(records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """A header, then a line a record; lists as JSON, words escaped as for a terminal."""
    rows = csv.DictWriter(_Words(out), KIND_OF, lineterminator="\n")
    rows.writeheader()
    for record in records:
        rows.writerow({name: _cell(value) for name, value in flat(record).items()})


class _Words:
    """What `csv` writes to: words, in UTF-8. (A text wrapper would close standard output behind a broken pipe.)"""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, words: str) -> int:
        return self._out.write(words.encode("utf-8", "backslashreplace"))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value)
    return escaped(value) if isinstance(value, str) else value


def write_parquet(records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """A Parquet file, written a few thousand rows at a time. Raises ImportError without pyarrow."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, _arrow(kind)) for name, kind in KIND_OF.items()])
    with parquet.ParquetWriter(out, schema) as writer:
        for rows in _batches(flat(record) for record in records):
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, ROWS)):
        yield batch


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    simple = {"number": pa.float64(), "integer": pa.int64(), "truth": pa.bool_()}
    lists = {"integers": pa.int64(), "shape": pa.int64(), "numbers": pa.float64()}
    structures = {"arrays": _ARRAY, "maskings": _MASKING}
    if kind in structures:
        return pa.list_(pa.struct([(name, _arrow(of)) for name, of in structures[kind].items()]))
    return pa.list_(lists[kind]) if kind in lists else simple.get(kind, pa.string())
