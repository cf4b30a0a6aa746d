"""Directories and many logs: which are meant, in which order, and what is said over all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from higgs_logscan.log_files import log_files
from higgs_logscan.schema import schema
from higgs_logscan.settings import Settings

STEP = "Step {n} - Losses: Text={text:.4f}, Audio={audio:.4f}, Total={total:.4f}\n"
PATTERNS = Settings().glob


def written(path: Path, audio: float = 6.9) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (STEP.format(n=n, text=9 - n / 10, audio=audio, total=9 - n / 10 + audio) for n in range(1, 31))
    path.write_text("".join(lines))
    return path


def scan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "higgs_logscan", "scan", "--isolated", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_a_directory_stands_for_the_logs_below_it(tmp_path: Path) -> None:
    for name in ("b.log", "a/z.log", "a/y.log.gz", "c.txt", ".hidden/x.log", ".x.log", "job-7.out", "a.log.json"):
        written(tmp_path / name)
    (tmp_path / "nothing").mkdir()
    found, empty = log_files([str(tmp_path), str(tmp_path / "nothing"), "-"], PATTERNS)
    names = [os.path.relpath(path, tmp_path) for path in found[:-1]]
    assert names == ["a/y.log.gz", "a/z.log", "b.log", "job-7.out"]
    assert found[-1] == "-" and empty == [str(tmp_path / "nothing")]
    assert log_files([str(tmp_path)], ("*.txt",))[0] == [str(tmp_path / "c.txt")]


def test_a_log_counts_once(tmp_path: Path) -> None:
    log = written(tmp_path / "a.log")
    (tmp_path / "link.log").symlink_to(log)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert log_files([str(log), str(tmp_path), str(tmp_path / "." / "a.log")], PATTERNS) == ([str(log)], [])
    # What does not exist is asked for all the same: reading says so.
    assert log_files(["gone.log", "gone.log"], PATTERNS) == (["gone.log"], [])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 logs, written in another order than that of their names; every tenth one is without an audio loss."""
    folder = tmp_path_factory.mktemp("many")
    for n in sorted(range(200), key=lambda n: n * 7919 % 200):
        written(folder / f"run-{n:03}.log", audio=0.0 if n % 10 == 0 else 6.9)
    return folder


def test_json_of_200_logs_is_one_valid_document_in_order(many: Path) -> None:
    done = scan(many, ".", "gone.log", "--format", "json", "-o", "jsonl=all.jsonl")
    document = json.loads(done.stdout, parse_constant=pytest.fail)
    Draft202012Validator(schema()).validate(document)
    paths = [run["path"] for run in document["runs"]]
    assert paths == sorted(paths) and len(paths) == 200
    assert document["unread"] == [{"path": "gone.log", "reason": "no such file"}]
    assert (done.returncode, document["verdict"]) == (1, "fail")
    lines = [json.loads(line) for line in (many / "all.jsonl").read_text().splitlines()]
    assert [line["path"] for line in lines if line["type"] == "run"] == paths
    assert scan(many, ".", "gone.log", "--format", "json").stdout == done.stdout


def test_jsonl_says_each_log_as_soon_as_it_is_judged(many: Path) -> None:
    lines = [json.loads(line) for line in scan(many, ".", "--format", "jsonl").stdout.splitlines()]
    summary = lines.pop()
    assert (summary["type"], summary["runs"], summary["verdict"]) == ("summary", 200, "fail")
    last = ""
    for line in lines:
        assert line["type"] == "run" or line["path"] == last, "findings stand behind their log"
        last = line["path"]


def test_the_table_has_the_worst_first(many: Path) -> None:
    said = scan(many, ".", "gone.log", "--select", "audio-loss-zero").stdout
    table = said[said.rindex("\n\nFAIL  ") :].split("\n\n")[1].splitlines()
    verdicts = [line.split()[0] for line in table]
    assert verdicts == ["FAIL"] * 20 + ["-"] + ["PASS"] * 180
    assert [line.split()[1] for line in table[:20]] == [f"./run-{n:03}.log" for n in range(0, 200, 10)]
    assert said.endswith("fail: 201 logs, 20 fail, 180 pass, 1 not read\n")
