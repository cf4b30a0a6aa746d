"""Threads that read and scan ahead change nothing: a plain file, a pipe, any number of them, blocks of any size."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import Pieces

from higgs_logscan import blocks, pipeline
from higgs_logscan.ahead import SMALL, ahead
from higgs_logscan.blocks import Readable
from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.pipeline import Scan
from higgs_logscan.profile import Profile
from higgs_logscan.program import LONGEST_LINE
from higgs_logscan.reader import Reader, compiled_shapes
from higgs_logscan.report import run_dict
from higgs_logscan.source import open_source

SAMPLES = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
LOGS = [path.read_bytes() for path in SAMPLES]
LINES = [line for log in LOGS for line in log.splitlines(keepends=True)[:60]]
#: Pieces of a log that threads must not stumble over: no line ends, lone carriage returns, a line longer than a block.
HOSTILE = (b"\r", b"\r\n", b"\n", b"", b"x" * 700, b"\x00" * 90, b"\x1b[31m", b"[1, 2", b"| 3/9 [00:01<00:02]\r" * 40)


def report(source: Readable, jobs: int) -> str:
    run = pipeline.scan(lambda: Scan("log", DIALECTS, [rule() for rule in RULES], CAUSES, Profile()), source, jobs)
    return json.dumps(run_dict(run))


def report_of(log: bytes, jobs: int) -> str:
    with tempfile.NamedTemporaryFile(suffix=".log") as file:
        file.write(log)
        file.flush()
        return report(open_source(file.name), jobs)


@pytest.fixture(params=[256, 4096])
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", request.param)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_threads_change_nothing(path: Path) -> None:
    log = path.read_bytes()
    alone = report_of(log, 1)
    for jobs in (2, 3, 5):
        assert report_of(log, jobs) == alone
        assert report(Pieces([log]), jobs) == alone


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*LINES, *HOSTILE]), max_size=400), st.sampled_from([64, 256, 1000]), st.integers(2, 4))
def test_whatever_the_log(lines: list[bytes], block: int, jobs: int) -> None:
    log = b"".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        assert report_of(log, jobs) == report_of(log, 1)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("end", [b"", b"\n", b"\r"])
@pytest.mark.parametrize("before", [0, 1, 40])
def test_a_line_without_an_end(before: int, end: bytes) -> None:
    """Longer than what is remembered of it, at the beginning, and where threads read already."""
    log = LOGS[0]
    endless = log * before + b"y" * (LONGEST_LINE + 5000) + end + log
    assert report_of(endless, 2) == report_of(endless, 1)


@pytest.mark.parametrize("length", [600_000, LONGEST_LINE + 300_000])
def test_a_line_that_is_longer_than_a_block_among_several_that_are_handed_over_as_one(length: int) -> None:
    log = b"".join(b"%d bytes of nothing of interest, and then %d more\n" % (i, i * i) for i in range(120_000))
    whole = log + b"Text loss: 6.5\n" + b"y" * length + b"\rAudio loss: 7.5\n" + log
    assert report_of(whole, 2) == report_of(whole, 1)


@pytest.mark.usefixtures("small_blocks")
def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    path, log = tmp_path / "train.log", LOGS[0] * 20
    path.write_bytes(log)
    reader, source = Reader(DIALECTS), open_source(str(path))
    whole = 0
    for number, lines in enumerate(ahead(reader, source, 2)):
        if number == SMALL:
            path.write_bytes(log[: len(log) // 2])
        reader.read(lines)
        whole = lines.byte + lines.end
    assert whole <= len(log)
    assert whole == reader.byte


@pytest.mark.usefixtures("small_blocks")
def test_what_the_file_has_lost_are_empty_lines(tmp_path: Path) -> None:
    """Threads keep no text: a block with a line that Python has to read is read again, and may be shorter then."""
    path, odd = tmp_path / "train.log", b"".join(b"Text loss: 6.%d\n\x1b[0mText loss: 7.0\n" % i for i in range(2000))
    path.write_bytes(odd)
    reader, source = Reader(DIALECTS), open_source(str(path))
    known = 0
    for number, lines in enumerate(ahead(reader, source, 2)):
        if number == SMALL:
            path.write_bytes(odd[: lines.byte + 40])
        known += sum(part.count for part in reader.read(lines))
    assert 0 < known < 4000
    assert reader.line > known


@pytest.mark.usefixtures("small_blocks")
def test_who_stops_asking_ends_the_threads() -> None:
    reader = Reader(DIALECTS)
    with tempfile.NamedTemporaryFile() as file:
        file.write(LOGS[0] * 50)
        file.flush()
        found = ahead(reader, open_source(file.name), 3)
        for _ in range(SMALL + 3):
            next(found)
        found.close()  # type: ignore[attr-defined]  # it is a generator; returns when all threads have ended


@pytest.mark.skipif(compiled_shapes is None, reason="not compiled")
def test_a_plain_file_is_read_by_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4096)
    with tempfile.NamedTemporaryFile() as file:
        file.write(LOGS[0] * 50)
        file.flush()
        source = open_source(file.name)
        read = []
        before = source.read_into
        monkeypatch.setattr(source, "read_into", lambda view: read.append(before(view)) or read[-1])
        reader = Reader(DIALECTS)
        for lines in ahead(reader, source, 2):
            reader.read(lines)
        assert sum(read) < len(LOGS[0] * 50) // 2
        assert source.position == reader.byte == len(LOGS[0] * 50)


@pytest.mark.skipif(compiled_shapes is None, reason="not compiled")
def test_who_would_wait_scans_a_block() -> None:
    """So nothing waits for ever where no thread is given a processor; here there is none."""
    reader = Reader(DIALECTS)
    reader.feed(LOGS[0])
    threads = reader.ahead()
    assert threads
    blocks = [reader.cut(LOGS[0]) for _ in range(3)]
    for lines in blocks:
        threads.put(lines)
    assert [threads.get() for _ in blocks] == blocks
    assert all(lines and lines.read == lines.end and lines.count for lines in blocks)
    assert not threads.waiting
