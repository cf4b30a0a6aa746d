"""The package as a library: `scan` judges logs, `records` reads them.

    from higgs_logscan import scan, records

    report = scan("train.log")
    report.verdict, [cause.cause for cause in report.runs[0].root_causes]

    losses = records("train.log", kinds=["step"]).to_pandas()

Nothing here prints, and nothing changes a log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from higgs_logscan import __version__, pipeline
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.columns import located
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile, named
from higgs_logscan.record_json import record_dict
from higgs_logscan.report import Report
from higgs_logscan.rule import Rule
from higgs_logscan.run import Run
from higgs_logscan.selection import UnknownName, select
from higgs_logscan.source import Source, open_source
from higgs_logscan.vocabulary import KINDS

if TYPE_CHECKING:
    from pandas import DataFrame

#: Called with the source after each block: how far it is (`position` of `size` bytes).
Progress = Callable[[Source], None]


def scan(
    path: str | os.PathLike[str],
    *more_paths: str | os.PathLike[str],
    rules: Iterable[str | Rule] | None = None,
    profile: Profile | str | None = None,
    steps: tuple[int, int] | None = None,
    progress: Progress | None = None,
    jobs: int = 0,
) -> Report:
    """Judge one or several logs; `-` is stdin. One report, its runs in the order of the paths.

    rules:    ids of rules, names of areas, or rules with thresholds of their own; all if None.
    profile:  the model family, by name or with its constants; Higgs v2 if None.
    steps:    first and last step that are judged, both included.
    progress: called after each block of a log.
    jobs:     threads that read a log; 0 for one a processor, less that of the decompressor.

    Raises SourceError for a log that cannot be read, UnknownName and ProfileError for a name
    that is none.
    """
    asked = _asked(rules)
    family = named(profile) if isinstance(profile, str) else profile or Profile()
    runs = [judge(os.fspath(one), asked, family, steps, progress, jobs) for one in (path, *more_paths)]
    return Report(tuple(runs), __version__)


def judge(
    path: str,
    rules: Sequence[Rule],
    profile: Profile,
    steps: tuple[int, int] | None = None,
    progress: Progress | None = None,
    jobs: int = 0,
) -> Run:
    """Judge one log. Raises SourceError if it cannot be read."""
    source = open_source(path)
    watched = _Watched(source, progress) if progress else source
    threads = jobs or processors() - source.compressed
    return located(pipeline.scan(lambda: Scan(path, DIALECTS, rules, CAUSES, profile, steps), watched, threads))


def records(path: str | os.PathLike[str], kinds: Iterable[str] | None = None) -> Records:
    """The structured records of a log, as they end; `-` is stdin. Kinds: all but `progress` if None.

    Raises SourceError for a log that cannot be read, UnknownName for a kind that is none.
    """
    chosen = list(kinds) if kinds is not None else [kind for kind in KINDS if kind != "progress"]
    for kind in chosen:
        if kind not in KINDS:
            raise UnknownName("kind of record", kind, KINDS, ", ".join(KINDS))
    return Records(open_source(os.fspath(path)), frozenset(chosen))


class Records(Iterator[dict[str, Any]]):
    """The records of one log as dicts under the keys of the JSON contract, one at a time.

    `source.cut` says, at the end, whether the log broke off.
    """

    def __init__(self, source: Source, kinds: frozenset[str]) -> None:
        self.source = source
        self._found = pipeline.records(source, DIALECTS)
        self._kinds = kinds

    def __next__(self) -> dict[str, Any]:
        for record in self._found:
            if KINDS[record.kind] in self._kinds:
                return record_dict(record)
        raise StopIteration

    def to_pandas(self) -> DataFrame:
        """What is left of the records as a DataFrame: one row each, a column a key, `nan` and `inf` as numbers."""
        import pandas

        from higgs_logscan.record_table import flat

        return pandas.DataFrame([flat(record) for record in self])


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Watched:
    """A source, with a word to a watcher after each block."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source, self._progress = source, progress

    def read_into(self, view: memoryview) -> int:
        length = self._source.read_into(view)
        self._progress(self._source)
        return length

    @property
    def descriptor(self) -> int | None:
        return self._source.descriptor

    def go_on(self, byte: int) -> None:
        self._source.go_on(byte)
        self._progress(self._source)

    @property
    def cut(self) -> str:
        return self._source.cut


def _asked(rules: Iterable[str | Rule] | None) -> list[Rule]:
    if rules is None:
        return [rule() for rule in RULES]
    if isinstance(rules, str):
        rules = [rules]
    given = list(rules)
    own = [rule for rule in given if isinstance(rule, Rule)]
    return [rule() for rule in select([name for name in given if isinstance(name, str)])] + own
