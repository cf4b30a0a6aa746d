"""The addable summary behind row rules.

The author of a row rule writes a mask over rows; what happens at the seam of two stretches is
decided here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.buckets import joined
from higgs_logscan.context import Context
from higgs_logscan.finding import LATE, Evidence, Judgement
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Rule
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value, replace
from higgs_logscan.vocabulary import Kind

#: What is known of every row, whatever its line said: the part of it that rules judge neighbours by.
_ALWAYS = ("rank", "step", "start")


class Judged(Value):
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
        return Judged(
            self.seen + later.seen,
            self.offending + seam.offending + later.offending,
            first,
            last,
            joined(joined(self.sums, seam.sums), later.sums),
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
        """Which rows offend. Without `lookback` it is asked of rows that are not judged as well."""
        raise NotImplementedError

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        """Quantities that add up over the rows that are judged, for the message and the figures of the area."""
        return {}

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_] | None:
        """Which rows are judged at all; None: all."""
        return None

    def rows(self, stretch: Stretch) -> Rows:
        if self.over == "windows":
            return stretch.windows
        if self.over == "maskings":
            return stretch.maskings
        return stretch.table.having(self.reads, self.uses, self.kinds)

    def summarise(self, stretch: Stretch) -> Judged | None:
        rows, profile = self.rows(stretch), stretch.profile
        keep = self.keeps(rows, profile) if len(rows) else None
        judged = rows if keep is None else rows.take(keep)
        if not len(judged):
            return None
        if not self.lookback:
            return self._judged(rows, keep, self.measures(judged, profile), profile)
        found = self._judged(judged, None, self.measures(judged, profile), profile, self.lookback)
        if len(judged) > 2 * self.lookback:
            judged = judged.take(np.r_[0 : self.lookback, len(judged) - self.lookback : len(judged)])
        # What judging a neighbour takes of these rows.
        ends = judged.kept((*_ALWAYS, *self.reads), self.uses, self._shown())
        head, tail = ends.part(slice(0, self.lookback)), ends.part(slice(-self.lookback, None))
        return replace(found, head=head, tail=tail, rule=self, profile=profile)

    def _shown(self) -> str:
        of_pieces = {"windows": "label", "maskings": "masking"}
        return self.shows or of_pieces.get(self.over) or (*self.reads, "record")[0]

    def _judged(
        self, rows: Rows, keep: NDArray[np.bool_] | None, sums: dict[str, float], profile: Profile, history: int = 0
    ) -> Judged:
        mask, seen = self.offends(rows, profile), len(rows)
        if keep is not None:
            mask, seen = mask & keep, int(np.count_nonzero(keep))
        mask[:history] = False
        found = mask.nonzero()[0]
        if not len(found):
            return Judged(seen, sums=sums, before=seen)
        first, last = int(found[0]), int(found[-1])
        before = first if keep is None else int(np.count_nonzero(keep[:first]))
        evidence = rows.evidence(first, self._shown()), rows.evidence(last, self._shown())
        return Judged(seen, len(found), *evidence, sums, before=before)

    def seam(self, a: Judged, b: Judged) -> Judged:
        """The rows at the beginning of b, judged with their history at the end of a."""
        if a.tail is None or b.head is None or a.profile is None:
            return Judged()
        rows = Rows.join([a.tail, b.head])
        return self._judged(rows, None, self.measures(rows, a.profile), a.profile, self.lookback)

    def ends(self, a: Judged, b: Judged) -> tuple[Rows | None, Rows | None]:
        """Head and tail of both stretches together."""
        parts = [part for part in (a.head, b.head) if part is not None]
        head = Rows.join(parts).part(slice(0, self.lookback)) if a.seen < self.lookback else a.head
        parts = [part for part in (a.tail, b.tail) if part is not None]
        tail = Rows.join(parts).part(slice(-self.lookback, None)) if b.seen < self.lookback else b.tail
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
