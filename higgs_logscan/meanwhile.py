"""Work that another thread does, until its result is wanted."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Meanwhile(Generic[_Result]):
    """A function that runs in another thread. Worth it where that lets go of the interpreter's lock."""

    def __init__(self, function: Callable[[], _Result]) -> None:
        self._function = function
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self) -> _Result:
        """What the function returns, as soon as it does; or raises what it raised."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._result

    def _run(self) -> None:
        self._error: BaseException | None = None
        try:
            self._result = self._function()
        except BaseException as error:
            self._error = error
