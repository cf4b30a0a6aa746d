from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from higgs_logscan.context import Context
from higgs_logscan.finding import Evidence, Judgement
from higgs_logscan.rule import Example, Rule, threshold
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value

#: Progress bars told apart at most, by what stands before them.
BARS = 64


class _Bar(NamedTuple):
    """Where a loop was, of how many iterations."""

    position: int
    planned: int
    evidence: Evidence


class _Ends(Value):
    """The last state of each progress bar, the last two steps that tell where they are (what is between them may
    follow the last one unsaid), and whether the run said that it was done or crashed."""

    bars: Mapping[str, _Bar] = field(default_factory=dict)
    steps: tuple[_Bar, ...] = ()
    ended: bool = False

    def __add__(self, later: _Ends) -> _Ends:
        bars = {name: bar for name, bar in self.bars.items() if name not in later.bars}
        return _Ends(_latest({**bars, **later.bars}), (self.steps + later.steps)[-2:], self.ended or later.ended)


def _latest(bars: Mapping[str, _Bar]) -> Mapping[str, _Bar]:
    """Of bars in the order in which they were seen last, as many as are told apart."""
    return dict(list(bars.items())[-BARS:])


class LogTruncated(Rule):
    """The log ends before the run does.

    The progress bar of the training loop, or its `Step 25/300`, stops short of its end, with no traceback and no word of
    completion: the process was killed (memory, time limit, a lost connection), or the file was
    copied while the run goes on. A compressed log whose stream breaks off is cut as well: it is
    judged up to there.

    False positives: a run that is still going; one that stops at `max_steps` within an epoch.
    """

    id = "log-truncated"
    area = "incidents"
    severity = "warning"
    needs = "a progress bar of the training loop, or steps with their number: `Epoch 1/1:  40%|███▉ | 87/220 [00:04<00:06, …]`"

    slack: float = threshold(0.02, "share of the planned iterations that may be missing at the end")

    examples = (
        Example(
            "Epoch 1/1:  40%|███▉      | 87/220 [00:04<00:06, 20.58it/s, loss=7.96]   <-\n✓ Text loss: 3.9",
            offends=True,
        ),
        Example(
            "Epoch 1/1: 100%|██████████| 220/220 [00:04<00:00, 20.58it/s, loss=7.96]\n✓ Text loss: 3.9", offends=False
        ),
    )

    def summarise(self, stretch: Stretch) -> _Ends | None:
        rows = stretch.table.having(("position", "planned"), ("description",), ("progress",))
        bars: dict[str, _Bar] = {}
        for row in range(len(rows)):
            name = str(rows["description"][row] or "") if rows.has("description")[row] else ""
            bars.pop(name, None)
            bars[name] = _Bar(int(rows["position"][row]), int(rows["planned"][row]), rows.evidence(row, "position"))
        steps = stretch.table.having(("planned",), kinds=("step",))
        last = tuple(
            _Bar(int(steps["step"][row]), int(steps["planned"][row]), steps.evidence(row, "planned"))
            for row in range(max(len(steps) - 2, 0), len(steps))
        )
        ended = bool(len(stretch.table.having((), kinds=("summary",))))
        crashed = stretch.table.having(("incident",), kinds=("incident",))
        return _Ends(_latest(bars), last, ended or bool(len(crashed)))

    def judge(self, summary: _Ends | None, context: Context) -> Judgement:
        cut = context.reading.cut
        if cut:
            return self.offends_with(
                f"the log is cut: {cut}", context.reading.last, measured={"cut": cut}, next="Fetch the whole file."
            )
        if summary is None or not (summary.bars or summary.steps):
            return self.unjudged("the log says of no loop how long it is to be")
        # Steps that say how many there are tell more than a bar without a name.
        bars = {**summary.bars, "": summary.steps[-1]} if summary.steps else summary.bars
        bar = max(bars.values(), key=lambda b: (b.planned, b.evidence.byte))
        unsaid = max(bar.position - summary.steps[0].position, 1) if bar in summary.steps else 1
        measured = {"position": bar.position, "planned": bar.planned}
        if summary.ended or bar.position + unsaid > bar.planned * (1 - self.slack):
            return self.passes(**measured)
        return self.offends_with(
            f"the log ends at {bar.position} of {bar.planned} iterations, with no word of why",
            bar.evidence,
            context.reading.last,
            measured=measured,
            likely="The process was killed, or the log was copied while the run goes on.",
            next="Look at the scheduler's record and at `dmesg`; if the run is alive, scan again when it ends.",
        )
