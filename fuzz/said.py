"""What the package says of a log: its known lines, its records, its run, each as texts.

Run as a program with the package that is not compiled, this is the oracle of the one that is:

    python fuzz/said.py FILE…      the digest of what is said of each log, a line each
    python fuzz/said.py --serve    logs on stdin, what is said of each on stdout as JSON; 4 bytes of length before each
"""

from __future__ import annotations

import hashlib
import json
import random
import struct
import sys
import traceback
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from higgs_logscan import program

#: Limits that a short log reaches too: set before anything has read them.
program.LONGEST_LINE = 5_000

from higgs_logscan import assembly, blocks  # noqa: E402
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES  # noqa: E402
from higgs_logscan.dialect import Line  # noqa: E402
from higgs_logscan.grammar import CONVERT  # noqa: E402
from higgs_logscan.lines import NOT_PRINTED, Lines  # noqa: E402
from higgs_logscan.pipeline import Scan, records  # noqa: E402
from higgs_logscan.plan import Plan  # noqa: E402
from higgs_logscan.profile import Profile  # noqa: E402
from higgs_logscan.reader import Reader  # noqa: E402
from higgs_logscan.record_json import record_dict  # noqa: E402
from higgs_logscan.report import run_dict  # noqa: E402

blocks.BLOCK = 1 << 14
assembly.ENDED, assembly.KEPT = 24, 1 << 14

Said = dict[str, list[str]]


class Pieces:
    """A log that comes in these pieces, as a source."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = deque(pieces)

    def read_into(self, view: memoryview) -> int:
        while self._pieces:
            piece = self._pieces.popleft()
            if len(piece) > len(view):
                self._pieces.appendleft(piece[len(view) :])
            length = min(len(piece), len(view))
            if length:
                view[:length] = piece[:length]
                return length
        return 0


def said(log: bytes, way: random.Random | None = None, judged: bool = True) -> Said:
    """What is said of a log that comes whole, or cut and scanned ahead as chance has it."""
    cuts = sorted(way.randrange(len(log) + 1) for _ in range(way.choice((0, 1, 2, 8)))) if way else []
    far = way.choice((0, 0, 1, 4)) if way else 0
    edges = [0, *cuts, len(log)]
    pieces = [log[begin:end] for begin, end in pairwise(edges)]
    return {"lines": _lines(pieces, far), "records": _records(pieces), "run": _run(pieces, far) if judged else []}


def way_of(log: bytes) -> random.Random:
    """How this log is cut: always the same way."""
    return random.Random(zlib.crc32(log))


def judged(log: bytes) -> bool:
    """Whether the fuzzer has this log judged: one of four, as judging takes most of the time and is seldom compiled."""
    return zlib.crc32(log) % 4 == 0


def _ahead(one: Reader, pieces: list[bytes], far: int) -> Iterator[Lines]:
    """The lines of each piece, the scanner so many pieces ahead: as threads would do it, but the same each time."""
    source, waiting = Pieces(pieces), deque[Lines]()
    while True:
        try:
            lines = one.cut_from(source)
        except EOFError:
            break
        if lines and far:
            one.scan(lines)
        if lines:
            waiting.append(lines)
        if len(waiting) > far:
            yield waiting.popleft()
    yield from waiting


def _lines(pieces: list[bytes], far: int) -> list[str]:
    one = Reader(DIALECTS)
    found = [row for lines in _ahead(one, pieces, far) for row in rows(one, one.read(lines))]
    return found + rows(one, one.finish()) + told(one)


def told(one: Reader) -> list[str]:
    """What a reader knows of all lines."""
    count = sorted((+one.dialect_lines).items())
    return [repr((one.line, one.byte, one.unended, one.last, one.coverage, count, sorted(one.plans.occurred)))]


def rows(one: Reader, parts: list[Lines]) -> list[str]:
    """The known lines, with their values."""
    found = []
    for lines in parts:
        for row in range(lines.count):
            plan = one.plans.all[int(lines.plan[row])]
            name = plan.what.spelling if isinstance(plan.what, Line) else plan.what
            read = values(plan, lines, int(lines.slot[row]))
            found.append(repr((plan.dialect, name, plan.start, plan.time, plan.rank, lines.at(row), read)))
    return found


def values(plan: Plan, lines: Lines, slot: int) -> list[Any]:
    """The values of a line of this plan, from a slot on."""
    if plan.glued:
        whole, real = lines.whole, lines.real
        return [int(whole[slot]), float(real[slot]), float(real[slot + 1]), int(whole[slot + 1])]
    if not isinstance(plan.what, Line):
        return [lines.objects[int(lines.whole[slot])]]
    read = [_value(lines, kind, slot + number) for number, kind in enumerate(plan.what.kinds)]
    return [*read, int(lines.whole[slot + len(read)])] if plan.stamped else read


def _value(lines: Lines, kind: str, slot: int) -> Any:
    size, whole = int(lines.size[slot]), int(lines.whole[slot])
    if size == NOT_PRINTED:
        return None
    if kind in ("number", "percent"):
        return float(lines.real[slot])
    if kind == "integer":
        return whole
    if kind in ("integers", "shape") and size >= 0:
        return lines.integers(slot).tolist()
    read = CONVERT[kind](bytes(lines.data[whole : whole + size])) if size > 0 else lines.objects[whole]
    return list(read) if isinstance(read, tuple) else read


def _records(pieces: list[bytes]) -> list[str]:
    found = records(Pieces(pieces), DIALECTS)
    return [json.dumps({**record_dict(record), "ordinal": record.ordinal, "start": record.start}) for record in found]


def _run(pieces: list[bytes], far: int) -> list[str]:
    one = Scan("a.log", DIALECTS, [rule() for rule in RULES], CAUSES, Profile())
    for lines in _ahead(one.reader, pieces, far):
        one.add(lines)
    one.finish()
    return [f"{key}: {json.dumps(value)}" for key, value in run_dict(one.run()).items()]


def difference(ours: Said, theirs: Said) -> str:
    """The first text that differs; nothing where none does."""
    for part in ours:
        for number, (one, other) in enumerate(zip_longest(ours[part], theirs[part], fillvalue="nothing")):
            if one != other:
                return f"{part}, {number}:\n  {one}\n  {other}"
    return ""


def serve(logs: BinaryIO, answers: BinaryIO) -> None:
    while head := logs.read(4):
        log = logs.read(*struct.unpack("<I", head))
        try:
            answer = json.dumps(said(log, judged=judged(log))).encode()
        except Exception:
            answer = json.dumps({"failed": traceback.format_exc()}).encode()
        answers.write(struct.pack("<I", len(answer)) + answer)
        answers.flush()


def main() -> None:
    if sys.argv[1:] == ["--serve"]:
        serve(sys.stdin.buffer, sys.stdout.buffer)
        return
    for path in map(Path, sys.argv[1:]):
        log = path.read_bytes()
        whole = said(log)
        found = difference(said(log, way_of(log)), whole)
        digest = hashlib.sha256(json.dumps(whole).encode()).hexdigest()
        print(path.name, f"differs where it is cut: {found}" if found else digest)


if __name__ == "__main__":
    main()
