"""higgs-logscan: what the training log of a Higgs Audio model proves, and what it does not.

`scan` and `records` are imported when they are asked for: the command's help must not wait for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from higgs_logscan.api import records as records
    from higgs_logscan.api import scan as scan
    from higgs_logscan.profile import ProfileError as ProfileError
    from higgs_logscan.report import Report as Report
    from higgs_logscan.selection import UnknownName as UnknownName
    from higgs_logscan.source import SourceError as SourceError

__all__ = ["ProfileError", "Report", "SourceError", "UnknownName", "__version__", "records", "scan"]

#: The build reads it, too: to look up the installed one would take longer than to read a small log.
__version__ = "0.1.0"

_HOME = {
    "ProfileError": "profile",
    "Report": "report",
    "SourceError": "source",
    "UnknownName": "selection",
    "records": "api",
    "scan": "api",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"higgs_logscan.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
