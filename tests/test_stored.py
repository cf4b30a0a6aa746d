"""Texts that stay in the file of a log: the same quotes as of a pipe, and no trouble where the file loses them."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from tables import Pieces
from test_laws import PROFILE

from higgs_logscan import assembly, blocks, pipeline
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.meanwhile import Meanwhile
from higgs_logscan.pipeline import Scan
from higgs_logscan.places import Kept
from higgs_logscan.report import run_dict
from higgs_logscan.run import Run
from higgs_logscan.source import open_source
from higgs_logscan.stored import Passage, StoredLog

SAMPLES = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
#: Texts that do not stand in the file just so.
ESCAPED = b"\x1b[32m\xe2\x9c\x93 Audio loss: 0.0000\x1b[0m\n" * 50


def new() -> Scan:
    return Scan("a.log", DIALECTS, [rule() for rule in RULES], CAUSES, PROFILE)


def of_file(path: Path, jobs: int = 1) -> Run:
    return pipeline.scan(new, open_source(str(path)), jobs)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("jobs", [1, 3])
def test_quotes_of_a_file_are_those_of_a_pipe(
    path: Path, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In short stretches, so that most places outlive their block; here and there a line that was cleaned."""
    log = path.read_bytes()
    log = log[:200_000] + b"\n" + ESCAPED + log[:200_000]
    copy = tmp_path / "a.log"
    copy.write_bytes(log)
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    monkeypatch.setattr(assembly, "KEPT", 8192)
    monkeypatch.setattr(assembly, "MOST", 16384)
    assert run_dict(of_file(copy, jobs)) == run_dict(pipeline.scan(new, Pieces([log])))


def test_a_file_that_loses_its_text_while_it_is_read_is_judged_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(SAMPLES[0].read_bytes())
    one, source = new(), open_source(str(log))
    for lines in pipeline.ahead(one.reader, source, 1):
        one.add(lines)
    before = len(log.read_bytes())
    log.write_bytes(b"")
    one.finish()
    run = one.run()
    assert run.context.reading.bytes == before


def test_what_a_file_has_lost_is_nothing_or_spaces(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\ntwo\n")
    with log.open("rb") as file:
        stored = StoredLog(file.fileno())
    assert Passage(stored, 4)[0:3] == b"two"
    kept = Kept(np.array([1, 2]), np.array([0, 4]), np.array([3, 3], np.int16), stored)
    assert [kept[row] for row in range(2)] == [(1, 0, b"one"), (2, 4, b"two")]
    log.write_bytes(b"one\nt")
    assert kept[1] == (2, 4, b"t")
    joined = Kept.join([kept, Kept.of([(3, 9, b"three")])])
    assert [joined[row][2] for row in range(3)] == [b"one", b"t  ", b"three"]
    both = Kept.join([kept[:1], kept[1:]])
    assert both.log is stored and both.texts() == b"onet  "


def test_another_thread_returns_its_result_or_raises_its_error() -> None:
    assert Meanwhile(threading.current_thread).result() is not threading.current_thread()
    with pytest.raises(ZeroDivisionError):
        Meanwhile(lambda: 1 // 0).result()


def test_where_no_descriptor_is_left_the_texts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = run_dict(of_file(SAMPLES[0]))

    def dup(descriptor: int) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("os.dup", dup)
    assert run_dict(of_file(SAMPLES[0])) == expected
