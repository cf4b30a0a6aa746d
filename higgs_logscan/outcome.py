"""From what happened to an exit status. Printed by `--help`; never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from higgs_logscan.escape import escaped
from higgs_logscan.output import say

if TYPE_CHECKING:
    from higgs_logscan.document import Unread
    from higgs_logscan.run import Run

PASS, FAIL, USAGE, NO_VERDICT, INTERNAL, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 4, 130, 143
#: With several logs, the first of these that applies to one of them.
ORDER = (INTERNAL, USAGE, FAIL, NO_VERDICT, PASS)


def status(run: Run, fail_on: str) -> int:
    """The status of one log. Where it is no pass for another reason than a finding, the reason is said."""
    for gate in run.gates:
        if gate.verdict != "pass":
            missed = "no verdict" if gate.verdict == "unknown" else "failed"
            say(f"{escaped(run.path)}: {missed}: {gate.gate} {escaped(gate.asked)}: {escaped(gate.message)}")
    if run.verdict == "unknown":
        if not any(gate.verdict == "unknown" for gate in run.gates):
            say(f"{escaped(run.path)}: no verdict: {_why_unknown(run)}")
        return NO_VERDICT
    failing = {"error": ("fail",), "warning": ("fail", "warn"), "never": ()}[fail_on]
    return FAIL if run.verdict in failing else PASS


def _why_unknown(run: Run) -> str:
    reading = run.context.reading
    if not reading.bytes:
        return "it is empty"
    if not reading.recognised:
        return "nothing in it was recognised"
    if len(run.not_judged) == len(run.judgements):
        return "none of the rules that were asked could judge it (--verbose says why)"
    return "no loss, label or error was read from it"


def first(statuses: Sequence[int]) -> int:
    """The status of the command, from those of its logs and files."""
    return next((status for status in ORDER if status in statuses), PASS)


@dataclass
class Outcomes:
    """What became of each log and file: its status, and of a log that could not be read the reason."""

    verbose: bool
    statuses: list[int] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @contextmanager
    def of(self, log: str = "") -> Iterator[None]:
        """What goes wrong with one log or file is said and counted; the others go on."""
        from higgs_logscan.source import SourceError

        try:
            yield
        except SourceError as error:
            self.cannot_read(error.path, error.message)
        except Exception as error:
            say_internal(error, self.verbose)
            self.statuses.append(INTERNAL)
            if log:
                self.unread.append({"path": log, "reason": f"internal error: {type(error).__name__}"})

    def cannot_read(self, log: str, reason: str) -> None:
        say(f"cannot read {escaped(log)}: {reason}")
        self.statuses.append(NO_VERDICT)
        self.unread.append({"path": log, "reason": reason})

    @property
    def status(self) -> int:
        return first(self.statuses)


def say_internal(error: Exception, verbose: bool) -> None:
    """What nobody foresaw, in a line, and how to report it; a full disk is no bug."""
    if isinstance(error, OSError) and error.errno:
        say(f"cannot write{f' {escaped(str(error.filename))}' if error.filename else ''}: {error.strerror}")
        return
    hint = "with these lines" if verbose else "with what --verbose prints"
    say(f"internal error: {type(error).__name__}: {escaped(str(error))}. Please report it as a bug, {hint}.")
    if verbose:
        import traceback

        traceback.print_exception(error)
