"""Where bytes come from: a file, a pipe, stdin, compressed or not.

Compression is told by the first bytes, never by the name. A stream that is cut or damaged gives
all that can be read of it, and then says so in `cut`: half a log is better than none.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from higgs_logscan.compression import TELLING, Compression, compression_of
from higgs_logscan.decompression import Decompressed
from higgs_logscan.escape import escaped

#: Bytes of a block, as near as the source allows: its lines stay in the processor's cache while they are read.
BLOCK = 512 << 10
#: Entries of a directory that are looked through for a name like the missing one.
_NEIGHBOURS = 10_000


class SourceError(OSError):
    """A log that cannot be read: its path, and why not in words."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"cannot read {escaped(path)}: {message}")
        self.path, self.message = path, message


class Source:
    """The bytes of one log, in blocks or into memory of the reader's own; can be read once, and closes its file then.

    path:     as given; `-` is stdin.
    size:     bytes of the file as it is stored, None for a pipe.
    position: bytes of the file that what has been read was made of.
    cut:      why the stream broke off before its end, or empty.
    """

    def __init__(self, path: str, file: BinaryIO, first: bytes) -> None:
        self.path, self.position, self.cut = path, 0, ""
        self._file, self._first, self._taken, self._closed, self._moved = file, first, 0, False, False
        self._compression = compression_of(first)
        self._decompressed: Decompressed | None = None
        status = os.fstat(file.fileno())
        self.size = status.st_size if stat.S_ISREG(status.st_mode) else None

    @property
    def compressed(self) -> bool:
        """Whether a thread of its own decompresses it."""
        return self._compression is not None

    def __iter__(self) -> Iterator[bytes]:
        view = memoryview(bytearray(BLOCK))
        try:
            while length := self.read_into(view):
                yield bytes(view[:length])
        finally:
            self.close()

    def read_into(self, view: memoryview) -> int:
        """Fill the view, however little a pipe holds at once. Returns how far: all of it but before the end."""
        length = 0
        try:
            if not self._closed:
                length = self._decompress_into(view, self._compression) if self._compression else self._fill(view)
        finally:
            if not length:
                self.close()
        return length

    @property
    def descriptor(self) -> int | None:
        """That of the file, where its bytes are those of the log, to be read from any place."""
        plain = not self._compression and self.size is not None and self.path != "-" and not self.cut
        return self._file.fileno() if plain and not self._closed else None

    def go_on(self, byte: int) -> None:
        """The log has been read up to this byte through the descriptor."""
        self._first, self.position, self._moved = b"", byte, True

    def close(self) -> None:
        """No more is wanted. Needed where one stops before the end."""
        self._closed = True
        if self._decompressed:
            self._decompressed.close()
        if self.path != "-":
            self._file.close()

    __del__ = close

    def _fill(self, view: memoryview) -> int:
        """The file as it is stored."""
        if self._moved:
            self._file.seek(self.position)
            self._moved = False
        length = len(first := self._first[: len(view)])
        view[:length], self._first = first, self._first[length:]
        self.position += length
        try:
            more = 0 if self.cut else self._file.readinto(view[length:]) or 0  # type: ignore[attr-defined]
        except OSError as error:
            more = self._fail(error, self.position)
        self.position += more
        return length + more

    def _decompress_into(self, view: memoryview, compression: Compression) -> int:
        if not self._decompressed:
            self._decompressed = Decompressed(compression, can_go_back=self.size is not None)
        length = self._decompressed.read_into(view, self._read)
        self.position = self._decompressed.position
        if not length:
            if damage := self._decompressed.damage:
                self.cut = f"{compression.name} stream is damaged after about {self.position:,} bytes: {damage}"
            elif self._decompressed.unfinished and not self.cut:
                self.cut = f"{compression.name} stream is cut after {self.position:,} bytes"
        return length

    def _read(self, position: int | None) -> bytes:
        """The next bytes of a compressed file, or those from a position."""
        first, self._first = self._first, b""
        self._taken += len(first)
        try:
            if position is not None:
                self._file.seek(position - self._taken, os.SEEK_CUR)
                self._taken, self.cut = position, ""
            block = b"" if self.cut else self._file.read(BLOCK) or b""
        except OSError as error:
            block = b""
            self._fail(error, self._taken)
        self._taken += len(block)
        return first + block

    def _fail(self, error: OSError, done: int) -> int:
        self.cut = f"reading failed after {done:,} bytes: {error.strerror}"
        return 0


def open_source(path: str) -> Source:
    """The log at a path, `-` for stdin, with its first bytes read.

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
        return Source(path, file, file.read(TELLING) or b"")
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
