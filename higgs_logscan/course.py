"""Rows that offend, in the order of the run: the addable summary behind tail rules.

A fault that begins in mid-run (the second epoch, step 150) is most of what follows and little of
the whole. So the last part of a run is judged, and the longest one that offends says since when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.buckets import Buckets, Part, joined
from higgs_logscan.context import Context
from higgs_logscan.finding import LATE, Evidence, Judgement
from higgs_logscan.places import kept
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Rule, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import Kind

#: Probability of a tail of rows that offend by chance, above which it is not taken for a change.
LUCK = 1e-4


class Tail(Value):
    """The last part of a run that offends: what offends of how much, on how many rows, and where."""

    part: float
    whole: float
    count: int
    first: Evidence
    last: Evidence
    #: Rows judged before the first that offends.
    before: int

    @property
    def late(self) -> bool:
        return self.before >= LATE

    @property
    def share(self) -> float:
        return self.part / self.whole


class Course(Value):
    """What was judged and what of it offends, per kind of record, in buckets; sums beside them."""

    whole: Mapping[int, Buckets] = field(default_factory=dict)
    part: Mapping[int, Buckets] = field(default_factory=dict)
    sums: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def of(
        rows: Rows,
        keep: NDArray[np.bool_] | None,
        part: NDArray[Any],
        whole: NDArray[Any] | None,
        sums: Mapping[str, float],
        shows: str,
        shows_whole: str = "",
    ) -> Course:
        """What offends of how much on the rows that are kept (None: all): integers, or marks where each row counts
        once (None: all do)."""
        return Course(_by_kind(rows, keep, whole, shows_whole), _by_kind(rows, keep, part, shows), sums)

    def __add__(self, later: Course) -> Course:
        return Course(joined(self.whole, later.whole), joined(self.part, later.part), joined(self.sums, later.sums))

    @property
    def kind(self) -> int:
        """The kind of record that most rows are of: the others repeat it. Of two as frequent, the first of `KINDS`."""
        return max(sorted(self.whole), key=lambda kind: len(self.whole[kind]))

    @property
    def rows(self) -> int:
        return len(self.whole[self.kind]) if self.whole else 0

    @property
    def offending(self) -> int:
        return len(self.part[self.kind]) if self.whole and self.kind in self.part else 0

    def tail(self, share: float, rows: int, weight: float = 0.0) -> Tail | None:
        """The longest last part of the run of which this share offends, if it has that many rows and that weight."""
        if not self.offending:
            return None
        whole, part = self.whole[self.kind], self.part[self.kind]
        shift = max(whole.shift, part.shift)
        buckets, place = np.unique(whole.bucket >> (shift - whole.shift), return_inverse=True)
        total, count = _sums(whole, place, len(buckets)), np.bincount(place, whole.count)
        of_part = np.searchsorted(buckets, part.bucket >> (shift - part.shift))
        offends = _sums(part, of_part, len(buckets))
        enough = (_behind(count) >= rows) & (_behind(total) >= weight) & (_behind(offends) >= share * _behind(total))
        if not enough.any():
            return None
        begin = int(np.argmax(enough))
        # Where offending sets in: before, rows offend now and then; the sum behind is highest at the change.
        sets_in = int(np.argmax(_behind(offends - share / 2 * total)))
        begin = sets_in if sets_in > begin and enough[sets_in] else begin
        begin += int(np.argmax(offends[begin:] >= share * total[begin:]))
        first = int(np.searchsorted(of_part, begin))
        share_before = offends[:begin].sum() / max(total[:begin].sum(), 1)
        if whole.total.sum() == whole.count.sum() and self._lucky(share_before, int(part.count[first:].sum())):
            return None
        return Tail(
            float(offends[begin:].sum()),
            float(total[begin:].sum()),
            int(part.count[first:].sum()),
            part.evidence(first),
            part.evidence(-1),
            int(count[:begin].sum()),
        )

    @staticmethod
    def _lucky(share: float, count: int) -> bool:
        """Whether so many rows may offend one after the other by chance, where this share offends anyway."""
        return bool(0 < share < 1 and share**count > LUCK)


def _by_kind(
    rows: Rows, keep: NDArray[np.bool_] | None, weights: NDArray[Any] | None, shows: str
) -> dict[int, Buckets]:
    """Rows that weigh anything, by kind of record; with the places of the column `shows`, if one is named."""
    if weights is not None and weights.dtype == bool:
        keep, weights = (weights if keep is None else weights & keep), None
    found = {}
    for kind in rows.kinds:
        if folded := rows.of_kind(kind).fold(keep, weights):
            shift, bucket, count, total, first = folded
            columns = {"count": count, "total": total}
            at = None
            if shows:
                columns |= {name: rows.values(name, first) for name in ("step", "rank")}
                at = kept(rows.place(shows, first))
            found[kind] = Buckets((Part(shift, bucket, columns, at),))
    return found


def _sums(of: Buckets, place: NDArray[Any], length: int) -> NDArray[Any]:
    return np.bincount(place, of.total / of.count * of.count, length)


def _behind(values: NDArray[Any]) -> NDArray[Any]:
    """Sums from each bucket to the end of the run."""
    return np.cumsum(values[::-1])[::-1]


class CourseRule(Rule):
    """A rule over the course of what rows say: which are judged, what offends of how much on each.

    over:  records (with `reads`, `uses`, `kinds` as for row rules), windows of token arrays, or counts of labels.
    shows: the column whose line is the evidence.
    """

    over: ClassVar[Literal["records", "windows", "text counts", "audio counts"]] = "windows"
    reads: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[Kind, ...]] = ("micro-batch", "step")
    shows: ClassVar[str] = ""
    #: The column of which it is known as well where rows that do not offend stand.
    shows_whole: ClassVar[str] = ""
    likely: ClassVar[str] = ""
    next: ClassVar[str] = ""
    absent: ClassVar[str] = "the log does not print it"

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_] | None:
        """Which rows are judged at all; None: all."""
        return None

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        """Which of them offend. It is asked of all rows: what it says of one that is not judged counts for nothing."""
        raise NotImplementedError

    def weights(self, rows: Rows, profile: Profile) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """What offends of how much (None: each row counts once); override where rows weigh differently."""
        return self.offends(rows, profile), None

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        """Quantities that add up over the rows that are judged, for the message and the figures of the area."""
        return {}

    def rows(self, stretch: Stretch) -> Rows:
        if self.over == "records":
            return stretch.table.having(self.reads, self.uses, self.kinds)
        if self.over == "windows":
            return stretch.windows
        return stretch.text_counts if self.over == "text counts" else stretch.audio_counts

    def summarise(self, stretch: Stretch) -> Course | None:
        rows = self.rows(stretch)
        keep = self.keeps(rows, stretch.profile) if len(rows) else None
        judged = rows if keep is None else rows.take(keep)
        if not len(judged):
            return None
        shows = self.shows or {"windows": "label", "records": (*self.reads, "")[0]}.get(self.over, "counts")
        part, whole = self.weights(rows, stretch.profile)
        return Course.of(rows, keep, part, whole, self.measures(judged, stretch.profile), shows, self.shows_whole)


class TailRule(CourseRule):
    """A rule over rows that offends when most of the rows do, in the whole run or since some point of it.

    One unlucky row says nothing: `at_least` rows must be there, and `share` of them offend.
    """

    #: Used with `str.format`: `{count}` rows, `{seen}`, `{share}` (percent), `{profile}`, means of the sums.
    message: ClassVar[str] = ""
    #: It reckons with the number of codebooks of the profile, and is not judged where the log has another.
    of_codebooks: ClassVar[bool] = False
    #: One row is proof: an excerpt that holds fewer than `at_least` is judged, if all of it offends.
    certain: ClassVar[bool] = False

    at_least: int = threshold(3, "rows without which the run is not judged")
    share: float = threshold(0.9, "share of these rows that offends")

    def judge(self, summary: Course | None, context: Context) -> Judgement:
        if summary is None or not summary.rows:
            return self.unjudged(self.absent)
        if self.of_codebooks and context.codebooks.value != context.profile.codebooks:
            return self.unjudged(f"the log has {context.codebooks.value} codebooks", "the model's config.json")
        measured: dict[str, Any] = {"judged": summary.rows, "offending": summary.offending, **summary.sums}
        if summary.rows < self.at_least and not (self.certain and summary.offending == summary.rows):
            return self.unjudged(f"too few to judge: {summary.rows} of at least {self.at_least}", measured=measured)
        tail = summary.tail(self.share, min(self.at_least, summary.rows))
        return self.decide(summary, tail, context) if tail else self.passes(**measured)

    def decide(self, course: Course, tail: Tail, context: Context) -> Judgement:
        """The finding; override for what the rows alone do not settle."""
        measured = {"judged": course.rows, "offending": tail.count, **course.sums}
        return self.offends_with(
            self.says(course, tail, context), tail.first, tail.last,
            count=tail.count, measured=measured, likely=self.likely, next=self.next, late=tail.late,
            mechanism=self.mechanism(course, tail, context),
        )  # fmt: skip

    def mechanism(self, course: Course, tail: Tail, context: Context) -> str:
        """Which of several mechanisms it is, where the log can tell."""
        return ""

    def says(self, course: Course, tail: Tail, context: Context) -> str:
        means = {name: value / course.rows for name, value in course.sums.items()}
        words = self.message.format(
            count=tail.count, seen=course.rows, share=round(100 * tail.share), profile=context.profile, **means
        )
        since = f", since step {tail.first.step}" if tail.before and tail.first.step else ""
        return words + since
