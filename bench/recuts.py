"""Random re-cuts of real logs, as pipes, crashes and several ranks make them: truth over noise.

No re-cut of a healthy log may have a finding of severity error. Of the decidable faults that
are detected, at least 95 % must stay so. DIR holds logs and their `manifest.jsonl`.

    python bench/recuts.py [DIR] [--count 1000] [--seed 0]
    python bench/recuts.py [DIR] --only LOG KIND SEED [--write FILE]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import higgs_logscan

sys.path.insert(0, str(Path(__file__).parent))
from manifest import Known, NoManifest, read_manifest

LOGS = Path(__file__).resolve().parents[2] / "shared" / "real_logs"
#: Of the re-cut faults, so many must stay detected.
KEPT = 0.95
#: A fault may be cut off after so many records from its beginning.
RECORDS_OF_FAULT = 50

#: The lines of a log with their ends. A bar that redraws itself is one line with what follows it.
Lines = Sequence[bytes]


# The cuts: pure functions of lines and a generator of random numbers.


def drop(lines: Lines, r: random.Random, keep: frozenset[int] = frozenset()) -> list[bytes]:
    """Without 1-20 % of the lines; those with these numbers stay."""
    share = r.uniform(0.01, 0.2)
    return [line for number, line in enumerate(lines, 1) if r.random() >= share or number in keep]


def truncate(lines: Lines, r: random.Random, whole: int = 0) -> list[bytes]:
    """Cut off at any byte after so many whole lines."""
    rest = b"".join(lines[whole:])
    return [*lines[:whole], *split(rest[: r.randrange(len(rest) + 1)])]


def double(lines: Lines, r: random.Random) -> list[bytes]:
    """Each line twice in a row: two ranks that print the same in step."""
    return [line for line in ended(lines) for _ in range(2)]


def chunks(lines: Lines, r: random.Random) -> list[bytes]:
    """Two copies, in turns of 1-40 lines: two ranks whose output is buffered."""
    return merge(ended(lines), ended(lines), r, most=40)


def beside(lines: Lines, r: random.Random, other: Lines | None = None, prefix: bool = False) -> list[bytes]:
    """Two ranks, line by line at random: this log and another, or itself some lines behind."""
    lead = r.randrange(1, 20) if other is None else 0
    pair = [ended(lines), ended(other if other is not None else lines)]
    first, second = [ranked(one, rank) for rank, one in enumerate(pair)] if prefix else pair
    return first[:lead] + merge(first[lead:], second, r)


def merge(one: Lines, other: Lines, r: random.Random, most: int = 1) -> list[bytes]:
    """Two logs as one, in random turns of some lines each. Both end at about the same time, as ranks do."""
    found: list[bytes] = []
    i = j = 0
    while i < len(one) or j < len(other):
        size = r.randint(1, most)
        if r.randrange(len(one) - i + len(other) - j) < len(one) - i:
            found += one[i : i + size]
            i = min(i + size, len(one))
        else:
            found += other[j : j + size]
            j = min(j + size, len(other))
    return found


def ranked(lines: Lines, rank: int) -> list[bytes]:
    """With a rank's prefix, as launchers write it."""
    return [b"[rank%d]: %s" % (rank, line) for line in lines]


def ended(lines: Lines) -> list[bytes]:
    """With an end to the last line too, so that nothing is glued to it."""
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines]


def split(data: bytes) -> list[bytes]:
    return BytesIO(data).readlines()


# What is cut, and what must become of it.

#: Of healthy logs: no finding is an error.
HEALTHY: dict[str, Callable[[Lines, random.Random], list[bytes]]] = {
    "drop": drop,
    "truncate": truncate,
    "double": double,
    "chunks": chunks,
    "itself": beside,
    "itself-ranks": partial(beside, prefix=True),
}
#: Of two healthy logs.
PAIRS: dict[str, Callable[[Lines, random.Random, Lines], list[bytes]]] = {
    "other": beside,
    "other-ranks": partial(beside, prefix=True),
}
#: Of faults: they stay detected.
FAULTS = ("drop", "truncate")


@dataclass(frozen=True)
class Recut:
    """One re-cut of one log: the same bytes whenever it is made."""

    log: Known
    kind: str
    seed: int

    def __str__(self) -> str:
        return f"{self.log.path.stem} {self.kind} {self.seed}"

    def lines(self, logs: Iterable[Known]) -> list[bytes]:
        """The lines of the re-cut; logs are those that it may be mixed with."""
        r, lines = random.Random(str(self)), read(self.log.path)
        if self.kind in PAIRS:
            return PAIRS[self.kind](lines, r, read(r.choice(peers(self.log, logs)).path))
        if self.log.healthy:
            return HEALTHY[self.kind](lines, r)
        known = evidence(self.log)
        return drop(lines, r, known.quoted) if self.kind == "drop" else truncate(lines, r, known.whole)


@dataclass(frozen=True)
class Evidence:
    """What a fault is known by in the log as it was: the lines quoted first, and how many lines are needed."""

    detected: bool
    quoted: frozenset[int]
    whole: int


@cache
def evidence(log: Known) -> Evidence:
    found = run(log.path)
    quoted = frozenset(finding["first"]["line"] for finding in found["findings"])
    crashes = [
        one["first"]["line"] for one in found["findings"] if (one["area"], one["severity"]) == ("incidents", "error")
    ]
    records = higgs_logscan.records(log.path, kinds=["micro-batch", "step", "evaluation"])
    of_fault = [record["line"] for record in records if not log.starts_at or (record["step"] or 0) >= log.starts_at]
    whole = max(crashes, default=0) or ([0, *of_fault][: RECORDS_OF_FAULT + 1][-1])
    return Evidence(found["verdict"] in ("fail", "warn"), quoted, whole)


def run(path: Path) -> dict[str, Any]:
    """The report on one log."""
    found: dict[str, Any] = higgs_logscan.scan(path).to_dict()["runs"][0]
    return found


def wrong(recut: Recut, logs: Iterable[Known], path: Path) -> list[str]:
    """What is wrong with the report on a re-cut, written to this path; nothing if it is right."""
    path.write_bytes(b"".join(recut.lines(logs)))
    found = run(path)
    if recut.log.healthy:
        errors = [finding for finding in found["findings"] if finding["severity"] == "error"]
        return [f"{one['rule']} at line {one['first']['line']}: {one['message']}" for one in errors]
    return [] if found["verdict"] in ("fail", "warn") else [f"verdict {found['verdict']}"]


@cache
def read(path: Path) -> list[bytes]:
    return split(path.read_bytes())


def peers(log: Known, logs: Iterable[Known]) -> list[Known]:
    """Other healthy logs of the same trainer and vocabulary: two ranks train one model."""
    alike = [one for one in logs if one.healthy and (one.trainer, one.vocabulary) == (log.trainer, log.vocabulary)]
    return [one for one in alike if one != log]


def choose(logs: Sequence[Known], count: int, seed: int) -> list[Recut]:
    """So many re-cuts, half of them of healthy logs; each log and kind about as often as any other."""
    r = random.Random(seed)
    healthy = [(log, kind) for log in logs if log.healthy for kind in kinds(log, logs)]
    faults = [(log, kind) for log in logs if log.decidable for kind in kinds(log, logs)]
    chosen = []
    for pairs, size in ((healthy, count - count // 2), (faults, count // 2)):
        r.shuffle(pairs)
        chosen += [Recut(log, kind, r.randrange(10**6)) for log, kind in islice(cycle(pairs), size)]
    return chosen


def kinds(log: Known, logs: Iterable[Known]) -> list[str]:
    """How a log can be re-cut."""
    if log.healthy:
        return [*HEALTHY, *(PAIRS if peers(log, logs) else ())]
    long = log.tracebacks > 0 or log.losses > RECORDS_OF_FAULT
    return list(FAULTS if long else FAULTS[:1])


def run_all(recuts: Iterable[Recut], logs: Sequence[Known], path: Path) -> bool:
    """Print the table and each failure; true if all that must hold does."""
    runs: dict[tuple[bool, str], list[bool]] = {}
    failures = []
    for recut in recuts:
        found = wrong(recut, logs, path)
        runs.setdefault((recut.log.healthy, recut.kind), []).append(not found)
        failures += [(recut, found)] if found else []
    print(f"{'re-cut':26}{'runs':>6}{'right':>7}")
    for (healthy, kind), right in runs.items():
        print(f"{'healthy' if healthy else 'fault':8}{kind:18}{len(right):6}{sum(right):7}")
    for recut, found in failures:
        print(f"\n--only {recut}\n  " + "\n  ".join(found))
    clean, kept = (
        [one for (ok, _), right in runs.items() if ok is healthy for one in right] for healthy in (True, False)
    )
    print(
        f"\nhealthy without an error: {sum(clean)} of {len(clean)}; faults still detected: {sum(kept)} of {len(kept)}"
    )
    return all(clean) and sum(kept) >= KEPT * len(kept)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", default=LOGS, help="logs and their manifest.jsonl"
    )
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs=3, metavar=("LOG", "KIND", "SEED"), help="one re-cut, as a failure names it")
    parser.add_argument("--write", type=Path, metavar="FILE", help="where to leave the last re-cut")
    arguments = parser.parse_args()
    try:
        logs = read_manifest(arguments.folder)
    except NoManifest as error:
        print(f"recuts: {error}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as nameless:
        path = arguments.write or Path(nameless) / "log.txt"
        if arguments.only:
            name, kind, seed = arguments.only
            recuts = [Recut(log, kind, int(seed)) for log in logs if log.path.stem == name and kind in kinds(log, logs)]
            if not recuts:
                parser.error(f"no log {name} of which a re-cut {kind} can be made")
        else:
            seen = [log for log in logs if log.healthy or evidence(log).detected]
            recuts = choose(seen, arguments.count, arguments.seed)
        return 0 if run_all(recuts, logs, path) else 1


if __name__ == "__main__":
    sys.exit(main())
