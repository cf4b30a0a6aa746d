"""A GitLab Code Quality report: an array of what was found, for the widget of a merge request.

The format is a part of Code Climate's, as GitLab documents it (docs.gitlab.com/ci/testing/code_quality).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import escaped, json_text
from higgs_logscan.location import Fingerprints, fingerprints, relative

if TYPE_CHECKING:
    from higgs_logscan.document import Document, Finding

#: GitLab knows info, minor, major, critical and blocker; whether a merge request is blocked, others decide.
SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def render(document: Document, out: TextIO) -> None:
    """Write the report. Fingerprints hold no line number: a log that is written on makes no new finding."""
    out.write(json_text([*_beyond_findings(document), *_findings(document)], out, indent=2) + "\n")


def _findings(document: Document) -> Iterator[dict[str, Any]]:
    for run, finding, fingerprint in fingerprints(document):
        line = finding["first"]["line"] if finding["first"] else 1
        yield _entry(finding["severity"], finding["rule"], _description(finding), fingerprint, run["path"], line)


def _description(finding: Finding) -> str:
    return f"{wording.sentence(wording.placed(finding))} {finding['next']}".rstrip()


def _beyond_findings(document: Document) -> Iterator[dict[str, Any]]:
    """Logs that were not read or have no verdict, and gates that do not hold."""
    names = Fingerprints()
    for name, path, asked, words in wording.beyond_findings(document):
        yield _entry("error", name, words, names.of(name, path, asked), path, 1)


def _entry(severity: str, name: str, words: str, fingerprint: str, path: str, line: int) -> dict[str, Any]:
    return {
        "description": escaped(words),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[severity],
        # GitLab wants a path from the root of the repository: a log that lies elsewhere keeps its whole path.
        "location": {"path": relative(path).lstrip("/") or "/", "lines": {"begin": max(line, 1)}},
    }
