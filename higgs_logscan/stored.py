"""Text that stays in the file of a log, and is read there again when it is quoted."""

from __future__ import annotations

import os


class StoredLog:
    """A plain file, open as long as something may be quoted of it."""

    descriptor = -1

    def __init__(self, descriptor: int) -> None:
        self.descriptor = os.dup(descriptor)

    def read(self, byte: int, size: int) -> bytes:
        """So many bytes of the log from that one on, as far as they are still there."""
        try:
            return os.pread(self.descriptor, size, byte)
        except OSError:
            return b""

    def __del__(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)


class Passage:
    """The bytes of a log from one on, as `data[start:stop]`."""

    def __init__(self, log: StoredLog, byte: int) -> None:
        self.log, self.byte = log, byte

    def __getitem__(self, place: slice) -> bytes:
        return self.log.read(self.byte + int(place.start), int(place.stop) - int(place.start))


def stored(descriptor: int | None) -> StoredLog | None:
    """The log of a descriptor that is read from any place; None where there is none, or no further one to be had."""
    if descriptor is None or not hasattr(os, "pread"):
        return None
    try:
        return StoredLog(descriptor)
    except OSError:
        return None
