"""The command at work: one text file a scenario, and what is to be seen, byte by byte.

A scenario in `scenarios/NAME.txt`:

    # what it shows                         comments, at the top
    use killed.log                          a sample log is put into the empty working directory,
    use healthy.log 300 as train.log        or its first 300 lines, under another name
    $ higgs-logscan train.log < in.log      the command line, as a shell would split it; `<` gives stdin
    status 1
    ----- train.log                         a log written out here, up to the next `-----`
    Step 1 - Losses: Text=8.2, Audio=6.9, Total=15.1
    ----- stdout                            what must be printed; nothing if left out
    ----- stderr                            likewise

`UPDATE_SCENARIOS=1 pytest tests/test_scenarios.py` (or `just update`) rewrites status, stdout and stderr; review
them with `git diff`. No scenario shows all rules (`--select`): a new rule changes none of them.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((Path(__file__).parent / "scenarios").glob("*.txt"))
SECTION = "----- "


@dataclass
class Scenario:
    head: list[str]
    logs: dict[str, str] = field(default_factory=dict)
    stdout: str = ""
    stderr: str = ""

    @staticmethod
    def read(path: Path) -> Scenario:
        head, *sections = re.split(rf"^{SECTION}", path.read_bytes().decode(), flags=re.MULTILINE)
        texts = {name: text for name, _, text in (section.partition("\n") for section in sections)}
        return Scenario(head.splitlines(), stdout=texts.pop("stdout", ""), stderr=texts.pop("stderr", ""), logs=texts)

    def write(self, path: Path) -> None:
        sections = {**self.logs, "stdout": self.stdout, "stderr": self.stderr}
        text = "".join(f"{SECTION}{name}\n{text}" for name, text in sections.items() if text or name in self.logs)
        path.write_bytes(("\n".join(self.head) + "\n" + text).encode())

    def values(self, word: str) -> Iterator[str]:
        return (line.removeprefix(word).strip() for line in self.head if line.startswith(f"{word} "))

    @property
    def status(self) -> int:
        return int(next(self.values("status"), "0"))

    def run(self, folder: Path) -> tuple[int, str, str]:
        for name, text in self.logs.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
        for use in self.values("use"):
            name, lines, new = re.fullmatch(r"(\S+)(?: (\d+))?(?: as (\S+))?", use).groups()  # type: ignore[union-attr]
            kept = (ROOT / "sample_logs" / name).read_bytes().splitlines(keepends=True)
            (folder / (new or name)).parent.mkdir(parents=True, exist_ok=True)
            (folder / (new or name)).write_bytes(b"".join(kept[: int(lines) if lines else None]))
        command, stdin = re.fullmatch(r"(.*?)(?: < (\S+))?", next(self.values("$"))).groups()  # type: ignore[union-attr]
        done = subprocess.run(
            [sys.executable, "-m", "higgs_logscan", *shlex.split(command)[1:]],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"},
            input=(folder / stdin).read_bytes() if stdin else b"",
            capture_output=True,
        )
        out = re.sub(r'"version": "[^"]+"', '"version": "VERSION"', done.stdout.decode())
        return done.returncode, out, done.stderr.decode()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path, tmp_path: Path) -> None:
    scenario = Scenario.read(path)
    status, out, err = scenario.run(tmp_path)
    if os.environ.get("UPDATE_SCENARIOS"):
        scenario.head = [line for line in scenario.head if not line.startswith("status ")] + [f"status {status}"]
        scenario.stdout, scenario.stderr = out, err
        scenario.write(path)
    assert out == scenario.stdout
    assert err == scenario.stderr
    assert status == scenario.status
    assert "Traceback (most recent call last)\n" not in err


def test_scenarios_say_what_they_show() -> None:
    for path in FILES:
        assert Scenario.read(path).head[0].startswith("# "), path
