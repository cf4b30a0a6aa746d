"""A saved report is written again as the scan would have written it, without the log."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from higgs_logscan.usage import FORMATS

LOGS = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))


def run(*words: object, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    environment.pop("GITHUB_STEP_SUMMARY", None)
    command = [sys.executable, "-m", "higgs_logscan", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a report over all sample logs and one that is missing, in every format, as the scan wrote it."""
    folder = tmp_path_factory.mktemp("saved")
    files = [word for format in FORMATS for word in ("-o", f"{format}=scanned.{format}")]
    done = run("scan", *LOGS, "gone.log", "--expect", "audio_loss<5@20", "--quiet", *files, folder=folder)
    assert done.returncode == 1, done.stderr
    return folder


def test_every_format_is_written_again(saved: Path) -> None:
    files = [word for format in FORMATS for word in ("-o", f"{format}=again.{format}")]
    done = run("report", "scanned.json", "--quiet", *files, folder=saved)
    assert (done.returncode, done.stderr) == (0, b"")
    for format in FORMATS:
        scanned, again = ((saved / f"{name}.{format}").read_bytes() for name in ("scanned", "again"))
        assert _timeless(scanned) == _timeless(again), format
        assert scanned


def _timeless(output: bytes) -> bytes:
    """Without the moment at which it was written."""
    return re.sub(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z?", b"TIME", output)


def test_standard_input_and_output(saved: Path) -> None:
    done = run("report", "-", "--format", "concise", folder=saved, given=(saved / "scanned.json").read_bytes())
    assert done.returncode == 0
    assert done.stdout == (saved / "scanned.concise").read_bytes()


def test_several_reports_are_one(saved: Path) -> None:
    done = run("report", "scanned.json", "scanned.json", "--json", folder=saved)
    document = json.loads(done.stdout)
    assert len(document["runs"]) == 2 * len(LOGS) and len(document["unread"]) == 2
    assert document["verdict"] == "fail"


def test_quotes_can_be_left_out_later(saved: Path) -> None:
    done = run("report", "scanned.json", "--json", "--no-quotes", folder=saved)
    runs = json.loads(done.stdout)["runs"]
    findings = [finding for one in runs for finding in one["findings"]]
    assert findings and all(not one["first"]["text"] and not one["quote"] for one in findings if one["first"])
    assert b"Target 1030" in (saved / "scanned.json").read_bytes()
    assert b"Target 1030" not in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "no report of higgs-logscan with schema version 1"),
        ("{}", "no report of higgs-logscan with schema version 1 (schema_version: field required)"),
    ],
)
def test_what_is_no_report(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(text)
    done = run("report", "saved.json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert f"higgs-logscan: cannot read saved.json: {said}" in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_report_of_another_version_is_refused(saved: Path, tmp_path: Path) -> None:
    document = json.loads((saved / "scanned.json").read_text())
    (tmp_path / "saved.json").write_text(json.dumps({**document, "schema_version": "2"}))
    done = run("report", "saved.json", folder=tmp_path)
    assert done.returncode == 3
    assert b"schema_version: input should be '1'" in done.stderr
