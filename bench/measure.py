"""Whole commands, timed in turn, and tables of the figures, as text or markdown."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Statuses of a command that did its work: of a verdict (0, 1, 3), of a search with and without a hit (0, 1).
DONE = (0, 1, 3)

#: A figure of a table and its decimals; nothing is left blank.
Figure = tuple[float | None, int]
COLUMNS = ("seconds", "least", "cpu", "peak MB")


@dataclass(frozen=True)
class Run:
    """Wall time and the processor's time in seconds, peak memory of the largest process in MB, and what was printed."""

    seconds: float
    cpu: float
    peak: float
    output: bytes


@dataclass(frozen=True)
class Runs:
    """All runs of one command."""

    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def minimum(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self) -> float:
        return max(run.peak for run in self.runs)

    def cells(self, less: Runs | None = None) -> list[Figure]:
        """Under `COLUMNS`, or by how much they are more than another's."""
        if less is None:
            return [(self.median, 3), (self.minimum, 3), (self.cpu, 3), (self.peak, 0)]
        return [(self.median - less.median, 3), (self.minimum - less.minimum, 3), (self.cpu - less.cpu, 3), (None, 0)]


def _installed() -> dict[str, str]:
    """The environment, with leave to keep compiled modules: an installed program has them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: str) -> Run:
    """Run what a shell would; the whole program ends if the command fails.

    A process starts with the memory of the one that started it, so that no peak is less than that of this program:
    see `smallest_peak`.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(["sh", "-c", command], stdout=out, stderr=errors, env=_installed())
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode not in DONE:
            sys.exit(f"status {process.returncode}: {command}\n{errors.read().decode(errors='replace')}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, out.read())


def smallest_peak() -> float:
    """The peak memory in MB below which nothing is seen."""
    return run("true").peak


def in_turn(commands: Mapping[str, str], rounds: int) -> dict[str, Runs]:
    """Each command once a round, so that what disturbs the machine disturbs all."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {name: Runs(tuple(of)) for name, of in runs.items()}


def there(tools: Iterable[str]) -> bool:
    """Whether this machine has them all."""
    return all(map(shutil.which, tools))


def machine() -> str:
    """What the figures were measured on."""
    processor = platform.machine()
    described = Path("/proc/cpuinfo")
    for line in described.read_text(encoding="utf-8").splitlines() if described.exists() else ():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
    parts = [f"{len(os.sched_getaffinity(0))} cores of {processor}", f"Python {platform.python_version()}"]
    if shutil.which("rg"):
        parts.append(run("rg --version").output.decode().splitlines()[0])
    return ", ".join(parts)


@dataclass
class Table:
    """Names on the left, figures on the right."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, name: str, *figures: Figure) -> None:
        cells = ("" if value is None else f"{value:.{decimals}f}" for value, decimals in figures)
        self.rows.append((name, *cells))

    def print(self, markdown: bool) -> None:
        if markdown:
            lines = (self.head, ("---", *["--:"] * (len(self.head) - 1)), *self.rows)
            print(f"\n### {self.title}\n", *(f"| {' | '.join(line)} |" for line in lines), sep="\n", flush=True)
            return
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        print(f"\n{self.title}")
        for name, *cells in (self.head, *self.rows):
            figures = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
            print("  ".join([f"{name:{widths[0]}}", *figures]).rstrip(), flush=True)
