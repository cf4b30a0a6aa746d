"""From what happened to an exit status. Printed by `--help`; never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from higgs_logscan.escape import escaped
from higgs_logscan.output import say

if TYPE_CHECKING:
    from higgs_logscan.report import Run

PASS, FAIL, USAGE, NO_VERDICT, INTERNAL, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 4, 130, 143
#: With several logs, the first of these that applies to one of them.
ORDER = (INTERNAL, USAGE, FAIL, NO_VERDICT, PASS)


def status(run: Run, fail_on: str, min_coverage: float) -> int:
    """The status of one log. Where there is no verdict, the reason is said."""
    reading = run.context.reading
    if reading.share < min_coverage:
        understood = f"{reading.share:.1%} of it was understood"
        say(f"{escaped(run.path)}: no verdict: {understood}, --min-coverage asks for {min_coverage:.1%}")
        return NO_VERDICT
    if run.verdict == "unknown":
        reason = "no loss, label or error was read from it" if reading.recognised else "nothing in it was recognised"
        say(f"{escaped(run.path)}: no verdict: {reason if reading.bytes else 'it is empty'}")
        return NO_VERDICT
    failing = {"error": ("fail",), "warning": ("fail", "warn"), "never": ()}[fail_on]
    return FAIL if run.verdict in failing else PASS


def first(statuses: Sequence[int]) -> int:
    """The status of the command, from those of its logs and files."""
    return next((status for status in ORDER if status in statuses), PASS)


@contextmanager
def failures(statuses: list[int], verbose: bool) -> Iterator[None]:
    """What goes wrong with one log or file is said and counted; the others go on."""
    from higgs_logscan.source import SourceError

    try:
        yield
    except SourceError as error:
        say(str(error))
        statuses.append(NO_VERDICT)
    except Exception as error:
        say_internal(error, verbose)
        statuses.append(INTERNAL)


def say_internal(error: Exception, verbose: bool) -> None:
    """What nobody foresaw, in a line; a full disk is no bug."""
    if isinstance(error, OSError) and error.errno:
        say(f"cannot write{f' {escaped(str(error.filename))}' if error.filename else ''}: {error.strerror}")
        return
    hint = "" if verbose else "; --verbose shows where it happened"
    say(f"internal error: {type(error).__name__}: {escaped(str(error))}. Please report it as a bug{hint}.")
    if verbose:
        import traceback

        traceback.print_exception(error)
