"""What `scan` does: judge each log by its settings, set apart what is accepted, hold the gates, write the outputs.

Every mistake of the configuration is found before the first log is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from higgs_logscan import __version__, api, baseline, options, output, outputs, reader
from higgs_logscan.baseline import Baseline
from higgs_logscan.config import Config
from higgs_logscan.escape import escaped
from higgs_logscan.gate import gated
from higgs_logscan.log_files import log_files
from higgs_logscan.options import Asked
from higgs_logscan.outcome import Outcomes, status
from higgs_logscan.output import say
from higgs_logscan.outputs import Look
from higgs_logscan.renderers import jsonl
from higgs_logscan.report import document_of, run_dict, without_quotes
from higgs_logscan.run import Run, graded
from higgs_logscan.suppression import Suppressions
from higgs_logscan.usage import UsageError

if TYPE_CHECKING:
    from higgs_logscan import document


_NOT_COMPILED = (
    "this installation is not compiled: logs are read by Python alone, at about 10 MB a second. "
    "With a C compiler, pip install --force-reinstall higgs-logscan makes it a hundred times faster."
)


def inspect(
    arguments: Sequence[str], config: Config, look: Look, write_baseline: str | None, progress: api.Progress
) -> int:
    """Judge the logs that are meant and write what is asked. Returns the exit status.

    Raises UsageError for what cannot be meant, before a log is read.
    """
    settings = config.settings
    logs, empty = log_files(arguments, settings.glob)
    asked = {log: options.asked(config.for_log(log), config.profiles) for log in logs}
    files = options.outputs(settings.output, logs)
    if write_baseline is not None:
        _can_be_recorded(write_baseline, logs, asked)
    suppressions, known = Suppressions(config.suppressions, date.today()), _known(config, write_baseline)
    inspection = Inspection(suppressions, known, write_baseline, settings.quotes, settings.jobs)
    output.mention_stdin(logs)
    if look.verbose and reader.compiled_shapes is None:
        say(_NOT_COMPILED)
    outcomes = Outcomes(look.verbose)
    for folder in empty:
        outcomes.cannot_read(folder, f"no file below it is named {', '.join(settings.glob)} (--glob)")
    for log in logs:
        with outcomes.of(log):
            run = inspection.judge(log, asked[log], progress)
            outcomes.statuses.append(status(run, asked[log].fail_on))
            if settings.format == "jsonl":
                with outcomes.of(), output.standard() as file, output.encoded(file) as out:
                    jsonl.render_run(inspection.written[-1], out)
    report = inspection.document(outcomes.unread)
    outputs.write(report, settings.format, files, look, outcomes, streamed=settings.format == "jsonl")
    with outcomes.of():
        inspection.write_baseline()
    return outcomes.status


@dataclass
class Inspection:
    """The logs that were judged so far, and what is accepted in them.

    recorded: the file that a baseline is written to, if one is.
    runs:     of whole logs; some steps alone do not show that what was accepted is gone.
    """

    suppressions: Suppressions
    known: Baseline | None
    recorded: str | None
    quotes: bool
    jobs: int
    runs: list[Run] = field(default_factory=list)
    written: list[document.Run] = field(default_factory=list)

    def judge(self, log: str, asked: Asked, progress: api.Progress) -> Run:
        """Judge one log. Raises SourceError if it cannot be read."""
        run = graded(
            api.judge(log, asked.rules, asked.profile, asked.steps, progress, self.jobs), asked.rules, asked.severities
        )
        run = self.suppressions.apply(run)
        if self.known:
            run = self.known.apply(run)
        elif self.recorded is not None:  # what is written down is known from now on
            run = Baseline.of([run], self.recorded).apply(run)
        run = gated(run, asked.gates)
        if asked.steps is None:
            self.runs.append(run)
        written = run_dict(run)
        self.written.append(written if self.quotes else without_quotes(written))
        return run

    def document(self, unread: Sequence[document.Unread]) -> document.Document:
        """The report over all logs; what was accepted and is no longer there is said."""
        states = self.suppressions.states(self.runs)
        stale = self.known.stale(self.runs) if self.known else []
        grown = self.known.grown(self.runs) if self.known else []
        messages = [one.message for one in states], [one.message for one in stale], [one.message for one in grown]
        for message in filter(None, chain(*messages)):
            say(escaped(message))
        return document_of(
            self.written,
            __version__,
            unread,
            [
                {
                    "rule": one.suppression.rule,
                    "reason": one.suppression.reason,
                    "until": one.suppression.until.isoformat() if one.suppression.until else None,
                    "status": one.status,
                    "findings": one.findings,
                }
                for one in states
            ],
            [{"path": one.path, "rule": one.rule, "recorded": one.recorded, "found": one.found} for one in stale],
        )

    def write_baseline(self) -> None:
        """Record what was found; a baseline that is there already only shrinks."""
        if self.recorded is not None:
            new, message = baseline.written(self.recorded, self.runs, self.known)
            output.text_file(self.recorded, new.text())
            say(escaped(message))


def _can_be_recorded(path: str, logs: Sequence[str], asked: Mapping[str, Asked]) -> None:
    options.destination(path, logs, "--write-baseline")
    if any(one.steps for one in asked.values()):
        raise UsageError("--write-baseline: some steps of a log do not show all its findings: leave --steps out")


def _known(config: Config, write_baseline: str | None) -> Baseline | None:
    """The findings that are known: of the baseline that is given, else of the one that is written again."""
    given = config.settings.baseline
    if given is None and write_baseline is not None and os.path.exists(write_baseline):
        return Baseline.read(write_baseline)
    return Baseline.read(str(given)) if given else None
