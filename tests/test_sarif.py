"""SARIF logs: what the format and those who read it hold us to. `.ci/contracts` has their validators check it too."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hostile import document, documents, evidence, finding, run
from hypothesis import given

from higgs_logscan import scan
from higgs_logscan.catalogue import RULES
from higgs_logscan.renderers import sarif

LOGS = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
#: A URI reference of RFC 3986, and no other character.
URI = re.compile(r"(file://)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+")
BY_ID = {rule.id: rule for rule in RULES}


def sarif_run(of: Any) -> Any:
    out = io.StringIO()
    sarif.render(of, out, BY_ID)
    (only,) = json.loads(out.getvalue())["runs"]
    return only


def results(of: Any) -> Any:
    return sarif_run(of)["results"]


def places(of: Any) -> list[Any]:
    """Every location of a SARIF run, wherever it stands."""
    if isinstance(of, list):
        return [place for one in of for place in places(one)]
    if not isinstance(of, dict):
        return []
    here = [of["physicalLocation"]] if "physicalLocation" in of else []
    return here + [place for one in of.values() for place in places(one)]


def check(of: Any) -> None:
    made = sarif_run(of)
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    counted = sum(
        len(one["findings"]) + len(one["suppressed"]) + sum(gate["verdict"] != "pass" for gate in one["gates"])
        for one in of["runs"]
    )
    assert len(made["results"]) == counted
    for one in made["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        text = one["message"]["text"]
        assert text.isprintable() and text.endswith((".", "!", "?")) and "](" not in text
        assert len(one["locations"]) == 1
    fingerprints = [one["partialFingerprints"]["higgsLogscan/v1"] for one in made["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    for one in made["invocations"][0]["toolExecutionNotifications"]:
        assert made["tool"]["driver"]["notifications"][one["descriptor"]["index"]]["id"] == one["descriptor"]["id"]
        if "associatedRule" in one:
            assert rules[one["associatedRule"]["index"]] == one["associatedRule"]["id"]
    for place in places(made):
        assert URI.fullmatch(place["artifactLocation"]["uri"])
        region = place.get("region", {"startLine": 1, "endLine": 1})
        assert 1 <= region["startLine"] <= region["endLine"]
        assert region.get("byteOffset", 0) >= 0
    for descriptor in made["tool"]["driver"]["rules"]:
        texts = [descriptor[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
        assert all(texts) and max(map(len, texts[:2])) <= 1024
        assert descriptor["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert len(descriptor["properties"]["tags"]) <= 10
        assert descriptor.get("name", "").lower() != descriptor["id"]


# -- laws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_regions_name_the_lines_and_bytes_of_the_log(log: Path) -> None:
    of = scan(log).to_dict()
    check(of)
    data, (one,) = log.read_bytes(), of["runs"]
    made = sarif_run(of)
    quotes = [place["region"] for place in places(made["results"]) if "snippet" in place["region"]]
    assert len(quotes) >= len(one["findings"])
    for region in quotes:
        begin = region["byteOffset"]
        assert data[begin : begin + region["byteLength"]].decode() == region["snippet"]["text"]
        assert data.count(b"\n", 0, begin) + 1 == region["startLine"]
    # Every rule is found, passed or not judged, so that all are described, with the manual.
    described = {rule["id"]: rule for rule in made["tool"]["driver"]["rules"]}
    assert list(described) == [rule.id for rule in RULES]
    assert all(rule["help"]["markdown"].startswith(f"# {id}\n") for id, rule in described.items())
    notes = [note["associatedRule"]["id"] for note in made["invocations"][0]["toolExecutionNotifications"]]
    assert notes == [unjudged["rule"] for unjudged in one["not_judged"]]


@given(documents)
def test_any_document_keeps_the_format(of: Any) -> None:
    check(of)


def test_a_log_that_is_written_on_or_begins_later_keeps_its_fingerprints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = next(log for log in LOGS if log.stem == "over-masked-late").read_bytes()
    found = []
    for text in (data, b"INFO:__main__:a line before\n" * 7 + data + data[-20_000:]):
        Path("train.log").write_bytes(text)
        made = results(scan("train.log").to_dict())
        lines = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in made]
        found.append(({one["ruleId"]: one["partialFingerprints"] for one in made}, lines))
    (before, lines), (after, moved) = found
    assert before and before.items() <= after.items()
    assert lines != moved


# -- results ----------------------------------------------------------------------------------------


def test_a_result_says_what_where_how_sure_and_what_to_do() -> None:
    of = finding(
        "warning", "98 % equal", measured={"pairs": 612}, likely="A leak", next="Shift once.", count=12,
        first=evidence(40, "Labels: é", step=7, rank=1), last=evidence(99, step=300),
    )  # fmt: skip
    (one,) = results(document(run("logs/a b.log", "warn", findings=[of])))
    fingerprint = one.pop("partialFingerprints")
    assert fingerprint["primaryLocationLineHash"] == fingerprint["higgsLogscan/v1"]
    place = {"uri": "logs/a%20b.log", "uriBaseId": "SRCROOT"}
    region = {"startLine": 40, "endLine": 40, "byteOffset": 70, "byteLength": 10, "snippet": {"text": "Labels: é"}}
    assert one == {
        "ruleId": "label-leak",
        "ruleIndex": 0,
        "kind": "fail",
        "level": "warning",
        "message": {
            "text": "98 % equal (step 7 to 300, rank 1, 12 times). Measured: pairs 612. Likely: A leak. Next: Shift once."
        },
        "locations": [
            {
                "physicalLocation": {"artifactLocation": place, "region": region},
                "logicalLocations": [
                    {"name": "7", "fullyQualifiedName": "step/7", "kind": "step"},
                    {"name": "1", "fullyQualifiedName": "rank/1", "kind": "rank"},
                ],
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "The last of them."},
                "physicalLocation": {
                    "artifactLocation": place,
                    "region": {"startLine": 99, "endLine": 99, "byteOffset": 70},
                },
                "logicalLocations": [{"name": "300", "fullyQualifiedName": "step/300", "kind": "step"}],
            }
        ],
        "occurrenceCount": 12,
    }


@pytest.mark.parametrize(
    ("text", "known"), [("", {"byteOffset"}), ("caf\ufffd", {"byteOffset", "snippet"})], ids=["no quote", "no UTF-8"]
)
def test_a_length_in_bytes_is_said_only_where_it_is_known(text: str, known: set[str]) -> None:
    (one,) = results(document(run(findings=[finding(first=evidence(3, text))])))
    region = one["locations"][0]["physicalLocation"]["region"]
    assert region.keys() - {"startLine", "endLine"} == known


@pytest.mark.parametrize("first", [None, evidence(0)])
def test_what_stands_in_no_line_is_about_the_whole_log(first: Any) -> None:
    (one,) = results(document(run(lines=80, findings=[finding(first=first)])))
    assert one["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "endLine": 80}


def test_a_suppressed_finding_is_a_result_that_is_accepted_and_keeps_its_fingerprint() -> None:
    other = finding("error", "other", rule="audio-loss-zero", area="audio-learning")
    (plain, kept) = results(document(run(findings=[finding(), other])))
    accepted = {"by": "suppression", "reason": "see #12", "finding": finding()}
    (first, second) = results(document(run(findings=[other], suppressed=[accepted])))
    assert "suppressions" not in plain | kept | first
    assert second["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "suppression: see #12"}
    ]
    assert first["partialFingerprints"] == kept["partialFingerprints"]
    assert second["partialFingerprints"] == plain["partialFingerprints"]


def test_a_gate_that_does_not_hold_is_a_result() -> None:
    gate = {"gate": "expect", "asked": "audio_loss<5.5", "verdict": "fail", "message": "it ends at 6.1"}
    of = document(run(gates=[gate, {**gate, "verdict": "pass"}, {**gate, "verdict": "unknown"}]))
    check(of)
    made = sarif_run(of)
    assert [(one["ruleId"], one["level"], one["message"]["text"]) for one in made["results"]] == [
        ("gate/expect", "error", "expect audio_loss<5.5: it ends at 6.1.")
    ] * 2
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == ["gate/expect"]


def test_a_rule_of_another_version_is_described_by_its_id() -> None:
    made = sarif_run(document(run(findings=[finding(rule="older-rule")])))
    (rule,) = made["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"], rule["defaultConfiguration"]) == ("older-rule", "OlderRule", {"level": "error"})


# -- logs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("./logs/../a.log", "a.log"),
        ("50% #1?.log", "50%25%20%231%3F.log"),
        ("läuft:1.log", "l%C3%A4uft%3A1.log"),
        ("byte\udcff.log", "byte%FF.log"),
        ("/var/log/a b.log", "file:///var/log/a%20b.log"),
        ("-", "standard-input"),
    ],
)
def test_a_log_is_named_by_a_uri(path: str, uri: str) -> None:
    made = sarif_run(document(run(path, findings=[finding()], bytes=123)))
    (artifact,) = made["artifacts"]
    assert (artifact["location"]["uri"], artifact["length"]) == (uri, 123)
    assert {place["artifactLocation"]["uri"] for place in places(made)} == {uri}
    relative = not uri.startswith("file:") and path != "-"
    assert (artifact["location"].get("uriBaseId") == "SRCROOT") == relative
    if relative and "/" not in path:
        assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")


def test_a_log_without_a_verdict_is_an_execution_that_failed() -> None:
    of = document(run("a.log"), run("b.log", "unknown"), unread=[{"path": "c.log", "reason": "no such file"}])
    (invocation,) = sarif_run(of)["invocations"]
    assert invocation["executionSuccessful"] is False
    said = [
        (one["descriptor"]["id"], one["level"], one["message"]["text"])
        for one in invocation["toolExecutionNotifications"]
    ]
    assert said == [
        ("unread", "error", "The log could not be read: no such file."),
        ("no-verdict", "error", "The log could not be judged: 0 lines, 100 % of 0 pieces understood."),
    ]
    assert sarif_run(document(run()))["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(("version", "semantic"), [("0.1.0", True), ("1.0.0-rc.1", True), ("1.0.dev3", False)])
def test_only_a_semantic_version_is_called_one(version: str, semantic: bool) -> None:
    driver = sarif_run(document(tool={"name": "higgs-logscan", "version": version}))["tool"]["driver"]
    assert (driver["version"], "semanticVersion" in driver) == (version, semantic)
