"""Findings in the diagnostic format of reviewdog, which puts them into reviews.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf. It counts columns in bytes of UTF-8, the document in
characters, so that only lines are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import escaped, json_text
from higgs_logscan.location import relative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from higgs_logscan.document import Document, Finding, Run

#: From the worst on.
_SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(document: Document, out: TextIO) -> None:
    """Write one `DiagnosticResult`: a diagnostic per finding, per gate that does not hold, per log that could
    not be read or judged."""
    diagnostics = [diagnostic for run in document["runs"] for diagnostic in _diagnostics(run)]
    diagnostics += [
        _diagnostic(one["path"], "unread", f"The log could not be read: {wording.sentence(one['reason'])}")
        for one in document["unread"]
    ]
    result: dict[str, Any] = {"source": {"name": document["tool"]["name"]}, "diagnostics": diagnostics}
    there = {diagnostic["severity"] for diagnostic in diagnostics}
    if worst := [severity for severity in _SEVERITIES.values() if severity in there][:1]:
        result["severity"] = worst[0]
    out.write(json_text(result, out, indent=2) + "\n")


def _diagnostics(run: Run) -> Iterator[dict[str, Any]]:
    for finding in run["findings"]:
        line = finding["first"]["line"] if finding["first"] else 0
        yield _diagnostic(run["path"], finding["rule"], _message(finding), finding["severity"], line)
    missed = [gate for gate in run["gates"] if gate["verdict"] != "pass"]
    for gate in missed:
        yield _diagnostic(run["path"], f"gate/{gate['gate']}", wording.gate(gate))
    if run["verdict"] == "unknown" and not missed:
        yield _diagnostic(run["path"], "no-verdict", f"The log could not be judged: {wording.coverage(run)}.")


def _message(finding: Finding) -> str:
    """What was found, where and how often, what it may come from, what to do."""
    words = wording.placed(finding)
    said = wording.sentence(words[:1].upper() + words[1:])
    return " ".join(filter(None, [said, finding["likely"], finding["next"]]))


def _diagnostic(path: str, code: str, message: str, severity: str = "error", line: int = 0) -> dict[str, Any]:
    """Lines count from 1: one of 0 stands for the whole log."""
    location: dict[str, Any] = {"path": escaped(relative(path))}
    if line:
        location["range"] = {"start": {"line": line}}
    return {
        "message": escaped(message),
        "location": location,
        "severity": _SEVERITIES[severity],
        "code": {"value": escaped(code)},
    }
