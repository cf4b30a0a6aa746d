"""The sample logs: what their README claims is what the report says, to a person and as JSON."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import higgs_logscan
from higgs_logscan.outputs import Look, render
from higgs_logscan.report import Report

FOLDER = Path(__file__).parent.parent / "sample_logs"
#: Verdict and first cause of each log.
CLAIMS = {
    "healthy": ("pass", None),
    "healthy-sum-only": ("pass", None),
    "issue-94": ("fail", "label-leak"),
    "seed-analysis": ("warn", "delay-pattern-absent"),
    "label-leak": ("warn", "label-leak"),
    "missing-audio-inputs": ("fail", "missing-audio-inputs"),
    "over-masked-late": ("warn", "audio-over-masked"),
    "hidden-nan": ("fail", "non-finite"),
    "label-out-of-range": ("fail", "code-out-of-range"),
    "killed": ("warn", "truncated"),
}


@cache
def scanned(name: str) -> Report:
    return higgs_logscan.scan(FOLDER / f"{name}.log")


@cache
def run(name: str) -> dict[str, Any]:
    only: dict[str, Any] = scanned(name).to_dict()["runs"][0]
    return only


def text(name: str, **look: Any) -> str:
    """The report as one line of words, wherever it wraps."""
    out = io.StringIO()
    render("text", scanned(name).to_dict(), out, Look(max_findings=10, **look))
    return " ".join(out.getvalue().split())


def finding(name: str, rule: str) -> dict[str, Any]:
    (one,) = [one for one in run(name)["findings"] if one["rule"] == rule]
    return dict(one)


def measured(name: str, area: str) -> dict[str, Any]:
    return {rule: m for one in run(name)["areas"] if one["area"] == area for rule, m in one["measured"].items()}


def test_each_log_is_claimed_once() -> None:
    rows = re.findall(r"^\| `([\w-]+)\.log` \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in FOLDER.glob("*.log")) == sorted(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_verdict_and_first_cause(name: str) -> None:
    first = next((cause["cause"] for cause in run(name)["root_causes"]), None)
    assert (run(name)["verdict"], first) == CLAIMS[name]


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("width", [80, 200])
def test_figures_are_whole(name: str, width: int) -> None:
    out = io.StringIO()
    render("text", scanned(name).to_dict(), out, Look(width=width))
    rows = [line for line in out.getvalue().splitlines() if re.match(r"  [a-z-]+ +(pass|warn|fail|-) ", line)]
    assert len(rows) >= 12
    assert not [row for row in rows if re.search(r"\d\S*…", row)], "no number is cut"
    assert not [row for row in rows if len(row) > width or row.split(None, 2)[2:] == []]
    assert width < 200 or not [row for row in rows if row.endswith("…")], "a wide page shows all of it"


def test_healthy_names_both_courses() -> None:
    said = text("healthy")
    assert "Learning both: text 11.80 to 2.38 (chance 11.76, assumed), audio 6.94 to 3.69 (chance 6.93)" in said
    assert run("healthy")["series"]["eval_loss"]["count"] == 6


def test_sum_only_says_what_cannot_be_told() -> None:
    assert "Only the summed loss is printed" in text("healthy-sum-only")
    assert len(run("healthy-sum-only")["not_judged"]) > 30


# -- the excerpts that the project began with -------------------------------------------------------


def test_seed_both_losses_are_at_chance() -> None:
    said = text("seed-analysis")
    assert "Both losses are at chance level: text 11.89 (chance 11.76, assumed), audio 6.69 (chance 6.93)" in said
    assert "10 records are too few to call it a plateau" in said
    in_text, in_audio = (
        measured("seed-analysis", area)[rule]
        for area, rule in (("text-learning", "text-at-chance"), ("audio-learning", "audio-at-chance"))
    )
    assert in_text | {"first": 11.5, "chance": 11.7618, "vocabulary": "assumed"} == in_text
    assert in_audio | {"first": 6.7807, "chance": 6.93342} == in_audio
    assert abs(in_text["last"] - in_text["chance"]) < 0.6 and abs(in_audio["last"] - in_audio["chance"]) < 0.35


def test_seed_shows_no_delay_pattern() -> None:
    assert "the audio labels show no delay pattern: codebook 0 ends in a bare 1025" in text("seed-analysis")
    assert finding("seed-analysis", "delay-pattern-absent")["first"]["text"].endswith("321, 1025]")


def test_seed_windows_of_masks_prove_nothing() -> None:
    assert "20 text windows, all -100: neither good nor bad" in text("seed-analysis")
    assert "this proves neither good nor bad masking" in text("seed-analysis", verbose=True)
    assert not [one for one in run("seed-analysis")["findings"] if one["area"] == "masking"]


def test_seed_widths_are_as_expected() -> None:
    assert "audio logits 1026 wide, 8 codebooks, as expected" in text("seed-analysis")
    shapes = measured("seed-analysis", "shapes")
    assert shapes["logits-width"] | {"width": 1026, "expected": 1026} == shapes["logits-width"]
    assert shapes["codebook-count"] | {"codebooks": [8], "expected": 8} == shapes["codebook-count"]


def test_chance_is_not_said_of_a_run_that_left_it() -> None:
    for name in set(CLAIMS) - {"seed-analysis"}:
        assert "at chance level" not in text(name)


def test_the_first_steps_of_a_healthy_run_are_at_chance_and_no_offence(tmp_path: Path) -> None:
    lines = (FOLDER / "healthy.log").read_bytes().splitlines(keepends=True)
    (tmp_path / "train.log").write_bytes(b"".join(lines[:60]))
    early = higgs_logscan.scan(tmp_path / "train.log", rules=["text-learning", "audio-learning"])
    out = io.StringIO()
    render("text", early.to_dict(), out, Look())
    assert early.verdict == "pass" and not early.runs[0].findings
    assert "too few to call it a plateau" in " ".join(out.getvalue().split())


# -- the others -------------------------------------------------------------------------------------


def test_issue_94_is_a_leak_or_learned_by_heart() -> None:
    causes = run("issue-94")["root_causes"]
    assert [cause["cause"] for cause in causes] == ["label-leak", "memorisation"]
    assert "label window printed beside the codes fed in" in causes[0]["settles"]
    near = finding("issue-94", "audio-loss-near-zero")
    assert "silence" in near["next"] and near["count"] == 274
    said = text("issue-94")
    assert "below 0.05 in the last 274 of 330 records" in said and "To be sure:" in said
    assert "Learning" not in said


def test_label_leak_is_shown_before_the_loss_shows_it() -> None:
    assert finding("label-leak", "unshifted-labels")["first"]["step"] == 5
    assert run("label-leak")["series"]["audio_loss"]["last"] > 2


def test_missing_inputs_are_found_whatever_the_trainer_says() -> None:
    assert "TRAINING SUCCESSFUL" in (FOLDER / "missing-audio-inputs.log").read_text(encoding="utf-8")
    assert "Audio logits are empty" in finding("missing-audio-inputs", "audio-logits-empty")["first"]["text"]
    assert finding("missing-audio-inputs", "audio-loss-zero")["measured"] == {"judged": 25, "offending": 25}


def test_over_masking_is_dated() -> None:
    assert 150 <= run("over-masked-late")["root_causes"][0]["since"]["step"] <= 155
    assert "99 % of the audio labels are masked" in text("over-masked-late")


def test_hidden_nan_is_found_behind_the_zero() -> None:
    assert "'loss': 0.0" in finding("hidden-nan", "gradient-not-finite")["first"]["text"]
    assert 99 <= finding("hidden-nan", "gradient-not-finite")["first"]["step"] <= 101
    assert {a["area"]: a["verdict"] for a in run("hidden-nan")["areas"]}["audio-learning"] == "unknown"


def test_out_of_range_explains_the_crash() -> None:
    assert [cause["cause"] for cause in run("label-out-of-range")["root_causes"]] == ["code-out-of-range", "crashed"]
    assert "Target 1030 is out of bounds" in finding("label-out-of-range", "crash")["message"]


def test_killed_says_where_the_log_ends() -> None:
    assert "ends at 90 of 220 iterations" in finding("killed", "log-truncated")["message"]
