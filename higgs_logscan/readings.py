"""What `records` and `explain-parse` do: what was read of logs, and nothing of it judged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from higgs_logscan import api, options, output, parse_report, record_table
from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.escape import escaped
from higgs_logscan.outcome import NO_VERDICT, PASS, Outcomes
from higgs_logscan.output import say
from higgs_logscan.source import open_source


def write_records(
    logs: Sequence[str], format: str, kinds: Sequence[str] | None, path: str | None, outcomes: Outcomes
) -> int:
    """Write the records of logs to a file, or to standard output. Returns the exit status.

    Raises UsageError for what cannot be meant, before a log is read.
    """
    chosen = options.kinds(kinds or ())
    destination = options.destination(path, logs) if path is not None else None
    if format == "parquet":
        options.need_parquet(destination)
    output.mention_stdin(logs)
    with outcomes.of(), output.whole(destination) if destination else output.standard() as out:
        record_table.write(format, _records(logs, chosen, outcomes), out)
    return outcomes.status


def _records(logs: Sequence[str], kinds: list[str] | None, outcomes: Outcomes) -> Iterator[Any]:
    for log in logs:
        with outcomes.of(log):
            found = api.records(log, kinds)
            record = None
            for record in found:
                yield record
            if found.source.cut:
                say(f"{escaped(log)}: {found.source.cut}")
            if record is None and kinds is None:
                say(f"{escaped(log)}: nothing in it was recognised")
                outcomes.statuses.append(NO_VERDICT)


def print_parse(log: str, outcomes: Outcomes) -> int:
    """Print how the lines of a log were read, or one of them: `LOG:LINE`. Returns the exit status."""
    path, colon, line = log.rpartition(":")
    one_line = colon and line.isdecimal() and not os.path.exists(log)
    path = path if one_line else log
    output.mention_stdin([path])
    with outcomes.of():
        blocks = open_source(path)
        if one_line:
            lines = parse_report.line_text(blocks, DIALECTS, int(line))
        else:
            lines = [*parse_report.parse_text(parse_report.parse_report(blocks, DIALECTS), DIALECTS)]
        print(*lines, sep="\n", end="\n" if lines else "")
        if not lines:
            say(f"{escaped(path)} has no line {line}")
        outcomes.statuses.append(PASS if lines else NO_VERDICT)
    return outcomes.status
