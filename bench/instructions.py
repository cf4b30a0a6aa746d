"""Instructions that a scan takes for each byte of a log, counted by valgrind: the same on a busy machine.

What a log of ten lines takes is taken off: what is left is the scan. The figures to compare with
are in instructions.json; other versions of Python take other numbers of instructions.

    python bench/instructions.py [--check | --update]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from measure import Table, run, there
from speed import made, scan, ten_lines
from workload import KINDS

REFERENCE = Path(__file__).with_suffix(".json")
MEGABYTES = 8
#: More than this many times the figure of the reference is worse.
TOLERANCE = 1.10
#: What would make two runs of the same program differ.
STEADY = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
#: Our compiled modules, by path; what has less than this share of all instructions is not shown.
COMPILED = re.compile(r"higgs_logscan/\w+[.\w-]*\.so$")
SHOWN = 0.01

ALL, KERNEL = "all", "compiled modules"
#: Instructions of each function itself, by the file of the program or library and the function's name.
Counts = Counter[tuple[str, str]]


def counted(lines: Iterable[str]) -> Counts:
    """The instructions in a file of callgrind, without those of the functions that a function calls.

    A name is written once, with its number, and the number alone stands for it from then on. The
    line after `calls=` is what the call took, which is in the function called already.
    """
    names: dict[tuple[str, str], str] = {}
    here = {"ob": "", "fn": ""}
    counts: Counts = Counter()
    of_a_call = False
    for line in lines:
        if named := re.match(r"(c?)(ob|fn)=(\(\d+\))(?: (.*))?", line):
            called, what, number, name = named.groups()
            if name is not None:
                names[what, number] = name
            if not called:
                here[what] = names[what, number]
        elif line.startswith("calls="):
            of_a_call = True
        elif re.match(r"[-+*\d]", line):
            if not of_a_call:
                counts[here["ob"], re.sub(r"'\d+$", "", here["fn"])] += int(line.split()[1])
            of_a_call = False
    return counts


def instructions(command: str, out: Path) -> Counts:
    """What a whole command takes."""
    variables = " ".join(f"{name}={value}" for name, value in STEADY.items())
    run(f"{variables} valgrind -q --tool=callgrind --callgrind-out-file={shlex.quote(str(out))} {command}")
    with out.open(encoding="utf-8", errors="replace") as lines:
        return counted(lines)


def measure(folder: Path) -> dict[str, Counts]:
    """Each kind of log, less the ten lines; as many at once as there are cores: nothing here is timed."""
    commands = {"ten": ten_lines(folder)}
    run(commands["ten"])  # modules that were changed are compiled to byte code now, and not while it is counted
    for kind in KINDS:
        run(made(kind, folder / f"{kind}.log", MEGABYTES))
        commands[kind] = scan(folder / f"{kind}.log", "--jobs", "1")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outs = (folder / f"{kind}.callgrind" for kind in commands)
        found = dict(zip(commands, pool.map(instructions, commands.values(), outs), strict=True))
    start_up = found.pop("ten")
    for counts in found.values():
        counts.subtract(start_up)
    return found


def table(kind: str, counts: Counts, size: int) -> tuple[Table, dict[str, float]]:
    """Instructions for each byte: of all, of our compiled modules, of their functions, of the rest by file."""
    parts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for (file, function), count in counts.items():
        ours = bool(COMPILED.search(file))
        parts[ours][function if ours else Path(file).name or "?"] += count
    figures = {ALL: counts.total() / size, KERNEL: parts[True].total() / size}
    shown = Table(f"{kind}: {size / 1e6:.0f} MB", ("", "instructions per byte"))
    shown.add(ALL, (figures[ALL], 2))
    for title, part in ((KERNEL, parts[True]), ("everything else", parts[False])):
        shown.add(title, (part.total() / size, 2))
        for name, count in part.most_common():
            if count >= SHOWN * counts.total():
                shown.add(f"  {name}", (count / size, 2))
    return shown, figures


def worse(figures: dict[str, dict[str, float]], reference: dict[str, Any]) -> list[str]:
    """The figures that are too much more than those of the reference."""
    return [
        f"{kind}, {part}: {figure:.2f} instructions per byte, {figure / was - 1:+.0%} against {was:.2f}"
        for kind, parts in figures.items()
        for part, figure in parts.items()
        if (was := reference["instructions per byte"][kind][part]) * TOLERANCE < figure
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 if a figure is over 10 % worse than the reference")
    parser.add_argument("--update", action="store_true", help="make these figures the reference")
    arguments = parser.parse_args()
    if not there(["valgrind"]):
        print("instructions: skipped, no valgrind on this machine")
        return 0
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for kind, counts in measure(Path(name)).items():
            shown, figures[kind] = table(kind, counts, (Path(name) / f"{kind}.log").stat().st_size)
            shown.print(markdown=False)
    python = ".".join(platform.python_version_tuple()[:2])
    if arguments.update:
        rounded = {kind: {part: round(value, 2) for part, value in parts.items()} for kind, parts in figures.items()}
        document = {"python": python, "instructions per byte": rounded}
        REFERENCE.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        return 0
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    if reference["python"] != python:
        print(f"\nnot compared: the reference is of Python {reference['python']}")
        return 0
    found = worse(figures, reference)
    print("", *(found or ["none is over 10 % worse than the reference"]), sep="\n")
    return 1 if arguments.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
