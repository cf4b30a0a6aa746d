"""Logging commands of Azure Pipelines: what the agent reads out of every line is what was put in."""

from __future__ import annotations

import io
import re
from typing import Any, NamedTuple

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given, settings

from higgs_logscan.escape import escaped
from higgs_logscan.location import relative
from higgs_logscan.renderers import azure

CODES = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]", "%AZP25": "%"}


class Issue(NamedTuple):
    properties: dict[str, str]
    message: str


def unescaped(text: str) -> str:
    return re.sub("|".join(CODES), lambda code: CODES[code[0]], text)


def issue(line: str) -> Issue | None:
    """A line as the agent reads it: `##vso[area.action key=value;…]message`, wherever in the line it begins."""
    assert line.isprintable(), line
    start = line.find("##vso[")
    if start < 0:
        assert "##" not in line
        return None
    assert start == 0, line
    head, bracket, message = line[len("##vso[") :].partition("]")
    assert bracket, line
    name, _, listed = head.partition(" ")
    assert name == "task.logissue"
    assert not re.search("%(?!AZP25|0D|0A)", message)
    pairs = [pair.split("=", 1) for pair in listed.split(";") if pair]
    properties = {key: unescaped(value) for key, value in pairs}
    assert len(properties) == len(pairs)
    return Issue(properties, unescaped(message))


def rendered(of: Any) -> str:
    out = io.StringIO()
    azure.render(of, out)
    return out.getvalue()


def lines(of: Any) -> tuple[list[Issue], list[str]]:
    """The issues, and the plain lines behind them."""
    text = rendered(of)
    assert text.endswith("\n")
    written = text[:-1].split("\n")
    issues = [made for line in written if (made := issue(line))]
    assert all(issue(line) for line in written[: len(issues)])
    return issues, written[len(issues) :]


def test_a_finding_is_an_issue_of_its_line() -> None:
    at = finding("warning", "98 % [equal]; fed in", first=evidence(812, step=40), likely="A leak.", next="Shift.")
    assert rendered(document(run("logs/a;b].log", "warn", findings=[at]))).splitlines()[0] == (
        "##vso[task.logissue type=warning;sourcepath=logs/a%3Bb%5D.log;linenumber=812;code=label-leak;]"
        "logs/a;b].log:812: label-leak: 98 %AZP25 [equal]; fed in (step 40)%0Alikely: A leak.%0Anext: Shift."
    )


@pytest.mark.parametrize("path", ["-", "/var/log/train.log", "../train.log"])
def test_a_log_elsewhere_is_no_file_of_the_repository(path: str) -> None:
    (made,), _ = lines(document(run(path, "fail", findings=[finding()])))
    assert made.properties == {"type": "error", "code": "label-leak"}


def test_errors_come_first_and_notes_are_text() -> None:
    found = [finding(severity, f"it is a {severity}") for severity in ("error", "warning", "note")]
    issues, plain = lines(document(run("a.log", "fail", findings=found), run("b.log", "fail", findings=found)))
    assert [made.properties["type"] for made in issues] == ["error", "error", "warning", "warning"]
    assert plain == [
        "note: a.log:7: label-leak: it is a note",
        "note: b.log:7: label-leak: it is a note",
        "fail: 2 logs, 2 fail",
    ]


def test_what_fails_beyond_findings_is_an_error_and_comes_first() -> None:
    gate = {"gate": "min-steps", "asked": "500", "verdict": "fail", "message": "the log ends at step 40"}
    logs = [run("a.log", "fail", findings=[finding()], gates=[gate]), run("b.log", "unknown")]
    issues, _ = lines(document(*logs, unread=[{"path": "c.log", "reason": "no such file"}]))
    assert [(made.properties["code"], made.message) for made in issues] == [
        ("unread", "c.log: not read: no such file"),
        ("min-steps", "a.log: min-steps 500: the log ends at step 40."),
        ("no-verdict", "b.log: no verdict is possible. No loss was read from it."),
        ("label-leak", "a.log:7: label-leak: it is wrong"),
    ]


def test_a_note_cannot_be_a_command() -> None:
    hostile = "###vso[task.complete result=Failed;] ##[error]x"
    _, plain = lines(document(run("##vso[a.b]c", findings=[finding("note", hostile)])))
    assert plain[0] == r"note: #\x23vso[a.b]c:7: label-leak: #\x23#vso[task.complete result=Failed;] #\x23[error]x"


def test_where_nothing_is_found_the_verdict_is_said() -> None:
    assert rendered(document(run())) == "pass: no findings; 0 of 0 rules judged\n"


@settings(deadline=None, max_examples=60)
@given(documents)
def test_every_issue_says_what_was_put_in(of: Any) -> None:
    issues, plain = lines(of)
    found = [(one, put) for one in of["runs"] for put in one["findings"]]
    assert len(plain) == 1 + sum(put["severity"] == "note" for _, put in found)
    counted = [pair for pair in found if pair[1]["severity"] != "note"]
    counted.sort(key=lambda pair: pair[1]["severity"])
    assert len(issues) >= len(counted)
    for made, (one, put) in zip(issues[len(issues) - len(counted) :], counted, strict=True):
        assert (made.properties["type"], made.properties["code"]) == (put["severity"], put["rule"])
        where = f"{one['path']}:{put['first']['line']}" if put["first"] else one["path"]
        assert made.message.startswith(escaped(f"{where}: {put['rule']}: {put['message']}"))
        file = relative(one["path"])
        inside = one["path"] != "-" and not file.startswith("/")
        assert made.properties.get("sourcepath") == (escaped(file) if inside else None)
