"""higgs-logscan: what the training log of a Higgs Audio model proves, and what it does not.

`scan` and `records` are imported when they are asked for: the command's help must not wait for numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from higgs_logscan.api import records as records
    from higgs_logscan.api import scan as scan
    from higgs_logscan.report import Report as Report

__all__ = ["Report", "__version__", "records", "scan"]

__version__: str


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name in ("records", "scan"):
        from higgs_logscan import api

        return getattr(api, name)
    if name == "Report":
        from higgs_logscan.report import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _version() -> str:
    """The version that was installed; 0.0.0 for a source tree that never was."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("higgs-logscan")
    except PackageNotFoundError:
        return "0.0.0"
