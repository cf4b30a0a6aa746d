"""What a scan makes of logs whose faults are known: found, named, dated; and healthy ones left alone.

DIR holds logs and a `manifest.jsonl` that says what was done to each. Every figure is a share,
right / asked: asked are only the logs that the question makes sense for.

    python bench/diagnosis.py DIR [--json FILE] [--check]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import higgs_logscan

sys.path.insert(0, str(Path(__file__).parent))
from manifest import Known, NoManifest, read_manifest

#: A late fault may be dated this many logging intervals from the step at which it began.
TOLERANCE = 2


@dataclass(frozen=True)
class Judged:
    """What a scan says of it."""

    known: Known
    verdict: str
    alarms: tuple[str, ...]
    named: tuple[str, ...]
    sure: tuple[str, ...]
    #: The step at which the first cause is said to have begun, and the steps between two step lines.
    onset: int | None
    interval: float

    def names(self, first: int) -> bool:
        """A true cause is among the first so many."""
        return any(cause in self.known.causes for cause in self.named[:first])

    @property
    def onset_error(self) -> int | None:
        return None if self.onset is None else self.onset - self.known.starts_at

    @property
    def in_time(self) -> bool:
        return self.onset_error is not None and abs(self.onset_error) <= TOLERANCE * self.interval

    @property
    def accused(self) -> list[str]:
        """Causes that it is sure of and that are wrong."""
        true = {*self.known.causes, *({"truncated"} if self.known.short else ())}
        return [cause for cause in self.sure if cause not in true]


@dataclass(frozen=True)
class Question:
    """Asked of some logs; right or wrong on each; `bar` is the share that must be right."""

    name: str
    asked: Callable[[Known], bool]
    right: Callable[[Judged], bool]
    bar: float | None = None


ONSET = Question("onset", lambda known: known.decidable and known.starts_at > 0, lambda one: one.in_time, 1.0)
QUESTIONS = (
    Question("quiet", lambda known: known.healthy, lambda one: not one.alarms, 1.0),
    Question("detected", lambda known: known.decidable, lambda one: one.verdict in ("fail", "warn"), 0.97),
    Question("top-1", lambda known: known.decidable, lambda one: one.names(first=1), 0.95),
    Question("top-3", lambda known: known.decidable, lambda one: one.names(first=3)),
    ONSET,
    Question("unaccused", lambda known: known.weak, lambda one: not one.accused, 1.0),
)
LEGEND = f"""\
quiet      healthy logs without a warning or error
detected   decidable faults (neither healthy nor weak) with verdict fail or warn
top-1, -3  decidable faults with a true cause first, or among the first three
onset      faults that begin in mid-run, dated to within {TOLERANCE} logging intervals
unaccused  weak faults without a wrong cause of certain or high confidence"""


def judge(of: Known, log: Path) -> Judged:
    """Scan a log under a name that says nothing."""
    run = higgs_logscan.scan(log).to_dict()["runs"][0]
    causes = run["root_causes"]
    steps = [record["step"] for record in higgs_logscan.records(log, kinds=["step"])]
    between = [after - before for before, after in pairwise(s for s in steps if s is not None) if after > before]
    return Judged(
        known=of,
        verdict=run["verdict"],
        alarms=tuple(finding["rule"] for finding in run["findings"] if finding["severity"] != "note"),
        named=tuple(cause["cause"] for cause in causes),
        sure=tuple(cause["cause"] for cause in causes if cause["confidence"] in ("certain", "high")),
        onset=(causes[0]["since"] or {}).get("step") if causes else None,
        interval=statistics.median(between) if between else 0,
    )


def judge_all(logs: Iterable[Known]) -> list[Judged]:
    with tempfile.TemporaryDirectory() as nameless:
        log = Path(nameless) / "log.txt"
        judged = []
        for one in logs:
            log.write_bytes(one.path.read_bytes())
            judged.append(judge(one, log))
        return judged


def row(judged: Collection[Judged]) -> dict[str, Any]:
    """Right and asked of each question, over some logs."""
    cells: dict[str, Any] = {"logs": len(judged)}
    for question in QUESTIONS:
        answers = [question.right(one) for one in judged if question.asked(one.known)]
        right, asked = sum(answers), len(answers)
        cells[question.name] = {"right": right, "asked": asked, "share": right / asked if asked else None}
    return cells


def rows(judged: Iterable[Judged], of: Callable[[Known], str]) -> dict[str, dict[str, Any]]:
    """A row for each trainer, or each fault, in the order of the manifest."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(of(one.known), []).append(one)
    return {name: row(group) for name, group in groups.items()}


def miss(one: Judged) -> dict[str, Any]:
    """The questions on which a log was judged wrongly, with what was said and what is true."""
    return {
        "file": one.known.file,
        "missed": [question.name for question in QUESTIONS if question.asked(one.known) and not question.right(one)],
        "verdict": one.verdict,
        "alarms": list(one.alarms),
        "named": list(one.named),
        "wanted": list(one.known.causes),
    }


def late(one: Judged) -> dict[str, Any]:
    """How well the beginning of a fault was dated."""
    return {
        "file": one.known.file,
        "starts_at_step": one.known.starts_at,
        "onset": one.onset,
        "error": one.onset_error,
        "tolerance": TOLERANCE * one.interval,
    }


def failed_bars(overall: dict[str, Any], misses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions below their bars, each with the logs that were judged wrongly."""
    failed = []
    for question in QUESTIONS:
        share = overall[question.name]["share"]
        if question.bar is not None and share is not None and share < question.bar:
            logs = [one["file"] for one in misses if question.name in one["missed"]]
            failed.append({"question": question.name, "share": share, "bar": question.bar, "logs": logs})
    return failed


def figures(judged: list[Judged]) -> dict[str, Any]:
    """All that is printed, as JSON has it."""
    overall = row(judged)
    misses = [one for one in map(miss, judged) if one["missed"]]
    return {
        "overall": overall,
        "trainers": rows(judged, lambda known: known.trainer),
        "faults": rows(judged, lambda known: known.fault),
        "onsets": [late(one) for one in judged if ONSET.asked(one.known)],
        "misses": misses,
        "failed": failed_bars(overall, misses),
    }


def print_rows(title: str, found: dict[str, dict[str, Any]]) -> None:
    print(f"\n{title:48}{'logs':>5}" + "".join(f"{question.name:>10}" for question in QUESTIONS))
    for name, cells in found.items():
        shares = [f"{c['right']}/{c['asked']}" if c["asked"] else "" for c in (cells[q.name] for q in QUESTIONS)]
        print((f"{name:48}{cells['logs']:5}" + "".join(f"{share:>10}" for share in shares)).rstrip())


def print_figures(found: dict[str, Any]) -> None:
    print(LEGEND)
    print_rows("trainer", found["trainers"])
    print_rows("fault", found["faults"])
    print_rows("", {"all logs": found["overall"]})
    print("\nbeginning of late faults, in steps off")
    for one in found["onsets"]:
        error = "no step named" if one["error"] is None else f"{one['error']:+d}"
        print(f"  {one['file']}: {error} (within {one['tolerance']:g})")
    print("\nmisses" if found["misses"] else "\nno misses")
    for one in found["misses"]:
        named, wanted, alarms = (", ".join(one[key]) or "none" for key in ("named", "wanted", "alarms"))
        print(f"  {one['file']}: not {', '.join(one['missed'])}")
        print(f"    verdict {one['verdict']}; alarms: {alarms}; causes named: {named}; wanted: {wanted}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="DIR", type=Path, help="logs and their manifest.jsonl")
    parser.add_argument(
        "--json", metavar="FILE", help="write the figures as JSON too; - for stdout, in place of the table"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 below the bars")
    arguments = parser.parse_args()
    try:
        found = figures(judge_all(read_manifest(arguments.folder)))
    except NoManifest as error:
        print(f"diagnosis: {error}", file=sys.stderr)
        return 2
    document = json.dumps(found, indent=2)
    if arguments.json == "-":
        print(document)
    else:
        print_figures(found)
        if arguments.json:
            Path(arguments.json).write_text(document + "\n", encoding="utf-8")
    for bar in found["failed"] if arguments.check else ():
        print(
            f"below the bar: {bar['question']} {bar['share']:.3f} < {bar['bar']}: {', '.join(bar['logs'])}",
            file=sys.stderr,
        )
    return 1 if arguments.check and found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
