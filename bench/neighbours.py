"""Other linters of training runs, run on the same real logs: what each reads, notices and names.

DIR holds logs and a `manifest.jsonl` that says what was done to each. Each tool is installed from
PyPI in the version of `neighbours.txt`, into a virtual environment of its own, and called as its
documentation says, on a copy of each log whose name says nothing. Then it gets a second chance:
the losses that higgs-logscan read of the log, as JSON lines.

    python bench/neighbours.py DIR [--json] [--markdown FILE] [--venvs DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from manifest import Known, NoManifest, read_manifest
from neighbour_reports import Said, epochix, losslint, ourselves, runmedic, trainproof, trainspotter

PINS = Path(__file__).with_suffix(".txt")
OUR_PROGRAM = (sys.executable, "-m", "higgs_logscan")
#: A tool that takes longer than this for one log has not read it, in seconds.
TIMEOUT = 120
#: The file that a tool writes if it does not print.
REPORT = "report.json"
#: What a second chance holds: names that all of the neighbours know.
KEYS = ("step", "loss", "grad_norm", "learning_rate", "eval_loss")
#: Around the tables of a Markdown file.
BEGIN, END = "<!-- measured by bench/neighbours.py -->", "<!-- end -->"


@dataclass(frozen=True)
class Tool:
    """A tool, and the words that call it; the last one, `{log}`, is the log without its suffix."""

    name: str
    parse: Callable[[str], Said | None]
    #: On a console log, tried in turn until one reads it.
    console: tuple[str, ...]
    #: On JSON lines.
    lines: str = ""


OURSELVES = Tool("higgs-logscan", ourselves, ("--json {log}.log",))
NEIGHBOURS = (
    Tool("runmedic", runmedic, ("diagnose --json {log}.log",), "diagnose --json {log}.jsonl"),
    Tool(
        "trainproof",
        trainproof,
        tuple(f"epoch --json {form}{{log}}.log" for form in ("", "--format coqui ", "--format jsonl ")),
        "epoch --json {log}.jsonl",
    ),
    Tool(
        "losslint",
        losslint,
        ("check --format json {log}.log", "check --format json {log}.jsonl"),
        "check --format json {log}.jsonl",
    ),
    Tool(
        "trainspotter",
        trainspotter,
        tuple(f"analyze --output json {form}{{log}}.log" for form in ("", "--format jsonl ", "--format csv ")),
        "analyze --output json {log}.jsonl",
    ),
    Tool(
        "epochix",
        epochix,
        (f"run --headless --export json --output {REPORT} {{log}}.log",),
        f"run --headless --export json --output {REPORT} {{log}}.jsonl",
    ),
)


@dataclass(frozen=True)
class Heard:
    """What a tool said of a log, or nothing if it did not read it, and the seconds it took."""

    known: Known
    said: Said | None
    seconds: float

    @property
    def quiet(self) -> bool:
        return self.said is not None and not self.said.alarms

    @property
    def noticed(self) -> bool:
        return self.said is not None and bool(self.said.alarms)

    @property
    def named(self) -> bool:
        return self.said is not None and not self.said.causes.isdisjoint(self.known.causes)


@dataclass(frozen=True)
class Row:
    """A tool on all logs, or on all second chances. It heard nothing if it is not installed."""

    tool: str
    version: str
    fed: bool
    heard: tuple[Heard, ...]


def pins() -> dict[str, str]:
    """The version of each neighbour."""
    return dict(line.split("==") for line in PINS.read_text(encoding="utf-8").split())


def install(name: str, pinned: str, venvs: Path) -> tuple[str, ...]:
    """The tool's program, in a virtual environment of its own; nothing, and why on stderr, if pip cannot get it."""
    folder = venvs / f"{name}-{pinned}"
    program = folder / "bin" / name
    if not program.exists():
        print(f"neighbours: installing {name} {pinned} in {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"{name}=={pinned}")
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
            print(f"neighbours: {name} {pinned} cannot be installed; is there a network? {why}", file=sys.stderr)
            return ()
    return (str(program),)


def call(program: Sequence[str], command: str, stem: str, content: bytes) -> tuple[str, float]:
    """A tool's report on a log, and the seconds it took; no report if it took too long."""
    words = command.format(log=stem).split()
    with tempfile.TemporaryDirectory() as folder:
        log, report = Path(folder, words[-1]), Path(folder, REPORT)
        log.write_bytes(content)
        # A home of its own, so that no tool remembers the log before.
        environment = {**os.environ, "HOME": folder, "NO_COLOR": "1"}
        start = time.perf_counter()
        try:
            done = subprocess.run([*program, *words], cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return "", TIMEOUT
        seconds = time.perf_counter() - start
        return (report.read_bytes() if report.exists() else done.stdout).decode(errors="replace"), seconds


def ask(tool: Tool, program: Sequence[str], known: Known, stem: str, chance: bytes | None = None) -> Heard:
    """What a tool says of a log, or of its second chance, called in the first way that reads it."""
    content = known.path.read_bytes() if chance is None else chance
    heard = []
    for command in tool.console if chance is None else (tool.lines,):
        report, seconds = call(program, command, stem, content)
        try:
            heard.append(Heard(known, tool.parse(report), seconds))
        except json.JSONDecodeError:  # It refused the log, and said why in words.
            heard.append(Heard(known, None, seconds))
        if heard[-1].said:
            return heard[-1]
    return heard[0]


def second_chance(records: Iterable[Mapping[str, Any]]) -> str:
    """JSON lines of steps, or of forward passes if there are no steps, and of evaluations.

    In the order of steps, unless the trainer itself counted back: a console prints an evaluation
    some lines late, which must not look like a run that was restarted.
    """
    every = list(records)
    curve = "step" if any(one["kind"] == "step" for one in every) else "micro-batch"
    chosen = [one for one in every if one["kind"] in (curve, "evaluation")]
    steps = [one["step"] for one in chosen if one["kind"] == curve]
    if all(one["step"] is not None for one in chosen) and steps == sorted(steps):
        chosen.sort(key=lambda one: int(one["step"]))
    lines = []
    for one in chosen:
        values = {**one, **{key: float(value) for key, value in one.get("nonfinite", {}).items()}}
        row = {key: values[key] for key in KEYS if values.get(key) is not None}
        if row.keys() - {"step"}:
            lines.append(json.dumps(row) + "\n")
    return "".join(lines)


def second_chance_of(log: Path) -> bytes:
    done = subprocess.run([*OUR_PROGRAM, "records", str(log)], capture_output=True, check=True)
    return second_chance(map(json.loads, done.stdout.splitlines())).encode()


def compare(logs: Sequence[Known], venvs: Path) -> list[Row]:
    """Every tool on every log, then every neighbour on every second chance."""
    versions = {**pins(), OURSELVES.name: version(OURSELVES.name)}
    programs = {tool.name: install(tool.name, versions[tool.name], venvs) for tool in NEIGHBOURS}
    if not any(programs.values()):
        return []
    programs[OURSELVES.name] = OUR_PROGRAM
    chances = [second_chance_of(log.path) for log in logs]
    rows = []
    for fed, tools in ((False, (OURSELVES, *NEIGHBOURS)), (True, NEIGHBOURS)):
        for tool in tools:
            program = programs[tool.name]
            heard = tuple(
                ask(tool, program, log, f"run-{number:02}", chance if fed else None)
                for number, (log, chance) in enumerate(zip(logs, chances, strict=True), 1)
                if program
            )
            rows.append(Row(tool.name, versions[tool.name], fed, heard))
    return rows


def figures(heard: Collection[Heard]) -> dict[str, float]:
    """The figures of a row."""
    sound = [one for one in heard if one.known.healthy]
    faults = [one for one in heard if one.known.decidable]
    return {
        "logs": len(heard),
        "read": sum(one.said is not None for one in heard),
        "healthy": len(sound),
        "healthy_read": sum(one.said is not None for one in sound),
        "quiet": sum(one.quiet for one in sound),
        "faults": len(faults),
        "noticed": sum(one.noticed for one in faults),
        "named": sum(one.named for one in faults),
        "seconds": round(sum(one.seconds for one in heard), 1),
    }


def as_json(row: Row) -> dict[str, Any]:
    """All that was heard of a tool."""
    said = [
        {
            "file": one.known.file,
            "read": one.said is not None,
            "alarms": one.said.alarms if one.said else (),
            "causes": sorted(one.said.causes) if one.said else (),
            "noticed": one.noticed,
            "named": one.named,
        }
        for one in row.heard
    ]
    return {"tool": row.tool, "version": row.version, "fed": row.fed, **figures(row.heard), "said": said}


def table(rows: Iterable[Row]) -> list[str]:
    """Lines of Markdown. A share is right / asked."""
    lines = [
        "| tool | reads a console log | logs read | healthy quiet | … of those read | faults noticed "
        "| true cause named | seconds for all |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = ["not installed", *[""] * 6]
        if row.heard:
            of = figures(row.heard)
            alone = "fed" if row.fed else {0: "no", of["logs"]: "yes"}.get(of["read"], "some")
            shares = (
                ("read", "logs"),
                ("quiet", "healthy"),
                ("quiet", "healthy_read"),
                ("noticed", "faults"),
                ("named", "faults"),
            )
            cells = [alone, *(f"{of[right]}/{of[asked]}" for right, asked in shares), f"{of['seconds']:.0f}"]
        lines.append(f"| {row.tool} {row.version} | {' | '.join(cells)} |")
    return lines


def false_alarms(rows: Iterable[Row]) -> list[str]:
    """Lines of Markdown: what each tool held against healthy logs."""
    lines = []
    for row in rows:
        for one in row.heard:
            if one.known.healthy and one.said and one.said.alarms:
                tool = f"{row.tool} (fed)" if row.fed else row.tool
                lines.append(f"- {tool}, `{one.known.file}`: {', '.join(one.said.alarms)}")
    return lines


def tables(rows: Sequence[Row]) -> str:
    """All tables, as Markdown."""
    parts = [
        ("On the logs themselves", table(row for row in rows if not row.fed)),
        ("Fed with our records", table(row for row in rows if row.fed)),
        ("Alarms on healthy logs", false_alarms(rows) or ["None."]),
    ]
    return "\n".join(line for title, lines in parts for line in (f"### {title}", "", *lines, ""))


def between_marks(page: str, tables: str) -> str:
    """The page with new tables in place of the old, or only the tables if it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}\n\n{tables}\n{end}{after}" if begin and end else tables


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="DIR", type=Path, help="logs and their manifest.jsonl")
    parser.add_argument("--json", action="store_true", help="print JSON, with what was said of each log, not tables")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the tables here too, between its marks")
    parser.add_argument(
        "--venvs",
        metavar="DIR",
        type=Path,
        default=Path(tempfile.gettempdir()) / "higgs-logscan-neighbours",
        help="where the tools are installed, once (default: %(default)s)",
    )
    arguments = parser.parse_args()
    try:
        rows = compare(read_manifest(arguments.folder), arguments.venvs)
    except NoManifest as error:
        print(f"neighbours: {error}", file=sys.stderr)
        return 2
    if not rows:
        print("neighbours: none of the tools can be installed, so there is nothing to compare", file=sys.stderr)
        return 3
    print(json.dumps([as_json(row) for row in rows], indent=2) if arguments.json else tables(rows))
    if arguments.markdown:
        page = arguments.markdown.read_text(encoding="utf-8") if arguments.markdown.exists() else ""
        arguments.markdown.write_text(between_marks(page, tables(rows)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
