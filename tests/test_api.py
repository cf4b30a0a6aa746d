"""The package as a library."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

import higgs_logscan

LOG = """\
Step 0 - Losses: Text=9.5000, Audio=6.9000, Total=16.4000
Step 10 - Losses: Text=8.5000, Audio=nan, Total=nan
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "train.log"
    path.write_text(LOG)
    return path


def test_scan_gives_a_report(log: Path) -> None:
    report = higgs_logscan.scan(log)
    assert report.verdict == "fail"
    assert "loss-not-finite" in {finding.rule for finding in report.runs[0].findings}
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["verdict"] == "fail"


def test_scan_of_several_logs_keeps_their_order(log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_text(LOG.replace("nan", "6.8000"))
    report = higgs_logscan.scan(other, log)
    assert [Path(run.path).name for run in report.runs] == ["other.log", "train.log"]


def test_rules_are_chosen_by_name(log: Path) -> None:
    report = higgs_logscan.scan(log, rules=["divergence"])
    assert [judgement.rule for judgement in report.runs[0].judgements] == ["divergence"]
    assert report.runs[0].findings == ()
    with pytest.raises(higgs_logscan.UnknownName, match="divergence"):
        higgs_logscan.scan(log, rules=["divergense"])


def test_what_cannot_be_read_is_an_exception(tmp_path: Path) -> None:
    with pytest.raises(higgs_logscan.SourceError, match="no such file"):
        higgs_logscan.scan(tmp_path / "absent.log")


def test_records_are_an_iterator_and_a_frame(log: Path) -> None:
    first, second = higgs_logscan.records(log, kinds=["step"])
    assert (first["step"], first["audio_loss"]) == (0, 6.9)
    assert (second["audio_loss"], second["nonfinite"]["audio_loss"]) == (None, "nan")
    frame = higgs_logscan.records(log, kinds=["step"]).to_pandas()
    assert frame["text_loss"].tolist() == [9.5, 8.5]
    assert math.isnan(frame["audio_loss"][1])


def test_pandas_is_imported_for_frames_alone(log: Path) -> None:
    code = f"import sys, higgs_logscan; higgs_logscan.scan({str(log)!r}); print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
