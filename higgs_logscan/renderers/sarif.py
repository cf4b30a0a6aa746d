"""Findings as SARIF 2.1.0, as services that collect the findings of many tools read it.

One run over all logs. A finding, suppressed or not, and a gate that does not hold is a result. A rule that
could not judge is a notification: GitHub does not know `kind` and would show a result as an alert. It does
not know `suppressions` either: there, what is accepted shows as open until it is dismissed.
Regions name the line and the exact bytes, and columns where the log is a plain file.
Limits and required properties are GitHub's:
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import escaped, json_text
from higgs_logscan.explain import rule_text
from higgs_logscan.location import Fingerprints, fingerprints, inside, uri
from higgs_logscan.manual import manual, rule_page
from higgs_logscan.manual_markdown import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from higgs_logscan.document import Document, Evidence, Finding, Run
    from higgs_logscan.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
INFORMATION = "https://pypi.org/project/higgs-logscan/"
#: What relative paths are relative to: the working directory, in CI the root of the repository.
ROOT = "SRCROOT"
#: Characters of a rule's description that GitHub takes.
DESCRIPTION = 1024
_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_GATES = {
    "min-coverage": "Less of the log was understood than was asked for.",
    "min-steps": "The run is shorter than was asked for.",
    "expect": "A series of the log does not hold what was expected of it.",
    "require": "The log lacks something that was required of it.",
}
_NOTIFICATIONS = {
    "not-judged": "The log does not print what the rule needs.",
    "no-verdict": "The log could not be judged.",
    "unread": "The log could not be read.",
}


def render(document: Document, out: TextIO, rules: Mapping[str, type[Rule]]) -> None:
    """Write the SARIF log. `rules` has the manual of each rule by its id; a saved report may name others."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(document, rules)]}
    out.write(json_text(log, out, indent=2) + "\n")


def _run(document: Document, rules: Mapping[str, type[Rule]]) -> dict[str, Any]:
    descriptors = _descriptors(document, rules)
    index = {descriptor["id"]: number for number, descriptor in enumerate(descriptors)}
    results = [*_findings(document), *_gates(document)]
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    notifications = list(_notifications(document, index))
    return {
        "tool": {"driver": _driver(document["tool"]["version"], descriptors)},
        "automationDetails": {"id": "higgs-logscan/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The directory that the logs were named from."}}},
        "invocations": [
            {
                "executionSuccessful": all(one["level"] != "error" for one in notifications),
                "toolExecutionNotifications": notifications,
            }
        ],
        "artifacts": [_artifact(run) for run in document["runs"]],
        "results": results,
    }


def _driver(version: str, descriptors: list[dict[str, Any]]) -> dict[str, Any]:
    driver: dict[str, Any] = {"name": "higgs-logscan", "version": escaped(version)}
    if _SEMANTIC_VERSION.fullmatch(version):
        driver["semanticVersion"] = version
    notifications = [
        {"id": id, **_named(id, _pascal(id)), **_described(words, words)} for id, words in _NOTIFICATIONS.items()
    ]
    return {**driver, "informationUri": INFORMATION, "rules": descriptors, "notifications": notifications}


def _artifact(run: Run) -> dict[str, Any]:
    """A log. Its length is that of what was read, behind any compression, as byte offsets are."""
    causes = [wording.sureness(cause) for cause in run["root_causes"]]
    return {
        "location": _place(run["path"]),
        "length": run["bytes"],
        "roles": ["analysisTarget"],
        "properties": {"verdict": run["verdict"], "coverage": run["coverage"]["share"], "rootCauses": causes},
    }


# -- rules ------------------------------------------------------------------------------------------


def _descriptors(document: Document, rules: Mapping[str, type[Rule]]) -> list[dict[str, Any]]:
    """The rules and gates that any of the logs was asked, in the order of the catalogue, with their manuals."""
    runs = document["runs"]
    asked: dict[str, str] = {rule: "warning" for run in runs for area in run["areas"] for rule in area["passed"]}
    asked |= {one["rule"]: "warning" for run in runs for one in run["not_judged"]}
    asked |= {finding["rule"]: finding["severity"] for run in runs for finding in _all_findings(run)}
    known = [_known(rule) for id, rule in rules.items() if id in asked]
    unknown = [
        _descriptor(id, _pascal(id), f"The rule {id}.", f"This version has no manual of {id}.", level)
        for id, level in asked.items()
        if id not in rules
    ]
    gates = dict.fromkeys(gate["gate"] for run in runs for gate in run["gates"])
    return known + unknown + [_descriptor(f"gate/{id}", _pascal(id), _GATES[id], _GATES[id], "error") for id in gates]


def _known(rule: type[Rule]) -> dict[str, Any]:
    summary = wording.sentence(rule.summary())
    about = " ".join(manual(rule).split("\n\n")[0].split())
    described = f"{summary} {about}".strip()
    # A threshold that was not measured on real weights makes a finding less sure.
    estimated = any(estimate for _, _, estimate in rule.thresholds().values())
    descriptor = _descriptor(rule.id, rule.__name__, summary, described, rule.severity)
    descriptor["help"] = {"text": rule_text(rule), "markdown": markdown(rule_page(rule))}
    descriptor["properties"] |= {"tags": ["training", rule.area], "precision": "medium" if estimated else "high"}
    return descriptor


def _descriptor(id: str, name: str, summary: str, described: str, level: str) -> dict[str, Any]:
    return {
        "id": id,
        **_named(id, name),
        **_described(summary, described),
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["training"], "precision": "high", "problem.severity": _PROBLEM[level]},
    }


def _described(summary: str, described: str) -> dict[str, Any]:
    return {
        "shortDescription": {"text": summary[:DESCRIPTION]},
        "fullDescription": {"text": described[:DESCRIPTION]},
        "help": {"text": described},
    }


def _named(id: str, name: str) -> dict[str, str]:
    """A name is for people: one that only repeats the id is left out."""
    return {"name": name} if name.lower() != id else {}


def _pascal(id: str) -> str:
    return "".join(word.capitalize() for word in id.split("-"))


# -- results ----------------------------------------------------------------------------------------


def _findings(document: Document) -> Iterator[dict[str, Any]]:
    runs: list[Run] = [{**run, "findings": _all_findings(run)} for run in document["runs"]]
    accepted = {id(one["finding"]): one for run in runs for one in run["suppressed"]}
    for run, finding, fingerprint in fingerprints({**document, "runs": runs}):
        result = _result(run, finding["rule"], finding["severity"], _message(finding), fingerprint, finding["first"])
        if finding["last"] and finding["last"] != finding["first"]:
            last = {"id": 1, "message": {"text": "The last of them."}, **_location(run, finding["last"])}
            result["relatedLocations"] = [last]
        if finding["count"]:
            result["occurrenceCount"] = finding["count"]
        if suppressed := accepted.get(id(finding)):
            words = escaped(f"{suppressed['by']}: {suppressed['reason']}")
            result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": words}]
        yield result


def _all_findings(run: Run) -> list[Finding]:
    """Those that are suppressed behind the others, so that they change no fingerprint of these."""
    return [*run["findings"], *(one["finding"] for one in run["suppressed"])]


def _gates(document: Document) -> Iterator[dict[str, Any]]:
    """Gates that do not hold, or that the log cannot answer: no other result would say why there is no pass."""
    names = Fingerprints()
    for run in document["runs"]:
        for gate in run["gates"]:
            if gate["verdict"] != "pass":
                rule = f"gate/{gate['gate']}"
                fingerprint = names.of(rule, run["path"], gate["asked"])
                yield _result(run, rule, "error", wording.gate(gate), fingerprint)


def _result(
    run: Run, rule: str, level: str, message: str, fingerprint: str, at: Evidence | None = None
) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "kind": "fail",
        "level": level,
        "message": {"text": _plain(message)},
        "locations": [_location(run, at)],
        # GitHub knows a finding again by the first of them alone.
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "higgsLogscan/v1": fingerprint},
    }


def _message(finding: Finding) -> str:
    """What was found, which is all that a list shows, then its measures, what it may come from, what to do."""
    words = wording.placed(finding)
    parts = [words[:1].upper() + words[1:]]
    parts += [f"{label.capitalize()}: {words}" for label, words in wording.parts(finding)]
    return " ".join(map(wording.sentence, parts))


def _plain(words: str) -> str:
    """Words that are no link, whatever the log says: viewers make one of `[words](address)`."""
    return escaped(words).replace("](", "] (")


# -- places -----------------------------------------------------------------------------------------


def _location(run: Run, at: Evidence | None) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _place(run["path"]), "region": _region(run, at)}
    }
    named = {"step": at["step"], "rank": at["rank"]} if at else {}
    if logical := [
        {"name": str(number), "fullyQualifiedName": f"{kind}/{number}", "kind": kind}
        for kind, number in named.items()
        if number is not None
    ]:
        location["logicalLocations"] = logical
    return location


def _place(path: str) -> dict[str, Any]:
    return {"uri": uri(path), **({"uriBaseId": ROOT} if inside(path) else {})}


def _region(run: Run, at: Evidence | None) -> dict[str, Any]:
    """The line and its bytes, as far as they are known; the whole log for what stands in none of its lines."""
    if not at or not at["line"]:
        return {"startLine": 1, "endLine": max(run["lines"], 1)}
    region: dict[str, Any] = {"startLine": at["line"], "endLine": at["line"], "byteOffset": at["byte"]}
    # What UTF-8 cannot say, or could not be read as such, has another length in the log.
    text = at["text"].encode("utf-8", "replace").decode("utf-8")
    if text and text == at["text"] and "\ufffd" not in text:
        region["byteLength"] = len(text.encode())
    if at["column"]:
        # It ends behind its last character that is shown.
        region |= {"startColumn": at["column"], "endColumn": at["column"] + len(text)}
    return {**region, "snippet": {"text": text}} if text else region


# -- notifications ----------------------------------------------------------------------------------


def _notifications(document: Document, index: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for one in document["unread"]:
        yield _notification("unread", "error", f"The log could not be read: {one['reason']}", one["path"])
    for run in document["runs"]:
        if run["verdict"] == "unknown":
            words = f"The log could not be judged: {wording.coverage(run)}"
            yield _notification("no-verdict", "error", words, run["path"])
        for unjudged in run["not_judged"]:
            words = f"{unjudged['rule']} was not judged: {unjudged['reason']}; it needs {unjudged['needs']}"
            notification = _notification("not-judged", "note", words, run["path"])
            rule = {"id": unjudged["rule"], "index": index[unjudged["rule"]]}
            yield {**notification, "associatedRule": rule}


def _notification(id: str, level: str, words: str, path: str) -> dict[str, Any]:
    return {
        "descriptor": {"id": id, "index": list(_NOTIFICATIONS).index(id)},
        "level": level,
        "message": {"text": _plain(wording.sentence(words))},
        "locations": [{"physicalLocation": {"artifactLocation": _place(path)}}],
    }
