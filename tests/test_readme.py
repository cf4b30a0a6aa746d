"""The README's commands run, and the output that it shows is the program's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP, USE = README.split("## What it tells apart")
BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", USE, re.DOTALL)]


def run(command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("commands", BLOCKS, ids=lambda commands: commands[0])
def test_commands(commands: list[str], tmp_path: Path) -> None:
    """Those of a block one after the other, in a folder of their own."""
    (tmp_path / "sample_logs").symlink_to(ROOT / "sample_logs")
    for command in commands:
        if "jq" in command and not shutil.which("jq"):
            pytest.skip("jq is not installed")
        done = run(command, tmp_path)
        expected = 1 if "issue-94" in command else 0
        assert done.returncode == expected, (command, done.stderr)
        assert done.stdout
        assert "Traceback" not in done.stderr


def test_shown_output_is_the_programs() -> None:
    """UPDATE_SCENARIOS=1 writes the program's output into the README; review it with git diff."""
    command, shown = re.findall(r"<!-- output: (.*?) -->\n```\n(.*?)```", README, re.DOTALL)[0]
    said = run(command).stdout
    if os.environ.get("UPDATE_SCENARIOS"):
        (ROOT / "README.md").write_text(README.replace(shown, said, 1), encoding="utf-8")
    else:
        assert said == shown


def test_python_example() -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_set_up_commands_are_single_lines() -> None:
    commands = re.findall(r"```sh\n(.*?)```", SET_UP, re.DOTALL)[0].splitlines()
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands)


def test_configuration_example_is_one(tmp_path: Path) -> None:
    [text] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "higgs-logscan.toml").write_text(text, encoding="utf-8")
    done = run("higgs-logscan config show", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "lag_match = 0.85" in done.stdout and "until = 2027-01-31" in done.stdout
