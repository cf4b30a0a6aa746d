"""Finding, Severity, Evidence, Judgement: what a rule says of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from higgs_logscan.value import Value

Severity = Literal["error", "warning", "note"]
Verdict = Literal["pass", "warn", "fail", "unknown"]
#: A measured quantity as it is reported: JSON scalars, or a short list of them.
Measure = int | float | str | list[int] | list[float] | None
Measures = Mapping[str, Measure]

#: Longest quoted piece of a log line, in bytes: evidence stays small whatever the log holds.
QUOTE = 400

#: Records that were fine, after which a fault is said to have begun in mid-run.
LATE = 3

#: The areas of a report, in its order.
AREAS = (
    "text-learning",
    "audio-learning",
    "masking",
    "special-tokens",
    "delay-pattern",
    "shapes",
    "alignment",
    "balance",
    "input-pipeline",
    "optimisation",
    "incidents",
    "reading",
)

#: The areas that stand for one loss.
LOSS_OF = {"text-learning": "text_loss", "audio-learning": "audio_loss"}


class Evidence(Value):
    """One line of the log that shows something. `line` counts newlines from 1, `byte` from 0.

    `column` counts characters of the line from 1, where it is known: behind a bar a piece begins later.
    """

    line: int
    byte: int
    step: int | None = None
    rank: int | None = None
    text: str = ""
    column: int | None = None

    @staticmethod
    def of(at: tuple[int, int, bytes], step: int = -1, rank: int = -1) -> Evidence:
        """The line that stands there (line, byte, text), as a quote; step and rank are -1 where it has none."""
        line, byte, text = at
        words = text[:QUOTE].decode("utf-8", "replace").rstrip()
        return Evidence(line, byte, step if step >= 0 else None, rank if rank >= 0 else None, words)


class Finding(Value):
    """What a rule found: facts (`measured`) apart from interpretation (`likely`, `next`)."""

    rule: str
    area: str
    severity: Severity
    message: str
    first: Evidence | None
    last: Evidence | None = None
    count: int = 1
    measured: Measures = field(default_factory=dict)
    likely: str = ""
    next: str = ""
    #: It began in mid-run: `LATE` records or more before the first were judged as well, and were fine.
    late: bool = False
    #: What goes wrong, in kebab-case, where the rule can tell which of several mechanisms it is.
    mechanism: str = ""
    #: Words of the log that the message repeats.
    quote: str = ""


class NotJudged(Value):
    """A rule that could not judge: why, and the line a trainer would have to print."""

    rule: str
    reason: str
    needs: str


class Judgement(Value):
    """All that one rule says of a run. `measured` is there whether the rule offends or not."""

    rule: str
    area: str
    measured: Measures = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    not_judged: NotJudged | None = None

    @property
    def offends(self) -> bool:
        return bool(self.findings)


def worst(severities: list[Severity]) -> Verdict:
    """The verdict that findings of these severities amount to; a note costs nothing."""
    if "error" in severities:
        return "fail"
    return "warn" if "warning" in severities else "pass"
