"""From judgements to root causes, ranked: a pure function.

A first, honest version: a cause is named where the findings of single rules make it certain or
likely by their mechanism. What speaks against it is asked of the judgements that passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from higgs_logscan.finding import Evidence, Finding, Judgement

Confidence = Literal["certain", "high", "medium", "low"]
_CONFIDENCES: tuple[Confidence, ...] = ("certain", "high", "medium", "low")


@dataclass(frozen=True)
class Cause:
    """A root cause the program can name: which findings speak for it and how much, which rules against.

    `detail` is the mechanism, `settles` the one line or command that would settle it, `next` the
    change to make in the trainer. Rules of `against` that pass weaken it, findings of
    `refuted_by` exclude it. `explains` are causes that follow from this one.
    """

    id: str
    summary: str
    signs: Mapping[str, Confidence]
    detail: str
    settles: str
    next: str
    against: tuple[str, ...] = ()
    refuted_by: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()


@dataclass(frozen=True)
class RootCause:
    """A cause as a report names it."""

    cause: str
    summary: str
    detail: str
    confidence: Confidence
    since: Evidence | None
    for_: tuple[str, ...]
    against: tuple[str, ...]
    settles: str
    next: str


def diagnose(judgements: Sequence[Judgement], causes: Sequence[Cause]) -> tuple[RootCause, ...]:
    """The causes that the findings speak for, best first.

    Ranked by the surest sign, then by how many rules speak for it, then by the order of the
    list, which is by harm. A cause that follows from one at least as sure ranks behind it.
    """
    findings = {j.rule: j.findings[0] for j in judgements if j.findings}
    passed = {j.rule for j in judgements if not j.findings and not j.not_judged}
    spoken = [c for c in causes if findings.keys() & c.signs.keys() and not findings.keys() & set(c.refuted_by)]
    named = {cause.id: _named(cause, findings, passed) for cause in spoken}
    sure = {id: _CONFIDENCES.index(cause.confidence) for id, cause in named.items()}
    explained = {e for cause in spoken for e in cause.explains if sure[cause.id] <= sure.get(e, 0)}
    order = {cause.id: place for place, cause in enumerate(causes)}
    return tuple(
        sorted(named.values(), key=lambda c: (c.cause in explained, sure[c.cause], -len(c.for_), order[c.cause]))
    )


def _sureness(sign: Confidence, finding: Finding) -> int:
    """A rule that only notes something speaks less surely; what is certain is so however harmless."""
    place = _CONFIDENCES.index(sign)
    return place + (finding.severity == "note") if 0 < place < len(_CONFIDENCES) - 1 else place


def _named(cause: Cause, findings: Mapping[str, Finding], passed: set[str]) -> RootCause:
    signs = [rule for rule in cause.signs if rule in findings]
    against = tuple(rule for rule in cause.against if rule in passed)
    best = min(_sureness(cause.signs[rule], findings[rule]) for rule in signs)
    confidence = _CONFIDENCES[min(best + bool(against), len(_CONFIDENCES) - 1)]
    firsts = [found for rule in signs if (found := findings[rule].first)]
    since = min(firsts, key=lambda e: e.byte) if firsts else None
    return RootCause(
        cause.id, cause.summary, cause.detail, confidence, since, tuple(signs), against, cause.settles, cause.next
    )
