"""Random re-cuts of real logs: no false error, and faults stay found. `bench/recuts.py` makes many more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from manifest import read_manifest
from recuts import LOGS, Recut, choose, evidence, wrong

KNOWN = read_manifest(LOGS) if LOGS.exists() else []
RECUTS = choose(KNOWN, 50, seed=1) if KNOWN else []

pytestmark = pytest.mark.skipif(not KNOWN, reason=f"the real logs are not here: no {LOGS}")


def each(healthy: bool) -> pytest.MarkDecorator:
    recuts = [recut for recut in RECUTS if recut.log.healthy is healthy]
    return pytest.mark.parametrize("recut", recuts, ids=[str(recut).replace(" ", "-") for recut in recuts])


@each(healthy=True)
def test_a_healthy_log_has_no_error_however_it_is_cut(recut: Recut, tmp_path: Path) -> None:
    assert not wrong(recut, KNOWN, tmp_path / "log.txt")


@each(healthy=False)
def test_a_fault_stays_detected(recut: Recut, tmp_path: Path) -> None:
    if not evidence(recut.log).detected:
        pytest.skip("not detected in the whole log either, which test_real_logs counts")
    assert not wrong(recut, KNOWN, tmp_path / "log.txt")


@pytest.mark.parametrize("recut", RECUTS[::10], ids=str)
def test_a_re_cut_is_the_same_each_time_and_not_the_log(recut: Recut) -> None:
    lines = recut.lines(KNOWN)
    assert lines == recut.lines(KNOWN)
    assert b"".join(lines) != recut.log.path.read_bytes()
