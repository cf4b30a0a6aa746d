"""A JUnit report: a suite per log, a test case per rule, so that what was not judged shows as skipped.

CI services show it without a plugin. A test case passes, fails (an error or a warning), or is skipped: its
rule could not judge, or what it found is accepted. XML has no way to write a control character at all, so
everything is escaped before it gets there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from junitparser import Error, Failure, Skipped, TestCase
from junitparser.xunit2 import JUnitXml, TestSuite

from higgs_logscan import wording
from higgs_logscan.escape import ascii_only, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from junitparser.junitparser import FinalResult

    from higgs_logscan.document import Document, Finding, Gate, NotJudged, Run, Suppressed, Unread

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def render(document: Document, out: TextIO) -> None:
    """Write the report: red wherever there is an error, a warning, a gate that does not hold, or no verdict."""
    suites = [*map(_suite, document["runs"]), *map(_unread, document["unread"])]
    report = JUnitXml(document["tool"]["name"])
    # Appended as they are: `add_testsuite` would join the suites of logs that are alike.
    report.extend(suites)
    _count(report, [case for suite in suites for case in suite])
    text = report.tostring().decode("utf-8")
    if ascii_only(out):
        text = text.encode("ascii", "xmlcharrefreplace").decode("ascii")
    out.write(f"{_DECLARATION}{text}\n")


def _suite(run: Run) -> TestSuite:
    suite = TestSuite(escaped(run["path"]))
    for name, value in _properties(run):
        suite.add_property(name, escaped(value))
    cases = list(_cases(run))
    if run["verdict"] == "unknown" and all(case.is_passed or case.is_skipped for case in cases):
        words = f"The log could not be judged: {wording.coverage(run)}."
        cases.append(_case("reading", "verdict", Failure(escaped(words), "no-verdict")))
    suite.extend(cases)
    suite.skipped = sum(case.is_skipped for case in cases)
    _count(suite, cases)
    return suite


def _unread(log: Unread) -> TestSuite:
    """A log that could not be read, as a suite of its own: no rule was asked."""
    suite = TestSuite(escaped(log["path"]))
    cases = [_case("reading", "read", Error(escaped(log["reason"]), "unread"))]
    suite.extend(cases)
    suite.skipped = 0
    _count(suite, cases)
    return suite


def _count(of: JUnitXml | TestSuite, cases: Sequence[TestCase]) -> None:
    """Its totals. junitparser's own would add a time, which nobody measured."""
    of.tests = len(cases)
    of.failures = sum(case.is_failure for case in cases)
    of.errors = sum(case.is_error for case in cases)


def _properties(run: Run) -> Iterator[tuple[str, str]]:
    yield "verdict", run["verdict"]
    for cause in run["root_causes"][:1]:
        yield "root-cause", f"{cause['cause']}: {cause['summary']}"
        yield "root-cause-confidence", cause["confidence"]
    yield "coverage", wording.coverage(run)


# -- test cases -------------------------------------------------------------------------------------


def _cases(run: Run) -> Iterator[TestCase]:
    """A case per rule that was asked, the offending ones first, and one per gate."""
    found: dict[str, list[Finding]] = {}
    accepted: dict[str, list[Suppressed]] = {}
    for finding in run["findings"]:
        found.setdefault(finding["rule"], []).append(finding)
    for one in run["suppressed"]:
        accepted.setdefault(one["finding"]["rule"], []).append(one)
    for findings in found.values():
        yield _found(run, findings)
    for rule, all_of_it in accepted.items():
        if rule not in found:
            yield _accepted(all_of_it)
    for area in run["areas"]:
        yield from (_case(area["area"], rule) for rule in area["passed"])
    yield from map(_not_judged, run["not_judged"])
    yield from map(_gate, run["gates"])


def _case(area: str, name: str, result: FinalResult | None = None) -> TestCase:
    case = TestCase(escaped(name), escaped(area))
    if result is not None:
        case.result = result
    return case


def _found(run: Run, findings: list[Finding]) -> TestCase:
    """What one rule found. Some services show only one failure of a case, so that it holds all of it."""
    first, words = findings[0], "\n\n".join(_words(run, finding) for finding in findings)
    severities = [finding["severity"] for finding in findings]
    if red := [severity for severity in ("error", "warning") if severity in severities]:
        failure = Failure(escaped(first["message"]), red[0])
        failure.text = words
        return _case(first["area"], first["rule"], failure)
    case = _case(first["area"], first["rule"])
    case.system_out = words
    return case


def _words(run: Run, finding: Finding) -> str:
    """A finding in lines: what, where, measured, likely, next, and the line of the log."""
    at = finding["first"]
    lines = [
        ("", f"{finding['severity']}: {finding['message']}"),
        ("at", ", ".join(filter(None, [wording.where(run, finding), wording.place(finding)]))),
        *wording.parts(finding),
        ("line", at["text"] if at else ""),
    ]
    return "\n".join(escaped(f"{label}: {value}" if label else value) for label, value in lines if value)


def _accepted(all_of_it: list[Suppressed]) -> TestCase:
    finding = all_of_it[0]["finding"]
    reasons = dict.fromkeys(f"{one['by']}: {one['reason']}" for one in all_of_it)
    return _case(finding["area"], finding["rule"], Skipped(escaped("; ".join(reasons))))


def _not_judged(rule: NotJudged) -> TestCase:
    words = f"not judged: {rule['reason']}; it needs {rule['needs']}"
    return _case(rule["area"], rule["rule"], Skipped(escaped(words)))


def _gate(gate: Gate) -> TestCase:
    """A gate that the log cannot answer is red too: it was asked for, and it is not known to hold."""
    name = f"{gate['gate']} {gate['asked']}"
    if gate["verdict"] == "pass":
        return _case("gate", name)
    return _case("gate", name, Failure(escaped(gate["message"]), "fail" if gate["verdict"] == "fail" else "no-verdict"))
