"""The settings of a scan: names, defaults, and what they come to.

Keys are kebab-case in files and flags, snake_case here. What a value must be is declared in
`tables.py` and `checks.py`; nothing here waits for pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from higgs_logscan.finding import Severity
from higgs_logscan.value import Value

FailOn = Literal["error", "warning", "never"]
Color = Literal["auto", "always", "never"]
Required = Literal["dialect", "series", "evaluation"]
#: What only a file can say, beside the settings.
TABLES = ("overrides", "profiles", "suppressions")


class Place(Value):
    """What stands around a value: the folder that its paths are relative to, the names that it may use."""

    folder: Path
    formats: tuple[str, ...]
    profiles: frozenset[str]


class RuleSettings(Value):
    """What is changed of one rule. `thresholds` are arguments that the rule's class takes."""

    severity: Severity | None = None
    thresholds: Mapping[str, Any] = field(default_factory=dict)

    def updated(self, later: RuleSettings) -> RuleSettings:
        """These, but what the later ones name as they say."""
        return RuleSettings(later.severity or self.severity, {**self.thresholds, **later.thresholds})


class Settings(Value):
    """All that `scan` can be told. The defaults are what an absent key means."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    min_coverage: float = 0.0
    min_steps: int = 0
    expect: tuple[str, ...] = ()
    require: tuple[Required, ...] = ()
    profile: str = "higgs-v2"
    # pydantic keeps the name model_config for itself.
    model_configuration: Path | None = None
    text_vocab: int | None = None
    steps: tuple[int, int] | None = None
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    format: str = "text"
    output: tuple[str, ...] = ()
    # Rotated and compressed logs, too, but not what programs write beside a log.
    glob: tuple[str, ...] = ("*.log", "*.log.gz", "*.log.bz2", "*.log.xz", "*.log.zst", "*.log.[0-9]*", "*.out")
    quotes: bool = True
    max_findings: int = 50
    color: Color = "auto"
    progress: bool = True
    # Threads that read one log; 0 for one a processor.
    jobs: int = 0
    baseline: Path | None = None


def key(attribute: str) -> str:
    """`fail-on`, of `fail_on`."""
    return "model-config" if attribute == "model_configuration" else attribute.replace("_", "-")


def keys(table: Any = Settings) -> dict[str, str]:
    """Key → attribute, of the settings or of a table."""
    names = table.__match_args__ if table is Settings else table.model_fields
    return {key(name): name for name in names}


def options() -> Iterator[str]:
    """The settings that are flags and environment variables, too: all but the tables of rules."""
    return (key for key in keys() if key != "rules")


def flag(key: str, value: Any = None) -> str:
    """`--fail-on`; of a switch that is off, `--no-progress`."""
    return f"--no-{key}" if value is False else f"--{key}"


def variable(key: str) -> str:
    """`HIGGS_LOGSCAN_FAIL_ON`."""
    return f"HIGGS_LOGSCAN_{key.replace('-', '_').upper()}"
