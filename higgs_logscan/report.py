"""The report of a scan, and how it is written as the JSON document that every output is made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from higgs_logscan import answer
from higgs_logscan.aggregation import LOSSES
from higgs_logscan.curve import Curve
from higgs_logscan.diagnosis import RootCause
from higgs_logscan.figures import figure
from higgs_logscan.finding import LOSS_OF, Evidence, Finding, Verdict
from higgs_logscan.run import Run
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import KINDS

if TYPE_CHECKING:
    from higgs_logscan import document

#: With several logs, the first of these that applies to one of them: the order of the exit status.
_WORST: tuple[Verdict, ...] = ("fail", "unknown", "warn", "pass")


class Report(Value):
    """What a scan of one or several logs amounts to."""

    runs: tuple[Run, ...]
    version: str

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the runs; one that could not be judged is worse than a warning."""
        return worst(run.verdict for run in self.runs)

    def to_dict(self) -> document.Document:
        """The report as the JSON contract writes it (design.md §6)."""
        return document_of([run_dict(run) for run in self.runs], self.version)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict over several logs, in the order of the exit status; of none it is unknown."""
    return min(verdicts, key=_WORST.index, default="unknown")


def document_of(
    runs: Sequence[document.Run],
    version: str,
    unread: Sequence[document.Unread] = (),
    suppressions: Sequence[document.Suppression] = (),
    stale: Sequence[document.Stale] = (),
) -> document.Document:
    """The document over these logs."""
    verdicts: list[Verdict] = [run["verdict"] for run in runs]
    return {
        "schema_version": "1",
        "tool": {"name": "higgs-logscan", "version": version},
        "verdict": worst([*verdicts, "unknown"] if unread else verdicts),
        "runs": list(runs),
        "unread": list(unread),
        "suppressions": list(suppressions),
        "stale": list(stale),
    }


def run_dict(run: Run) -> document.Run:
    """One log as the document holds it."""
    reading, context, curves = run.context.reading, run.context, run.context.curves
    drawn = {name: curve for name in LOSSES if (curve := curves.finest(name))}
    area_of = {judgement.rule: judgement.area for judgement in run.judgements}
    written = {
        "path": run.path,
        "bytes": reading.bytes,
        "lines": reading.lines,
        "verdict": run.verdict,
        "extent": answer.extent(run),
        "state": answer.state(run),
        "at_chance": bool(answer.at_chance(run)),
        "context": context.to_dict(),
        "coverage": {
            "recognised": reading.recognised,
            "segments": reading.segments,
            "share": round(reading.share, 6),
        },
        "read": {
            "records": {kind: context.records(kind) for kind in KINDS if context.records(kind)},
            "losses": run.losses,
            "arrays": run.arrays,
            "integers": run.integers,
        },
        "areas": [
            {
                "area": area.area,
                "verdict": area.verdict,
                "figure": figure(run, area),
                "passed": list(area.passed),
                "measured": {rule: finite(measured) for rule, measured in area.measured.items()},
            }
            for area in run.areas
        ],
        "series": {name: _series(curve) for name, curve in run.series.items()},
        "curves": {name: _curve(run, name, curve) for name, curve in drawn.items()},
        "root_causes": [_root_cause(run, cause) for cause in run.root_causes],
        "findings": [finding_dict(finding) for finding in run.findings],
        "suppressed": [
            {"by": one.by, "reason": one.reason, "finding": finding_dict(one.finding)} for one in run.suppressed
        ],
        "not_judged": [
            {"rule": n.rule, "area": area_of[n.rule], "reason": n.reason, "needs": n.needs} for n in run.not_judged
        ],
        "gates": [
            {"gate": gate.gate, "asked": gate.asked, "verdict": gate.verdict, "message": gate.message}
            for gate in run.gates
        ],
    }
    return cast("document.Run", written)


def without_quotes(run: document.Run) -> document.Run:
    """The log without any text of its lines: that may be transcripts of private speech."""
    findings = [*run["findings"], *(one["finding"] for one in run["suppressed"])]
    quotes = [finding["quote"] for finding in findings if finding["quote"]]

    def unquoted(words: str) -> str:
        for quote in quotes:
            words = words.replace(quote, "…")
        return words

    def stripped(finding: document.Finding) -> document.Finding:
        first, last = finding["first"], finding["last"]
        return {
            **finding,
            "message": unquoted(finding["message"]),
            "quote": "",
            "first": {**first, "text": ""} if first else None,
            "last": {**last, "text": ""} if last else None,
        }

    return {
        **run,
        "areas": [{**area, "figure": unquoted(area["figure"])} for area in run["areas"]],
        "findings": [stripped(finding) for finding in run["findings"]],
        "suppressed": [{**one, "finding": stripped(one["finding"])} for one in run["suppressed"]],
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "area": finding.area,
        "severity": finding.severity,
        "message": finding.message,
        "quote": finding.quote,
        "measured": finite(finding.measured),
        "likely": finding.likely,
        "next": finding.next,
        "count": finding.count,
        "first": _evidence(finding.first),
        "last": _evidence(finding.last),
    }


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


def _curve(run: Run, name: str, curve: Curve) -> dict[str, Any]:
    """A loss as it is drawn; the summed loss has no chance level."""
    area = next((area for area, loss in LOSS_OF.items() if loss == name), None)
    return finite(
        {
            "records": len(curve),
            "first": curve.first,
            "ending": answer.ending(curve),
            "chance": answer.chance_level(run, area) if area else None,
            "assumed": area is not None and not answer.vocabulary(run, area).certain,
            "falls": answer.falls(curve),
            "points": answer.points(curve),
        }
    )


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "line": evidence.line,
        "byte": evidence.byte,
        "column": evidence.column,
        "step": evidence.step,
        "rank": evidence.rank,
        "text": evidence.text,
    }


def _root_cause(run: Run, cause: RootCause) -> dict[str, Any]:
    since, clock = cause.since, run.context.clock
    return {
        "cause": cause.cause,
        "detail": cause.detail,
        "summary": cause.summary,
        "confidence": cause.confidence,
        "since": {"step": since.step, "line": since.line, "byte": since.byte} if since else None,
        "healthy_until": run.healthy_until(cause),
        "seconds": round(clock.since(since), 3) if clock and since else None,
        "for": list(cause.for_),
        "against": list(cause.against),
        "settles": cause.settles,
        "next": cause.next,
    }
