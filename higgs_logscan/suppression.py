"""Findings that a configuration accepts: which, why, until when, in which logs and steps.

Applied to a run before a baseline and before gates: what is suppressed is neither recorded nor counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from higgs_logscan.finding import Finding
from higgs_logscan.path_glob import absolute, matches
from higgs_logscan.run import Run, Suppressed
from higgs_logscan.value import Value


class Suppression(Value):
    """Findings of one rule that are accepted.

    until: the last day on which they are.
    path:  absolute pattern of the logs (`path_glob`), or `-`; all logs if None.
    steps: first and last step, both included, between which a finding must lie from its first line to
           its last; one without a step does not. All findings if None.
    """

    rule: str
    reason: str
    until: date | None = None
    path: str | None = None
    steps: tuple[int, int] | None = None

    def means(self, path: str) -> bool:
        """Whether it is about the log of this path."""
        return self.path is None or matches(self.path, absolute(path))

    def accepts(self, finding: Finding) -> bool:
        """Whether it is about this finding, in a log that it is about."""
        if finding.rule != self.rule:
            return False
        if self.steps is None:
            return True
        first, last = self.steps
        shown = (finding.first, finding.last or finding.first)
        return all(one is not None and one.step is not None and first <= one.step <= last for one in shown)


class SuppressionState(Value):
    """What became of a suppression in a scan.

    findings: those that it matches: accepted if `used`, counting again if `expired`.
    message:  what is to be said of it; nothing if it was used, or could not have been.
    """

    suppression: Suppression
    status: Literal["used", "unused", "expired"]
    findings: int
    message: str = ""


class Suppressions(Value):
    """The suppressions of a configuration as they hold on one day."""

    suppressions: Sequence[Suppression]
    today: date

    def apply(self, run: Run) -> Run:
        """The run without the findings that are accepted, each for the first reason given."""
        holding = [one for one in self.suppressions if not self._expired(one) and one.means(run.path)]
        counting, suppressed = [], []
        for finding in run.findings:
            accepted = next((one for one in holding if one.accepts(finding)), None)
            if accepted:
                suppressed.append(Suppressed(finding, "suppression", accepted.reason))
            else:
                counting.append(finding)
        return run.with_findings(counting, suppressed)

    def states(self, runs: Iterable[Run]) -> list[SuppressionState]:
        """What became of each, in the order given, over all logs of a scan, to which `apply` was applied."""
        read = list(runs)
        return [self._state(one, [run for run in read if one.means(run.path)]) for one in self.suppressions]

    def _expired(self, suppression: Suppression) -> bool:
        return suppression.until is not None and suppression.until < self.today

    def _state(self, suppression: Suppression, runs: Sequence[Run]) -> SuppressionState:
        named = f'suppression of {suppression.rule} ("{suppression.reason}")'
        if self._expired(suppression):
            again = sum(suppression.accepts(finding) for run in runs for finding in run.findings)
            now = "its findings count again" if again else "it suppresses nothing any more"
            return SuppressionState(suppression, "expired", again, f"{named} expired on {suppression.until}: {now}")
        used = sum(
            suppression.accepts(one.finding) for run in runs for one in run.suppressed if one.by == "suppression"
        )
        if used:
            return SuppressionState(suppression, "used", used)
        # A rule that was not asked or could not judge, or a log that was not scanned, shows nothing.
        judged = any(j.rule == suppression.rule and not j.not_judged for run in runs for j in run.judgements)
        within = " within its steps" if suppression.steps else ""
        message = f"{named} matches no finding{within}: it can be removed" if judged else ""
        return SuppressionState(suppression, "unused", 0, message)
