"""The tables that a configuration file can hold, as pydantic checks them.

One class is one table of the file. Only what a file says is checked by them, and what is wrong elsewhere: a scan
without a configuration does not wait for pydantic.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pydantic import Field

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
from higgs_logscan.settings import Color, FailOn, Required, Settings
from higgs_logscan.value import replace


class JudgingTable(Table):
    """What may differ from log to log."""

    select: ListOf[RuleOrArea] = Settings.select
    ignore: ListOf[RuleOrArea] = Settings.ignore
    fail_on: FailOn = Settings.fail_on
    min_coverage: Share = Settings.min_coverage
    min_steps: Count = Settings.min_steps
    expect: ListOf[Expectation] = Settings.expect
    require: ListOf[Required] = Settings.require
    profile: ProfileName = Settings.profile
    model_configuration: ResolvedPath | None = Settings.model_configuration
    text_vocab: Positive | None = Settings.text_vocab
    steps: Steps | None = Settings.steps
    rules: Rules = Field(default_factory=dict)


class SettingsTable(JudgingTable):
    """All that `scan` can be told."""

    format: Format = Settings.format
    output: ListOf[Output] = Settings.output
    glob: ListOf[Words] = Settings.glob
    quotes: bool = Settings.quotes
    max_findings: Count = Settings.max_findings
    color: Color = Settings.color
    progress: bool = Settings.progress
    jobs: Count = Settings.jobs
    baseline: ResolvedPath | None = Settings.baseline


class Override(JudgingTable):
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


class ConfigurationFile(SettingsTable):
    """All that a file can say."""

    overrides: ListOf[Override] = ()
    profiles: Mapping[OwnName, OwnProfile] = Field(default_factory=dict)
    suppressions: ListOf[SuppressedRule] = ()
