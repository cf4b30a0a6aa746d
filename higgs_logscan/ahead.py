"""Blocks of a log, read and scanned by other threads while one assembles and judges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from higgs_logscan.blocks import TOGETHER, Readable
from higgs_logscan.lines import Lines
from higgs_logscan.reader import Reader
from higgs_logscan.stored import stored

if TYPE_CHECKING:
    from higgs_logscan._scanner import Ahead

#: Blocks of a log that needs no threads; and so many are read here where threads found no end of a line.
SMALL = 4
#: Blocks that threads are ahead. Where a log has more bytes a token than these, they go on further, so that they still
#: have lines when a stretch has been judged; and several blocks are handed over as one, as long as no line of them has
#: to be read here. Of other logs that gains nothing: their tokens are counted meanwhile.
NEAR, FEW = 6, 64
#: Blocks that are read here, and wait for a thread: their text is memory as well.
WAITING = 4


def ahead(reader: Reader, source: Readable, jobs: int) -> Iterator[Lines]:
    """The lines of a log, a block at a time; beside the thread that asks for them, `jobs` - 1 others work.

    They read a plain file themselves, as far as it has whole lines of a common length. Blocks of any other source are
    read here, and scanned by them.
    """
    reader.blocks.log = stored(getattr(source, "descriptor", None))
    blocks = each(reader, source)
    for number, lines in enumerate(blocks, 1):
        yield lines
        if jobs > 1 and number % SMALL == 0:
            yield from _beside(reader, source, blocks, jobs - 1)


def _beside(reader: Reader, source: Readable, blocks: Iterator[Lines], count: int) -> Iterator[Lines]:
    """The blocks that so many threads read or scan."""
    descriptor = getattr(source, "descriptor", None) if reader.blocks.log else None
    threads = reader.ahead(-1 if descriptor is None else descriptor)
    if threads is not None:
        with _working(threads, count):
            yield from _scanned(threads, blocks) if descriptor is None else _read(threads, reader, source)


def each(reader: Reader, source: Readable) -> Iterator[Lines]:
    """The lines of a log, a block at a time, none of them scanned."""
    with suppress(EOFError):
        while True:
            if lines := reader.cut_from(source):
                yield lines


@contextmanager
def _working(threads: Ahead, count: int) -> Iterator[None]:
    """So many threads at work."""
    working = [Thread(target=threads.work) for _ in range(count)]
    for thread in working:
        thread.start()
    try:
        yield
    finally:
        threads.end()
        for thread in working:
            thread.join()


def _scanned(threads: Ahead, blocks: Iterator[Lines]) -> Iterator[Lines]:
    """These blocks."""
    for lines in blocks:
        threads.put(lines)
        if threads.waiting == WAITING:
            yield from _got(threads)
    while threads.waiting:
        yield from _got(threads)


def _got(threads: Ahead) -> Iterator[Lines]:
    if lines := threads.get():
        yield lines


def _read(threads: Ahead, reader: Reader, source: Any) -> Iterator[Lines]:
    """The lines of a file, up to where it ends or has to be read here."""
    most, count = NEAR, 1
    while True:
        source.go_on(reader.blocks.end)
        while threads.waiting < most:
            threads.put(reader.blocks.empty(count))
        lines = threads.get()
        if lines is None:
            return
        reader.blocks.filled(lines)
        known = lines.read == lines.end
        yield lines
        # Behind a line of a new shape threads stop, so that they go on further by and by.
        further = known and FEW * lines.filled < lines.end
        most, count = (min(2 * most, threads.room), min(2 * count, TOGETHER)) if further else (NEAR, 1)
