"""The addable summary behind row rules.

The author of a row rule writes a mask over rows; what happens at the seam of two stretches is
decided here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.context import Context
from higgs_logscan.finding import LATE, Evidence, Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Rule
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import Kind

#: What is known of every row, whatever its line said.
_ALWAYS = ("kind", "rank", "step", "phase", "mixed", "start", "ordinal")


@dataclass(frozen=True)
class Judged:
    """Rows seen and rows that offend, the first and last of them, and sums that the rule asked for.

    `head` and `tail` are rows at the ends of the stretch that a neighbour's judgement needs.
    """

    seen: int = 0
    offending: int = 0
    first: Evidence | None = None
    last: Evidence | None = None
    sums: Mapping[str, float] = field(default_factory=dict)
    head: Rows | None = None
    tail: Rows | None = None
    rule: RowRule | None = None
    profile: Profile | None = None
    #: Rows seen before the first that offends, or all.
    before: int = 0

    def __add__(self, later: Judged) -> Judged:
        seam = self.rule.seam(self, later) if self.rule and self.rule.lookback else Judged()
        first = self.first or seam.first or later.first
        last = later.last or seam.last or self.last
        names = dict.fromkeys((*self.sums, *seam.sums, *later.sums))
        return Judged(
            self.seen + later.seen,
            self.offending + seam.offending + later.offending,
            first,
            last,
            {n: self.sums.get(n, 0) + seam.sums.get(n, 0) + later.sums.get(n, 0) for n in names},
            *(self.rule.ends(self, later) if self.rule and self.rule.lookback else (None, None)),
            self.rule,
            self.profile,
            self._fine_before(seam, later),
        )

    def _fine_before(self, seam: Judged, later: Judged) -> int:
        if self.first:
            return self.before
        return self.seen + (seam.before - len(self.tail or ()) if seam.first else later.before)


class RowRule(Rule):
    """A rule that judges rows one by one: `offends` marks them.

    over:      which rows: records, windows of token arrays, or printed mask counts.
    reads:     for records, the columns that a row must have; `uses`: columns that it may have.
    kinds:     for records, the kinds that are judged (none: all).
    shows:     the column whose line is the evidence.
    lookback:  how many earlier rows judging a row takes; it is never judged without them.
    at_least:  offending rows below which the run does not offend.
    """

    over: ClassVar[Literal["records", "windows", "maskings"]] = "records"
    reads: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[Kind, ...]] = ()
    shows: ClassVar[str] = ""
    lookback: ClassVar[int] = 0
    #: Used with `str.format`: `{count}`, `{seen}` and the sums.
    message: ClassVar[str] = ""
    likely: ClassVar[str] = ""
    next: ClassVar[str] = ""
    #: Which mechanism of a cause its finding shows, if only one.
    mechanism: ClassVar[str] = ""

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        """Which rows offend."""
        raise NotImplementedError

    def measures(self, rows: Rows, offending: NDArray[np.bool_], profile: Profile) -> dict[str, float]:
        """Quantities that add up over rows, for the message and the figures of the area."""
        return {}

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        """Which rows are judged at all."""
        return np.ones(len(rows), bool)

    def rows(self, stretch: Stretch) -> Rows:
        if self.over == "windows":
            rows = stretch.windows
        elif self.over == "maskings":
            rows = stretch.maskings
        else:
            rows = stretch.table.having(self.reads, self.uses, self.kinds)
        return rows.take(self.keeps(rows, stretch.profile)) if len(rows) else rows

    def summarise(self, stretch: Stretch) -> Judged | None:
        rows = self.rows(stretch)
        if not len(rows):
            return None
        if not self.lookback:
            return self._judged(rows, 0, stretch.profile)
        judged = self._judged(rows, self.lookback, stretch.profile)
        return replace(
            judged,
            head=self._kept(rows.take(slice(0, self.lookback))),
            tail=self._kept(rows.take(slice(-self.lookback, None))),
            rule=self,
            profile=stretch.profile,
        )

    def _kept(self, rows: Rows) -> Rows:
        """What judging a neighbour takes of these rows."""
        columns = _ALWAYS if self.over != "records" else (*_ALWAYS, *self.reads, *self.uses)
        return rows.kept(columns, (self._shown(),))

    def _shown(self) -> str:
        of_pieces = {"windows": "label", "maskings": "masking"}
        return self.shows or of_pieces.get(self.over) or (*self.reads, "record")[0]

    def _judged(self, rows: Rows, history: int, profile: Profile) -> Judged:
        mask = self.offends(rows, profile)
        mask[:history] = False
        found = np.flatnonzero(mask)
        shows = self._shown()
        return Judged(
            len(rows),
            len(found),
            rows.evidence(int(found[0]), shows) if len(found) else None,
            rows.evidence(int(found[-1]), shows) if len(found) else None,
            self.measures(rows, mask, profile),
            before=int(found[0]) if len(found) else len(rows),
        )

    def seam(self, a: Judged, b: Judged) -> Judged:
        """The rows at the beginning of b, judged with their history at the end of a."""
        if a.tail is None or b.head is None or a.profile is None:
            return Judged()
        return self._judged(Rows.join([a.tail, b.head]), self.lookback, a.profile)

    def ends(self, a: Judged, b: Judged) -> tuple[Rows | None, Rows | None]:
        """Head and tail of both stretches together."""
        parts = [part for part in (a.head, b.head) if part is not None]
        head = Rows.join(parts).take(slice(0, self.lookback)) if a.seen < self.lookback else a.head
        parts = [part for part in (a.tail, b.tail) if part is not None]
        tail = Rows.join(parts).take(slice(-self.lookback, None)) if b.seen < self.lookback else b.tail
        return head, tail

    # -- the run --------------------------------------------------------------------------------

    def judge(self, summary: Judged | None, context: Context) -> Judgement:
        if summary is None:
            return self.unjudged(f"the log prints no {self._what()}")
        return self.decide(summary, context)

    def _what(self) -> str:
        of_pieces = {"windows": "windows of predictions and labels", "maskings": "counts of masked labels"}
        return of_pieces.get(self.over) or " with ".join(column.replace("_", " ") for column in self.reads)

    def decide(self, judged: Judged, context: Context) -> Judgement:
        """Offends with `at_least` offending rows; override for anything else."""
        measured = {"judged": judged.seen, "offending": judged.offending, **judged.sums}
        if judged.offending < getattr(self, "at_least", 1):
            return self.passes(**measured)
        message = self.message.format(count=judged.offending, seen=judged.seen, **judged.sums)
        return self.offends_with(
            message, judged.first, judged.last,
            count=judged.offending, measured=measured, likely=self.likely, next=self.next, late=self.late(judged),
            mechanism=self.mechanism,
        )  # fmt: skip

    def late(self, judged: Judged) -> bool:
        """Whether it began in mid-run."""
        return judged.first is not None and judged.before >= LATE


class IncidentRule(RowRule):
    """A row rule over incidents of some kinds. A log without any incident passes."""

    area = "incidents"
    reads = ("incident",)
    uses = ("message",)
    kinds = ("incident",)
    needs = "the console output up to the end of the process, errors included"
    #: The values of the column `incident` that offend, and words of a message that do, e.g. of an exception.
    incidents: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[tuple[str, ...]] = ()

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        named = [
            incident in self.incidents or any(words in message for words in self.words)
            for incident, message in zip(
                rows["incident"], np.where(rows.has("message"), rows["message"], ""), strict=True
            )
        ]
        return np.array(named, bool)

    def judge(self, summary: Judged | None, context: Context) -> Judgement:
        return self.passes(count=0) if summary is None else self.decide(summary, context)

    def late(self, judged: Judged) -> bool:
        """An incident ends what went well before it, if any step was made."""
        return bool(judged.first and judged.first.step)
