"""bench/neighbours.py: what it hears in each tool's report, and the tables it makes of it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import neighbour_reports
import neighbours
from manifest import Known
from neighbour_reports import Said
from neighbours import BEGIN, END, Heard, Row, Tool


def known(file: str = "a.log", causes: tuple[str, ...] = (), healthy: bool = False, weak: bool = False) -> Known:
    return Known(Path(file), "trainer.py abc", "fault", healthy, weak, causes, 0, 4096, 1, 0, False)


def runmedic(*findings: tuple[str, str], series: tuple[str, ...] = ("loss",)) -> str:
    found = [{"check": check, "severity": severity, "title": "…"} for check, severity in findings]
    return json.dumps([{"run": "run-01", "series": {name: {"points": 9} for name in series}, "findings": found}])


def trainproof(*findings: tuple[str, str]) -> str:
    return json.dumps({"reports": [{"verdict": "…", "findings": [{"id": i, "level": v} for i, v in findings]}]})


def losslint(*findings: tuple[str, str], series: tuple[str, ...] = ("loss",)) -> str:
    found = [{"check": check, "severity": severity, "message": "…"} for check, severity in findings]
    return json.dumps({"runs": [{"series": series}], "findings": found, "exit_code": 0})


def trainspotter(*findings: tuple[str, str], metrics: tuple[str, ...] = ("train/loss",)) -> str:
    found = [{"detector": "…", "title": title, "severity": severity} for title, severity in findings]
    return json.dumps({"run": {"metrics": {name: {"count": 9} for name in metrics}}, "findings": found})


def epochix(*warnings: str, grade: str = "B", story: str | None = "Epoch 3: fine.", metric: str = "train_loss") -> str:
    frames = [{"warnings": [{"kind": kind, "message": "…"}]} for kind in warnings]
    run = {"final_grade": grade, "story_summary": story}
    return json.dumps({"run": run, "frames": [{"warnings": []}, *frames], "events": [{"canonical_key": metric}]})


def ourselves(rule: str, severity: str, *causes: str, losses: int = 1) -> str:
    found = [{"rule": rule, "severity": severity}] if rule else []
    run: dict[str, Any] = {"read": {"losses": losses}, "findings": found}
    return json.dumps({"runs": [{**run, "root_causes": [{"cause": cause} for cause in causes]}]})


PEAK = "Past its best: 2.1. Next step: keep the checkpoint from epoch 6 if one was saved."


@pytest.mark.parametrize(
    ("heard", "alarms", "causes"),
    [
        (neighbour_reports.runmedic(runmedic()), [], []),
        (neighbour_reports.runmedic(runmedic(("overfitting", "info"))), [], ["memorisation"]),
        (neighbour_reports.runmedic(runmedic(("overfitting", "warning"))), ["overfitting"], ["memorisation"]),
        (neighbour_reports.runmedic(runmedic(("log:cuda_oom", "critical"), series=())), ["log:cuda_oom"], ["crashed"]),
        (neighbour_reports.trainproof(trainproof(("TP-PASS", "PASS"))), [], []),
        (neighbour_reports.trainproof(trainproof(("TP-NAN", "FAIL"), ("TP-X", "WARN"))), ["TP-NAN", "TP-X"], ["non-finite"]),
        (neighbour_reports.losslint(losslint(("parse", "warning"))), [], []),
        (neighbour_reports.losslint(losslint(("stagnation", "info"))), [], ["not-learning"]),
        (neighbour_reports.losslint(losslint(("step_backtrack", "warning"))), ["step_backtrack"], ["restarted"]),
        (neighbour_reports.trainspotter(trainspotter(("Eval too noisy", "warning"))), ["Eval too noisy"], []),
        (neighbour_reports.trainspotter(trainspotter(("Plateau", "info"))), [], ["frozen-head", "learning-rate-zero", "not-learning"]),
        (neighbour_reports.epochix(epochix("plateau", "lr_drop")), [], ["not-learning"]),
        (neighbour_reports.epochix(epochix("overfit", "overfit_cleared")), [], []),
        (neighbour_reports.epochix(epochix("overfit_cleared", "overfit")), ["overfit"], ["memorisation"]),
        (neighbour_reports.epochix(epochix(grade="F", story=PEAK)), ["past-peak", "grade F"], ["memorisation"]),
        (neighbour_reports.epochix(epochix(grade="I", story=None)), [], []),
        (neighbour_reports.ourselves(ourselves("label-leak", "error", "double-shift", "label-leak")), ["label-leak"], ["double-shift"]),
        (neighbour_reports.ourselves(ourselves("codebook-count", "note")), [], []),
        (neighbour_reports.ourselves(ourselves("traceback", "error", "crashed", losses=0)), ["traceback"], ["crashed"]),
    ],
)  # fmt: skip
def test_what_alarms_and_what_names_a_cause(heard: Said | None, alarms: list[str], causes: list[str]) -> None:
    assert heard is not None
    assert (list(heard.alarms), sorted(heard.causes)) == (alarms, causes)


@pytest.mark.parametrize(
    "heard",
    [
        neighbour_reports.runmedic(runmedic(series=("lr",))),
        neighbour_reports.runmedic("[]"),
        neighbour_reports.trainproof(json.dumps({"reports": [], "error": "no readable log records"})),
        neighbour_reports.trainproof(trainproof(("TP-NO-LOSS", "FAIL"))),
        neighbour_reports.losslint(losslint(("parse", "warning"), series=("epoch",))),
        neighbour_reports.trainspotter(trainspotter(metrics=("600 - INFO - Loading",))),
        neighbour_reports.epochix(epochix(metric="accuracy")),
        neighbour_reports.ourselves(ourselves("", "", losses=0)),
    ],
)
def test_a_log_is_not_read_without_a_loss_or_a_finding(heard: Said | None) -> None:
    assert heard is None


@given(st.permutations([("loss_spikes", "info"), ("loss_spikes", "warning"), ("overfitting", "info")]))
def test_a_finding_alarms_by_its_worst_severity_in_any_order(findings: list[tuple[str, str]]) -> None:
    heard = neighbour_reports.runmedic(runmedic(*findings))
    assert heard is not None
    assert heard.alarms == ("loss_spikes",)


def test_only_causes_that_exist_are_named() -> None:
    from higgs_logscan.catalogue import CAUSES

    assert {cause for names in neighbour_reports.NAMES.values() for cause in names} <= {cause.id for cause in CAUSES}


def test_every_neighbour_has_a_version_and_names() -> None:
    tools = {tool.name for tool in neighbours.NEIGHBOURS}
    assert tools == neighbours.pins().keys() == neighbour_reports.NAMES.keys()


def chance(*records: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in neighbours.second_chance(records).splitlines()]


def test_a_second_chance_has_steps_and_late_evaluations_in_order() -> None:
    forward = {"kind": "micro-batch", "step": 10, "loss": 3.5}
    ten = {"kind": "step", "step": 10, "loss": 3.0, "grad_norm": 1.0, "text_loss": 1.0}
    twenty = {"kind": "step", "step": 20, "loss": 2.0, "learning_rate": 1e-4}
    evaluation = {"kind": "evaluation", "step": 10, "eval_loss": 2.5}
    assert chance(forward, ten, twenty, evaluation, {"kind": "summary", "loss": 9.0}) == [
        {"step": 10, "loss": 3.0, "grad_norm": 1.0},
        {"step": 10, "eval_loss": 2.5},
        {"step": 20, "loss": 2.0, "learning_rate": 1e-4},
    ]


def test_a_second_chance_keeps_a_counter_that_goes_back_and_what_is_not_finite() -> None:
    steps = [{"kind": "step", "step": step, "loss": None, "nonfinite": {"loss": "inf"}} for step in (10, 20, 10)]
    assert chance(*steps) == [{"step": step, "loss": math.inf} for step in (10, 20, 10)]


def test_a_second_chance_is_made_of_forward_passes_if_there_are_no_steps() -> None:
    assert chance({"kind": "micro-batch", "step": None, "loss": 8.3}, {"kind": "incident", "step": None}) == [
        {"loss": 8.3}
    ]


#: A tool that refuses a console log, unless told that it is one.
PROGRAM = (sys.executable, "-c", "import sys; print(open(sys.argv[-1]).read() if sys.argv[1] == '--text' else 'what?')")


def test_a_tool_is_called_in_the_first_way_that_reads_the_log(tmp_path: Path) -> None:
    log = tmp_path / "cm__nan__seed0.log"
    log.write_text(losslint(("nan_inf", "error")), encoding="utf-8")
    one = known(str(log), causes=("non-finite",))
    tool = Tool("losslint", neighbour_reports.losslint, ("{log}.log", "--text {log}.log"), "--text {log}.jsonl")

    heard = neighbours.ask(tool, PROGRAM, one, "run-07")
    assert (heard.noticed, heard.named, heard.quiet) == (True, True, False)
    assert neighbours.ask(tool, PROGRAM, one, "run-07", losslint().encode()).quiet
    assert (
        neighbours.ask(Tool("losslint", neighbour_reports.losslint, ("{log}.log",)), PROGRAM, one, "run-07").said
        is None
    )


def test_a_tool_that_takes_too_long_has_not_read_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TIMEOUT", 0.2)
    sleeper = (sys.executable, "-c", "import time; time.sleep(60)")
    assert neighbours.call(sleeper, "{log}.log", "run-07", b"") == ("", 0.2)


def rows() -> list[Row]:
    healthy, nan, weak = known("h.log", healthy=True), known("n.log", ("non-finite",)), known("w.log", weak=True)
    mute = tuple(Heard(one, None, 0.25) for one in (healthy, nan, weak))
    loud = tuple(Heard(one, Said(("x",), frozenset(("non-finite",))), 2) for one in (healthy, nan, weak))
    calm = tuple(Heard(one, Said(), 1) for one in (healthy, nan, weak))
    return [Row("calm", "1.0", False, calm), Row("mute", "1.0", False, mute), Row("loud", "2.0", True, loud)]


def test_the_tables() -> None:
    assert (
        neighbours.tables([*rows(), Row("gone", "3.0", True, ())])
        == """\
### On the logs themselves

| tool | reads a console log | logs read | healthy quiet | … of those read | faults noticed | true cause named | seconds for all |
|---|---|--:|--:|--:|--:|--:|--:|
| calm 1.0 | yes | 3/3 | 1/1 | 1/1 | 0/1 | 0/1 | 3 |
| mute 1.0 | no | 0/3 | 0/1 | 0/0 | 0/1 | 0/1 | 1 |

### Fed with our records

| tool | reads a console log | logs read | healthy quiet | … of those read | faults noticed | true cause named | seconds for all |
|---|---|--:|--:|--:|--:|--:|--:|
| loud 2.0 | fed | 3/3 | 0/1 | 0/1 | 1/1 | 1/1 | 6 |
| gone 3.0 | not installed |  |  |  |  |  |  |

### Alarms on healthy logs

- loud (fed), `h.log`: x
"""
    )


def test_the_json_says_what_was_said_of_each_log() -> None:
    mute = json.loads(json.dumps(neighbours.as_json(rows()[1])))
    assert (mute["tool"], mute["fed"], mute["read"], mute["faults"]) == ("mute", False, 0, 1)
    nothing = {"read": False, "alarms": [], "causes": [], "noticed": False, "named": False}
    assert mute["said"][0] == {"file": "h.log", **nothing}


@given(st.text("|ab\n"), st.text("|ab\n"), st.text("|ab\n"))
def test_tables_replace_only_what_stands_between_the_marks(before: str, after: str, new: str) -> None:
    page = neighbours.between_marks(f"{before}{BEGIN}old{END}{after}", new)
    assert page == f"{before}{BEGIN}\n\n{new}\n{END}{after}"
    assert neighbours.between_marks(page, new) == page
    assert neighbours.between_marks(before, new) == new


def test_without_a_network_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = subprocess.CompletedProcess([], 1, "", "retrying\nERROR: no matching distribution\n")
    monkeypatch.setattr("venv.create", lambda *_, **__: None)
    monkeypatch.setattr("subprocess.run", lambda *_, **__: refused)
    monkeypatch.setattr(neighbours, "read_manifest", lambda _: [known()])
    monkeypatch.setattr("sys.argv", ["neighbours.py", "logs", "--venvs", str(tmp_path)])

    assert neighbours.main() == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "runmedic 0.1.1 cannot be installed; is there a network? ERROR: no matching distribution" in err
    assert "none of the tools can be installed" in err


def test_a_folder_without_logs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["neighbours.py", str(tmp_path)])
    assert neighbours.main() == 2
    assert "no such file" in capsys.readouterr().err
