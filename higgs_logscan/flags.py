"""The options of the commands: their names, their help, and what a shell may complete.

None is what was not given: another source of the configuration may say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from higgs_logscan import usage

Severity = Literal["error", "warning", "never"]
Logs = Annotated[
    list[str], typer.Argument(metavar="LOG", help="Logs, compressed or not, and directories; - is standard input.")
]
Saved = Annotated[
    list[str], typer.Argument(metavar="REPORT", help="Reports that --format json wrote; - is standard input.")
]
Format = Annotated[usage.Format | None, typer.Option("--format", help="What is printed. [default: text]")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="FORMAT=PATH", help="Write a file as well; repeatable."),
]
Select = Annotated[
    list[str] | None, typer.Option(metavar="NAMES", help="Ask only these rules and areas: a,b or repeated.")
]
Ignore = Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Leave these rules and areas out.")]
Glob = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        help="Names of logs in directories; repeatable. [default: *.log, *.out, rotated and compressed ones]",
    ),
]
FailOn = Annotated[Severity | None, typer.Option(help="The least severity that makes the status 1. [default: error]")]
MinCoverage = Annotated[
    float | None,
    typer.Option(metavar="SHARE", help="Share of the log, 0 to 1, that must be understood, else the status is 3."),
]
MinSteps = Annotated[
    int | None, typer.Option(metavar="N", help="The step that the log must reach, else the status is 3.")
]
Expect = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXPECTATION",
        help="What a series must hold, e.g. 'audio_loss<5.5@500' (from step 500 on), else the status is 1; repeatable.",
    ),
]
Require = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT", help="What the log must hold: dialect, series or evaluation, else the status is 3; repeatable."
    ),
]
Baseline = Annotated[Path | None, typer.Option(metavar="FILE", help="Findings that this file knows do not count.")]
WriteBaseline = Annotated[
    str | None, typer.Option(metavar="FILE", help="Record what is found; a file that is there only shrinks.")
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="The model family. [default: higgs-v2]")]
ModelConfig = Annotated[
    Path | None, typer.Option(metavar="PATH", help="The model's config.json: vocabulary, codebooks, special ids.")
]
TextVocabulary = Annotated[int | None, typer.Option("--text-vocab", metavar="N", help="Size of the text vocabulary.")]
Steps = Annotated[str | None, typer.Option(metavar="A:B", help="Judge these steps only, both included.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Read this configuration, not the nearest one.")
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")]
Quotes = Annotated[
    bool | None, typer.Option("--quotes/--no-quotes", help="Whether text of the log is quoted. [default: quotes]")
]
MaxFindings = Annotated[
    int | None,
    typer.Option(metavar="N", help="Findings of a log that text and concise show; 0 is all. [default: 50]"),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the verdict.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="All that is known, and tracebacks.")]
Color = Annotated[Literal["auto", "always", "never"] | None, typer.Option(help="Colours of the text. [default: auto]")]
Progress = Annotated[
    bool | None, typer.Option("--progress/--no-progress", help="Whether a bar shows progress. [default: progress]")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", help="Threads that read a log. [default: one a processor]")
]
RecordFormat = Annotated[Literal["jsonl", "csv", "parquet"], typer.Option("--format", help="What is written.")]
Kinds = Annotated[
    list[str] | None, typer.Option(metavar="KIND", help="Only this kind of record; repeatable. Else not progress.")
]
RecordFile = Annotated[
    str | None, typer.Option("--output", "-o", metavar="PATH", help="Write this file, not standard output.")
]
Traced = Annotated[bool, typer.Option("--verbose", "-v", help="Where an internal error happened.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


def _show_version(asked: bool) -> None:
    if asked:
        from higgs_logscan import __version__

        print(f"higgs-logscan {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version and exit.")
]


def take_plain_words(command: Any) -> None:
    """Have a command of typer, and those below it, take words as they are where that is all there is to do.

    typer has every word checked by pydantic, which takes longer to import than a small log to be judged.
    A word that may be wrong is left to it: it says what is.
    """
    declared = command.get_params

    def get_params(context: Any) -> Any:
        parameters = declared(context)
        for parameter in parameters:
            parameter.process_value = partial(_taken, parameter)
        return parameters

    command.get_params = get_params
    for below in getattr(command, "commands", {}).values():
        take_plain_words(below)


#: How a word is written that plainly is a value of a type, and what makes it one.
_PLAIN: dict[Any, tuple[str, Callable[[str], Any]]] = {
    str: (".+", str), int: ("[0-9]{1,18}", int), float: (r"[0-9]{1,15}(\.[0-9]{1,15})?", float), Path: (".+", Path),
}  # fmt: skip


def _taken(parameter: Any, context: Any, word: Any) -> Any:
    """What the word comes to, or what typer makes of it."""
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    pattern, made = _PLAIN.get(kind, ("", str))
    if word is None and kind and not parameter.required:
        word = () if parameter.multiple or parameter.nargs == -1 else None
    elif word and kind in _PLAIN and re.fullmatch(pattern, word, re.DOTALL):
        word = made(word)
    elif not (word and (kind == list[str] or (get_origin(kind) is Literal and word in get_args(kind)))):
        return type(parameter).process_value(parameter, context, word)
    return parameter.callback(context, parameter, word) if parameter.callback else word
