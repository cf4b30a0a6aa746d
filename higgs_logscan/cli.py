"""Words to values and back: argv in, exit status out. Nothing else.

What reads logs is imported inside the commands: `--help` must not wait for numpy.
"""

from __future__ import annotations

import gc
import io
import json as json_
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from higgs_logscan import flags, outcome, output
from higgs_logscan.escape import escaped
from higgs_logscan.outcome import INTERNAL, INTERRUPTED, PASS, TERMINATED, USAGE, Outcomes
from higgs_logscan.output import say
from higgs_logscan.usage import EPILOG, EXPLAINED, FORMATS, SHORT, UsageError

if TYPE_CHECKING:
    from higgs_logscan.config import Config

#: New objects after which the cycle collector looks for cycles: more than all modules make.
_OBJECTS = 200_000

app = typer.Typer(
    name="higgs-logscan", rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


@app.callback(invoke_without_command=True)
def _command(context: typer.Context, version: flags.Version = False) -> None:
    """What the training log of a Higgs Audio model proves, and what it does not."""
    if context.invoked_subcommand is None:
        print(SHORT, end="")


@app.command(epilog=EPILOG)
def scan(
    logs: flags.Logs,
    format: flags.Format = None,
    json: flags.Json = False,
    outputs: flags.Outputs = None,
    select: flags.Select = None,
    ignore: flags.Ignore = None,
    glob: flags.Glob = None,
    fail_on: flags.FailOn = None,
    min_coverage: flags.MinCoverage = None,
    min_steps: flags.MinSteps = None,
    expect: flags.Expect = None,
    require: flags.Require = None,
    baseline: flags.Baseline = None,
    write_baseline: flags.WriteBaseline = None,
    profile: flags.Profile = None,
    model_config: flags.ModelConfig = None,
    text_vocab: flags.TextVocabulary = None,
    steps: flags.Steps = None,
    config: flags.ConfigFile = None,
    isolated: flags.Isolated = False,
    quotes: flags.Quotes = None,
    max_findings: flags.MaxFindings = None,
    quiet: flags.Quiet = False,
    verbose: flags.Verbose = False,
    color: flags.Color = None,
    progress: flags.Progress = None,
    jobs: flags.Jobs = None,
    version: flags.Version = False,
) -> int:
    """Judge logs: what each learns, what is wrong, where to look."""
    from higgs_logscan.inspection import inspect
    from higgs_logscan.outputs import Look
    from higgs_logscan.progress import Bar

    given = {
        "format": "json" if json else format, "output": outputs, "select": select, "ignore": ignore, "glob": glob,
        "fail-on": fail_on, "min-coverage": min_coverage, "min-steps": min_steps, "expect": expect,
        "require": require, "baseline": baseline, "profile": profile, "model-config": model_config,
        "text-vocab": text_vocab, "steps": steps, "quotes": quotes, "max-findings": max_findings, "color": color,
        "progress": progress, "jobs": jobs,
    }  # fmt: skip
    resolved = _configuration(given, config, isolated)
    settings = resolved.settings
    look = Look(verbose, quiet, output.colored(settings.color), settings.max_findings, output.width())
    with Bar(wanted=settings.progress) as bar:
        return inspect(logs, resolved, look, write_baseline, bar)


@app.command()
def report(
    saved: flags.Saved,
    format: flags.Format = None,
    json: flags.Json = False,
    outputs: flags.Outputs = None,
    quotes: flags.Quotes = None,
    max_findings: flags.MaxFindings = None,
    quiet: flags.Quiet = False,
    verbose: flags.Verbose = False,
    color: flags.Color = None,
) -> int:
    """Write a saved report in another format, without the log."""
    from higgs_logscan import options, saved_report
    from higgs_logscan.outputs import Look, write
    from higgs_logscan.settings import Settings

    files, defaults = options.outputs(outputs or (), saved), Settings()
    limit = defaults.max_findings if max_findings is None else max_findings
    look = Look(verbose, quiet, output.colored(color or defaults.color), limit, output.width())
    output.mention_stdin(saved)
    outcomes = Outcomes(verbose)
    with outcomes.of():
        document = saved_report.read(saved, quotes is not False)
        write(document, "json" if json else format or defaults.format, files, look, outcomes)
    return outcomes.status


@app.command()
def records(
    logs: flags.Logs,
    format: flags.RecordFormat = "jsonl",
    kind: flags.Kinds = None,
    path: flags.RecordFile = None,
    verbose: flags.Traced = False,
) -> int:
    """Print what was read of logs, one JSON object a record."""
    from higgs_logscan.readings import write_records

    return write_records(logs, format, kind, path, Outcomes(verbose))


@app.command()
def rules(json: flags.AsJson = False) -> None:
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
    json: flags.AsJson = False,
) -> None:
    """Print the manual of a rule or a cause, or what a training loop should print."""
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
    verbose: flags.Traced = False,
) -> int:
    """Say which lines of a log were read, and how."""
    from higgs_logscan.readings import print_parse

    return print_parse(log, Outcomes(verbose))


@app.command("config")
def show_configuration(
    what: Annotated[Literal["show"], typer.Argument(metavar="show", help="What to do with it.")] = "show",
    config: flags.ConfigFile = None,
    isolated: flags.Isolated = False,
    json: flags.AsJson = False,
) -> None:
    """Print every setting with its value and where it is from, as a configuration file."""
    from higgs_logscan.config_toml import shown, shown_json

    resolved = _configuration({}, config, isolated)
    if json:
        _print_json(shown_json(resolved))
    else:
        print(shown(resolved), end="")


@app.command()
def schema() -> None:
    """Print the JSON Schema of --format json."""
    from higgs_logscan.schema import schema

    _print_json(schema())


# -- what commands share ----------------------------------------------------------------------------


def _print_json(document: Any) -> None:
    print(json_.dumps(document, indent=2))


def _configuration(given: Mapping[str, Any], file: Path | None, isolated: bool) -> Config:
    from higgs_logscan.config import resolve

    return resolve(given, environment=os.environ, folder=Path.cwd(), formats=FORMATS, file=file, isolated=isolated)


# -- argv in, exit status out -----------------------------------------------------------------------


def main() -> None:
    """The console script."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as a command in the background has it
            signal.signal(number, _stop)
    # Nothing here multiplies matrices: numpy's threads for that would take longer to start than a small log to read.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # What is imported stays: looking through it for cycles finds none.
    gc.set_threshold(_OBJECTS, 50, 1000)
    # All is written and flushed: taking the modules down in order would only take time.
    os._exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command, print what it prints, return its status.

    What is printed is held until the status is known: it is whole or absent, and a reader who
    has gone away changes nothing. Only `records` and `--format jsonl` stream.
    """
    held = io.BytesIO()
    encoding = sys.stdout.encoding if sys.stdout else "utf-8"
    words = io.TextIOWrapper(held, encoding, errors="backslashreplace", newline="", write_through=True)
    try:
        with redirect_stdout(words):
            status = _invoke(with_command(arguments))
        with output.standard() as out:
            out.write(held.getvalue())
        return status
    except Exception as error:
        outcome.say_internal(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
        return INTERNAL


def with_command(arguments: Sequence[str]) -> list[str]:
    """`train.log …` is `scan train.log …`; a log that is named like a command is written `./records`."""
    known = {_name(command) for command in app.registered_commands}
    own = {"-h", "--help", "--version", "--install-completion", "--show-completion"}
    scanned = bool(arguments) and arguments[0] not in known | own
    return ["scan", *arguments] if scanned else [*arguments]


def _invoke(arguments: list[str]) -> int:
    try:
        command = typer.main.get_command(_asked(arguments))
        flags.take_plain_words(command)
        return int(command(arguments, prog_name="higgs-logscan", standalone_mode=False) or PASS)
    except UsageError as error:
        say(str(error))
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" ({context.command_path} --help)" if context else ""
        say(f"{escaped(error.format_message())}{hint}")
    except SystemExit as end:  # shell completion
        return int(end.code or PASS)
    return USAGE


def _asked(arguments: list[str]) -> typer.Typer:
    """The app, with the one command that is asked for, if one is: typer takes its time to build the others."""
    asked = copy(app)
    named = [command for command in app.registered_commands if [_name(command)] == arguments[:1]]
    asked.registered_commands = named or app.registered_commands
    return asked


def _name(command: typer.models.CommandInfo) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


def _stop(number: int, frame: Any) -> None:
    """End at once: an exception can be lost in a library, and what waits to be written would wait for ever."""
    output.drop_unfinished()
    output.restore_terminal()
    os._exit(INTERRUPTED if number == signal.SIGINT else TERMINATED)
