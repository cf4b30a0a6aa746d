from __future__ import annotations

import re

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.finding import Evidence, Judgement
from higgs_logscan.rule import Example, Rule, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value, replace
from higgs_logscan.vocabulary import Kind

_TRAINING: tuple[Kind, ...] = ("micro-batch", "step")


#: The number of codebooks of the model's class, where its configuration is not read.
CLASS_DEFAULT = "12"
#: Two sizes that must agree and do not; a tensor without elements.
_SIZES = re.compile(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")
_EMPTY = re.compile(r"shape '\[0\]' is invalid|tensor of 0 elements|input of size 0\b")
#: The class of an exception, at the beginning of its message.
_CLASS = re.compile(r"[\w.]+")


class _Crashes(Value):
    """Tracebacks of a stretch: how many, the first and the last, what the last said; training after it."""

    count: int = 0
    first: Evidence | None = None
    last: Evidence | None = None
    message: str = ""
    trained_until: int = -1

    def __add__(self, later: _Crashes) -> _Crashes:
        return _Crashes(
            self.count + later.count,
            self.first or later.first,
            later.last or self.last,
            later.message or self.message,
            max(self.trained_until, later.trained_until),
        )


class Crash(Rule):
    """The process ended in an exception.

    A traceback with no training after it is the end of the run: what comes after that step was
    never trained. The exception's own line says why; a specific cause (a label out of bounds,
    memory, a missing input) is reported by its own rule.

    False positives: a trainer that catches exceptions prints a traceback and goes on: then this
    is a warning, as the batch was still lost. The words of a log alone ("CRITICAL", level ERROR)
    mean nothing: some trainers print them at every start.
    """

    id = "crash"
    area = "incidents"
    severity = "error"
    needs = "the console output up to the end of the process, errors included"

    at_least: int = threshold(1, "tracebacks")

    examples = (
        Example(
            """
            Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1
            Traceback (most recent call last):   <-
              File "trainer.py", line 10, in <module>
                main()
            NameError: name 'global_step' is not defined
            """,
            offends=True,
        ),
        Example(
            "Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1\nERROR:__main__:SUCCESS: call completed!", offends=False
        ),
    )

    def summarise(self, stretch: Stretch) -> _Crashes:
        training = stretch.table.having((), kinds=_TRAINING)
        found = _Crashes(trained_until=int(training["byte"].max(initial=-1)))
        rows = stretch.table.having(("incident", "message"), kinds=("incident",))
        crashes = np.flatnonzero(rows["incident"] == "traceback")
        if not len(crashes):
            return found
        first, last = int(crashes[0]), int(crashes[-1])
        return replace(
            found,
            count=len(crashes),
            first=rows.evidence(first, "incident"),
            last=rows.evidence(last, "incident"),
            message=str(rows["message"][last])[:200],
        )

    def judge(self, summary: _Crashes | None, context: Context) -> Judgement:
        if summary is None or summary.count < self.at_least or summary.last is None:
            return self.passes(tracebacks=0)
        ended = summary.trained_until < summary.last.byte
        return self.offends_with(
            f"the run ended in an exception: {summary.message}"
            if ended
            else f"an exception was survived: {summary.message}",
            summary.first,
            summary.last,
            count=summary.count,
            measured={"tracebacks": summary.count, "exception": _class(summary.message)},
            severity="error" if ended else "warning",
            likely="See the exception's own line; nothing after it was trained." if ended else "The batch was lost.",
            next="Read the traceback from its last line upwards.",
            late=bool(summary.first and summary.first.step),
            mechanism=_mechanism(summary.message, context),
            quote=summary.message,
        )


def _class(message: str) -> str:
    found = _CLASS.match(message)
    return found[0] if found else ""


def _mechanism(message: str, context: Context) -> str:
    """What the exception's own words give away (§11.9)."""
    if sizes := _SIZES.search(message):
        if set(sizes.groups()) == {str(context.profile.codebooks), CLASS_DEFAULT}:
            return "codebooks-differ"
        return "lengths-differ"
    return "empty-tensor" if _EMPTY.search(message) else ""
