"""Baselines: what is known counts no more, what is new always does, and the file says so plainly."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Pieces

from higgs_logscan import pipeline
from higgs_logscan.baseline import Baseline, written
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.finding import Evidence, Finding, Judgement, NotJudged
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile
from higgs_logscan.run import Run
from higgs_logscan.suppression import Suppression, Suppressions
from higgs_logscan.usage import UsageError
from higgs_logscan.value import replace

FOLDER = Path(__file__).parent.parent / "sample_logs"
NAMES = ("healthy", "hidden-nan", "issue-94", "label-leak", "label-out-of-range", "over-masked-late")
#: Rules of the made-up runs.
IDS = ("label-leak", "batch-repeated", "crash")


@cache
def sample(name: str) -> Run:
    path = FOLDER / f"{name}.log"
    rules = [rule() for rule in RULES]
    return pipeline.scan(lambda: Scan(str(path), DIALECTS, rules, CAUSES, Profile()), Pieces([path.read_bytes()]))


def found(rule: str, count: int = 1, severity: str = "warning") -> Finding:
    return Finding(rule, "alignment", severity, "found", Evidence(1, 0), count=count)  # type: ignore[arg-type]


def run(*findings: Finding, path: str = "/runs/a.log", unjudged: tuple[str, ...] = ()) -> Run:
    """A run of these findings, whose other rules passed, or could not judge."""
    judgements = tuple(Judgement(rule, "alignment", {}, tuple(f for f in findings if f.rule == rule)) for rule in IDS)
    judgements = tuple(
        replace(j, not_judged=NotJudged(j.rule, "too short", "more")) if j.rule in unjudged else j for j in judgements
    )
    return replace(sample("healthy"), path=path, judgements=judgements).with_findings(findings)


def baseline(logs: Mapping[str, Mapping[str, int]], path: str = "/runs/baseline.json") -> Baseline:
    return Baseline(path, logs)


def saved(one: Baseline) -> Baseline:
    """The baseline, written and read again."""
    Path(one.path).write_text(one.text(), encoding="ascii")
    return Baseline.read(one.path)


# -- what is known ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_what_was_just_recorded_is_known(name: str, tmp_path: Path) -> None:
    recorded = saved(Baseline.of([sample(name)], str(tmp_path / "baseline.json")))
    after = recorded.apply(sample(name))
    assert after.verdict == "pass"
    assert {finding.severity for finding in after.findings} <= {"note"}
    assert sorted(map(repr, after.found)) == sorted(map(repr, sample(name).findings))
    assert not recorded.stale([sample(name)]) and not recorded.grown([sample(name)])


def test_the_reason_says_how_often_it_was_known() -> None:
    known = Baseline.of([sample("issue-94")], "/runs/baseline.json").apply(sample("issue-94"))
    (one,) = known.suppressed
    assert (one.by, one.reason) == ("baseline", "known since the baseline (274 times)")
    assert not known.root_causes


@pytest.mark.parametrize(("count", "counts"), [(9, False), (10, False), (11, True)])
def test_more_than_recorded_is_all_new(count: int, counts: bool) -> None:
    one = run(found("label-leak", count))
    known = baseline({"/runs/a.log": {"label-leak": 10}})
    assert bool(known.apply(one).findings) is counts
    assert [grown.message for grown in known.grown([one])] == (
        ["/runs/a.log: label-leak is found 11 times, the baseline knows it 10 times: it counts as new"]
        if counts
        else []
    )


def test_counts_of_a_rule_add_up() -> None:
    known = baseline({"/runs/a.log": {"label-leak": 10}})
    assert not known.apply(run(found("label-leak", 4), found("label-leak", 6))).findings
    assert len(known.apply(run(found("label-leak", 4), found("label-leak", 7))).findings) == 2


def test_another_log_and_another_rule_are_new() -> None:
    known = baseline({"/runs/a.log": {"label-leak": 10}})
    assert known.apply(run(found("label-leak"), path="/runs/b.log")).findings
    assert known.apply(run(found("crash"))).findings


def test_a_note_is_neither_recorded_nor_known() -> None:
    one = run(found("label-leak", 3, "note"))
    assert Baseline.of([one], "/runs/baseline.json").logs == {}
    known = baseline({"/runs/a.log": {"label-leak": 10}})
    assert known.apply(one).findings == one.findings
    beside = found("label-leak", 10)
    assert known.apply(run(*one.findings, beside)).findings == one.findings
    # An entry for the note would hide this one.
    assert Baseline.of([one], "/runs/baseline.json").apply(run(found("label-leak", 3, "error"))).verdict == "fail"


def test_a_suppressed_finding_is_not_recorded() -> None:
    suppressions = Suppressions([Suppression("audio-loss-near-zero", "issue 94")], date(2026, 10, 1))
    assert Baseline.of([suppressions.apply(sample("issue-94"))], "/runs/baseline.json").logs == {}


def test_standard_input_is_a_log(tmp_path: Path) -> None:
    recorded = Baseline.of([run(found("crash"), path="-")], str(tmp_path / "baseline.json"))
    assert '"-": {' in recorded.text()
    assert not saved(recorded).apply(run(found("crash"), path="-")).findings


# -- stale entries ----------------------------------------------------------------------------------


def test_what_is_found_less_is_said() -> None:
    known = baseline({"/runs/a.log": {"label-leak": 10, "crash": 1}, "/runs/gone.log": {"crash": 2}})
    one = run(found("label-leak", 4))
    messages = [stale.message for stale in known.stale([one])]
    assert messages == [
        "/runs/a.log: crash no longer counts, the baseline knows it 1 time (--write-baseline updates it)",
        "/runs/a.log: label-leak is found 4 times now, the baseline knows it 10 times (--write-baseline updates it)",
    ]
    assert known.stale([known.apply(one)]) == known.stale([one])
    assert known.updated([one]).logs == {"/runs/a.log": {"label-leak": 4}, "/runs/gone.log": {"crash": 2}}


@pytest.mark.parametrize("one", [run(unjudged=("label-leak",)), replace(run(), judgements=()), run(path="/runs/b.log")])
def test_what_was_not_judged_is_left_alone(one: Run) -> None:
    known = baseline({"/runs/a.log": {"label-leak": 10}})
    assert not known.stale([one])
    assert known.updated([one]).logs == known.logs


def test_what_a_suppression_accepts_needs_no_entry() -> None:
    suppressions = Suppressions([Suppression("label-leak", "a test of ours")], date(2026, 10, 1))
    one = suppressions.apply(run(found("label-leak", 10)))
    assert baseline({"/runs/a.log": {"label-leak": 10}}).updated([one]).logs == {}


# -- writing ----------------------------------------------------------------------------------------


def test_the_file_is_stable_and_relative(tmp_path: Path) -> None:
    folder = tmp_path / "ci"
    folder.mkdir()
    logs = [tmp_path / "runs" / "b.log", tmp_path / "runs" / "a.log", folder / "é.log"]
    runs = [run(found("label-leak", 274), found("crash"), path=str(log)) for log in logs]
    text = Baseline.of(runs, str(folder / "baseline.json")).text()
    assert text == Baseline.of(runs[::-1], str(folder / "baseline.json")).text()
    rules = {"crash": 1, "label-leak": 274}
    document = {"version": 1, "logs": {"../runs/a.log": rules, "../runs/b.log": rules, "é.log": rules}}
    assert text == json.dumps(document, indent=2) + "\n"


def test_a_path_is_the_same_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    saved(Baseline.of([run(found("crash"), path="runs/a.log")], "baseline.json"))
    monkeypatch.chdir(tmp_path / "runs")
    assert not Baseline.read("../baseline.json").apply(run(found("crash"), path="a.log")).findings


def test_a_new_baseline_says_what_it_records() -> None:
    runs = [run(found("label-leak", 274), found("crash")), run(path="/runs/b.log")]
    new, said = written("/runs/baseline.json", runs, None)
    assert new.logs == {"/runs/a.log": {"label-leak": 274, "crash": 1}}
    assert said == "/runs/baseline.json records 2 findings in 1 log"


def test_an_update_swallows_nothing() -> None:
    start = baseline({"/runs/a.log": {"label-leak": 10, "crash": 3}, "/runs/unreadable.log": {"crash": 2}})
    runs = [
        run(found("label-leak", 12), found("batch-repeated", 5), found("crash", 2)),
        run(found("crash"), path="/runs/b.log"),
    ]
    new, said = written("/runs/baseline.json", runs, start)
    assert new.logs == {"/runs/a.log": {"label-leak": 10, "crash": 2}, "/runs/unreadable.log": {"crash": 2}}
    assert said == (
        "/runs/baseline.json: 0 findings removed, 1 count lowered; 3 new findings not added "
        "(to record everything afresh, delete the file and give no --baseline)"
    )
    assert [finding.rule for one in runs for finding in new.apply(one).findings] == [
        "label-leak", "batch-repeated", "crash",
    ]  # fmt: skip


def test_an_update_may_move_the_file(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    one = run(found("crash"), path=str(tmp_path / "a.log"))
    start = saved(Baseline.of([one], str(tmp_path / "old" / "baseline.json")))
    new, said = written(str(tmp_path / "new" / "known.json"), [one], start)
    assert (new.path, said) == (
        str(tmp_path / "new" / "known.json"),
        f"{tmp_path / 'new' / 'known.json'}: 0 findings removed, 0 counts lowered",
    )
    assert not saved(new).apply(one).findings


# -- files that are none ----------------------------------------------------------------------------

LOG = '{"version": 1, "logs": {"a.log": %s}}'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"version": %s}' % ("9" * 5000), "not JSON"),
        ("[]", "it has no version"),
        ("{}", "it has no version"),
        ('{"version": 2, "logs": {}}', "its version is 2, this program reads version 1"),
        ('{"version": "1", "logs": {}}', "its version is '1'"),
        ('{"version": true, "logs": {}}', "its version is True"),
        ('{"version": 1}', "it must have version and logs, and no more"),
        ('{"version": 1, "logs": []}', "it must have version and logs, and no more"),
        ('{"version": 1, "logs": {}, "comment": ""}', "it must have version and logs, and no more"),
        (LOG % "[]", "what it says of 'a.log' is no object"),
        (LOG % '{"crash": 0}', "the count of 'crash' in 'a.log' is 0"),
        (LOG % '{"crash": -1}', "the count of 'crash' in 'a.log' is -1"),
        (LOG % '{"crash": 1.5}', "the count of 'crash' in 'a.log' is 1.5"),
        (LOG % '{"crash": NaN}', "the count of 'crash' in 'a.log' is nan"),
        (LOG % '{"crash": true}', "the count of 'crash' in 'a.log' is True"),
        (LOG % '{"crash": "1"}', "the count of 'crash' in 'a.log' is '1'"),
        (LOG % '{"crash": null}', "the count of 'crash' in 'a.log' is None"),
        (LOG % '{"crash": 1, "crash": 2}', "the key 'crash' stands in one object twice"),
        ('{"version": 1, "logs": {"a.log": {}, "./a.log": {}}}', "'./a.log' is a log that stands in it twice"),
        ("<<<<<<< HEAD\n", "not JSON"),
    ],
)
def test_what_is_no_baseline_is_said(content: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(UsageError) as raised:
        Baseline.read(str(path))
    said = str(raised.value)
    assert said.startswith(f"baseline {path}: {says}")
    assert said.endswith(f"or delete it and write it again with --write-baseline {path}")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no\.json does not exist: --write-baseline .*no\.json writes it"):
        Baseline.read(str(tmp_path / "no.json"))
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        Baseline.read(str(tmp_path))
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not UTF-8 text"):
        Baseline.read(str(tmp_path / "binary.json"))


def test_errors_hold_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31m.json"
    for content in (None, "{", '{"version": 1, "logs": {"\\u001b[2J": 1}}'):
        if content is not None:
            path.write_text(content)
        with pytest.raises(UsageError) as raised:
            Baseline.read(str(path))
        assert str(raised.value).isprintable()


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text('{"version": 1, "logs": {"a.log": {"crash": 1}}}', encoding="utf-8-sig")
    assert Baseline.read(str(path)).logs == {str(tmp_path / "a.log"): {"crash": 1}}


# -- laws -------------------------------------------------------------------------------------------

PATHS = st.sampled_from(["/runs/a.log", "/runs/b.log", "/c.log", "-", "/runs/-", "/runs/\udcff.log", "/runs/\x1b.log"])
FINDINGS = st.lists(
    st.builds(found, st.sampled_from(IDS), st.integers(1, 5), st.sampled_from(["error", "warning", "note"])), max_size=5
)
UNJUDGED = st.lists(st.sampled_from(IDS), max_size=1).map(tuple)
RUNS = st.lists(
    st.builds(lambda path, findings, unjudged: run(*findings, path=path, unjudged=unjudged), PATHS, FINDINGS, UNJUDGED),
    max_size=5,
)
LOGS = st.dictionaries(PATHS, st.dictionaries(st.sampled_from(IDS), st.integers(1, 12), min_size=1), max_size=4)


def new_in(one: Baseline, runs: list[Run]) -> list[list[Finding]]:
    return [[f for f in one.apply(run).findings if f.severity != "note"] for run in runs]


@settings(deadline=None)
@given(RUNS)
def test_a_baseline_knows_what_it_was_made_of(runs: list[Run]) -> None:
    recorded = Baseline.of(runs, "/runs/baseline.json")
    assert not any(new_in(recorded, runs))
    assert not recorded.grown(runs) and not recorded.stale(runs)
    assert Baseline.of(runs[::-1], "/runs/baseline.json") == recorded
    assert Baseline.of([recorded.apply(one) for one in runs], "/runs/baseline.json") == recorded


@settings(deadline=None)
@given(RUNS, LOGS)
def test_an_update_only_shrinks_and_hides_nothing(runs: list[Run], logs: dict[str, dict[str, int]]) -> None:
    start = baseline(logs)
    new = start.updated(runs)
    for log, rules in new.logs.items():
        assert rules
        for rule, count in rules.items():
            assert 1 <= count <= start.logs[log][rule]
    assert new_in(new, runs) == new_in(start, runs)
    assert new.updated(runs) == new and not new.stale(runs)
    assert start.updated(runs[::-1]) == new
    scanned = {one.path for one in runs}
    assert all(new.logs[log] == start.logs[log] for log in logs if log not in scanned)


@settings(deadline=None)
@given(RUNS, LOGS)
def test_applying_loses_nothing(runs: list[Run], logs: dict[str, dict[str, int]]) -> None:
    start = baseline(logs)
    for one in runs:
        after = start.apply(one)
        assert sorted(map(repr, after.found)) == sorted(map(repr, one.findings))
        assert start.apply(after) == after


def test_reading_gives_what_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("baselines")
    here = os.fspath(folder)

    @settings(deadline=None, max_examples=60)
    @given(LOGS, st.sampled_from([f"{here}/baseline.json", f"{here}/../baseline-of-law.json"]))
    def law(logs: dict[str, Any], path: str) -> None:
        one = baseline({log.replace("/runs", here): rules for log, rules in logs.items()}, path)
        read = saved(one)
        assert read == one
        assert read.text() == one.text()

    law()
