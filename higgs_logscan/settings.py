"""The settings that a configuration can hold: names, types, defaults.

One class is one table of the file. Keys are kebab-case there and snake_case here.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, Field

from higgs_logscan.profile import PROFILES, Profile
from higgs_logscan.setting_types import (
    BuiltInProfile,
    Count,
    Expectation,
    Format,
    ListOf,
    Output,
    OwnName,
    Pattern,
    Positive,
    ProfileName,
    ResolvedPath,
    RuleId,
    RuleOrArea,
    Rules,
    Share,
    SomeOf,
    Steps,
    Table,
    Words,
)


class Judging(Table):
    """What may differ from log to log."""

    select: ListOf[RuleOrArea] = ()
    ignore: ListOf[RuleOrArea] = ()
    fail_on: Literal["error", "warning", "never"] = "error"
    min_coverage: Share = 0.0
    min_steps: Count = 0
    expect: ListOf[Expectation] = ()
    require: ListOf[Literal["dialect", "series", "evaluation"]] = ()
    profile: ProfileName = "higgs-v2"
    # pydantic keeps the name model_config for itself.
    model_configuration: ResolvedPath | None = Field(default=None, alias="model-config")
    text_vocab: Positive | None = None
    steps: Steps | None = None
    rules: Rules = Field(default_factory=dict)


class Settings(Judging):
    """All that `scan` can be told."""

    format: Format = "text"
    output: ListOf[Output] = ()
    # Rotated and compressed logs, too, but not what programs write beside a log.
    glob: ListOf[Words] = ("*.log", "*.log.gz", "*.log.bz2", "*.log.xz", "*.log.zst", "*.log.[0-9]*", "*.out")
    quotes: bool = True
    max_findings: Count = 50
    color: Literal["auto", "always", "never"] = "auto"
    progress: bool = True
    baseline: ResolvedPath | None = None


class Override(Judging):
    """Settings of the logs whose paths match."""

    paths: SomeOf[Pattern]


class OwnProfile(Table):
    """The constants in which a model family differs from a built-in one: those of `profile.Profile`."""

    base: BuiltInProfile = "higgs-v2"
    text_vocabulary: Positive | None = None
    codebooks: Positive | None = None
    codebook_size: Positive | None = None
    ignore_index: int | None = None
    frame_rate: Positive | None = None
    audio_bos: Positive | None = None
    audio_eos: Positive | None = None
    prompt_ids: ListOf[Count] | None = None
    placeholder_ids: ListOf[Count] | None = None
    turn_ends: ListOf[Count] | None = None
    text_targets_a_turn: Positive | None = None

    def named(self, name: str) -> Profile:
        """The profile. Stream ids follow the codes, as in a model's own configuration, unless they are given."""
        given = {key: value for key, value in self.given().items() if key != "base"}
        if self.codebook_size is not None:
            given = {"audio_bos": self.codebook_size, "audio_eos": self.codebook_size + 1, **given}
        base = PROFILES[self.base]
        return replace(base, name=name, given=base.given | given.keys(), **given)


class SuppressedRule(Table):
    """A finding that is known and accepted: whose, why, until when, and where."""

    rule: RuleId
    reason: Words
    until: datetime.date | None = None
    path: Pattern | None = None
    steps: Steps | None = None


class ConfigurationFile(Settings):
    """All that a file can say."""

    overrides: ListOf[Override] = ()
    profiles: Mapping[OwnName, OwnProfile] = Field(default_factory=dict)
    suppressions: ListOf[SuppressedRule] = ()


def keys(table: type[BaseModel]) -> dict[str, str]:
    """Key → attribute, of a table."""
    return {declared.alias or name: name for name, declared in table.model_fields.items()}


def options() -> Iterator[str]:
    """The settings that are flags and environment variables, too: all but the tables of rules."""
    return (key for key in keys(Settings) if key != "rules")


def flag(key: str, value: Any = None) -> str:
    """`--fail-on`; of a switch that is off, `--no-progress`."""
    return f"--no-{key}" if value is False else f"--{key}"


def variable(key: str) -> str:
    """`HIGGS_LOGSCAN_FAIL_ON`."""
    return f"HIGGS_LOGSCAN_{key.replace('-', '_').upper()}"
