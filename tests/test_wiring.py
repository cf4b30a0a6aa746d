"""What plugs the command into other systems, exercised as far as a machine without these systems can.

The shell of the action and of the GitLab job runs as their runners run it, the hook as pre-commit calls it, and every
command of docs/ci.md in a folder of sample logs. `.ci/wiring` does the rest: it installs, builds and asks linters.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import pytest
import yaml

from higgs_logscan.usage import EPILOG, FORMATS

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
JOB = yaml.safe_load((ROOT / "templates" / "higgs-logscan.yml").read_text(encoding="utf-8"))[".higgs-logscan"]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOSTILE = (
    "$(touch x).log", "`touch x`.log", "; touch x;.log", "a  b.log", " c.log", "-odd.log", "-ojson=x.log",
    "--fail-on=never", "*.log", "a'b\".log", "\\n.log", "::error::x.log", "%0A::error::x.log", "${{ x }}.log", "END",
)  # fmt: skip
#: What commands of a page call that is not here. An image is called like the command that it runs.
STANDINS = {
    "docker": '[ "$1" = run ] || exit 0; while [ "$1" != higgs-logscan ]; do shift; done; exec "$@"',
    "pip": 'printf "%s\\n" "$@" >"$PIP_CALLED"',
    "pre-commit": '[ "$*" = "run higgs-logscan --all-files" ]',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory as docs/ci.md has it."""
    folder = tmp_path / "work"
    (folder / "logs").mkdir(parents=True)
    shutil.copy(ROOT / "sample_logs" / "healthy.log", folder / "train.log")
    for name in ("killed.log", "issue-94.log"):
        shutil.copy(ROOT / "sample_logs" / name, folder / name)
    shutil.copy(ROOT / "sample_logs" / "issue-94.log", folder / "logs")
    (folder / "train.sh").write_text("#!/bin/sh\ncat killed.log\n")
    (folder / "train.sh").chmod(0o755)
    return folder


def bash(
    script: str, folder: Path, environment: Mapping[str, str] | None = None, shell: str = "bash -eo pipefail"
) -> subprocess.CompletedProcess[str]:
    """Run a script with the command and the stand-ins at hand."""
    standins = folder.parent / "bin"
    standins.mkdir(exist_ok=True)
    for name, body in STANDINS.items():
        (standins / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
        (standins / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "HIGGS_LOGSCAN_"))}
    path = os.pathsep.join([str(standins), str(BIN), kept["PATH"]])
    given = {"PATH": path, "PYTHONUTF8": "1", "PIP_CALLED": str(folder.parent / "pip-called")}
    return subprocess.run(
        [*shell.split(), "-c", script],
        cwd=folder,
        env={**kept, **given, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def put_hostile(folder: Path) -> set[str]:
    """Healthy logs of all hostile names; what then lies in the folder."""
    for name in HOSTILE:
        shutil.copy(ROOT / "sample_logs" / "healthy-sum-only.log", folder / name)
    return set(os.listdir(folder))


# -- the action -------------------------------------------------------------------------------------------


@dataclass
class Action:
    """The steps of the action behind its installation, as a runner does them: its outputs, its end, what it said."""

    folder: Path

    def run(self, **inputs: str) -> Action:
        names = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(names) <= set(ACTION["inputs"])
        self.inputs = {name: names.get(name, spec.get("default", "")) for name, spec in ACTION["inputs"].items()}
        self.outputs = {"install": {"bin": str(BIN)}, "scan": {}}
        runner = self.folder.parent / "runner"
        runner.mkdir(exist_ok=True)
        output, summary = runner / "output", runner / "summary"
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "RUNNER_TEMP": str(runner)}
        output.write_text("")
        scan = STEPS["Scan"]
        self.scanned = bash(scan["run"], self.folder, {**files, **self.environment(scan)})
        self.outputs["scan"] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        self.summary = summary.read_text(encoding="utf-8") if summary.exists() else ""
        last = list(STEPS.values())[-1]
        self.status = bash(last["run"], self.folder, self.environment(last)).returncode
        return self

    def environment(self, step: Any) -> dict[str, str]:
        return {name: self.value(text) for name, text in step["env"].items()}

    def value(self, text: str) -> str:
        match = re.fullmatch(r"\$\{\{ (?:inputs\.([\w-]+)|steps\.(\w+)\.outputs\.(\w+)) \}\}", text)
        assert match, text
        return self.inputs[match[1]] if match[1] else self.outputs[match[2]].get(match[3], "")

    @property
    def said(self) -> tuple[str, int]:
        """The outputs as a job sees them, and the status with which the action ends."""
        assert self.value(ACTION["outputs"]["status"]["value"]) == str(self.status)
        assert self.scanned.returncode == 0, self.scanned.stderr
        return self.value(ACTION["outputs"]["verdict"]["value"]), self.status

    @property
    def reports(self) -> Path:
        return Path(self.value(ACTION["outputs"]["reports"]["value"]))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"logs": "train.log"}, ("pass", 0)),
        ({"logs": "killed.log\n"}, ("warn", 0)),
        ({"logs": "killed.log", "fail_on": "warning"}, ("warn", 1)),
        ({"logs": "train.log\n\nissue-94.log\n"}, ("fail", 1)),
        ({"logs": "logs", "fail_on": "never"}, ("fail", 0)),
        ({"logs": "missing.log"}, ("unknown", 3)),
        ({"logs": "killed.log", "config": "strict.toml"}, ("warn", 1)),
        ({"logs": "issue-94.log", "baseline": "known.json"}, ("pass", 0)),
        ({"logs": "train.log", "min_coverage": "1.0"}, ("pass", 0)),
        ({"logs": "train.log", "options": "--min-steps=100\n--expect=audio_loss<5.5@100\n"}, ("pass", 0)),
        ({"logs": "train.log", "options": "--min-steps=5000"}, ("unknown", 3)),
    ],
)
def test_action(inputs: dict[str, str], said: tuple[str, int], folder: Path) -> None:
    (folder / "strict.toml").write_text('fail-on = "warning"\n')
    (folder / "known.json").write_text(
        json.dumps({"version": 1, "logs": {"issue-94.log": {"audio-loss-near-zero": 274}}}), encoding="utf-8"
    )
    action = Action(folder).run(**inputs)
    assert action.said == said
    assert sorted(os.listdir(action.reports)) == ["report.json", "report.md", "report.sarif", "report.xml"]
    assert action.summary == (action.reports / "report.md").read_text(encoding="utf-8")
    commands = action.scanned.stdout.splitlines()
    assert commands and all(re.match(r"::(error|warning|notice) ", line) for line in commands)


@pytest.mark.parametrize(
    "inputs",
    [
        {"logs": ""},
        {"logs": "train.log", "options": "--no-such-option"},
        *({"logs": "train.log", name: "$(touch x); touch x"} for name in ("fail_on", "min_coverage", "config")),
        *({"logs": "train.log", name: "$(touch x)\n`touch x`"} for name in ("baseline", "options")),
    ],
)
def test_action_after_a_usage_error(inputs: dict[str, str], folder: Path) -> None:
    before = set(os.listdir(folder))
    action = Action(folder).run(**inputs)
    assert action.said[0] == "unknown"
    assert action.status == (3 if "options" in inputs and "touch" in inputs["options"] else 2), action.scanned.stderr
    assert set(os.listdir(folder)) == before


def test_action_takes_hostile_names(folder: Path) -> None:
    before = put_hostile(folder)
    nested = folder / "nested"
    nested.mkdir()
    shutil.copy(folder / "END", nested / "new\nline.log")
    action = Action(folder).run(logs="\n".join([*HOSTILE, "nested"]))
    assert action.said == ("pass", 0), action.scanned.stderr
    runs = json.loads((action.reports / "report.json").read_bytes())["runs"]
    assert [run["path"] for run in runs] == [*HOSTILE, "nested/new\nline.log"]
    assert set(os.listdir(folder)) == {*before, "nested"}
    assert not re.search(r"^::(?!notice )", action.scanned.stdout, re.MULTILINE)


def test_action_keeps_each_scan_apart(folder: Path) -> None:
    assert Action(folder).run(logs="train.log").reports != Action(folder).run(logs="train.log").reports


def test_action_is_well_formed() -> None:
    assert set(ACTION["inputs"]) == set(_table(PAGE, "input")) and set(ACTION["outputs"]) == set(_table(PAGE, "output"))
    for name, spec in ACTION["inputs"].items():
        if spec.get("default"):
            assert f"`{spec['default']}` |" in _table(PAGE, "input")[name]
    for step in STEPS.values():
        assert "${{" not in step.get("run", ""), "an expression in a script's text would be run"
        assert ("shell" in step) == ("run" in step)
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", f"x@{'0' * 40}")), "pinned to a commit"


def _table(page: str, head: str) -> dict[str, str]:
    """The rows of the table whose first column is called so, by what stands there in backquotes."""
    (table,) = re.findall(rf"^\| {head} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    return {row.split(" | ")[0].strip("| `"): row for row in table.splitlines()}


# -- the job of GitLab ------------------------------------------------------------------------------------


def gitlab(folder: Path, shell: str, **variables: str) -> subprocess.CompletedProcess[str]:
    assert set(JOB["variables"]) <= set(PAGE.split("`"))
    script = "\n".join([*JOB["before_script"], *JOB["script"]])
    return bash(script, folder, {**JOB["variables"], **variables}, shell)


@pytest.mark.parametrize(
    ("logs", "variables", "status"),
    [
        ("train.log\n", {}, 0),
        ("killed.log", {"HIGGS_LOGSCAN_FAIL_ON": "warning"}, 1),
        ("train.log\n\nlogs\n", {}, 1),
        ("missing.log", {}, 3),
        ("", {}, 2),
    ],
)
def test_gitlab_job(logs: str, variables: dict[str, str], status: int, folder: Path) -> None:
    done = gitlab(folder, "bash -eo pipefail", LOGSCAN_LOGS=logs, **variables)
    assert done.returncode == status, done.stderr
    reports = JOB["artifacts"]["reports"]
    assert all((folder / path).exists() == (status != 2) for path in reports.values())
    assert all(path.startswith(tuple(JOB["artifacts"]["paths"])) for path in reports.values())
    assert JOB["artifacts"]["when"] == "always"


@pytest.mark.parametrize("shell", ["bash -eo pipefail", "sh -e"])
def test_gitlab_job_takes_hostile_names(shell: str, folder: Path) -> None:
    before = put_hostile(folder)
    done = gitlab(folder, shell, LOGSCAN_LOGS="\n".join(HOSTILE))
    assert done.returncode == 0, done.stderr
    runs = json.loads((folder / "higgs-logscan-reports" / "report.json").read_bytes())["runs"]
    assert [run["path"] for run in runs] == [*HOSTILE]
    assert set(os.listdir(folder)) == {*before, "higgs-logscan-reports"}


def test_gitlab_job_installs_where_it_must(folder: Path) -> None:
    script, called = "\n".join(JOB["before_script"]), folder.parent / "pip-called"
    assert bash(script, folder).returncode == 0
    assert not called.exists()
    without = os.pathsep.join([str(folder.parent / "bin"), "/usr/bin", "/bin"])
    if shutil.which("higgs-logscan", path=without):
        pytest.skip("the command is installed for the whole system")
    assert bash(script, folder, {"PATH": without, "LOGSCAN_PACKAGE": "a $(touch x)"}).returncode == 0
    assert called.read_text().splitlines()[-1] == "a $(touch x)"


# -- the hook of pre-commit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("train.log", True), ("runs/a b/slurm-1.out", True), ("a.log.gz", True), ("a.out.zst", True),
        ("a.log.bz2", True), ("a.log.xz", True), ("a.log.txt", False), ("catalog", False), ("a.gz", False),
    ],
)  # fmt: skip
def test_hook_takes_logs(path: str, taken: bool) -> None:
    assert bool(re.search(HOOK["files"], path)) == taken
    assert not {"types", "types_or"} & set(HOOK), "a compressed log has no type that a log that is not has, too"


@pytest.mark.parametrize(("given", "status"), [([], 0), (["--fail-on=warning", "--"], 1)])
def test_hook(given: list[str], status: int, folder: Path) -> None:
    with gzip.open(folder / "-odd.log.gz", "wb") as file:
        file.write((folder / "killed.log").read_bytes())
    words = [*shlex.split(HOOK["entry"]), *(given or HOOK["args"]), "-odd.log.gz", "train.log"]
    done = bash(shlex.join(words), folder)
    assert done.returncode == status, done.stderr
    assert "-odd.log.gz" in done.stdout


# -- the image --------------------------------------------------------------------------------------------


def _instructions() -> Iterator[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            yield name, rest


def _sent(path: str) -> bool:
    """Whether .dockerignore lets a path into the build: the last line that matches it or a folder above says so."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = True
    for line in (line for line in lines if line and not line.startswith("#")):
        above = [PurePath(path), *PurePath(path).parents][:-1]
        if any(one.match(line.removeprefix("!")) for one in above):
            sent = line.startswith("!")
    return sent


def test_image_copies_what_there_is() -> None:
    copied = [
        source
        for name, rest in _instructions()
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert copied
    assert all((ROOT / source).exists() and _sent(source) for source in copied)
    assert _sent("higgs_logscan/rules/masking/audio_over_masked.py") and _sent("higgs_logscan/_scanner.pyx")
    for path in (".git/config", "tests/test_wiring.py", "higgs_logscan/_scanner.so", "higgs_logscan/_scanner.c"):
        assert not _sent(path)
    assert not _sent("higgs_logscan/__pycache__/cli.pyc")


def test_image_runs_the_command_as_nobody() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    instructions = list(_instructions())
    last = dict(instructions)
    assert json.loads(last["ENTRYPOINT"])[0] in project["scripts"]
    assert int(last["USER"].split(":")[0]) > 0
    assert last["WORKDIR"] == "/logs"
    stages = [rest.split() for name, rest in instructions if name == "FROM"]
    assert {stage[0] for stage in stages} == {JOB["image"]}, "one Python everywhere"
    assert re.findall(r"--from=(\w+)", " ".join(rest for _, rest in instructions)) == [stages[0][2]]


# -- docs/ci.md -------------------------------------------------------------------------------------------


def _scripts(value: Any) -> Iterator[str]:
    """The shell of a snippet: what stands under run, script and bash."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key in ("run", "script", "bash") else _scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _scripts(inner)


def _blocks() -> Iterator[tuple[str, list[str]]]:
    for number, (kind, text) in enumerate(re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE), 1):
        scripts = {
            "sh": text.splitlines,
            "bash": lambda text=text: [text],
            "yaml": lambda text=text: list(_scripts(yaml.safe_load(text))),
            "groovy": lambda text=text: re.findall(r"\bsh '([^']*)'", text),
        }[kind]()
        yield f"{number}-{kind}", scripts


BLOCKS = dict(_blocks())


@pytest.mark.parametrize("name", BLOCKS)
def test_page_runs(name: str, folder: Path) -> None:
    for command in BLOCKS[name]:
        said = re.search(r"# status (\d)$", command.rstrip())
        done = bash(command, folder)
        assert done.returncode == (int(said[1]) if said else 0), f"{command}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr


def test_page_has_the_statuses_of_the_help() -> None:
    rows = {number: row.split(" | ")[1].rstrip(" |").replace("`", "") for number, row in _table(PAGE, "status").items()}
    helped = re.findall(r"^  (\d+) +(.*(?:\n {7}.*)*)$", EPILOG, re.MULTILINE)
    assert rows == {number: " ".join(words.split()) for number, words in helped}


def test_page_has_all_formats() -> None:
    assert set(_table(PAGE, "format")) == set(FORMATS)


def test_page_says_what_exists() -> None:
    used = yaml.safe_load(
        next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "id: logscan" in block)
    )
    (step,) = (step for step in used["jobs"]["train"]["steps"] if step.get("id") == "logscan")
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert f"id: {HOOK['id']}" in PAGE and "file: /templates/higgs-logscan.yml" in PAGE
