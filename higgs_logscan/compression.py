"""The formats of compressed logs: how each is told, opened, and fed, in small steps and so that damage costs little."""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import Protocol, cast

from higgs_logscan.value import Value

#: Compressed bytes given at once to a decompressor with which one cannot go back: what is lost before a damaged place.
SLICE = 256
#: Compressed bytes given at once to zlib, which has no other bound of what a step may amount to: 4 MiB.
_ZLIB_SLICE = 4 << 10
#: Compressed bytes given at once to isal.
_ISAL_SLICE = 32 << 10
#: Bytes made of them in one step by one that bounds them, and by isal: below the 128 KiB from which malloc asks the
#: system for fresh pages each time.
_PIECE, _ISAL_PIECE = 512 << 10, 120 << 10
#: Memory that an xz stream may ask for: four times what `xz -9` needs.
_XZ_MEMORY = 1 << 28
#: Bytes that a block of zstd has at most, compressed or not (RFC 8878, 3.1.1.2.3).
_ZSTD_BLOCK = 128 << 10


class Stream(Protocol):
    """A decompressor. Some bound their output as well: they have `needs_input`. zlib's can be copied."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


class Bounded(Stream, Protocol):
    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Copied(Stream, Protocol):
    def copy(self) -> Stream: ...


#: From the position in the file, and then from what was read there, how many bytes to feed next.
_Lengths = Callable[[int], Generator[int, bytes, None]]


def _slices(position: int, length: int | None = None) -> Generator[int, bytes, None]:
    length = length or SLICE
    yield length - position % length
    while True:
        yield length


def _zstd_parts(position: int) -> Generator[int, bytes, None]:
    """The parts of a frame (RFC 8878, 3.1): a block amounts to 128 KiB at most, and is decompressed whole or not."""
    first = yield 1
    yield 3
    if first != b"\x28":  # a frame to skip
        length = int.from_bytes((yield 4), "little")
        while length > 0:
            length -= len((yield min(length, _ZSTD_BLOCK)))
    else:
        descriptor = (yield 1)[0]
        whole = descriptor >> 5 & 1  # one segment: its length is known, its window is not said
        yield (not whole) + (0, 1, 2, 4)[descriptor & 3] + (whole, 2, 4, 8)[descriptor >> 6]
        last = 0
        while not last:
            header = int.from_bytes((yield 3), "little")
            last, repeated, length = header & 1, header >> 1 & 3 == 1, header >> 3
            if repeated or length:
                yield 1 if repeated else min(length, _ZSTD_BLOCK)
    while True:
        yield 4  # its checksum; whatever follows, the decompressor did not take the frame for ended


class Opened(Value):
    """How to begin a stream of a format, what it raises for a damaged one, and how it is fed.

    piece: bytes that one step makes at most, where that can be bounded.
    fast:  the same, with a decompressor of higher speed that tells less of a stream that is not whole.
    """

    new: Callable[[], Stream]
    damage: tuple[type[Exception], ...]
    lengths: _Lengths = _slices
    piece: int = _PIECE
    fast: Opened | None = None


def _gzip() -> Opened:
    import zlib

    return Opened(
        lambda: zlib.decompressobj(wbits=31), (zlib.error,), partial(_slices, length=_ZLIB_SLICE), fast=_igzip()
    )


def _igzip() -> Opened | None:
    try:
        from isal import igzip_lib
    except ImportError:  # there is no isal for every processor
        return None
    damage = cast(type[Exception], igzip_lib.error)  # its stub says an exception, and not a type of them
    lengths = partial(_slices, length=_ISAL_SLICE)
    return Opened(lambda: igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP), (damage,), lengths, _ISAL_PIECE)


def _bz2() -> Opened:
    import bz2

    return Opened(bz2.BZ2Decompressor, (OSError, ValueError))


def _xz() -> Opened:
    import lzma

    return Opened(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY), (lzma.LZMAError, MemoryError))


def _zstd() -> Opened:
    import zstandard

    return Opened(lambda: zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError,), _zstd_parts)


class Compression(Value):
    """A format: its name, the first bytes of a file of it, how to open it."""

    name: str
    first: tuple[bytes, ...]
    opens: Callable[[], Opened]


#: A zstd file may begin with a frame to skip (pzstd does).
_COMPRESSIONS = (
    Compression("gzip", (b"\x1f\x8b",), _gzip),
    Compression("bzip2", (b"BZh",), _bz2),
    Compression("xz", (b"\xfd7zXZ\0",), _xz),
    Compression("zstd", (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))), _zstd),
)
#: First bytes of a file that tell its compression.
TELLING = max(len(first) for compression in _COMPRESSIONS for first in compression.first)


def compression_of(first: bytes) -> Compression | None:
    """What a file that begins so is compressed with."""
    return next((compression for compression in _COMPRESSIONS if first.startswith(compression.first)), None)
