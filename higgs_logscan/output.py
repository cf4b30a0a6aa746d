"""Where output goes: the terminal or pipe, files that are whole or absent, messages on stderr."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, TextIO, cast

#: Files that are being written, and not whole yet.
_unfinished: set[str] = set()
#: Width of a text report that goes to no terminal.
WIDTH = 80


def text_file(path: str, text: str) -> None:
    """Write a file that holds this text, whole or not at all."""
    with whole(path) as file, encoded(file) as out:
        out.write(text)


def colored(choice: str) -> bool:
    """Whether standard output gets colours: as chosen, else if it is a terminal that wants them."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(sys.__stdout__) and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal; a fixed number where standard output is none."""
    from shutil import get_terminal_size

    return max(get_terminal_size((WIDTH, 24)).columns, 20)


def is_terminal(stream: TextIO | None) -> bool:
    return bool(stream and not stream.closed and stream.isatty())


def say(message: str) -> None:
    """A message for a person, on stderr. Nobody to read it is no error."""
    if sys.stderr:
        try:
            print(f"higgs-logscan: {message}", file=sys.stderr, flush=True)
        except OSError:
            _drop(sys.stderr)


def mention_stdin(logs: Sequence[str]) -> None:
    """Nobody waits at a terminal without knowing what for."""
    if "-" in logs and is_terminal(sys.stdin):
        say("reading from standard input, Ctrl-D ends it")


@contextmanager
def standard() -> Iterator[BinaryIO]:
    """Standard output. Once nobody reads it any more, what is still written is dropped."""
    stream = sys.__stdout__
    if stream is None:
        with open(os.devnull, "wb") as nowhere:
            yield nowhere
        return
    try:
        yield cast(BinaryIO, stream.buffer)
        stream.buffer.flush()
    except OSError as error:
        _drop(stream)
        if not isinstance(error, BrokenPipeError):
            raise


def _drop(stream: TextIO) -> None:
    """From now on nothing is written to it. What is left in its buffer is flushed at exit: it must go somewhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def encoded(file: BinaryIO) -> Iterator[TextIO]:
    """A file for words, in UTF-8; what UTF-8 cannot say of a file's name is escaped."""
    words = io.StringIO(newline="")
    yield words
    file.write(words.getvalue().encode("utf-8", "backslashreplace"))


@contextmanager
def whole(path: str) -> Iterator[BinaryIO]:
    """A file that appears under its path when all is written, and not at all if that fails."""
    path = os.path.realpath(path)
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device: nothing to replace
        with open(path, "wb") as file:
            yield file
        return
    beside = f"{path}.{os.getpid()}.tmp"
    _unfinished.add(beside)
    try:
        with open(beside, "wb") as file:
            yield file
        os.replace(beside, path)
    except BaseException:
        drop_unfinished()
        raise
    finally:
        _unfinished.discard(beside)


def drop_unfinished() -> None:
    """Remove what is written of files that are not whole yet."""
    for path in [*_unfinished]:
        with suppress(OSError):
            os.unlink(path)


def restore_terminal() -> None:
    """Clear what is left of a progress bar, and show the cursor that it hid."""
    if is_terminal(sys.__stderr__):
        with suppress(OSError):
            os.write(2, b"\r\x1b[K\x1b[?25h")
