"""What the fuzzer calls with each log, in a process with the sanitizers.

scanner  the compiled scanner alone, which knows all samples already; what it reads, by the patterns once more. Fast.
run      the whole program, cut and scanned ahead, beside the one that is not compiled, in a process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import shlex
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris
import mutation
import numpy as np
import said

from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.dialect import Line
from higgs_logscan.lines import Lines
from higgs_logscan.plan import Plan
from higgs_logscan.program import bar
from higgs_logscan.reader import Reader
from higgs_logscan.timestamps import milliseconds

HERE = Path(__file__).parent
PLAIN = HERE.parent / "build" / "fuzz" / "plain"


class Different(Exception):
    """The two ways do not say the same."""


def scanner() -> Callable[[bytes], None]:
    taught = Reader(DIALECTS)
    for text in mutation.SAMPLES:
        for line in (text, b"INFO:__main__:" + text, b"[rank1]: " + text, text + b"\r" + text):
            taught.feed(line + b"\n")
            taught.finish()
    shapes, plans = taught._shapes, taught.plans
    assert shapes, "not compiled"

    def check(log: bytes) -> None:
        end = log.rfind(b"\n") + 1
        data: Any = np.frombuffer(log, np.uint8).copy()  # not a byte more than the log, unlike `bytes`
        lines = Lines(data, 0, end, 0, len(plans.dialects))
        while lines.read < end:
            shapes.scan(lines)
            if lines.read < end:  # what Python reads is left out
                lines.read = log.index(b"\n", lines.read) + 1
        for row in range(lines.count):
            plan, text = plans.all[int(lines.plan[row])], lines.text(row)
            ours, theirs = said.values(plan, lines, int(lines.slot[row])), by_pattern(plan, text)
            if repr(ours) != repr(theirs):
                raise Different(f"{text!r}\n  {ours}\n  {theirs}")

    return check


def by_pattern(plan: Plan, text: bytes) -> list[Any]:
    """The values of a line that was read by this plan, as its pattern reads them."""
    lines = Lines(text, 0, len(text), 0, 0)
    lines.add(0, 0, 0, len(text))
    if plan.glued:
        lines.add_bar(*bar(text, plan.rank))
    else:
        assert plan.match and isinstance(plan.what, Line)
        found = plan.match(text, plan.start)
        if not found:
            raise Different(f"{text!r} is not {plan.what.spelling!r}")
        lines.add_values(plan.what.kinds, found.groups())
        if plan.stamped:
            lines.add_time(milliseconds(text, plan.time.start, plan.time.stop))
    return said.values(plan, lines, 0)


def run() -> Callable[[bytes], None]:
    env = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "PYTHONMALLOC")}
    command = [sys.executable, str(HERE / "said.py"), "--serve"]
    oracle = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**env, "PYTHONPATH": str(PLAIN)}
    )
    assert oracle.stdin and oracle.stdout
    logs, answers = oracle.stdin, oracle.stdout
    atexit.register(oracle.kill)

    def check(log: bytes) -> None:
        logs.write(struct.pack("<I", len(log)) + log)
        logs.flush()
        judged = said.judged(log)
        ours = said.said(log, said.way_of(log), judged)
        theirs = json.loads(answers.read(*struct.unpack("<I", answers.read(4))))
        if "failed" in theirs:
            raise Different("not compiled:\n" + theirs["failed"])
        if not (found := said.difference(ours, theirs)):
            return
        whole = said.difference(said.said(log, judged=judged), theirs)
        raise Different(f"{found}\n{'also' if whole else 'not'} where the log is not cut")

    return check


def mutate(log: bytes, longest: int, seed: int) -> bytes:
    chance = random.Random(seed)
    if chance.random() < 0.4:
        return bytes(atheris.Mutate(log, longest))
    return mutation.mutated(log, chance)[:longest]


def main() -> None:
    name, *options = sys.argv[1:]
    check = {"scanner": scanner, "run": run}[name]()
    # The first word is what libFuzzer runs for a merge, in a shell.
    again = shlex.join([sys.executable, sys.argv[0], name])
    atheris.Setup([again, *options], check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
