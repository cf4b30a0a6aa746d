"""Diagnostics for reviewdog, checked against its documented format, written down here as a JSON Schema."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given
from jsonschema import Draft202012Validator

from higgs_logscan import scan
from higgs_logscan.location import relative
from higgs_logscan.renderers import rdjson

LOGS = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
SEVERITY = {"enum": ["ERROR", "WARNING", "INFO"]}
POSITION = {
    "type": "object",
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "required": ["line"],
    "additionalProperties": False,
}
NAMED = {
    "type": "object",
    "properties": {name: {"type": "string", "minLength": 1} for name in ("name", "value", "url")},
    "additionalProperties": False,
}
LOCATION = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "minLength": 1},
        "range": {
            "type": "object",
            "properties": {"start": POSITION, "end": POSITION},
            "required": ["start"],
            "additionalProperties": False,
        },
    },
    "required": ["path"],
    "additionalProperties": False,
}
VALID = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "source": {**NAMED, "required": ["name"]},
            "severity": SEVERITY,
            "diagnostics": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "message": {"type": "string", "minLength": 1},
                        "location": LOCATION,
                        "severity": SEVERITY,
                        "code": {**NAMED, "required": ["value"]},
                    },
                    "required": ["message", "location", "severity", "code"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["diagnostics"],
        "additionalProperties": False,
    }
)


def result(of: Any) -> Any:
    out = io.StringIO()
    rdjson.render(of, out)
    read = json.loads(out.getvalue())
    VALID.validate(read)
    return read


def check(of: Any) -> None:
    read = result(of)
    missed = [[gate for gate in one["gates"] if gate["verdict"] != "pass"] for one in of["runs"]]
    silent = sum(one["verdict"] == "unknown" and not gates for one, gates in zip(of["runs"], missed, strict=True))
    counted = sum(len(one["findings"]) for one in of["runs"]) + sum(map(len, missed)) + silent + len(of["unread"])
    assert len(read["diagnostics"]) == counted
    there = [one["severity"] for one in read["diagnostics"]]
    assert read.get("severity") == min(there, key=["ERROR", "WARNING", "INFO"].index, default=None)
    for one in read["diagnostics"]:
        assert one["message"].isprintable() and one["location"]["path"].isprintable()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_every_finding_of_a_log_is_a_diagnostic(log: Path) -> None:
    of = scan(log).to_dict()
    check(of)
    for one, found in zip(result(of)["diagnostics"], of["runs"][0]["findings"], strict=True):
        assert one["code"]["value"] == found["rule"]
        assert found["first"] and one["location"]["range"]["start"]["line"] == found["first"]["line"]


@given(documents)
def test_any_document_keeps_the_format(of: Any) -> None:
    check(of)


def test_a_diagnostic_names_file_line_and_what_to_do() -> None:
    of = finding("warning", "the loss is flat", first=evidence(12, step=3), count=4, likely="Frozen.", next="Thaw it.")
    assert result(document(run("logs/a b.log", "warn", findings=[of]))) == {
        "source": {"name": "higgs-logscan"},
        "severity": "WARNING",
        "diagnostics": [
            {
                "message": "The loss is flat (step 3, 4 times). Frozen. Thaw it.",
                "location": {"path": "logs/a b.log", "range": {"start": {"line": 12}}},
                "severity": "WARNING",
                "code": {"value": "label-leak"},
            }
        ],
    }


@pytest.mark.parametrize("first", [None, evidence(0)])
def test_a_finding_of_the_whole_log_names_no_line(first: Any) -> None:
    (one,) = result(document(run(findings=[finding(first=first)])))["diagnostics"]
    assert one["location"] == {"path": "train.log"}


def test_what_leaves_a_log_without_a_pass_is_said() -> None:
    gate = {"gate": "min-steps", "asked": "500", "verdict": "unknown", "message": "the log reaches step 80"}
    of = document(
        run("a.log", "unknown", gates=[gate, {**gate, "verdict": "pass"}]), run("b.log", "unknown"),
        unread=[{"path": "c.log", "reason": "no such file"}],
    )  # fmt: skip
    assert [(one["location"]["path"], one["code"]["value"], one["message"]) for one in result(of)["diagnostics"]] == [
        ("a.log", "gate/min-steps", "min-steps 500: the log reaches step 80."),
        ("b.log", "no-verdict", "The log could not be judged: 0 lines, 100 % of 0 pieces understood."),
        ("c.log", "unread", "The log could not be read: no such file."),
    ]


def test_nothing_found_is_no_diagnostic() -> None:
    accepted = {"by": "baseline", "reason": "known", "finding": finding()}
    assert result(document(run(suppressed=[accepted]))) == {"source": {"name": "higgs-logscan"}, "diagnostics": []}


@pytest.mark.parametrize("path", ["./logs/../a.log", "/elsewhere/a.log", "-"])
def test_paths_are_portable(path: str) -> None:
    (one,) = result(document(run(path, findings=[finding()])))["diagnostics"]
    assert one["location"]["path"] == relative(path)
