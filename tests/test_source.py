"""Sources: every compression, several streams in one file, pipes, cuts at every place, refusals."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from higgs_logscan import compression, source
from higgs_logscan.source import Source, SourceError, open_source

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
COMPRESSED = [name for name in COMPRESS if name != "plain"]
LINES = b"".join(b"Step %d - Losses: Text=%.4f, Audio=6.9, Total=9\n" % (i, i * 0.7319) for i in range(3000))


def read(path: Path) -> tuple[bytes, Source]:
    opened = open_source(str(path))
    return b"".join(opened), opened


@pytest.mark.parametrize("name", COMPRESS)
def test_every_compression_is_told_by_its_first_bytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(COMPRESS[name](LINES))
    data, opened = read(path)
    assert data == LINES
    assert opened.cut == ""
    assert opened.position == opened.size == path.stat().st_size


@pytest.mark.parametrize("name", COMPRESS)
def test_an_empty_log_is_no_cut_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(COMPRESS[name](b""))
    data, opened = read(path)
    assert (data, opened.cut) == (b"", "")


@pytest.mark.parametrize("padding", [0, 512, 5000])
@pytest.mark.parametrize("name", COMPRESSED)
def test_streams_one_behind_the_other(tmp_path: Path, name: str, padding: int) -> None:
    path = tmp_path / "train.log"
    parts = [LINES, b"", b"Step 1\n", LINES]
    path.write_bytes(b"".join(COMPRESS[name](part) for part in parts) + bytes(padding))
    data, opened = read(path)
    assert data == b"".join(parts)
    assert opened.cut == ""


def test_many_small_streams_come_in_few_blocks(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(gzip.compress(b"x" * 65_280) * 200)
    lengths = [len(block) for block in open_source(str(path))]
    assert sum(lengths) == 200 * 65_280
    assert len(lengths) <= sum(lengths) // source.BLOCK + 1


def test_a_zstd_frame_to_skip(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + COMPRESS["zstd"](LINES))
    assert read(path)[0] == LINES


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_cut_stream_gives_what_stands_before_the_cut(tmp_path: Path, name: str) -> None:
    whole = COMPRESS[name](LINES)
    path = tmp_path / "train.log"
    got = []
    places = {*range(6, 60), *range(60, len(whole), 97), *range(len(whole) - 40, len(whole))}
    for place in sorted(places):
        path.write_bytes(whole[:place])
        data, opened = read(path)
        assert LINES.startswith(data)
        assert opened.cut == f"{name} stream is cut after {place:,} bytes"
        got.append(len(data))
    assert got == sorted(got)
    assert got[-1] > 0.7 * len(LINES)  # zstd and bzip2 give whole blocks only


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_cut_second_stream(tmp_path: Path, name: str) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(COMPRESS[name](LINES) + COMPRESS[name](b"Step 2\n")[:5])
    data, opened = read(path)
    assert data == LINES
    assert "is cut after" in opened.cut


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_damaged_stream_gives_what_stands_before_the_damage(tmp_path: Path, name: str) -> None:
    first = COMPRESS[name](LINES)
    path = tmp_path / "train.log"
    path.write_bytes(first + b"this is not a stream of any kind, but it is long enough to be taken for one")
    data, opened = read(path)
    assert LINES.startswith(data) or data.startswith(LINES)
    assert len(data) > 0.7 * len(LINES)
    assert f"{name} stream is damaged after about" in opened.cut


def test_flipped_bytes_never_raise(tmp_path: Path) -> None:
    chance = random.Random(1)
    path = tmp_path / "train.log"
    for name in COMPRESSED:
        whole = COMPRESS[name](LINES)
        for _ in range(40):
            damaged = bytearray(whole)
            damaged[chance.randrange(6, len(whole))] ^= 1 << chance.randrange(8)
            path.write_bytes(damaged)
            read(path)


@pytest.mark.parametrize("name", COMPRESS)
def test_a_pipe_is_read_as_a_file_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    whole = COMPRESS[name](LINES * 3)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for start in range(0, len(whole), 1000):
                pipe.write(whole[start : start + 1000])

    writer = threading.Thread(target=write)
    writer.start()
    data, opened = read(path)
    writer.join()
    assert data == LINES * 3
    assert (opened.size, opened.position) == (None, len(whole))


def test_stdin(tmp_path: Path) -> None:
    program = "import sys; from higgs_logscan.source import open_source; sys.stdout.buffer.writelines(open_source('-'))"
    done = subprocess.run([sys.executable, "-c", program], input=gzip.compress(LINES), capture_output=True, check=True)
    assert done.stdout == LINES


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(list(COMPRESS)),
    parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    block=st.integers(6, 400),
    piece=st.integers(1, 400),
    kept=st.floats(0.0, 1.0),
)
def test_any_cut_into_blocks_and_slices_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, name: str, parts: list[bytes], block: int, piece: int, kept: float
) -> None:
    path = tmp_path_factory.mktemp("law") / "train.log"
    whole = b"".join(COMPRESS[name](part) for part in parts)
    path.write_bytes(whole[: 6 + int(kept * len(whole))])
    data, opened = read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "BLOCK", block)
        patch.setattr(compression, "SLICE", piece)
        again, reopened = read(path)
    assert again == data
    assert (reopened.cut, reopened.position) == (opened.cut, opened.position)
    if kept == 1.0:
        assert data == b"".join(parts)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.parametrize("name", COMPRESSED)
def test_a_bomb_is_read_in_bounded_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb"
    length = 400 << 20
    with path.open("wb") as file:
        write_zeros(name, length, file.write)
    program = (
        "import sys; from higgs_logscan.source import open_source;"
        "print(sum(map(len, open_source(sys.argv[1]))));"
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    read_bytes, kilobytes = map(int, done.stdout.split())
    assert read_bytes == length
    assert kilobytes < 80 << 10


def write_zeros(name: str, length: int, write: Callable[[bytes], object]) -> None:
    compressors: dict[str, Callable[[], Any]] = {
        "gzip": lambda: zlib.compressobj(9, zlib.DEFLATED, 31),
        "bzip2": bz2.BZ2Compressor,
        "xz": lzma.LZMACompressor,
        "zstd": lambda: zstandard.ZstdCompressor().compressobj(),
    }
    compressor = compressors[name]()
    zeros = bytes(1 << 20)
    for _ in range(length >> 20):
        write(compressor.compress(zeros))
    write(compressor.flush())


@pytest.mark.parametrize("name", COMPRESS)
@pytest.mark.parametrize("length", [1, 7, 1000, len(LINES) // 2, len(LINES), 1 << 20])
def test_reading_into_memory_of_the_reader(tmp_path: Path, name: str, length: int) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(COMPRESS[name](LINES))
    opened = open_source(str(path))
    view = memoryview(bytearray(length))
    data = bytearray()
    while filled := opened.read_into(view):
        data += view[:filled]
        assert filled == length or len(data) == len(LINES), "only the last is not full"
    assert data == LINES
    assert opened.read_into(view) == 0
    assert opened.position == opened.size


@pytest.mark.parametrize("name", COMPRESSED)
def test_damage_is_told_alike_in_a_file_and_in_a_pipe_with_isal_and_without(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(2)
    path = tmp_path / "train.log"
    whole = COMPRESS[name](LINES * 3) + bytes(100) + COMPRESS[name](LINES)
    for _ in range(15):
        place = chance.randrange(6, len(whole))
        damaged = whole[:place] + chance.choice([b"", chance.randbytes(50) + whole[place + 50 :], whole[place + 1 :]])
        path.write_bytes(damaged)
        data, opened = read(path)
        with monkeypatch.context() as patch:
            patch.setattr(compression, "_igzip", lambda: None)
            again, reopened = read(path)
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as cat:
            assert cat.stdout
            piped = open_source(f"/dev/fd/{cat.stdout.fileno()}")
            from_pipe = b"".join(piped)
        assert data == again == from_pipe
        assert (opened.cut, opened.position) == (reopened.cut, reopened.position) == (piped.cut, piped.position)


def test_all_that_stands_before_a_wrong_checksum_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    for name in ("gzip", "zstd"):
        whole = (
            gzip.compress(LINES) if name == "gzip" else zstandard.ZstdCompressor(write_checksum=True).compress(LINES)
        )
        place = len(whole) - (8 if name == "gzip" else 4)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        data, opened = read(path)
        assert data == LINES
        assert f"{name} stream is damaged after about" in opened.cut


@pytest.mark.parametrize("end", ["close", "break", "drop", "interrupt"])
@pytest.mark.parametrize("name", COMPRESSED)
def test_no_thread_outlives_its_reader(tmp_path: Path, name: str, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "train.log"
    with path.open("wb") as file:
        write_zeros(name, 8 << 20, file.write)
        file.write(COMPRESS[name](random.Random(3).randbytes(3 << 20)))
    before = threading.active_count()
    opened = open_source(str(path))
    view = memoryview(bytearray(1 << 20))
    assert opened.read_into(view) == 1 << 20
    assert threading.active_count() == before + 1
    if end == "close":
        opened.close()
        assert opened.read_into(view) == 0
    elif end == "break":
        blocks = iter(opened)
        next(blocks)
        del blocks
    elif end == "drop":
        del opened
    else:

        def interrupt(position: int | None) -> bytes:
            raise KeyboardInterrupt

        monkeypatch.setattr(opened, "_read", interrupt)
        with pytest.raises(KeyboardInterrupt):
            b"".join(opened)
    assert threading.active_count() == before


@pytest.mark.parametrize("ends", ["", "raise SystemExit(0)", "import signal; signal.raise_signal(signal.SIGTERM)"])
def test_a_process_ends_while_a_log_is_half_read(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(gzip.compress(bytes(64 << 20), 1))
    program = f"""
from sys import argv
from higgs_logscan.source import open_source
blocks = iter(open_source(argv[1]))
next(blocks)
{ends}
"""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, timeout=20)
    assert (done.returncode, done.stderr) == (-15 if "SIGTERM" in ends else 0, b"")


def test_a_signal_interrupts_the_wait_for_a_compressed_pipe() -> None:
    program = "from higgs_logscan.source import open_source\nprint(flush=True)\nb''.join(open_source('-'))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.readline()
        process.stdin.write(gzip.compress(LINES)[:-100])
        process.stdin.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (-signal.SIGINT, 130)
        assert process.stderr.read().rstrip().endswith(b"KeyboardInterrupt")


def test_an_error_of_the_second_thread_is_one_of_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> compression.Opened:
        raise ImportError("no module of that name")

    opened = compression.Compression("gzip", (b"\x1f\x8b",), broken)
    monkeypatch.setattr(source, "compression_of", lambda first: opened)
    path = tmp_path / "train.log"
    path.write_bytes(gzip.compress(LINES))
    with pytest.raises(ImportError, match="no module"):
        read(path)


# -- what cannot be read ----------------------------------------------------------------------------


def test_a_missing_file_with_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_text("")
    with pytest.raises(SourceError) as raised:
        open_source(str(tmp_path / "train.lgo"))
    assert str(raised.value) == (f"cannot read {tmp_path}/train.lgo: no such file. Did you mean {tmp_path}/train.log?")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "no such file"),
        ("no/such/folder/train.log", "no such file"),
        (".", "it is a directory, not a log"),
        ("/proc/self/mem", "input/output error"),
        ("nul\0byte", "embedded null byte"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(path: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        open_source(path)


def test_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        with pytest.raises(SourceError, match="no such device"):
            open_source(str(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text("")
    path.chmod(0)
    with pytest.raises(SourceError, match="permission denied"):
        open_source(str(path))


def test_names_are_escaped() -> None:
    with pytest.raises(SourceError) as raised:
        open_source("\x1b[2Jtrain.log")
    assert "\x1b" not in str(raised.value)


def test_reading_that_fails_in_the_middle_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(b"x" * 10)

    class Failing:
        def fileno(self) -> int:
            return 0

        def readinto(self, view: memoryview) -> int:
            raise OSError(5, "Input/output error")

        def close(self) -> None:
            pass

    opened = Source("train.log", Failing(), b"Step 1\n")  # type: ignore[arg-type]
    assert b"".join(opened) == b"Step 1\n"
    assert opened.cut == "reading failed after 7 bytes: Input/output error"


def test_compressed_reading_that_fails_in_the_middle_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(whole := gzip.compress(random.Random(4).randbytes(3 << 20)))

    class Failing:
        def __init__(self) -> None:
            self.file = path.open("rb")
            self.fileno, self.close, self.seek = self.file.fileno, self.file.close, self.file.seek

        def read(self, length: int) -> bytes:
            if self.file.tell() > len(whole) // 2:
                raise OSError(5, "Input/output error")
            return self.file.read(length)

    opened = Source("train.log", file := Failing(), file.read(6))  # type: ignore[arg-type]
    data = b"".join(opened)
    assert 1 << 20 < len(data) < 3 << 20
    assert opened.cut == f"reading failed after {opened.position:,} bytes: Input/output error"
