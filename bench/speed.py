"""Speed and peak memory of a scan, beside what a user would write with other tools.

Whole processes on a warm page cache, run in turn, medians of several rounds. Figures compare
only within one table: quote the ratios.

    python bench/speed.py [--size MEGABYTES] [--rounds N] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import generate

PATTERN = r"✓ (Text|Audio) loss: |(First|Last) 10 (Text|Audio) (Predictions|Labels): +\[|Audio (Logits|Labels) shape: "
#: The values behind these heads, and a program that adds them up: what a user would write.
VALUES = (
    r"✓ (Text|Audio) loss: [0-9.]+"
    r"|(First|Last) 10 (Text|Audio) (Predictions|Labels): +\[[-0-9, ]*\]"
    r"|Audio (Logits|Labels) shape: torch\.Size\(\[[0-9, ]*\]\)"
)
SUM = (
    '{ sub(/.*: */, ""); gsub(/[^-0-9.]+/, " "); n = split($0, v, " "); all += n; for (i = 1; i <= n; i++) t += v[i] }'
    " END { print all, t }"
)
#: What everything is compared with.
REFERENCE = "rg, lines"


def commands(log: Path) -> dict[str, str]:
    """What is timed, by name, as a shell would run it; what needs a tool that this machine lacks is left out.

    Lines go into a pipe: a tool that prints into a file or nowhere may print less than it says.
    """
    program = shutil.which("higgs-logscan", path=os.path.dirname(sys.executable)) or "higgs-logscan"
    file, lines, values = (shlex.quote(word) for word in (str(log), PATTERN, VALUES))
    found = {
        "higgs-logscan --json": f"{shlex.quote(program)} {file} --json --fail-on never --no-progress --isolated",
        "cat": f"cat {file} | cat",
        "wc -l": f"wc -l {file}",
        "rg -c": f"rg -a -c {lines} {file}",
        REFERENCE: f"rg -a -N {lines} {file} | cat",
        "rg -o, mawk adds up": f"rg -a -N -o {values} {file} | LC_ALL=C mawk {shlex.quote(SUM)}",
        "grep -c -E": f"grep -a -c -E {lines} {file}",
    }
    needed = {name: [tool for tool in ("rg", "mawk") if tool in command.split()] for name, command in found.items()}
    return {name: command for name, command in found.items() if all(map(shutil.which, needed[name]))}


def timed(command: str) -> tuple[float, int]:
    """Seconds of wall time of a whole command, and the peak memory in MB of its largest process."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(["bash", "-c", command], stdout=out, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        return time.perf_counter() - began, usage.ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100, help="megabytes of each log")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--log", type=Path, action="append", help="time this log instead of generated ones")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        logs = arguments.log or []
        for kind in () if logs else ("dense", "sparse"):
            logs.append(Path(folder) / f"{kind}.log")
            generate(logs[-1], arguments.size, dense=kind == "dense")
        for log in logs:
            table(log, arguments.rounds)


def table(log: Path, rounds: int) -> None:
    figures: dict[str, list[tuple[float, int]]] = {}
    todo = commands(log)
    for _ in range(rounds):
        for name, command in todo.items():
            figures.setdefault(name, []).append(timed(command))
    size = log.stat().st_size / 1e6
    print(f"\n{log.name}: {size:.0f} MB, medians of {rounds}")
    print(f"{'':24}{'seconds':>9}{'MB/s':>8}{'peak MB':>9}{'x rg':>7}")
    reference = statistics.median(s for s, _ in figures[REFERENCE]) if REFERENCE in figures else float("nan")
    for name, runs in figures.items():
        seconds = statistics.median(s for s, _ in runs)
        print(f"{name:24}{seconds:9.2f}{size / seconds:8.0f}{max(m for _, m in runs):9d}{seconds / reference:7.1f}")


if __name__ == "__main__":
    main()
