"""The command as a shell sees it: words in, words and a status out. Every case is a process of its own."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "higgs_logscan"]
ROOT = Path(__file__).parent.parent
HEALTHY = b"".join(
    b"INFO:__main__:Step %d - Train Loss: {'text_loss': %.4f, 'audio_loss': %.4f, 'total_loss': %.4f}\n"
    % (step, text, audio, text + audio)
    for step in range(1, 121)
    for text, audio in [(2.0 + 9.0 / step, 3.5 + 3.4 / step)]
)
SILENT = b"".join(
    b"INFO:__main__:Step %d - Train Loss: {'text_loss': %.4f, 'audio_loss': 0.0, 'total_loss': %.4f}\n"
    % (step, 2.0 + 9.0 / step, 2.0 + 9.0 / step)
    for step in range(1, 121)
)
FOREIGN = b"".join(b"GET /index.html HTTP/1.1 200 %d\n" % i for i in range(50))


class Done:
    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status, self.out, self.err = status, out.decode(), err.decode()


def run(*words: str | Path, stdin: bytes | None = None, env: dict[str, str] | None = None) -> Done:
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **(env or {})},
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(done.returncode, done.stdout, done.stderr)


def shell(words: str, *files: Path) -> Done:
    """A line of bash with pipefail; `hl` is the command, $1, $2, … the files."""
    script = f"set -o pipefail; hl() {{ '{sys.executable}' -m higgs_logscan \"$@\"; }}; {words}"
    done = subprocess.run(
        ["bash", "-c", script, "bash", *map(str, files)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    return written(tmp_path / "train.log", HEALTHY)


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    return written(tmp_path / "silent.log", SILENT)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# -- help -------------------------------------------------------------------------------------------


def test_no_argument_prints_short_help() -> None:
    done = run()
    assert done.status == 0
    assert done.out.count("higgs-logscan train.log") + done.out.count("--json train.log") == 2
    assert len(done.out.splitlines()) < 12


@pytest.mark.parametrize(
    "words",
    [["-h"], ["--help"], *([c, "-h"] for c in ("scan", "records", "rules", "explain", "explain-parse", "schema"))],
)
def test_help_everywhere(words: Sequence[str]) -> None:
    done = run(*words)
    assert done.status == 0
    assert "Usage: higgs-logscan" in done.out


def test_help_has_examples_and_statuses() -> None:
    for words in (["--help"], ["scan", "--help"]):
        out = run(*words).out
        assert "Examples:" in out
        for status in ("0  ", "1  ", "2  ", "3  ", "4  ", "130"):
            assert f"\n    {status}" in out


def test_version() -> None:
    assert run("--version").out.startswith("higgs-logscan ")
    assert run("train.log", "--version").status == 0


# -- verdicts and statuses --------------------------------------------------------------------------


def test_statuses(healthy: Path, silent: Path, tmp_path: Path) -> None:
    foreign = written(tmp_path / "access.log", FOREIGN)
    assert run(healthy).status == 0
    assert run(silent).status == 1
    assert run("--fail-on", "never", silent).status == 0
    assert run(foreign).status == 3
    assert run(healthy, silent).status == 1
    assert run(healthy, foreign).status == 3
    assert run(foreign, silent, healthy).status == 1
    assert run(tmp_path / "missing.log", silent).status == 1
    assert run(tmp_path / "missing.log", healthy).status == 3


def test_fail_on_warning(tmp_path: Path) -> None:
    log = written(tmp_path / "cut.log", HEALTHY + FOREIGN * 4)  # less than half is understood
    done = run("--json", log)
    assert json.loads(done.out)["verdict"] == "warn"
    assert done.status == 0
    assert run("--fail-on", "warning", log).status == 1
    assert run("--min-coverage", "0.9", log).status == 3
    assert "no verdict: min-coverage 0.9: " in run("--min-coverage", "0.9", log).err


def test_the_bare_form_takes_options_first(healthy: Path) -> None:
    log = str(healthy)
    for words in (["--json", log], [log, "--json"], ["scan", log, "--format", "json"]):
        assert json.loads(run(*words).out)["runs"][0]["path"] == str(healthy)


def test_a_log_named_like_a_command(tmp_path: Path) -> None:
    written(tmp_path / "records", HEALTHY)
    done = shell(f"cd '{tmp_path}' && hl ./records --quiet")
    assert (done.status, done.err) == (0, "")


def test_every_format(silent: Path) -> None:
    assert run(silent).out.startswith("FAIL")
    assert "\x1b" not in run(silent).out
    assert "\x1b" in run("--color", "always", silent).out
    assert f"{silent}:1: error audio-loss-zero" in run("--format", "concise", silent).out
    lines = [json.loads(line) for line in run("--format", "jsonl", silent).out.splitlines()]
    assert [lines[0]["type"], lines[-1]["type"], lines[-1]["verdict"]] == ["run", "summary", "fail"]
    assert json.loads(run("--json", silent).out)["verdict"] == "fail"
    assert len(run("-q", silent).out) < len(run(silent).out) < len(run("-v", silent).out)


def test_selected_rules(silent: Path) -> None:
    document = json.loads(run("--json", "--select", "audio-loss-zero", silent).out)
    assert [finding["rule"] for finding in document["runs"][0]["findings"]] == ["audio-loss-zero"]
    document = json.loads(run("--json", "--ignore", "audio-learning,text-learning", silent).out)
    areas = {finding["area"] for finding in document["runs"][0]["findings"]}
    assert areas.isdisjoint({"audio-learning", "text-learning"})


def test_selected_steps(silent: Path) -> None:
    document = json.loads(run("--json", "--steps", "10:19", silent).out)
    assert document["runs"][0]["read"]["records"]["step"] == 10
    assert json.loads(run("--json", "--steps", "100:", silent).out)["runs"][0]["read"]["records"]["step"] == 21


def test_a_model_config(healthy: Path, tmp_path: Path) -> None:
    config = written(tmp_path / "config.json", b'{"vocab_size": 4096}')
    context = json.loads(run("--json", "--model-config", config, healthy).out)["runs"][0]["context"]
    assert context["vocabulary"] == {"value": 4096, "basis": "given"}
    context = json.loads(run("--json", "--text-vocab", "5000", healthy).out)["runs"][0]["context"]
    assert context["vocabulary"] == {"value": 5000, "basis": "given"}


# -- where logs come from ---------------------------------------------------------------------------


def test_stdin_and_compression(tmp_path: Path) -> None:
    assert run("-", stdin=SILENT).status == 1
    assert run("-", stdin=gzip.compress(SILENT)).status == 1
    assert run(written(tmp_path / "train.log", gzip.compress(SILENT))).status == 1


def test_a_cut_stream_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(SILENT)
    done = run("--json", written(tmp_path / "train.log.gz", whole[: len(whole) // 2]))
    assert done.status == 1
    assert json.loads(done.out)["runs"][0]["read"]["records"]["step"] > 10


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("empty", b"", 3),
        ("blank lines", b"\n \n\t\n", 3),
        ("another program", FOREIGN, 3),
        ("binary", bytes(range(256)) * 4000, 3),
        ("NUL bytes in it", SILENT.replace(b"\n", b"\0\n"), 1),
        ("invalid UTF-8 in it", b"\xff\xfe\xc3\x28\n" + SILENT, 1),
        ("a last line that is cut", SILENT[:-17], 1),
        ("\\r\\n", SILENT.replace(b"\n", b"\r\n"), 1),
        ("escapes", SILENT.replace(b"INFO", b"\x1b[32mINFO\x1b[0m"), 1),
    ],
)
def test_what_logs_hold(tmp_path: Path, name: str, data: bytes, status: int) -> None:
    log = written(tmp_path / "train.log", data)
    done = run("--json", log)
    assert done.status == status, (name, done.err)
    document = json.loads(done.out)
    assert document["runs"][0]["bytes"] == len(data)
    text = run(log)
    assert text.status == status
    assert "\x1b" not in text.out + text.err
    if status == 3:
        assert "it is empty" in text.err if not data else "nothing in it was recognised" in text.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read by ru_maxrss in kilobytes")
def test_a_line_without_end_does_not_fill_memory() -> None:
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdin=sys.stdin)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
        "sys.exit(done.returncode)"
    )
    command = [sys.executable, "-c", program, *COMMAND, "-", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as running:
        assert running.stdin
        for _ in range(100):
            running.stdin.write(b"x" * (1 << 20))
        out, err = running.communicate()
    assert running.returncode == 3
    assert json.loads(out)["runs"][0]["bytes"] == 100 << 20
    assert int(err.split()[-1]) < 150 << 10


def test_what_cannot_be_read(tmp_path: Path, healthy: Path) -> None:
    done = run(tmp_path / "train.lgo")
    assert (done.status, done.out) == (3, "")
    assert f"higgs-logscan: cannot read {tmp_path}/train.lgo: no such file. Did you mean {healthy}?" in done.err
    (tmp_path / "empty").mkdir()
    done = run(tmp_path / "empty")
    assert (done.status, done.out) == (3, "")
    assert "empty: no file below it is named *.log, *.log.gz," in done.err
    assert "it is a directory" in run("records", tmp_path).err
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert run(tmp_path / "socket").status == 3
    if os.path.exists("/proc/self/mem"):
        assert "input/output error" in run("/proc/self/mem").err


def test_others_are_judged_where_one_cannot_be_read(tmp_path: Path, silent: Path) -> None:
    done = run("--json", tmp_path / "missing.log", silent)
    assert done.status == 1
    assert "no such file" in done.err
    assert [one["path"] for one in json.loads(done.out)["runs"]] == [str(silent)]


# -- usage ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--jsno"], "--json"),
        (["--format", "yaml"], "yaml"),
        (["--fail-on", "note"], "note"),
        (["--select", "audio-los-zero"], "--select: no rule or area 'audio-los-zero'. Did you mean 'audio-loss-zero'?"),
        (["--ignore", "masknig"], "--ignore: no rule or area 'masknig'. Did you mean 'masking'?"),
        (["--select", "audio-loss-zero", "--ignore", "audio-learning"], "leave no rule"),
        (["--profile", "higgs-v9"], "--profile: no profile 'higgs-v9'. Did you mean 'higgs-v"),
        (["--text-vocab", "0"], "--text-vocab: must be positive, not 0"),
        (["--text-vocab", "many"], "--text-vocab"),
        (["--min-coverage", "2"], "--min-coverage"),
        (["--steps", "10"], "--steps: expected A:B"),
        (["--steps", "20:10"], "--steps: '20:10' ends before it begins"),
        (["--steps", "a:b"], "--steps: expected A:B"),
        (["--model-config", "missing.json"], "missing.json: No such file"),
        (["-o", "report.json"], "--output: expected FORMAT=PATH"),
        (["-o", "yaml=report"], "--output: no format 'yaml'. (formats: text, concise"),
        (["-o", "json=-"], "--output: expected the path of a file"),
        (["-o", "json=/no/such/folder/report.json"], "no directory /no/such/folder"),
        (["-o", "json=/"], "--output: / is a directory"),
        (["--max-findings", "-1"], "--max-findings"),
    ],
)
def test_options_are_checked_before_a_log_is_read(words: Sequence[str], message: str) -> None:
    done = run(*words, "no-such-log-is-looked-for.log")
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.startswith("higgs-logscan: ")
    assert len(done.err.splitlines()) == 1
    assert "cannot read no-such-log" not in done.err


def test_a_model_config_that_is_no_json(tmp_path: Path, healthy: Path) -> None:
    done = run("--model-config", written(tmp_path / "config.json", b"not json"), healthy)
    assert done.status == 2
    assert "is not JSON" in done.err


def test_a_log_is_never_overwritten(silent: Path, tmp_path: Path) -> None:
    done = run("-o", f"text={silent}", silent)
    assert done.status == 2
    assert "is the log itself" in done.err
    os.mkfifo(tmp_path / "pipe")
    assert "is the log itself" in run("-o", f"json={tmp_path}/pipe", tmp_path / "pipe").err
    assert silent.read_bytes() == SILENT


# -- output -----------------------------------------------------------------------------------------


def test_files_beside_the_text(silent: Path, tmp_path: Path) -> None:
    done = run(
        "-o", f"json={tmp_path}/a.json", "-o", f"jsonl={tmp_path}/a.jsonl", "-o", f"text={tmp_path}/a.txt", silent
    )
    assert done.status == 1
    assert done.out.startswith("FAIL")
    assert json.loads((tmp_path / "a.json").read_text())["verdict"] == "fail"
    assert (tmp_path / "a.txt").read_text() == done.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.jsonl", "a.txt", "silent.log"]


def test_a_device_is_written_to_and_not_replaced(silent: Path) -> None:
    assert run("-o", "json=/dev/null", silent).status == 1
    assert not os.path.isfile("/dev/null")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_full_disk_is_said(silent: Path) -> None:
    done = shell('hl --json "$1" > /dev/full', silent)
    assert done.status == 4
    assert done.err == "higgs-logscan: cannot write: No space left on device\n"
    done = run("-o", "json=/dev/full", silent)
    assert done.status == 4
    assert done.out.startswith("FAIL")


def test_a_closed_pipe_never_changes_the_status(healthy: Path, silent: Path) -> None:
    for words in ('hl "$1" | true', 'hl --json "$1" | head -1', 'hl -v "$1" | head -1', 'hl "$1" >&-'):
        assert shell(words, silent).status == 1, words
        assert shell(words, healthy).status == 0, words
        assert shell(words, healthy).err == "", words
    for words in ("hl --help | true", "hl rules | true", "hl schema | true", 'hl records "$1" | true'):
        done = shell(words, healthy)
        assert (done.status, done.err) == (0, ""), words
    assert shell('hl "$1" 2>&-', silent).status == 1


def test_records_into_a_closed_pipe(tmp_path: Path) -> None:
    log = written(tmp_path / "long.log", HEALTHY * 200)
    for format in ("jsonl", "csv"):
        done = shell(f'hl records "$1" --format {format} | head -1', log)
        assert (done.status, done.err) == (0, "")
        assert len(done.out.splitlines()) == 1


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_jq(silent: Path) -> None:
    assert shell('hl --json "$1" | jq -r .verdict', silent).out == "fail\n"


def test_json_is_utf8_whatever_the_terminal_is(tmp_path: Path) -> None:
    log = written(tmp_path / "läufe-😀.log", SILENT)
    for env in ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}):
        done = run("--json", log, env=env)
        assert done.status == 1
        assert "FAIL" in run(log, env=env).out
        assert json.loads(done.out)["verdict"] == "fail"


def test_no_color(silent: Path) -> None:
    assert "\x1b" not in run(silent, env={"NO_COLOR": "1", "FORCE_COLOR": "1"}).out
    assert "\x1b" in run(silent, env={"FORCE_COLOR": "1", "NO_COLOR": ""}).out


# -- signals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("words", [["--json", "-"], ["-"], ["records", "-"], ["explain-parse", "-"]])
def test_a_signal_while_stdin_is_slow(
    words: Sequence[str], number: signal.Signals, status: int, tmp_path: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    more = ["-o", f"json={tmp_path}/report.json"] if words[0] == "--json" else []
    running = subprocess.Popen(
        [*COMMAND, *words, *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        # A suite that runs in the background ignores Ctrl-C, and its children would as well.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert running.stdin
    running.stdin.write(SILENT)
    running.stdin.flush()
    time.sleep(2.0)
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode == status
    assert (out, err) == (b"", b"")
    assert not list(tmp_path.iterdir())


# -- other commands ---------------------------------------------------------------------------------


def test_records(healthy: Path, tmp_path: Path) -> None:
    done = run("records", healthy)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert (done.status, len(lines)) == (0, 120)
    assert lines[0] == {
        "kind": "step", "line": 1, "byte": 0, "rank": None, "step": 1, "step_inferred": False, "phase": "unknown",
        "mixed": False, "text_loss": 11.0, "audio_loss": 6.9, "loss": 17.9,
    }  # fmt: skip
    assert run("records", healthy, "--kind", "incident").out == ""
    assert run("records", healthy, "--kind", "incident").status == 0
    assert len(run("records", healthy, "--kind", "incident", "--kind", "step").out.splitlines()) == 120
    assert run("records", healthy, "-o", tmp_path / "out.jsonl").out == ""
    assert (tmp_path / "out.jsonl").read_text() == done.out


def test_records_as_a_table(healthy: Path, tmp_path: Path) -> None:
    lines = run("records", healthy, "--format", "csv").out.splitlines()
    assert len(lines) == 121
    row = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert (row["kind"], row["step"], row["text_loss"], row["rank"]) == ("step", "1", "11.0", "")
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("records", healthy, "--format", "parquet", "-o", tmp_path / "out.parquet").status == 0
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.num_rows == 120
    assert table["loss"][0].as_py() == 17.9


def test_records_that_cannot_be(healthy: Path, tmp_path: Path) -> None:
    done = run("records", healthy, "--kind", "stpe")
    assert done.status == 2
    assert "--kind: no kind of record 'stpe'. Did you mean 'step'?" in done.err
    assert run("records", healthy, "--format", "parquet").status == 2
    assert run("records", tmp_path / "missing.log").status == 3
    assert run("records", written(tmp_path / "access.log", FOREIGN)).status == 3
    assert run("records", tmp_path / "missing.log", healthy).out.count("\n") == 120


def test_parquet_needs_pyarrow(healthy: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import sys, importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'pyarrow' else found(name, *a)\n"
    )
    env = {"PYTHONPATH": f"{hidden}{os.pathsep}{ROOT}"}
    done = run("records", healthy, "--format", "parquet", "-o", tmp_path / "x.parquet", env=env)
    assert done.status == 2
    assert "needs pyarrow" in done.err


def test_rules_and_explain() -> None:
    listed = json.loads(run("rules", "--json").out)
    assert {"id", "area", "severity", "summary"} == set(listed[0])
    assert len(run("rules").out.splitlines()) == len(listed)
    assert "audio-loss-zero" in run("explain", "audio-loss-zero").out
    assert json.loads(run("explain", "audio-loss-zero", "--json").out)["id"] == "audio-loss-zero"
    assert len(json.loads(run("explain", "--all", "--json").out)) == len(listed)
    done = run("explain", "audio-los-zero")
    assert done.status == 2
    assert "Did you mean 'audio-loss-zero'?" in done.err
    assert run("explain").status == 2


def test_explain_a_cause() -> None:
    out = run("explain", "memorisation").out
    headings = re.findall(r"^(\w.*):$", out, re.MULTILINE)
    assert headings[:4] == ["What the log shows", "What looks like it", "To be sure", "Fix"]
    assert "  validation-gap: certain\n" in out and out.startswith("memorisation: the data are known by heart: ")
    manual = json.loads(run("explain", "memorisation", "--json").out)
    assert manual["id"] == "memorisation" and manual["for"]["validation-gap"] == "certain"
    assert {"mechanism", "shows", "traps", "settles", "next", "against", "explains", "source"} <= manual.keys()
    assert "Did you mean 'memorisation'?" in run("explain", "memorization").err


def test_explain_what_is_a_cause_and_a_rule() -> None:
    out = run("explain", "label-leak").out
    cause, rule = out.split("\nThe rule\n========\n\n")
    assert cause.startswith("The cause\n=========\n\nlabel-leak: ") and "\nSource:\n" in cause
    assert rule.startswith("label-leak: ") and "\nThresholds:\n" in rule
    both = json.loads(run("explain", "label-leak", "--json").out)
    assert list(both) == ["id", "cause", "rule"]
    assert both["cause"]["id"] == both["rule"]["id"] == both["id"] == "label-leak"


def test_explain_topics() -> None:
    out = run("explain", "evidence").out
    compile(out, "evidence", "exec")
    assert "2>&1 | tee train.log" in out and "Did you mean 'evidence'?" in run("explain", "evidense").err
    assert "".join(part["code"] for part in json.loads(run("explain", "evidence", "--json").out)["parts"])
    listed = json.loads(run("explain", "causes", "--json").out)["causes"]
    assert {"label-leak", "memorisation"} <= {cause["id"] for cause in listed}
    assert all(f"\n  {cause['id']}: " in run("explain", "causes").out for cause in listed[:3])


def test_schema_describes_the_document(silent: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run("schema").out)
    jsonschema.validate(json.loads(run("--json", silent).out), schema)


def test_explain_parse(tmp_path: Path) -> None:
    traceback = b"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nKeyError: 'x'\n"
    log = written(tmp_path / "train.log", HEALTHY + FOREIGN + traceback + b"loading \x1b[1m12%\x07\n")
    out = run("explain-parse", log).out
    assert "of 174 pieces recognised" in out
    assert "120  step-line: " in out
    assert "50        121  GET /index.html HTTP/# # #" in out
    assert "\x07" not in out
    out = run("explain-parse", f"{log}:7").out
    assert "step-line" in out
    assert "Step {step} - Train Loss: {mapping}" in out
    assert re.search(r"^  step +7$", out, re.MULTILINE)
    assert "INFO:__main__:" in out
    assert "not recognised" in run("explain-parse", f"{log}:121").out
    assert "span      traceback" in run("explain-parse", f"{log}:171").out
    assert "part of what begins in line 171" in run("explain-parse", f"{log}:172").out
    done = run("explain-parse", f"{log}:999")
    assert done.status == 3
    assert "has no line 999" in done.err
    assert run("explain-parse", tmp_path / "missing.log").status == 3


# -- weight -----------------------------------------------------------------------------------------


def seconds(*command: str) -> float:
    """The best of five, compiled before: what the machine does besides only adds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment)
        times.append(time.perf_counter() - begun)
    return min(times)


def test_help_does_not_wait() -> None:
    assert seconds(*COMMAND, "--help") < 3 * seconds(sys.executable, "-c", "import typer, rich")


#: Runs the words of a command, and says what of these it imported.
IMPORTED = """
import sys
before = {*sys.modules}
from higgs_logscan import cli
cli.run(sys.argv[1:])
heavy = "numpy", "pandas", "pydantic", "regex", "tomllib", "tomlkit", "rich", "importlib.metadata"
print("imported", *[name for name in heavy if name in {*sys.modules} - before], file=sys.stderr)
"""


def imported(*words: str | Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *map(str, words)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return {*done.stderr.decode().splitlines()[-1].split()[1:]}


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["scan", "--help"], ["train.log", "--no-such-flag"], []])
def test_what_reads_no_log_imports_nothing_heavy(words: list[str]) -> None:
    assert imported(*words) == set()


def test_a_plain_scan_checks_nothing_with_pydantic(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_bytes(HEALTHY)
    plain = "--json", "--fail-on", "never", "--no-progress", "--isolated", "--no-quotes", "-q"
    plain += "--min-coverage", "0.5", "--min-steps", "3", "--steps", "1:9", "--expect", "loss<5", "--jobs", "1"
    plain += "-o", f"sarif={tmp_path / 'a.sarif'}", "--select", "masking,crash", "--profile", "higgs-v2"
    assert not imported(log, *plain) & {"pandas", "pydantic", "tomllib", "tomlkit", "rich", "importlib.metadata"}
    log.with_name("higgs-logscan.toml").write_text("min-coverage = 0.5")
    assert "pydantic" in imported(log, "--config", log.with_name("higgs-logscan.toml"))
