"""Annotations of a GitHub Actions step: one workflow command a line.

`::error file=…,line=…,title=…::message`, escaped as actions/toolkit does (packages/core/src/command.ts) and
as the runner undoes it (ActionCommand.cs). Every line is a command of ours, so that no text of a log can be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import ascii_only, escaped
from higgs_logscan.location import inside
from higgs_logscan.value import Value

if TYPE_CHECKING:
    from higgs_logscan.document import Document, Finding, Run
    from higgs_logscan.finding import Severity

#: How many annotations of a kind GitHub shows of a step; further ones stand in the step's log only.
SHOWN = 10
#: Severities, worst first, as commands.
COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


class _Annotation(Value):
    """`lines` are lines of text, and `path` a log whose file is annotated, where there is one."""

    severity: Severity
    name: str
    lines: tuple[str, ...]
    path: str = "-"
    line: int = 1

    def command(self, narrow: bool) -> str:
        properties = {"title": f"higgs-logscan: {self.name}"}
        # Elsewhere it is no file of the repository, and GitHub would drop or misplace the annotation.
        if file := inside(self.path):
            properties = {"file": file, "line": str(self.line), **properties}
        named = ",".join(f"{name}={_property(escaped(value, narrow))}" for name, value in properties.items())
        message = "\n".join(escaped(line, narrow) for line in self.lines)
        return f"::{COMMANDS[self.severity]} {named}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(document: Document, out: TextIO) -> None:
    """Write the annotations, worst first over all logs; where there are none, the verdict as a notice."""
    narrow = ascii_only(out)
    annotations = list(_annotations(document))
    if not annotations:
        annotations = [_Annotation("note", document["verdict"], (wording.in_a_line(document),))]
    for severity in COMMANDS:
        for annotation in _numbered(severity, [one for one in annotations if one.severity == severity]):
            out.write(annotation.command(narrow) + "\n")


def _numbered(severity: Severity, annotations: list[_Annotation]) -> list[_Annotation]:
    """The annotations of a kind. Where GitHub does not show all, the last that it shows says so."""
    if len(annotations) <= SHOWN:
        return annotations
    shown, others = annotations[: SHOWN - 1], annotations[SHOWN - 1 :]
    more = f"{len(others):,} more {severity}s"
    words = f"GitHub shows {SHOWN} {severity}s of a step: {len(others):,} more stand in the log of this step."
    return [*shown, _Annotation(severity, more, (words,)), *others]


def _annotations(document: Document) -> Iterator[_Annotation]:
    """Logs without a verdict and gates that do not hold, then the first cause of each log, then the findings."""
    for name, path, _, words in wording.beyond_findings(document):
        yield _Annotation("error", name, (f"{path}: {words}",))
    for run in filter(wording.is_faulty, document["runs"]):
        if run["root_causes"]:
            yield _cause(run)
    for run in document["runs"]:
        for finding in run["findings"]:
            yield _finding(run, finding)


def _cause(run: Run) -> _Annotation:
    """The first root cause of a log, as severe as the worst finding."""
    first = run["root_causes"][0]
    lines = (
        f"{run['path']}: {wording.cause(run, first)}",
        f"fix: {first['next']}",
        f"to be sure: {first['settles']}",
    )
    severity = min((finding["severity"] for finding in run["findings"]), key=list(COMMANDS).index)
    line = first["since"]["line"] if first["since"] else 1
    return _Annotation(severity, wording.sureness(first), lines, run["path"], max(line, 1))


def _finding(run: Run, finding: Finding) -> _Annotation:
    line = finding["first"]["line"] if finding["first"] else 1
    # A step's log shows the message only, so that it says again where, and by which rule.
    lines = tuple(wording.lines(run, finding))
    return _Annotation(finding["severity"], finding["rule"], lines, run["path"], max(line, 1))
