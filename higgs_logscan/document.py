"""The JSON document of a scan, key by key (design.md §6): what every output is written from.

A report that was saved and one that was just made are the same thing, so any output can be written
from either. `schema` is made from these types.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from higgs_logscan.context import Basis
from higgs_logscan.diagnosis import Confidence
from higgs_logscan.finding import Severity, Verdict

SCHEMA_VERSION = "1"

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
#: What `cause` may be: a closed list, whatever the catalogue of causes holds today.
CauseId = Literal[
    "label-leak", "memorisation", "double-shift", "labels-misaligned", "missing-audio-inputs",
    "missing-audio-labels", "audio-over-masked", "text-over-masked", "text-under-masked", "bos-supervised",
    "eos-never-supervised", "bos-eos-swapped", "delay-pattern-absent", "delay-pattern-wrong",
    "code-out-of-range", "codebook-count", "learning-rate-zero", "learning-rate-too-high", "non-finite",
    "frozen-head", "audio-not-trained", "text-not-trained", "no-gradient", "not-learning", "crashed",
    "truncated", "restarted",
]  # fmt: skip
AreaId = Literal[
    "text-learning", "audio-learning", "masking", "special-tokens", "delay-pattern", "shapes", "alignment",
    "balance", "input-pipeline", "optimisation", "incidents", "reading",
]  # fmt: skip
Kind = Literal[
    "micro-batch", "step", "evaluation", "epoch", "summary", "sample", "config", "incident", "progress",
]  # fmt: skip
Series = Literal["text_loss", "audio_loss", "loss", "eval_loss", "grad_norm", "learning_rate"]
#: Names of the numbers that are null because they are not finite.
Nonfinite = dict[str, Literal["nan", "inf", "-inf"]]
Scalar = bool | int | float | str | None
#: Measures are the rules' own: scalars, short lists of numbers, and `nonfinite` where there is such.
Measured = dict[str, Scalar | list[int | float | None] | Nonfinite]


class Tool(TypedDict):
    name: Literal["higgs-logscan"]
    version: str


class Known(TypedDict):
    """A fact of the context, what it rests on, and its line where one shows it."""

    value: Scalar
    basis: Basis
    line: NotRequired[Count]


class Context(TypedDict):
    vocabulary: Known
    audio_vocabulary: Known
    codebooks: Known
    shift: Known
    layout: Known
    flavour: Known
    cadence: Known
    ranks: Known
    accumulation: Known
    validation: Known
    quantised: Known
    aggregation: Known
    trainer: Known
    trainer_versions: Known
    seconds: Known
    steps_per_second: Known


class Coverage(TypedDict):
    """Pieces of the log that were understood; `share` is of 1."""

    recognised: Count
    segments: Count
    share: Share


class Read(TypedDict):
    records: dict[Kind, Count]
    losses: Count
    arrays: Count
    integers: Count


class Area(TypedDict):
    """An area: its verdict, its key figure in words, the rules that judged and found nothing, what each measured."""

    area: AreaId
    verdict: Verdict
    figure: str
    passed: list[Id]
    measured: dict[str, Measured]


class SeriesSummary(TypedDict):
    count: Annotated[int, Field(ge=1)]
    first: float | None
    last: float | None
    min: float | None
    max: float | None
    nonfinite_count: Count
    nonfinite: NotRequired[Nonfinite]


class Curve(TypedDict):
    """A loss as it is drawn, in nats: `ending` is the mean of its last tenth, `chance` its chance level."""

    records: Annotated[int, Field(ge=1)]
    first: float | None
    ending: float | None
    chance: float | None
    #: The chance level rests on a vocabulary that the log does not print.
    assumed: bool
    falls: bool
    #: Means of at most 60 equal parts; null where a value is not finite.
    points: list[float | None]
    nonfinite: NotRequired[Nonfinite]


class Onset(TypedDict):
    step: int | None
    line: Count
    byte: Count


#: Ranked, best first. `for` is no name of Python, so that no class can be written for it.
RootCause = TypedDict(
    "RootCause",
    {
        "cause": CauseId,
        "detail": str,
        "summary": str,
        "confidence": Confidence,
        "since": Onset | None,
        "healthy_until": int | None,
        # Seconds of training since it began, where the log tells the time.
        "seconds": float | None,
        "for": Annotated[list[Id], Field(min_length=1)],
        "against": list[Id],
        "settles": str,
        "next": str,
    },
)


class Evidence(TypedDict):
    """A line of the log: `line` counts newlines from 1, `byte` from 0, `column` characters of the line from 1.

    `column` is null where it is not known: in pipes and compressed logs. `text` is empty where quotes are left out.
    """

    line: Count
    byte: Count
    column: Annotated[int, Field(ge=1)] | None
    step: int | None
    rank: int | None
    text: str


class Finding(TypedDict):
    rule: Id
    area: AreaId
    severity: Severity
    message: str
    #: Words of the log that the message repeats.
    quote: str
    measured: Measured
    likely: str
    next: str
    count: Count
    first: Evidence | None
    last: Evidence | None


class Suppressed(TypedDict):
    """A finding that counts no more: who accepted it, and why."""

    by: Literal["baseline", "suppression"]
    reason: str
    finding: Finding


class NotJudged(TypedDict):
    rule: Id
    area: AreaId
    reason: str
    needs: str


class Gate(TypedDict):
    """Something that was asked of the log beyond its findings."""

    gate: Literal["min-coverage", "min-steps", "expect", "require"]
    asked: str
    verdict: Literal["pass", "fail", "unknown"]
    message: str


class Run(TypedDict):
    """All that is said of one log."""

    path: str
    bytes: Count
    lines: Count
    verdict: Verdict
    #: How far the run went, and what its losses amount to, in words.
    extent: str
    state: str
    #: Both losses stand at chance level, in too few records to judge it.
    at_chance: bool
    context: Context
    coverage: Coverage
    read: Read
    areas: Annotated[list[Area], Field(min_length=12, max_length=12)]
    series: dict[Series, SeriesSummary]
    curves: dict[Literal["text_loss", "audio_loss", "loss"], Curve]
    root_causes: list[RootCause]
    findings: list[Finding]
    suppressed: list[Suppressed]
    not_judged: list[NotJudged]
    gates: list[Gate]


class Unread(TypedDict):
    """A log that could not be read, and why."""

    path: str
    reason: str


class Suppression(TypedDict):
    """A suppression of the configuration, and what became of it in this scan."""

    rule: Id
    reason: str
    until: str | None
    status: Literal["used", "unused", "expired"]
    findings: Count


class Stale(TypedDict):
    """An entry of the baseline that is found less often than it was, or no more."""

    path: str
    rule: Id
    recorded: Count
    found: Count


class Document(TypedDict):
    """A scan of one or several logs, in the order in which they were named."""

    schema_version: Literal["1"]
    tool: Tool
    verdict: Verdict
    runs: list[Run]
    unread: list[Unread]
    suppressions: list[Suppression]
    stale: list[Stale]
