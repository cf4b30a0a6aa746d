"""From judgements to root causes, ranked: a pure function.

Each finding that speaks for a cause says how sure it makes it by its mechanism; the surest counts, as
findings of one fault are not independent. Each rule that would have found something, were the
cause true, and judged and passed, makes it a step less sure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from higgs_logscan.finding import Evidence, Finding, Judgement
from higgs_logscan.value import Value

Confidence = Literal["certain", "high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = ("certain", "high", "medium", "low")


class Cause(Value):
    """A root cause the program can name: which findings speak for it and how much, which rules against.

    A sign is the id of a rule, or `rule/mechanism` for one mechanism of its findings; the more special
    one counts. Each rule of `against` that judged and passed makes the cause a step less sure, findings
    of `refuted_by` exclude it; `explains` are causes that follow from this one.

    The manual: `detail` is the mechanism in a word, unless the surest finding says a finer one; `mechanism`
    is what goes wrong in the training, `shows` what the log shows of it, `traps` are healthy runs and
    other faults that look like it, `settles` is the one line or command that would settle it, `next` the
    change to make in the trainer, `source` what all this rests on.
    """

    id: str
    summary: str
    signs: Mapping[str, Confidence]
    detail: str
    mechanism: str
    shows: str
    traps: str
    settles: str
    next: str
    source: str
    against: tuple[str, ...] = ()
    refuted_by: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    #: The change to make where a finding says which mechanism it is, in place of `next`.
    fixes: Mapping[str, str] = field(default_factory=dict)


class RootCause(Value):
    """A cause as a report names it. `late`: it began in mid-run, at `since`."""

    cause: str
    summary: str
    detail: str
    confidence: Confidence
    since: Evidence | None
    late: bool
    for_: tuple[str, ...]
    against: tuple[str, ...]
    settles: str
    next: str


def diagnose(judgements: Sequence[Judgement], causes: Sequence[Cause]) -> tuple[RootCause, ...]:
    """The causes that the findings speak for, best first.

    Ranked by the surest sign, then by how many rules speak for it, then by the order of the
    list, which is by harm. A cause that follows from one at least as sure ranks behind it, and
    is left out where it is only a hint and the other one is all but certain.
    """
    findings = {j.rule: j.findings[0] for j in judgements if j.findings}
    passed = {j.rule for j in judgements if not j.findings and not j.not_judged}
    every = {cause.id: root for cause in causes if (root := _named(cause, findings, passed))}
    refuted = {cause.id for cause in causes if findings.keys() & set(cause.refuted_by)}
    # Findings that contradict each other refute nothing.
    named = {id: root for id, root in every.items() if id not in refuted} or every
    sure = {id: CONFIDENCES.index(root.confidence) for id, root in named.items()}
    following = [(c.id, e) for c in causes if c.id in named for e in c.explains if sure[c.id] <= sure.get(e, -1)]
    explained = {effect for _, effect in following}
    # What a cause that is all but certain explains is no alternative to it.
    settled = {effect for origin, effect in following if named[origin].confidence in ("certain", "high")}
    worth = [c for c in named.values() if not (c.cause in settled and c.confidence == "low")]
    # They stand in the order of the list, which sorting keeps where nothing else decides.
    return tuple(sorted(worth, key=lambda c: (c.cause in explained, sure[c.cause], -len(c.for_))))


def _named(cause: Cause, findings: Mapping[str, Finding], passed: set[str]) -> RootCause | None:
    """The cause as these findings name it; None where they do not, or too much speaks against it."""
    signs = {rule: sure for rule, found in findings.items() if (sure := _sureness(cause, found)) is not None}
    against = tuple(rule for rule in cause.against if rule in passed)
    if not signs or min(signs.values()) + len(against) >= len(CONFIDENCES):
        return None
    best = min(signs, key=lambda rule: (signs[rule], not findings[rule].mechanism))
    # What began first is the onset; a note is none, where something worse speaks for the cause.
    dated = [f for rule in signs if (f := findings[rule]).first and f.severity != "note"]
    dated = dated or [findings[rule] for rule in signs if findings[rule].first]
    onset = min(dated, key=lambda finding: finding.first.byte if finding.first else 0, default=None)
    detail = findings[best].mechanism or cause.detail
    return RootCause(
        cause=cause.id,
        summary=cause.summary,
        detail=detail,
        confidence=CONFIDENCES[signs[best] + len(against)],
        since=onset.first if onset else None,
        late=onset is not None and onset.late and onset.severity != "note",
        for_=tuple(signs),
        against=against,
        settles=cause.settles,
        next=cause.fixes.get(detail, cause.next),
    )


def _sureness(cause: Cause, finding: Finding) -> int | None:
    """How sure a finding makes the cause, as a place in `CONFIDENCES`; None where it says nothing of it.

    A rule that only notes something is a hint at most, and none where its finding would be no more than
    that; what is certain is so however harmless.
    """
    sign = cause.signs.get(f"{finding.rule}/{finding.mechanism}") or cause.signs.get(finding.rule)
    if sign is None:
        return None
    place = CONFIDENCES.index(sign)
    last = len(CONFIDENCES) - 1
    if finding.severity != "note" or not place:
        return place
    return last if place < last else None
