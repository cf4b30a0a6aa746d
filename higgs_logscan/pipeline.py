"""The whole program on one page.

    bytes → blocks → lines → records → summaries (+) → judgements → report

Everything that is known of a log is held in `Scan`: feed it blocks, ask for the report at any
time. One file, many files and a pipe differ only in who feeds the blocks.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from higgs_logscan.ahead import ahead, each
from higgs_logscan.assembly import Assembler
from higgs_logscan.blocks import Readable
from higgs_logscan.context import Reading, judge
from higgs_logscan.diagnosis import Cause, diagnose
from higgs_logscan.dialect import Dialect
from higgs_logscan.facts import Facts
from higgs_logscan.finding import Finding, Judgement
from higgs_logscan.lines import Lines
from higgs_logscan.profile import Profile
from higgs_logscan.reader import Reader
from higgs_logscan.rule import Rule
from higgs_logscan.run import Run, areas, verdict, worst_first
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import Record

#: Columns that count as losses in `read`.
_LOSSES = ("text_loss", "audio_loss", "loss", "eval_loss")


class Scan:
    """One log: blocks in, a run out. `report` may be asked for at any time and changes nothing."""

    def __init__(
        self,
        path: str,
        dialects: Sequence[Dialect],
        rules: Sequence[Rule],
        causes: Sequence[Cause],
        profile: Profile,
        steps: tuple[int, int] | None = None,
    ) -> None:
        self.path, self.rules, self.causes, self.profile, self.steps = path, rules, causes, profile, steps
        #: As they are asked: last those that need what another thread is still at.
        self.in_turn = sorted(rules, key=lambda rule: rule.windowed)
        self.reader = Reader(dialects)
        self.assembler = Assembler(self.reader.plans.all)
        self.facts = Facts()
        self.summaries: dict[str, Any] = {}
        self.read: Counter[str] = Counter()
        self.cut = ""
        #: Whether other threads may take part.
        self.threads = False

    def feed(self, block: bytes) -> None:
        """The next bytes of the log, cut anywhere."""
        if lines := self.reader.cut(block):
            self.add(lines)

    def add(self, lines: Lines) -> None:
        """The next lines of the log, which the reader has cut off."""
        for part in self.reader.read(lines):
            self.assembler.feed(part)
            self.reader.reuse(part)
        if self.assembler.full:
            self._summarise()

    def finish(self) -> None:
        """The log ends here; `cut` says why, where it should not."""
        for lines in self.reader.finish():
            self.assembler.feed(lines)
            self.reader.reuse(lines)
        self.assembler.finish()

    def _summarise(self) -> None:
        """Add what has been read since the last time to the summaries."""
        table = self.assembler.take()
        if self.steps:
            first, last = self.steps
            table = table.take(np.flatnonzero((first <= table.always["step"]) & (table.always["step"] <= last)))
        if not len(table):
            return
        stretch = Stretch(table, self.profile, self.threads)
        for rule in self.in_turn:
            new = rule.summarise(stretch)
            if new is not None:
                old = self.summaries.get(rule.id)
                self.summaries[rule.id] = new if old is None else old + new
        self.facts += Facts.of(stretch)
        self.read["arrays"] += len(table.lists)
        self.read["integers"] += int(table.lists.size.sum())
        self.read["counts"] += len(stretch.text_counts) + len(stretch.audio_counts)
        self.read["losses"] += sum(len(table.columns[name].rows) for name in _LOSSES if name in table.columns)

    def run(self) -> Run:
        """What the log amounts to so far."""
        self._summarise()
        reader = self.reader
        reading = Reading(
            self.path,
            bytes=reader.byte,
            lines=reader.line - 1 + reader.unended,
            segments=reader.coverage.segments,
            recognised=reader.coverage.recognised,
            unended=reader.unended,
            cut=self.cut,
            dialects=dict(reader.dialect_lines),
            spellings=frozenset(reader.plans.occurred),
            last=reader.last,
        )
        context = judge(self.facts, reading, self.profile)
        judgements: list[Judgement] = [rule.judge(self.summaries.get(rule.id), context) for rule in self.rules]
        findings = worst_first(finding for judgement in judgements for finding in judgement.findings)
        found = areas(judgements, findings)
        return Run(
            path=self.path,
            verdict=verdict(found, recognised=self._says_anything(findings)),
            context=context,
            areas=found,
            root_causes=diagnose(judgements, self.causes),
            findings=findings,
            not_judged=tuple(j.not_judged for j in judgements if j.not_judged),
            judgements=tuple(judgements),
            losses=self.read["losses"],
            arrays=self.read["arrays"],
            integers=self.read["integers"],
        )

    def _says_anything(self, findings: Sequence[Finding]) -> bool:
        """Whether the log said anything of a training run: a loss, labels, or something that went wrong.

        That little of it was understood is no word about a run.
        """
        return any(self.read.values()) or any(f.severity != "note" and f.area != "reading" for f in findings)


def scan(new: Callable[[], Scan], source: Readable, jobs: int = 1) -> Run:
    """Read one log to its end, on so many threads. What was read before an interruption of the source is judged."""
    one = new()
    one.threads = jobs > 1
    # A log may print what is infinite as soon as one reckons with it: that is judged, and nothing to warn of.
    with collector_at_rest(), np.errstate(all="ignore"):
        for lines in ahead(one.reader, source, jobs):
            one.add(lines)
        one.cut = getattr(source, "cut", "")
        one.finish()
        return one.run()


def records(source: Readable, dialects: Sequence[Dialect]) -> Iterator[Record]:
    """The structured records of one log, as they end."""
    reader = Reader(dialects)
    assembler = Assembler(reader.plans.all, progress=True)
    for block in each(reader, source):
        for lines in reader.read(block):
            assembler.feed(lines)
        yield from assembler.take().records()
    for lines in reader.finish():
        assembler.feed(lines)
    assembler.finish()
    yield from assembler.take().records()


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without the cycle collector: a scan makes millions of short-lived tuples and no cycles.

    Measured on a dense log of 20 MB: 13 MB/s with the collector, 19 MB/s without.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
