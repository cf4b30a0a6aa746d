"""Words to values and back: argv in, exit status out. Nothing else.

What reads logs is imported inside the commands: `--help` must not wait for numpy.
"""

from __future__ import annotations

import io
import json as json_
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO

import typer

from higgs_logscan import outcome, output
from higgs_logscan.escape import escaped
from higgs_logscan.outcome import INTERNAL, INTERRUPTED, NO_VERDICT, PASS, TERMINATED, USAGE
from higgs_logscan.output import Look, say
from higgs_logscan.usage import EPILOG, EXPLAINED, SHORT, UsageError

if TYPE_CHECKING:
    from higgs_logscan.report import Run

app = typer.Typer(
    name="higgs-logscan", rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def _show_version(asked: bool) -> None:
    if asked:
        from higgs_logscan import __version__

        print(f"higgs-logscan {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and exit.")
]
Logs = Annotated[list[str], typer.Argument(metavar="LOG", help="Logs, compressed or not; - is standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@app.callback(invoke_without_command=True)
def _command(context: typer.Context, version: Version = False) -> None:
    """What the training log of a Higgs Audio model proves, and what it does not."""
    if context.invoked_subcommand is None:
        print(SHORT, end="")


@app.command(epilog=EPILOG)
def scan(
    logs: Logs,
    format: Annotated[
        Literal["text", "concise", "json", "jsonl"], typer.Option("--format", help="What is printed.")
    ] = "text",
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    outputs: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT=PATH", help="Write a file as well; repeatable."),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="NAMES", help="Ask only these rules and areas: a,b or repeated.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Leave these rules and areas out.")] = None,
    fail_on: Annotated[
        Literal["error", "warning", "never"], typer.Option(help="The least severity that makes the status 1.")
    ] = "error",
    min_coverage: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the log that must be understood, else the status is 3.")
    ] = 0.0,
    profile: Annotated[str, typer.Option(metavar="NAME", help="The model family.")] = "higgs-v2",
    model_config: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The model's config.json: vocabulary, codebooks, special ids.")
    ] = None,
    text_vocab: Annotated[int | None, typer.Option(metavar="N", help="Size of the text vocabulary.")] = None,
    steps: Annotated[str | None, typer.Option(metavar="A:B", help="Judge these steps only, both included.")] = None,
    max_findings: Annotated[
        int, typer.Option(metavar="N", min=0, help="Findings of a log that text and concise show; 0 is all.")
    ] = 50,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the verdict.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All that is known, and tracebacks.")] = False,
    color: Annotated[Literal["auto", "always", "never"], typer.Option(help="Colours of the text.")] = "auto",
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar.")] = False,
    version: Version = False,
) -> int:
    """Judge logs: what each learns, what is wrong, where to look."""
    from higgs_logscan import api, options
    from higgs_logscan.progress import Bar

    asked = options.rules(select or (), ignore or ())
    family = options.profile(profile, model_config, text_vocab)
    between = options.steps(steps)
    files = options.outputs(outputs or (), logs)
    format = "json" if json else format
    output.mention_stdin(logs)
    runs: list[Run] = []
    statuses: list[int] = []
    with Bar(wanted=not no_progress) as bar:
        for log in logs:
            with outcome.failures(statuses, verbose):
                run = api.judge(log, asked, family, between, bar)
                runs.append(run)
                statuses.append(outcome.status(run, fail_on, min_coverage))
    if runs:
        report = api.report_of(runs, asked)
        look = Look(verbose, quiet, output.colored(color), max_findings, output.width())
        with outcome.failures(statuses, verbose):
            output.render(format, report, _stdout(format), look)
        for file_format, path in files:
            with outcome.failures(statuses, verbose), output.whole(path) as file, output.encoded(file) as out:
                output.render(file_format, report, out, Look(verbose, quiet, max_findings=max_findings))
    return outcome.first(statuses)


@app.command()
def records(
    logs: Logs,
    format: Annotated[Literal["jsonl", "csv", "parquet"], typer.Option("--format", help="What is written.")] = "jsonl",
    kind: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Only this kind of record; repeatable. Else not progress.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--output", "-o", metavar="PATH", help="Write this file, not standard output.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Where an internal error happened.")] = False,
) -> int:
    """Print what was read of logs, one JSON object a record."""
    from higgs_logscan import options, record_table

    kinds = options.kinds(kind or ())
    destination = options.destination(path, logs) if path is not None else None
    if format == "parquet":
        options.need_parquet(destination)
    output.mention_stdin(logs)
    statuses: list[int] = []
    with outcome.failures(statuses, verbose), output.whole(destination) if destination else output.standard() as out:
        record_table.write(format, _records(logs, kinds, statuses, verbose), out)
    return outcome.first(statuses)


@app.command()
def rules(json: AsJson = False) -> None:
    """List the rules: id, area, severity, what is wrong."""
    from higgs_logscan.catalogue import RULES

    found = [{"id": r.id, "area": r.area, "severity": r.severity, "summary": r.summary()} for r in RULES]
    if json:
        _print_json(found)
        return
    widths = {key: max(len(rule[key]) for rule in found) for key in ("id", "area", "severity")}
    for rule in found:
        print("  ".join(rule[key].ljust(width) for key, width in widths.items()), rule["summary"], sep="  ")


@app.command(epilog=EXPLAINED)
def explain(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A rule, a cause, evidence or causes.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All rules.")] = False,
    json: AsJson = False,
) -> None:
    """Print a manual: what a rule or a cause means and how to mend it; or what a training loop should print."""
    from higgs_logscan import options
    from higgs_logscan.explain import subjects_dict, subjects_text

    subjects = options.explained(name, every)
    if json:
        _print_json([subjects_dict([subject]) for subject in subjects] if every else subjects_dict(subjects))
    else:
        print(subjects_text(subjects), end="")


@app.command("explain-parse")
def explain_parse(
    log: Annotated[str, typer.Argument(metavar="LOG[:LINE]", help="A log, or one line of it.")],
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Where an internal error happened.")] = False,
) -> int:
    """Say which lines of a log were read, and how."""
    from higgs_logscan import parse_report
    from higgs_logscan.catalogue import DIALECTS
    from higgs_logscan.source import open_source

    path, colon, line = log.rpartition(":")
    one_line = colon and line.isdecimal() and not os.path.exists(log)
    path = path if one_line else log
    output.mention_stdin([path])
    statuses: list[int] = []
    with outcome.failures(statuses, verbose):
        blocks = open_source(path)
        if one_line:
            lines = parse_report.line_text(blocks, DIALECTS, int(line))
        else:
            lines = [*parse_report.parse_text(parse_report.parse_report(blocks, DIALECTS), DIALECTS)]
        print(*lines, sep="\n", end="\n" if lines else "")
        if not lines:
            say(f"{escaped(path)} has no line {line}")
        statuses.append(PASS if lines else NO_VERDICT)
    return outcome.first(statuses)


@app.command()
def schema() -> None:
    """Print the JSON Schema of --format json."""
    from higgs_logscan.schema import schema

    _print_json(schema())


# -- what commands share ----------------------------------------------------------------------------


def _records(logs: Sequence[str], kinds: list[str] | None, statuses: list[int], verbose: bool) -> Iterator[Any]:
    from higgs_logscan import api

    for log in logs:
        with outcome.failures(statuses, verbose):
            found = api.records(log, kinds)
            record = None
            for record in found:
                yield record
            if found.source.cut:
                say(f"{escaped(log)}: {found.source.cut}")
            if record is None and kinds is None:
                say(f"{escaped(log)}: nothing in it was recognised")
                statuses.append(NO_VERDICT)


def _print_json(document: Any) -> None:
    print(json_.dumps(document, indent=2))


def _stdout(format: str) -> TextIO:
    """Where a report is printed: JSON is UTF-8 whatever the terminal is."""
    if format.startswith("json") and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


# -- argv in, exit status out -----------------------------------------------------------------------


def main() -> None:
    """The console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command, print what it prints, return its status.

    What is printed is held until the status is known: it is whole or absent, and a reader who
    has gone away changes nothing. Only `records` streams.
    """
    signal.signal(signal.SIGTERM, _terminate)
    held = io.BytesIO()
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    words = io.TextIOWrapper(held, encoding, errors="backslashreplace", newline="", write_through=True)
    try:
        with redirect_stdout(words):
            status = _invoke(with_command(arguments))
        if status not in (INTERRUPTED, TERMINATED):
            with output.standard() as out:
                out.write(held.getvalue())
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        outcome.say_internal(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
        return INTERNAL


def with_command(arguments: Sequence[str]) -> list[str]:
    """`train.log …` is `scan train.log …`; a log that is named like a command is written `./records`."""
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    own = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
    scanned = bool(arguments) and arguments[0] not in known | own
    return ["scan", *arguments] if scanned else [*arguments]


def _invoke(arguments: list[str]) -> int:
    try:
        return int(app(arguments, prog_name="higgs-logscan", standalone_mode=False) or PASS)
    except UsageError as error:
        say(str(error))
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" ({context.command_path} --help)" if context else ""
        say(f"{escaped(error.format_message())}{hint}")
    except SystemExit as end:  # shell completion, SIGTERM
        return int(end.code or PASS)
    return USAGE


def _terminate(number: int, frame: Any) -> None:
    sys.exit(TERMINATED)
