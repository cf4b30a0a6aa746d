"""What is said of one log: everything that the neediest output asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve
from higgs_logscan.diagnosis import RootCause
from higgs_logscan.finding import AREAS, Finding, Judgement, Measures, NotJudged, Severity, Verdict, worst
from higgs_logscan.rule import Rule
from higgs_logscan.value import Value, replace

#: The metrics whose series a report shows.
SERIES = ("text_loss", "audio_loss", "loss", "eval_loss", "grad_norm", "learning_rate")
#: From the least to the worst; `unknown` is none of them.
VERDICTS: tuple[Verdict, ...] = ("pass", "warn", "fail")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Area(Value):
    """One area of the report: its verdict, and what was measured in it, by rule, judged or not."""

    area: str
    verdict: Verdict
    measured: Mapping[str, Measures]
    #: Rules that judged and found nothing.
    passed: tuple[str, ...]


class Suppressed(Value):
    """A finding that counts no more: who accepted it, and why."""

    finding: Finding
    by: Literal["baseline", "suppression"]
    reason: str


class Gate(Value):
    """Something that was asked of a log beyond its findings. `unknown`: the log cannot show whether it holds."""

    gate: Literal["min-coverage", "min-steps", "expect", "require"]
    asked: str
    verdict: Literal["pass", "fail", "unknown"]
    message: str


class Run(Value):
    """All that is said of one log."""

    path: str
    verdict: Verdict
    context: Context
    areas: tuple[Area, ...]
    root_causes: tuple[RootCause, ...]
    #: Those that count, worst first.
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]
    judgements: tuple[Judgement, ...]
    losses: int
    arrays: int
    integers: int
    suppressed: tuple[Suppressed, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def series(self) -> dict[str, Curve]:
        """Per metric that the log prints, its curve; micro-batches where no step line has it."""
        curves = {name: self.context.curves.series(name) for name in SERIES}
        return {name: curve for name, curve in curves.items() if curve}

    @property
    def found(self) -> tuple[Finding, ...]:
        """All findings: those that count, and those that do not."""
        return (*self.findings, *(suppressed.finding for suppressed in self.suppressed))

    def healthy_until(self, cause: RootCause) -> int | None:
        """The last step before a cause that began in mid-run; None if something was wrong before it."""
        worse = [f.first.byte for f in self.found if f.first and f.severity != "note"]
        if not cause.late or cause.since is None or min(worse, default=0) < cause.since.byte:
            return None
        return self.context.curves.step_before(cause.since)

    def with_findings(self, findings: Iterable[Finding], suppressed: Iterable[Suppressed] = ()) -> Run:
        """This run, judged by these findings alone. A cause that none of them speaks for any more is not named."""
        ranked = worst_first(findings)
        found = areas(self.judgements, ranked)
        rules = {finding.rule for finding in ranked}
        return replace(
            self,
            verdict=verdict(found, recognised=self.verdict != "unknown"),
            areas=found,
            root_causes=tuple(cause for cause in self.root_causes if rules & set(cause.for_)),
            findings=ranked,
            suppressed=(*self.suppressed, *suppressed),
        )


def graded(run: Run, rules: Iterable[Rule], severities: Mapping[str, Severity]) -> Run:
    """The run with the findings of some rules as severe as asked.

    What a rule itself holds for less than usual, because its evidence is weak, is raised by nobody.
    """
    declared = {rule.id: rule.severity for rule in rules}

    def grade(finding: Finding) -> Finding:
        asked = severities.get(finding.rule, finding.severity)
        weak = _SEVERITIES.index(finding.severity) > _SEVERITIES.index(declared.get(finding.rule, "error"))
        return replace(finding, severity=max(asked, finding.severity, key=_SEVERITIES.index) if weak else asked)

    return run.with_findings(map(grade, run.findings)) if severities else run


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; each in the order of the log."""
    return tuple(sorted(findings, key=lambda f: (_SEVERITIES.index(f.severity), f.first.byte if f.first else -1)))


def areas(judgements: Sequence[Judgement], findings: Sequence[Finding]) -> tuple[Area, ...]:
    """The areas in their order. One with rules judged and nothing found passes; with none judged it is unknown."""
    found = []
    for area in AREAS:
        of_area = [j for j in judgements if j.area == area]
        judged = [j for j in of_area if not j.not_judged]
        severities = [finding.severity for finding in findings if finding.area == area]
        measured = {j.rule: j.measured for j in of_area if j.measured}
        passed = tuple(j.rule for j in judged if not j.findings)
        found.append(Area(area, worst(severities) if judged else "unknown", measured, passed))
    return tuple(found)


def verdict(found: Sequence[Area], recognised: bool) -> Verdict:
    """The worst of the areas that have a verdict. Unknown if none has one, or nothing was recognised."""
    verdicts = [area.verdict for area in found if area.verdict != "unknown"]
    if not recognised or not verdicts:
        return "unknown"
    return max(verdicts, key=VERDICTS.index)
