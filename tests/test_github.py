"""Annotations of GitHub Actions: what the runner reads out of every line is what was put in."""

from __future__ import annotations

import io
import os
import re
from typing import Any, NamedTuple

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given, settings

from higgs_logscan.escape import escaped
from higgs_logscan.location import relative
from higgs_logscan.renderers import github

WORDS = {"error": "error", "warning": "warning", "note": "notice"}


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def unescaped(text: str, codes: str) -> str:
    return re.sub(f"%({codes})", lambda code: chr(int(code[1], 16)), text)


def command(line: str) -> Command:
    """A line as the runner reads it: `::name key=value,…::message`."""
    assert line.isprintable(), line
    assert line.startswith("::"), line
    head, separator, message = line[2:].partition("::")
    assert separator, line
    name, _, listed = head.partition(" ")
    assert name in WORDS.values(), line
    properties = dict(pair.split("=", 1) for pair in listed.split(","))
    assert len(properties) == listed.count(",") + 1
    assert not re.search("%(?!25|0D|0A)", message)
    return Command(
        name,
        {key: unescaped(value, "25|0D|0A|3A|2C") for key, value in properties.items()},
        unescaped(message, "25|0D|0A"),
    )


def rendered(of: Any) -> str:
    out = io.StringIO()
    github.render(of, out)
    return out.getvalue()


def commands(of: Any) -> list[Command]:
    text = rendered(of)
    assert text.endswith("\n")
    return [command(line) for line in text[:-1].split("\n")]


CAUSE = {
    "cause": "label-leak", "detail": "", "summary": "The model is shown the answer.", "confidence": "high",
    "since": {"step": 40, "line": 812, "byte": 0}, "healthy_until": None, "seconds": None, "for": ["label-leak"],
    "against": [], "settles": "Print both.", "next": "Shift once.",
}  # fmt: skip


def test_a_finding_is_an_annotation_of_its_line() -> None:
    at = finding(
        "error", "98 % equal, label: fed in", first=evidence(812, step=40), count=3, likely="A leak.", next="Shift."
    )
    assert rendered(document(run("logs/a,b:c.log", "fail", findings=[at]))) == (
        "::error file=logs/a%2Cb%3Ac.log,line=812,title=higgs-logscan%3A label-leak::logs/a,b:c.log:812: label-leak: "
        "98 %25 equal, label: fed in (step 40, 3 times)%0Alikely: A leak.%0Anext: Shift.\n"
    )


@pytest.mark.parametrize("path", ["-", "/var/log/train.log", "../train.log"])
def test_a_log_elsewhere_is_no_file_of_the_repository(path: str) -> None:
    (made,) = commands(document(run(path, "fail", findings=[finding()])))
    assert "file" not in made.properties
    assert made.message == f"{path}:7: label-leak: it is wrong"


def test_an_absolute_path_in_the_working_directory_is_relative() -> None:
    (made,) = commands(document(run(os.path.abspath("logs/train.log"), "fail", findings=[finding()])))
    assert made.properties["file"] == "logs/train.log"


def test_the_first_cause_comes_before_the_findings_of_its_log() -> None:
    logs = [run(path, "fail", findings=[finding()], root_causes=[CAUSE]) for path in ("a.log", "b.log")]
    titles = [(made.properties["file"], made.properties["title"]) for made in commands(document(*logs))]
    assert titles == [
        ("a.log", "higgs-logscan: label-leak (high)"),
        ("b.log", "higgs-logscan: label-leak (high)"),
        ("a.log", "higgs-logscan: label-leak"),
        ("b.log", "higgs-logscan: label-leak"),
    ]
    first = commands(document(*logs))[0]
    assert first.properties["line"] == "812"
    assert first.message.endswith("\nfix: Shift once.\nto be sure: Print both.")


def test_a_cause_is_as_severe_as_the_worst_finding() -> None:
    log = run("a.log", "warn", findings=[finding("warning"), finding("note")], root_causes=[CAUSE])
    assert [made.name for made in commands(document(log))] == ["warning", "warning", "notice"]
    noted = run("a.log", "pass", findings=[finding("note")], root_causes=[CAUSE])
    assert [made.name for made in commands(document(noted))] == ["notice"]


def test_what_fails_beyond_findings_is_an_error_and_comes_first() -> None:
    gate = {"gate": "expect", "asked": "audio_loss<5.5@500", "verdict": "fail", "message": "it is 6.1"}
    held = {**gate, "verdict": "pass"}
    logs = [run("a.log", "fail", findings=[finding()], gates=[held, gate]), run("b.log", "unknown")]
    made = commands(document(*logs, unread=[{"path": "c.log", "reason": "no such file"}]))
    assert [(one.name, one.message) for one in made] == [
        ("error", "c.log: not read: no such file"),
        ("error", "a.log: expect audio_loss<5.5@500: it is 6.1."),
        ("error", "b.log: no verdict is possible. No loss was read from it."),
        ("error", "a.log:7: label-leak: it is wrong"),
    ]


def test_where_nothing_is_found_the_verdict_is_a_notice() -> None:
    (made,) = commands(document(run("a.log"), run("b.log")))
    assert made == ("notice", {"title": "higgs-logscan: pass"}, "pass: 2 logs, 2 pass")


@pytest.mark.parametrize("severity", WORDS)
def test_the_tenth_of_a_kind_says_how_many_more(severity: str) -> None:
    def messages(number: int) -> list[str]:
        found = [finding(severity, f"number {i}") for i in range(number)]
        return [made.message for made in commands(document(run("a.log", "warn", findings=found)))]

    assert len(messages(10)) == 10
    assert not any("more" in message for message in messages(10))
    assert len(messages(13)) == 14
    assert messages(13)[9] == f"GitHub shows 10 {severity}s of a step: 4 more stand in the log of this step."
    assert all(any(f"number {i}" in message for message in messages(13)) for i in range(13))


@settings(deadline=None, max_examples=60)
@given(documents)
def test_every_line_is_one_command_and_says_what_was_put_in(of: Any) -> None:
    made = commands(of)
    order = list(WORDS.values())
    assert [order.index(one.name) for one in made] == sorted(order.index(one.name) for one in made)
    for one in of["runs"]:
        for found in one["findings"]:
            where = f"{one['path']}:{found['first']['line']}" if found["first"] else one["path"]
            says = escaped(f"{where}: {found['rule']}: {found['message']}")
            alike = [
                c
                for c in made
                if c.name == WORDS[found["severity"]]
                and c.message.startswith(says)
                and c.properties["title"] == f"higgs-logscan: {found['rule']}"
            ]
            assert alike
            file = relative(one["path"])
            inside = one["path"] != "-" and not file.startswith("/")
            assert all(c.properties.get("file") == (escaped(file) if inside else None) for c in alike)
            assert {line.partition(":")[0] for c in alike for line in c.message.split("\n")[1:]} <= {"likely", "next"}


def test_a_stream_without_unicode_gets_ascii() -> None:
    binary = io.BytesIO()
    out = io.TextIOWrapper(binary, "ascii")
    github.render(document(run("é.log", "fail", findings=[finding(message="…")])), out)
    out.flush()
    assert b"\\xe9.log" in binary.getvalue()
