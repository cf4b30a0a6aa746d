"""What compressed bytes amount to, made on a second thread: decompressors do not hold the interpreter's lock.

The thread touches no file. It asks for bytes, and whoever asks for its results reads them for it: a signal
interrupts that reading as any other, and no thread is left behind waiting for a pipe.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import cast

from higgs_logscan.compression import SLICE, Bounded, Compression, Copied, Opened, Stream
from higgs_logscan.value import Value

#: Bytes handed over at once, and how many such batches there are, one of them being filled.
_BATCH, _BATCHES = 512 << 10, 3


# -- what the two threads say to each other ---------------------------------------------------------


class _Wanted(Value):
    """The next bytes of the file are asked for, or those from a position."""

    position: int | None = None


class _Made(Value):
    """A batch of what the file amounts to: so many bytes of it, and up to which position."""

    batch: memoryview
    length: int
    position: int


class _Ended(Value):
    """There is no more. `damage` says why, `unfinished` is whether a stream lacks its end."""

    position: int = 0
    damage: str = ""
    unfinished: bool = False
    error: BaseException | None = None


class _Stopped(Exception):
    """Nobody wants the rest."""


class _Desk:
    """Where the two threads meet."""

    def __init__(self) -> None:
        self.read: SimpleQueue[bytes] = SimpleQueue()
        self.made: SimpleQueue[_Wanted | _Made | _Ended] = SimpleQueue()
        self.empty: SimpleQueue[memoryview] = SimpleQueue()
        self.stopped = False
        for _ in range(_BATCHES):
            self.empty.put(memoryview(bytearray(_BATCH)))

    def stop(self) -> None:
        self.stopped = True
        self.read.put(b"")
        self.empty.put(memoryview(b""))

    def next_read(self) -> bytes:
        block = self.read.get()
        if self.stopped:
            raise _Stopped
        return block

    def next_empty(self) -> memoryview:
        batch = self.empty.get()
        if self.stopped:
            raise _Stopped
        return batch


# -- the second thread ------------------------------------------------------------------------------


class _Stored:
    """The bytes of the file as they are stored. The next block is asked for when one begins."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._begin(0, _Wanted())

    def _begin(self, position: int, wanted: _Wanted) -> None:
        self._desk.made.put(wanted)
        self.position, self._block, self._at, self._ended = position, b"", 0, False

    def take(self, length: int) -> bytes:
        """So many of the next bytes; fewer at the end only."""
        while len(self._block) - self._at < length and not self._ended:
            new = self._desk.next_read()
            self._ended = not new
            if new:
                self._desk.made.put(_Wanted())
            self._block, self._at = self._block[self._at :] + new, 0
        data = self._block[self._at : self._at + length]
        self._at += len(data)
        self.position += len(data)
        return data

    def give_back(self, length: int) -> None:
        """So many of the bytes that were taken last were not needed."""
        self._at -= length
        self.position -= length

    def go_back(self, position: int) -> None:
        if not self._ended:
            self._desk.next_read()  # what has been asked for already
        self._begin(position, _Wanted(position))

    def skip_zeros(self) -> bool:
        """Whether anything follows but zeros: they only fill up space."""
        while data := self.take(SLICE - self.position % SLICE):
            if rest := data.lstrip(b"\0"):
                self.give_back(len(rest))
                return True
        return False


class _Worker:
    """Decompresses the streams of a file, one behind the other."""

    def __init__(self, desk: _Desk, compression: Compression, can_go_back: bool) -> None:
        self._desk, self._compression, self._can_go_back = desk, compression, can_go_back
        self._batch, self._length = desk.next_empty(), 0

    def run(self) -> None:
        try:
            self._desk.made.put(self._streams())
        except _Stopped:
            pass
        except BaseException as error:
            self._desk.made.put(_Ended(error=error))

    def _streams(self) -> _Ended:
        opened, stored, ended = self._compression.opens(), _Stored(self._desk), True
        damage = ""
        try:
            while ended and stored.skip_zeros():
                ended = self._stream(opened, stored)
        except opened.damage as error:
            stored.take(-stored.position % SLICE)  # the slice that it lies in
            damage = str(error) or type(error).__name__
        self._hand_over(stored.position)
        return _Ended(stored.position, damage, unfinished=not ended)

    def _stream(self, opened: Opened, stored: _Stored) -> bool:
        """Decompress one stream, and say whether it has an end.

        One that is not whole is read once more: the slower decompressor, fed little by little, has the last word.
        """
        start, made = stored.position, 0
        if opened.fast and self._can_go_back:
            try:
                for piece in (pieces := _Pieces(opened.fast, stored)):
                    made += len(piece)
                    self._add(piece, stored.position)
                if pieces.ended:
                    return True
            except opened.fast.damage:
                pass
            stored.go_back(start)
        for piece in (pieces := _Pieces(opened, stored)):
            if new := piece[made:]:
                self._add(new, stored.position)
            made = max(0, made - len(piece))
        return pieces.ended

    def _add(self, piece: bytes, position: int) -> None:
        """One more piece: many small streams do not make many small batches."""
        rest = memoryview(piece)
        while rest:
            part = rest[: _BATCH - self._length]
            self._batch[self._length : self._length + len(part)] = part
            self._length += len(part)
            rest = rest[len(part) :]
            if self._length == _BATCH:
                self._hand_over(position)
                self._batch, self._length = self._desk.next_empty(), 0

    def _hand_over(self, position: int) -> None:
        self._desk.made.put(_Made(self._batch, self._length, position))


class _Pieces:
    """What one stream amounts to, in pieces of bounded length. `ended` says at the end whether it has one."""

    def __init__(self, opened: Opened, stored: _Stored) -> None:
        self.ended = False
        self._opened, self._stored, self._stream = opened, stored, opened.new()

    def __iter__(self) -> Iterator[bytes]:
        lengths = self._opened.lengths(self._stored.position)
        length = next(lengths)
        while data := self._stored.take(length):
            yield from self._step(data)
            if self._stream.eof:
                self._stored.give_back(len(self._stream.unused_data))
                self.ended = True
                return
            length = lengths.send(data)

    def _step(self, data: bytes) -> Iterator[bytes]:
        """What a slice amounts to."""
        if hasattr(self._stream, "needs_input"):
            bounded = cast(Bounded, self._stream)
            yield bounded.decompress(data, self._opened.piece)
            while not (bounded.eof or bounded.needs_input):
                yield bounded.decompress(b"", self._opened.piece)
        elif hasattr(self._stream, "copy"):
            yield from self._step_back(data, cast(Copied, self._stream).copy())
        else:
            yield self._stream.decompress(data)

    def _step_back(self, data: bytes, before: Stream) -> Iterator[bytes]:
        """What a slice amounts to. A damaged one is fed byte by byte, up to the damage."""
        try:
            yield self._stream.decompress(data)
        except self._opened.damage:
            self._stored.give_back(len(data))
            self._stream = before
            for _ in range(len(data)):
                yield before.decompress(self._stored.take(1))


# -- the first thread -------------------------------------------------------------------------------


class Decompressed:
    """What a compressed file amounts to, a few batches ahead of whoever asks.

    can_go_back: whether the file can be read once more from a position.
    position:    bytes of the file that what was given so far was made of.
    damage:      what is wrong with a stream, or empty. `unfinished`: the last stream has no end.
    """

    def __init__(self, compression: Compression, can_go_back: bool) -> None:
        self.position, self.damage, self.unfinished = 0, "", False
        self._desk = _Desk()
        self._batch: memoryview | None = None
        self._rest = memoryview(b"")
        worker = _Worker(self._desk, compression, can_go_back)
        self._thread: threading.Thread | None = threading.Thread(target=worker.run, daemon=True)
        self._thread.start()

    def read_into(self, view: memoryview, read: Callable[[int | None], bytes]) -> int:
        """Fill the view. Returns how far: all of it but before the end.

        read: gives the next bytes of the file, or those from a position; none at the end.
        """
        filled = 0
        while filled < len(view) and (self._rest or self._receive(read)):
            part = self._rest[: len(view) - filled]
            view[filled : filled + len(part)] = part
            filled += len(part)
            self._rest = self._rest[len(part) :]
        return filled

    def _receive(self, read: Callable[[int | None], bytes]) -> bool:
        """Take the next batch for the last one, reading for the other thread meanwhile; whether there is one."""
        if self._batch:
            self._desk.empty.put(self._batch)
            self._batch = None
        while self._thread:
            message = self._desk.made.get()
            if isinstance(message, _Made):
                self._batch, self._rest = message.batch, message.batch[: message.length]
                self.position = message.position
                return True
            if isinstance(message, _Wanted):
                self._desk.read.put(read(message.position))
                continue
            self.close()
            if message.error:
                raise message.error
            self.position, self.damage, self.unfinished = message.position, message.damage, message.unfinished
        return False

    def close(self) -> None:
        """Nothing more is wanted: the thread ends after its step."""
        thread, self._thread = self._thread, None
        if thread:
            self._desk.stop()
            if not sys.is_finalizing():  # then it cannot go on, and has no end to wait for
                thread.join()
