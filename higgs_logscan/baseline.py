"""Findings that are known: a file that says, by log and rule, how many times they were found before.

    {"version": 1, "logs": {"runs/a.log": {"label-leak": 274}}}

Paths are relative to the folder of the file, `-` is standard input. The findings of a rule in a log are
known as long as their counts make no more than the recorded one; else all of them count.

Notes are neither recorded nor known. They cost nothing, so that there is nothing to accept; and some rules
note what is harmless and report as an error what is not, which an entry for the note would hide.

Applied to a run after suppressions and before gates: a finding that a suppression accepts is not recorded.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from higgs_logscan.escape import escaped
from higgs_logscan.finding import Finding
from higgs_logscan.path_glob import STDIN, absolute
from higgs_logscan.run import Run, Suppressed
from higgs_logscan.usage import UsageError
from higgs_logscan.value import Value, replace
from higgs_logscan.wording import counted

VERSION = 1
_SHAPE = '{"version": 1, "logs": {"train.log": {"label-leak": 274}}}'


class Entry(Value):
    """How many times a rule found something in a log: what the baseline says, and what was found now."""

    path: str
    rule: str
    recorded: int
    found: int


class Stale(Entry):
    """An entry of the baseline that is found less often than it was, or no more."""

    @property
    def message(self) -> str:
        found = f"is found {_times(self.found)} now" if self.found else "no longer counts"
        known = f"the baseline knows it {_times(self.recorded)}"
        return f"{self.path}: {self.rule} {found}, {known} (--write-baseline updates it)"


class Grown(Entry):
    """Findings of a rule that the baseline knows, but not so many times: they count."""

    @property
    def message(self) -> str:
        known = f"the baseline knows it {_times(self.recorded)}"
        return f"{self.path}: {self.rule} is found {_times(self.found)}, {known}: it counts as new"


class Baseline(Value):
    """The findings that are known. `path` is its file; `logs`: absolute path of a log, or `-` → rule → count."""

    path: str
    logs: Mapping[str, Mapping[str, int]]

    @staticmethod
    def read(path: str) -> Baseline:
        """The baseline of a file. Raises UsageError if it cannot be read, or is none."""
        try:
            return Baseline(path, _logs(_document(path), path))
        except _NoBaseline as error:
            again = f"Restore the file, or delete it and write it again with --write-baseline {escaped(path)}"
            raise UsageError(f"baseline {escaped(path)}: {error}; expected {_SHAPE}. {again}") from None

    @staticmethod
    def of(runs: Iterable[Run], path: str) -> Baseline:
        """A new baseline, of all findings that count in these runs or are known to another baseline."""
        return Baseline(path, {log: dict(scanned.found) for log, scanned in _by_log(runs).items() if scanned.found})

    def apply(self, run: Run) -> Run:
        """The run without the findings that are known."""
        recorded, found = self._recorded(run), _found(run)
        known = {rule: recorded[rule] for rule, count in found.items() if count <= recorded.get(rule, 0)}
        counting, suppressed = [], []
        for finding in run.findings:
            if _counts(finding) and finding.rule in known:
                reason = f"known since the baseline ({_times(known[finding.rule])})"
                suppressed.append(Suppressed(finding, "baseline", reason))
            else:
                counting.append(finding)
        return run.with_findings(counting, suppressed)

    def stale(self, runs: Iterable[Run]) -> list[Stale]:
        """The entries that say more than was found, of logs that were scanned and rules that judged them."""
        return [Stale(*entry) for entry in self._compared(runs) if entry[3] < entry[2]]

    def grown(self, runs: Iterable[Run]) -> list[Grown]:
        """The entries that say less than was found."""
        return [Grown(*entry) for entry in self._compared(runs) if entry[3] > entry[2]]

    def updated(self, runs: Iterable[Run]) -> Baseline:
        """The baseline without what is stale. Nothing new is added, and no count is raised."""
        logs = {log: dict(rules) for log, rules in self.logs.items()}
        for stale in self.stale(runs):
            logs[absolute(stale.path)][stale.rule] = stale.found
        kept = {log: {rule: count for rule, count in rules.items() if count} for log, rules in logs.items()}
        return replace(self, logs={log: rules for log, rules in kept.items() if rules})

    def text(self) -> str:
        """The file's contents, ASCII; the same for the same entries."""
        folder = os.path.dirname(os.path.abspath(self.path))
        logs = {_relative(log, folder): dict(sorted(rules.items())) for log, rules in self.logs.items()}
        return json.dumps({"version": VERSION, "logs": dict(sorted(logs.items()))}, indent=2) + "\n"

    def _recorded(self, run: Run) -> Mapping[str, int]:
        return self.logs.get(absolute(run.path), {})

    def _compared(self, runs: Iterable[Run]) -> Iterator[tuple[str, str, int, int]]:
        """Path, rule, recorded and found count of each entry that these runs say something of."""
        for log, scanned in _by_log(runs).items():
            for rule, recorded in sorted(self.logs.get(log, {}).items()):
                if rule in scanned.judged:
                    yield scanned.path, rule, recorded, scanned.found[rule]


def written(path: str, runs: Iterable[Run], start: Baseline | None) -> tuple[Baseline, str]:
    """The baseline that `--write-baseline` writes to a path, and what is to be said of it.

    start: the one that it updates (of `--baseline`, or of the file, if there is one); if None, all is recorded.
    """
    scanned = list(runs)
    if start is None:
        new = Baseline.of(scanned, path)
        rules = sum(len(rules) for rules in new.logs.values())
        return new, f"{path} records {counted(rules, 'finding')} in {counted(len(new.logs), 'log')}"
    new = replace(start.updated(scanned), path=path)
    stale = start.stale(scanned)
    removed = sum(not entry.found for entry in stale)
    said = f"{path}: {counted(removed, 'finding')} removed, {counted(len(stale) - removed, 'count')} lowered"
    if added := sum(_counts(finding) for run in scanned for finding in start.apply(run).findings):
        afresh = "to record everything afresh, delete the file and give no --baseline"
        said += f"; {counted(added, 'new finding')} not added ({afresh})"
    return new, said


# -- runs -------------------------------------------------------------------------------------------


class _Scanned(Value):
    """What the runs of one log say: the rules that judged it, and how many times each found something."""

    path: str
    judged: frozenset[str]
    found: Counter[str]


def _by_log(runs: Iterable[Run]) -> dict[str, _Scanned]:
    """By absolute path. A log that was scanned twice has the larger counts: it may have grown meanwhile."""
    logs: dict[str, _Scanned] = {}
    for run in runs:
        log, found = absolute(run.path), _found(run)
        # A rule that could not judge has not shown that what it found before is gone.
        judged = {judgement.rule for judgement in run.judgements if not judgement.not_judged} | found.keys()
        before = logs.get(log, _Scanned(run.path, frozenset(), Counter()))
        logs[log] = _Scanned(before.path, before.judged | judged, before.found | found)
    return logs


def _found(run: Run) -> Counter[str]:
    """How many times each rule found something, whether a baseline knows it or not."""
    known = [one.finding for one in run.suppressed if one.by == "baseline"]
    found: Counter[str] = Counter()
    for finding in (*run.findings, *known):
        if _counts(finding):
            found[finding.rule] += finding.count
    return found


def _counts(finding: Finding) -> bool:
    return finding.severity != "note"


def _times(count: int) -> str:
    return counted(count, "time")


# -- the file ---------------------------------------------------------------------------------------


class _NoBaseline(Exception):
    """What is wrong with a file."""


def _relative(log: str, folder: str) -> str:
    if log == STDIN:
        return log
    relative = PurePath(os.path.relpath(log, folder)).as_posix()
    return relative if relative != STDIN else f"./{STDIN}"


def _document(path: str) -> Any:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file, object_pairs_hook=_once)
    except FileNotFoundError:
        raise UsageError(
            f"baseline {escaped(path)} does not exist: --write-baseline {escaped(path)} writes it"
        ) from None
    except OSError as error:
        raise UsageError(f"baseline {escaped(path)} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _NoBaseline("not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise _NoBaseline(f"not JSON ({escaped(str(error))})") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys occur once: of two entries, as a merge leaves them, none is dropped unsaid."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, number in Counter(key for key, _ in pairs).items() if number > 1)
        raise _NoBaseline(f"the key {twice!r} stands in one object twice")
    return found


def _logs(document: Any, path: str) -> dict[str, dict[str, int]]:
    """The entries of a file's document, by absolute path of the log."""
    if not isinstance(document, dict) or "version" not in document:
        raise _NoBaseline("it has no version")
    version = document["version"]
    if type(version) is not int or version != VERSION:
        raise _NoBaseline(f"its version is {version!r}, this program reads version {VERSION}")
    if document.keys() != {"version", "logs"} or not isinstance(document["logs"], dict):
        raise _NoBaseline("it must have version and logs, and no more")
    folder = os.path.dirname(os.path.abspath(path))
    logs: dict[str, dict[str, int]] = {}
    for name, rules in document["logs"].items():
        log = name if name == STDIN else os.path.normpath(os.path.join(folder, name))
        if log in logs:
            raise _NoBaseline(f"{name!r} is a log that stands in it twice")
        if not isinstance(rules, dict):
            raise _NoBaseline(f"what it says of {name!r} is no object")
        for rule, count in rules.items():
            if type(count) is not int or count < 1:
                raise _NoBaseline(f"the count of {rule!r} in {name!r} is {count!r}, not a number from 1 on")
        logs[log] = rules
    return logs
