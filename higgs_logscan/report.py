"""What a scan amounts to: everything that the neediest renderer asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from higgs_logscan.context import Context
from higgs_logscan.curve import Curve
from higgs_logscan.diagnosis import RootCause
from higgs_logscan.finding import AREAS, Evidence, Finding, Judgement, Measures, NotJudged, Verdict, worst
from higgs_logscan.table import KINDS

SCHEMA_VERSION = "1"
#: The metrics whose series a report shows.
SERIES = ("text_loss", "audio_loss", "loss", "eval_loss", "grad_norm", "learning_rate")


@dataclass(frozen=True)
class Area:
    """One area of the report: its verdict, and what was measured in it, by rule, judged or not."""

    area: str
    verdict: Verdict
    measured: Mapping[str, Measures]
    judged: int
    rules: int


@dataclass(frozen=True)
class Run:
    """All that is said of one log."""

    path: str
    verdict: Verdict
    context: Context
    areas: tuple[Area, ...]
    root_causes: tuple[RootCause, ...]
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]
    judgements: tuple[Judgement, ...]
    losses: int
    arrays: int
    integers: int

    @property
    def series(self) -> dict[str, Curve]:
        """Per metric that the log prints, its curve; micro-batches where no step line has it."""
        curves = {name: self.context.curves.series(name) for name in SERIES}
        return {name: curve for name, curve in curves.items() if curve}

    def healthy_until(self, cause: RootCause) -> int | None:
        """The last step before a cause that began in mid-run; None if something was wrong before it."""
        worse = [f.first.byte for f in self.findings if f.first and f.severity != "note"]
        if not cause.late or cause.since is None or min(worse, default=0) < cause.since.byte:
            return None
        return self.context.curves.step_before(cause.since)

    def to_dict(self) -> dict[str, Any]:
        """The run as the JSON contract writes it (design.md §6)."""
        reading, context = self.context.reading, self.context
        return {
            "path": self.path,
            "bytes": reading.bytes,
            "lines": reading.lines,
            "verdict": self.verdict,
            "context": context.to_dict(),
            "coverage": {
                "recognised": reading.recognised,
                "segments": reading.segments,
                "share": round(reading.share, 6),
            },
            "read": {
                "records": {kind: context.records(kind) for kind in KINDS if context.records(kind)},
                "losses": self.losses,
                "arrays": self.arrays,
                "integers": self.integers,
            },
            "areas": [
                {"area": a.area, "verdict": a.verdict, "measured": {r: finite(m) for r, m in a.measured.items()}}
                for a in self.areas
            ],
            "series": {name: _series(curve) for name, curve in self.series.items()},
            "root_causes": [_root_cause(self, cause) for cause in self.root_causes],
            "findings": [finding_dict(finding) for finding in self.findings],
            "not_judged": [{"rule": n.rule, "reason": n.reason, "needs": n.needs} for n in self.not_judged],
        }


@dataclass(frozen=True)
class Report:
    """What a scan of one or several logs amounts to."""

    runs: tuple[Run, ...]
    version: str
    #: Every rule that was asked, judged or not, by id: what SARIF and JUnit list.
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the runs; a run without one counts only where no other has one."""
        verdicts = [run.verdict for run in self.runs if run.verdict != "unknown"]
        return max(verdicts, key=("pass", "warn", "fail").index) if verdicts else "unknown"

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "higgs-logscan", "version": self.version},
            "verdict": self.verdict,
            "runs": [run.to_dict() for run in self.runs],
        }


def areas(judgements: Sequence[Judgement]) -> tuple[Area, ...]:
    """The areas in their order. One with rules judged and nothing found passes; with none judged it is unknown."""
    found = []
    for area in AREAS:
        of_area = [j for j in judgements if j.area == area]
        judged = [j for j in of_area if not j.not_judged]
        severities = [finding.severity for j in of_area for finding in j.findings]
        verdict = worst(severities) if judged else "unknown"
        measured = {j.rule: j.measured for j in of_area if j.measured}
        found.append(Area(area, verdict, measured, len(judged), len(of_area)))
    return tuple(found)


def verdict(found: Sequence[Area], recognised: bool) -> Verdict:
    """The worst of the areas that have a verdict. Unknown if none has one, or nothing was recognised."""
    verdicts = [area.verdict for area in found if area.verdict != "unknown"]
    if not recognised or not verdicts:
        return "unknown"
    return max(verdicts, key=("pass", "warn", "fail").index)


def finite(measures: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as JSON can write them: one that is not finite is null, and named under `nonfinite`."""
    lost = {k: _spelled(v) for k, v in measures.items() if isinstance(v, float) and not math.isfinite(v)}
    kept = {k: _plain(v) for k, v in measures.items()}
    return {**kept, "nonfinite": lost} if lost else kept


def _plain(value: Any) -> Any:
    """Whole sums as integers; long fractions at six significant digits, which is what logs print."""
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else float(f"{value:.6g}")


def _spelled(value: float) -> str:
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _series(curve: Curve) -> dict[str, Any]:
    finite_values = bool(curve.finite.sum())
    return finite(
        {
            "count": len(curve),
            "first": curve.first,
            "last": curve.last,
            "min": curve.minimum if finite_values else math.nan,
            "max": curve.maximum if finite_values else math.nan,
            "nonfinite_count": curve.nonfinite,
        }
    )


def evidence_dict(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "line": evidence.line,
        "byte": evidence.byte,
        "step": evidence.step,
        "rank": evidence.rank,
        "text": evidence.text,
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "area": finding.area,
        "severity": finding.severity,
        "message": finding.message,
        "measured": finite(finding.measured),
        "likely": finding.likely,
        "next": finding.next,
        "count": finding.count,
        "first": evidence_dict(finding.first),
        "last": evidence_dict(finding.last),
    }


def _root_cause(run: Run, cause: RootCause) -> dict[str, Any]:
    since, clock = cause.since, run.context.clock
    return {
        "cause": cause.cause,
        "detail": cause.detail,
        "confidence": cause.confidence,
        "since": {"step": since.step, "line": since.line, "byte": since.byte} if since else None,
        "healthy_until": run.healthy_until(cause),
        "seconds": round(clock.since(since), 3) if clock and since else None,
        "for": list(cause.for_),
        "against": list(cause.against),
        "settles": cause.settles,
        "next": cause.next,
    }
