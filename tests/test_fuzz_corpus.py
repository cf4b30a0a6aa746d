"""The logs that the fuzzer keeps: the compiled modules say of each what the same modules say that are not compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from higgs_logscan.reader import compiled_shapes

HERE = Path(__file__).parent.parent
CORPUS = sorted((HERE / "fuzz" / "corpus").iterdir())


def test_there_are_logs() -> None:
    assert 50 < len(CORPUS) < 400
    assert sum(path.stat().st_size for path in CORPUS) < 1 << 20


@pytest.mark.skipif(compiled_shapes is None, reason="nothing is compiled: there is one way only to read these logs")
def test_both_ways_say_the_same_of_every_log(tmp_path: Path) -> None:
    plain = tmp_path / "higgs_logscan"
    for path in (HERE / "higgs_logscan").rglob("*.py"):
        copy = plain / path.relative_to(HERE / "higgs_logscan")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for kernel in (HERE / "higgs_logscan").glob("*.pyx"):  # an installation in place would lend it the compiled ones
        (plain / f"{kernel.stem}.py").write_text('raise ImportError("not compiled")')
    programs = [_said(tmp_path), _said(HERE)]
    in_python, compiled = (program.communicate()[0].splitlines() for program in programs)
    assert [program.returncode for program in programs] == [0, 0]
    assert len(in_python) == len(CORPUS)
    for ours, theirs in zip(compiled, in_python, strict=True):
        assert ours == theirs, "python fuzz/fuzz.py --replay fuzz/corpus/NAME shows what differs"


def _said(where: Path) -> subprocess.Popen[str]:
    """A digest of what is said of each log by the package that lies there."""
    command = [sys.executable, HERE / "fuzz" / "said.py", *CORPUS]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(where)})
