"""Issues of an Azure Pipelines step: logging commands, and plain lines for what is no issue.

`##vso[task.logissue type=…;sourcepath=…;linenumber=…;code=…;]message`, escaped as the agent undoes it
(docs/design/percentEncoding.md of the agent, taskcommand.ts of its task library). Logs name no columns.

There is no `task.complete`: the exit status decides what becomes of the step, as `--fail-on` asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import ascii_only, defused, escaped
from higgs_logscan.location import inside

if TYPE_CHECKING:
    from higgs_logscan.document import Document, Finding, Run


def render(document: Document, out: TextIO) -> None:
    """Write errors, then warnings, as the agent keeps the first ten of a step; then notes and the verdict as text."""
    narrow = ascii_only(out)
    for name, path, _, words in wording.beyond_findings(document):
        out.write(_issue("error", name, [f"{path}: {words}"], "-", 1, narrow))
    for severity in ("error", "warning"):
        for run, finding in _findings(document, severity):
            line = finding["first"]["line"] if finding["first"] else 1
            out.write(_issue(severity, finding["rule"], wording.lines(run, finding), run["path"], line, narrow))
    for run, finding in _findings(document, "note"):
        out.write(_plain(f"note: {' '.join(wording.lines(run, finding))}", narrow))
    out.write(_plain(wording.in_a_line(document), narrow))


def _issue(kind: str, code: str, lines: list[str], path: str, line: int, narrow: bool) -> str:
    properties = {"type": kind}
    # Elsewhere it is no file of the repository.
    if file := inside(path):
        properties |= {"sourcepath": file, "linenumber": str(max(line, 1))}
    properties["code"] = code
    named = "".join(f"{name}={_property(escaped(value, narrow))};" for name, value in properties.items())
    message = "\n".join(escaped(line, narrow) for line in lines)
    return f"##vso[task.logissue {named}]{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")


def _plain(text: str, narrow: bool) -> str:
    """A line that is no command: the agent looks for `##vso[` anywhere in it, a viewer for `##[`."""
    return defused(escaped(text, narrow)) + "\n"


def _findings(document: Document, severity: str) -> Iterator[tuple[Run, Finding]]:
    for run in document["runs"]:
        yield from ((run, finding) for finding in run["findings"] if finding["severity"] == severity)
