"""How far the reading is, on a terminal: bytes, rate, time left."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from higgs_logscan.escape import escaped
from higgs_logscan.output import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from higgs_logscan.source import Source

#: Seconds of work before a bar appears.
PATIENCE = 1.0


class Bar:
    """A bar on stderr while logs are read; nothing where stderr is no terminal, or work is short."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted and is_terminal(sys.stderr)
        self._since = time.monotonic()
        self._progress: Progress | None = None
        self._tasks: dict[Source, TaskID] = {}

    def __enter__(self) -> Bar:
        return self

    def __call__(self, source: Source) -> None:
        """The source is as far as its `position`."""
        if not self._wanted or time.monotonic() - self._since < PATIENCE:
            return
        self._progress = self._progress or _drawn()
        task = self._tasks.get(source)
        if task is None:
            for done in self._tasks.values():
                self._progress.update(done, visible=False)
            task = self._tasks[source] = self._progress.add_task(escaped(source.path), total=source.size)
        self._progress.update(task, completed=source.position)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress:
            self._progress.stop()


def _drawn() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.start()
    return progress
