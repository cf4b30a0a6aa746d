"""Speed and peak memory of a scan, beside what a user would write with other tools.

Whole processes on a warm page cache, run in turn. Figures compare only within one table: quote
the ratios. Logs are generated, or given: with --size a given log is repeated up to it.

    python bench/speed.py [--log FILE] [--size MEGABYTES] [--rounds N] [--markdown]
    python bench/speed.py --compressed            gzip and zstd, beside the programs that only unpack
    python bench/speed.py --jobs 1,2              time by threads, beside loops that share nothing
    python bench/speed.py --growth 64,256,1024    time and memory by size, from a file and from a pipe
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import COLUMNS, Figure, Runs, Table, in_turn, machine, run, smallest_peak, there
from workload import KINDS, repeat

#: The values of a log, as a user would search for them.
VALUES = "|".join(
    (
        r"✓ (Text|Audio) loss: [0-9.]+",
        r"(Sample [0-9]+ Text|Audio Codebook [0-9]+) Prediction vs Label Comparison:",
        r"(First|Last) 10 (Text|Audio) (Predictions|Labels): +\[[-0-9, ]*\]",
        r"Audio (Logits|Labels) shape: torch\.Size\(\[[0-9, ]*\]\)",
        r"\{'loss': [^}]*\}",
    )
)
#: Programs that add them up.
AWK = (
    r'{ i = index($0, "["); n = i ? split(substr($0, i + 1), v, ", ") : split($0, v, ": ");'
    r' for (i = 1; i <= n; i++) sum += v[i] } END { printf "%.4f\n", sum }'
)
POLARS = r"""
import sys
import polars
line = polars.col("line")
loss = line.str.extract(r"✓ (?:Text|Audio) loss: ([0-9.]+)").cast(polars.Float64)
array = line.str.extract(r"(?:Predictions|Labels|shape): +(?:torch\.Size\()?\[([-0-9, ]*)\]").str.split(", ")
integers = array.list.eval(polars.element().cast(polars.Int64)).list.sum()
lines = polars.scan_lines(sys.argv[1], name="line")
print(lines.select(loss.sum(), integers=integers.sum()).collect(engine="streaming"))
"""
LOOP = "for _ in range(20_000_000): pass"

OURS, TEN_LINES, NUMPY = "higgs-logscan", "higgs-logscan, ten lines", "python, import numpy"
#: What everything is compared with.
LINES, SUMMED = "rg, lines", "rg -o, mawk adds up"
PROGRAM = shutil.which("higgs-logscan", path=os.path.dirname(sys.executable)) or "higgs-logscan"
PACKERS = {"gzip": ".gz", "zstd": ".zst"}
UNPACKERS = {"gzip": ("zcat", "igzip -dc", "pigz -dc"), "zstd": ("zstd -dc",)}


def scan(log: Path | str, *options: str) -> str:
    """Our command, from reading to the finished JSON."""
    return shlex.join((PROGRAM, str(log), "--json", "--fail-on", "never", "--no-progress", "--isolated", *options))


def made(kind: str, path: Path, megabytes: float) -> str:
    """The command that generates a log: in a process of its own, whose memory is not that of what is timed."""
    return shlex.join((sys.executable, str(Path(__file__).with_name("workload.py")), kind, str(path), str(megabytes)))


def ten_lines(folder: Path) -> str:
    """Our command on a log that takes no time to read: its start-up."""
    path = folder / "ten.log"
    run(made("dense", path, 0.01))
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:10]))
    return scan(path)


def beside(log: Path) -> dict[str, str]:
    """What else is timed, by name, as a shell would run it; what needs a tool that this machine lacks is left out.

    Lines go into a pipe: a tool that prints into a file or nowhere may print less than it says.
    """
    file, values, python = shlex.quote(str(log)), shlex.quote(VALUES), shlex.quote(sys.executable)
    commands = (
        ("cat", (), f"cat {file} | cat >/dev/null"),
        ("wc -l", (), f"wc -l {file}"),
        ("rg -c", ("rg",), f"rg -a -c -e {values} {file}"),
        (LINES, ("rg",), f"rg -a -N -e {values} {file} | cat >/dev/null"),
        (SUMMED, ("rg", "mawk"), f"rg -a -N -o -e {values} {file} | LC_ALL=C mawk {shlex.quote(AWK)}"),
        ("polars", (), f"{python} -c {shlex.quote(POLARS)} {file}" if find_spec("polars") else ""),
        (NUMPY, (), f"{python} -c 'import numpy'"),
    )
    return {name: command for name, needed, command in commands if command and there(needed)}


def proven(runs: Runs, log: Path) -> Runs:
    """Runs of our command that have read all of a log; the whole program ends otherwise."""
    for one in runs.runs:
        read, there_are = json.loads(one.output)["runs"][0]["bytes"], log.stat().st_size
        if read != there_are:
            sys.exit(f"{log.name}: {read} of {there_are} bytes were read")
    return runs


def speed_table(log: Path, wanted: argparse.Namespace, folder: Path) -> Table:
    megabytes = log.stat().st_size / 1e6
    figures = in_turn({OURS: scan(log), TEN_LINES: ten_lines(folder)} | beside(log), wanted.rounds)
    read = json.loads(proven(figures[OURS], log).runs[0].output)["runs"][0]
    told = [f"{read['lines']:,} lines", *(f"{read['read'][of]:,} {of}" for of in ("losses", "arrays", "integers"))]
    table = Table(
        f"{log.name}: {megabytes:.0f} MB, {', '.join(told)}; medians of {wanted.rounds}",
        ("", *COLUMNS, "MB/s", f"x {LINES}", f"x {SUMMED}"),
    )

    def add(name: str, seconds: float, cells: list[Figure], whole: bool) -> None:
        ratios = (seconds / figures[to].median if to in figures else None for to in (LINES, SUMMED))
        speed = megabytes / seconds if whole else None
        table.add(name, *cells, (speed, 0), *((ratio, 2) for ratio in ratios))

    for name, runs in figures.items():
        add(name, runs.median, runs.cells(), whole=name not in (TEN_LINES, NUMPY))
        if name == TEN_LINES:
            ours = figures[OURS]
            add(f"{OURS} less ten lines", ours.median - runs.median, ours.cells(less=runs), whole=True)
    return table


def compressed_table(log: Path, wanted: argparse.Namespace, folder: Path) -> Table:
    megabytes = log.stat().st_size / 1e6
    table = Table(
        f"{log.name}, compressed: {megabytes:.0f} MB of text, medians of {wanted.rounds}",
        ("", *COLUMNS, "MB/s", "x the fastest that only unpacks"),
    )
    for packer in filter(lambda name: there([name]), PACKERS):
        packed = folder / f"packed{PACKERS[packer]}"
        file = shlex.quote(str(packed))
        run(f"{packer} -c {shlex.quote(str(log))} >{file}")
        unpackers = [command for command in UNPACKERS[packer] if there(command.split()[:1])]
        figures = in_turn({OURS: scan(packed)} | {one: f"{one} {file} >/dev/null" for one in unpackers}, wanted.rounds)
        proven(figures[OURS], log)
        alone = min(figures[name].median for name in unpackers)
        for name, runs in figures.items():
            shares = ((megabytes / runs.median, 0), (runs.median / alone, 2))
            table.add(f"{packer}: {name}", *runs.cells(), *shares)
    return table


def jobs_table(log: Path, wanted: argparse.Namespace, folder: Path) -> Table:
    """Our command on so many threads, and so many loops at once: how many cores there really are."""
    loop, first = shlex.join([sys.executable, "-c", LOOP]), wanted.jobs[0]
    threads = {f"--jobs {n}": scan(log, "--jobs", str(n)) for n in wanted.jobs}
    loops = {f"{n} loops at once": f"{' & '.join([loop] * n)} & wait" for n in wanted.jobs}
    figures = in_turn(threads | loops, wanted.rounds)
    table = Table(
        f"{log.name} by threads: {log.stat().st_size / 1e6:.0f} MB, medians of {wanted.rounds}",
        ("", *COLUMNS, f"times the work of {first}"),
    )
    for names, each in ((list(threads), 0), (list(loops), 1)):
        for n, name in zip(wanted.jobs, names, strict=True):
            runs = figures[name] if each else proven(figures[name], log)
            work = (n / first if each else 1) * figures[names[0]].median / runs.median
            table.add(name, *runs.cells(), (work, 2))
    return table


def growth_table(log: Path, wanted: argparse.Namespace, folder: Path) -> Table:
    """The largest size first: the log is cut from size to size."""
    start_up = in_turn({TEN_LINES: ten_lines(folder)}, wanted.rounds)[TEN_LINES]
    ways = {"file": scan(log), "pipe": f"cat {shlex.quote(str(log))} | {scan('-')}"}
    measured: dict[int, dict[str, Runs]] = {}
    for megabytes in sorted(wanted.growth, reverse=True):
        cut(log, megabytes)
        measured[megabytes] = {way: proven(runs, log) for way, runs in in_turn(ways, wanted.rounds).items()}
    table = Table(
        f"{log.name} by size: medians of {wanted.rounds}; start-up {start_up.minimum:.2f} s",
        ("", *COLUMNS, "MB/s"),
    )
    for way in ways:
        for megabytes, runs in sorted(measured.items()):
            table.add(f"{way}, {megabytes} MB", *runs[way].cells(), (megabytes / runs[way].median, 0))
        for name, begun in (("exponent", 0), ("exponent less start-up", 1)):
            least = exponent({n: runs[way].minimum - begun * start_up.minimum for n, runs in measured.items()})
            cpu = exponent({n: runs[way].cpu - begun * start_up.cpu for n, runs in measured.items()})
            table.add(f"{way}, {name}", (None, 0), (least, 3), (cpu, 3), (None, 0), (None, 0))
    return table


def cut(log: Path, megabytes: float) -> None:
    """Cut a log to whole lines of at most so many million bytes."""
    with log.open("r+b") as file:
        end = int(megabytes * 1e6)
        begin = file.seek(max(end - 1_000_000, 0))
        file.truncate(begin + file.read(end - begin).rindex(b"\n") + 1)


def exponent(seconds: Mapping[int, float]) -> float | None:
    """The power of the size by which time grows; none of one size, or where no time is left."""
    if len(seconds) < 2 or min(seconds.values()) <= 0:
        return None
    sizes, times = ([math.log(value) for value in values] for values in (seconds, seconds.values()))
    return statistics.linear_regression(sizes, times).slope


def logs(wanted: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """The logs to time, one at a time: generated, or given ones repeated to a size or as they are."""
    megabytes = max(wanted.growth) if wanted.growth else wanted.size
    for log in wanted.log:
        if megabytes is None:
            yield log
        else:
            repeat(log, folder / log.name, megabytes)
            yield folder / log.name
            (folder / log.name).unlink()
    for kind in () if wanted.log else KINDS:
        path = folder / f"{kind}.log"
        run(made(kind, path, megabytes or 100))
        yield path
        path.unlink()


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", type=Path, action="append", default=[], help="time this log instead of generated ones")
    parser.add_argument("--size", type=float, help="megabytes of each log; 100 for a generated one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", action="store_true", help="print the tables as docs/speed.md shows them")
    parser.add_argument("--compressed", action="store_true", help="time compressed logs")
    parser.add_argument("--jobs", metavar="N,…", type=numbers, help="time so many threads")
    parser.add_argument("--growth", metavar="MEGABYTES,…", type=numbers, help="time logs of these sizes")
    wanted = parser.parse_args()
    # What grows comes last: it cuts the log.
    asked = ((compressed_table, wanted.compressed), (jobs_table, wanted.jobs), (growth_table, wanted.growth))
    tables: list[Callable[[Path, argparse.Namespace, Path], Table]] = [table for table, is_asked in asked if is_asked]
    print(f"{machine()}; no peak under {smallest_peak():.0f} MB is seen", flush=True)
    with tempfile.TemporaryDirectory() as name:
        for log in logs(wanted, Path(name)):
            for table in tables or [speed_table]:
                table(log, wanted, Path(name)).print(wanted.markdown)


if __name__ == "__main__":
    main()
