"""Where bytes come from: a file, a pipe, stdin, compressed or not.

Compression is told by the first bytes, never by the name. A stream that is cut or damaged gives
all that can be read of it, and then says so in `cut`: half a log is better than none.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, Protocol, cast

from higgs_logscan.escape import escaped

#: Bytes of a block, as near as the source allows: its lines stay in the processor's cache while they are read.
BLOCK = 512 << 10
#: Compressed bytes given to a decompressor at once. It bounds what one step may amount to (8 MiB
#: for zstd, the worst that has no bound of its own), and what is lost before a damaged place.
SLICE = 256
#: Memory that an xz stream may ask for: four times what `xz -9` needs.
_XZ_MEMORY = 1 << 28
#: Entries of a directory that are looked through for a name like the missing one.
_NEIGHBOURS = 10_000


class SourceError(OSError):
    """A log that cannot be read: its path, and why not in words."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"cannot read {escaped(path)}: {message}")
        self.path, self.message = path, message


class Source:
    """The bytes of one log in blocks; can be iterated once, and closes the file at its end.

    path:     as given; `-` is stdin.
    size:     bytes of the file as it is stored, None for a pipe.
    position: bytes of the file that the blocks so far were made of.
    cut:      why the stream broke off before its end, or empty.
    """

    def __init__(self, path: str, file: BinaryIO, first: bytes) -> None:
        self.path, self.position, self.cut = path, 0, ""
        self._file, self._first = file, first
        status = os.fstat(file.fileno())
        self.size = status.st_size if stat.S_ISREG(status.st_mode) else None

    def __iter__(self) -> Iterator[bytes]:
        try:
            compression = next((c for c in _COMPRESSIONS if self._first.startswith(c[1])), None)
            if compression:
                name, _, opens = compression
                yield from _joined(self._decompressed(name, opens))
            else:
                for block in self._read():
                    self.position += len(block)
                    yield block
        finally:
            if self.path != "-":
                self._file.close()

    def _read(self) -> Iterator[bytes]:
        """The file as it is stored. A block is as long as the source allows, whatever a pipe holds at once."""
        block, self._first = self._first, b""
        done = 0
        while block:
            done += len(block)
            yield block
            try:
                block = self._file.read(BLOCK)
            except OSError as error:
                self.cut = f"reading failed after {done:,} bytes: {error.strerror}"
                return

    def _decompressed(self, name: str, opens: Callable[[], _Opened]) -> Iterator[bytes]:
        """What the streams of the file amount to, one behind the other; zeros between them only fill up space."""
        new, damage = opens()
        stream: _Stream | None = None
        try:
            for data in self._slices():
                while data := data if stream else data.lstrip(b"\0"):
                    stream = stream or new()
                    yield from _step(stream, data)
                    data, stream = (stream.unused_data, None) if stream.eof else (b"", stream)
        except damage as error:
            words = str(error) or type(error).__name__
            self.cut = f"{name} stream is damaged after about {self.position:,} bytes: {words}"
        if stream and not self.cut:
            self.cut = f"{name} stream is cut after {self.position:,} bytes"

    def _slices(self) -> Iterator[bytes]:
        for block in self._read():
            for start in range(0, len(block), SLICE):
                data = block[start : start + SLICE]
                self.position += len(data)
                yield data


def open_source(path: str) -> Source:
    """The log at a path, `-` for stdin, with its first block read.

    Raises SourceError for a path that is missing, a directory or unreadable.
    """
    try:
        file = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115  closed by the iteration
    except AttributeError:
        raise SourceError(path, "stdin is closed") from None
    except FileNotFoundError:
        raise SourceError(path, f"no such file{_suggestion(path)}") from None
    except IsADirectoryError:
        raise SourceError(path, "it is a directory, not a log") from None
    except (OSError, ValueError) as error:
        raise SourceError(path, _reason(error)) from None
    try:
        return Source(path, file, file.read(BLOCK))
    except (OSError, ValueError) as error:
        file.close()
        raise SourceError(path, _reason(error)) from None


def _reason(error: Exception) -> str:
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return words[:1].lower() + words[1:]


def _suggestion(path: str) -> str:
    """The name beside the missing one that looks most like it."""
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in islice(entries, _NEIGHBOURS)]
    except (OSError, ValueError):
        return ""
    close = get_close_matches(name, names, n=1)
    return f". Did you mean {escaped(os.path.join(folder, close[0]))}?" if close else ""


# -- decompressors ----------------------------------------------------------------------------------


class _Stream(Protocol):
    """A decompressor. Some bound their output as well: they have `needs_input`."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class _Bounded(_Stream, Protocol):
    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


#: How to begin a stream, and what it raises for a damaged one.
_Opened = tuple[Callable[[], _Stream], tuple[type[Exception], ...]]


def _gzip() -> _Opened:
    import zlib

    return lambda: zlib.decompressobj(wbits=31), (zlib.error,)


def _bz2() -> _Opened:
    import bz2

    return bz2.BZ2Decompressor, (OSError, ValueError)


def _xz() -> _Opened:
    import lzma

    return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), (lzma.LZMAError, MemoryError)


def _zstd() -> _Opened:
    import zstandard

    return lambda: zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError,)


#: Name, first bytes, how to open it. A zstd file may begin with a frame to skip (pzstd does).
_COMPRESSIONS: tuple[tuple[str, bytes | tuple[bytes, ...], Callable[[], _Opened]], ...] = (
    ("gzip", b"\x1f\x8b", _gzip),
    ("bzip2", b"BZh", _bz2),
    ("xz", b"\xfd7zXZ\0", _xz),
    ("zstd", (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))), _zstd),
)


def _step(stream: _Stream, data: bytes) -> Iterator[bytes]:
    """What a slice amounts to, in pieces of bounded length."""
    if not hasattr(stream, "needs_input"):
        yield stream.decompress(data)
        return
    bounded = cast(_Bounded, stream)
    yield bounded.decompress(data, BLOCK)
    while not (bounded.eof or bounded.needs_input):
        yield bounded.decompress(b"", BLOCK)


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in blocks: many small streams do not make many small blocks."""
    waiting: list[bytes] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= BLOCK:
            yield b"".join(waiting)
            waiting, length = [], 0
    if length:
        yield b"".join(waiting)
