"""What the options of the command say, checked before a log is read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from stat import S_ISFIFO
from typing import TYPE_CHECKING

from higgs_logscan.catalogue import CAUSES, RULES
from higgs_logscan.escape import escaped
from higgs_logscan.finding import Severity
from higgs_logscan.gate import Gates, parse_expectation
from higgs_logscan.profile import Profile, ProfileError, from_model_config
from higgs_logscan.rule import Rule
from higgs_logscan.selection import UnknownName, select
from higgs_logscan.settings import Settings
from higgs_logscan.usage import FORMATS, UsageError
from higgs_logscan.value import Value
from higgs_logscan.vocabulary import KINDS

if TYPE_CHECKING:
    from higgs_logscan.explain import Subject

#: Where the names are that `explain` takes.
_LISTS = "higgs-logscan rules lists all rules, explain causes all causes"


class Asked(Value):
    """What is asked of one log."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity]
    profile: Profile
    steps: tuple[int, int] | None
    gates: Gates
    fail_on: str


def asked(settings: Settings, profiles: Mapping[str, Profile]) -> Asked:
    """What these settings ask. Raises UsageError where they leave no rule, or name no model's configuration."""
    return Asked(
        rules=rules(settings),
        severities={id: one.severity for id, one in settings.rules.items() if one.severity},
        profile=_profile(settings, profiles),
        steps=settings.steps,
        gates=Gates(
            settings.min_coverage,
            settings.min_steps,
            tuple(parse_expectation(text) for text in settings.expect),
            settings.require,
        ),
        fail_on=settings.fail_on,
    )


def rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules that are asked, with their thresholds: all, or those selected, without those ignored."""
    chosen = select(settings.select) if settings.select else RULES
    left_out = select(settings.ignore)
    changed = {id: one.thresholds for id, one in settings.rules.items()}
    found = tuple(rule(**changed.get(rule.id, {})) for rule in chosen if rule not in left_out)
    if not found:
        raise UsageError("--select and --ignore leave no rule (higgs-logscan rules lists all)")
    return found


def _profile(settings: Settings, profiles: Mapping[str, Profile]) -> Profile:
    """The model family by name, with what a configuration of the model and then a setting say of it."""
    family, path = profiles[settings.profile], settings.model_configuration
    try:
        family = from_model_config(path, family) if path else family
    except ProfileError as error:
        raise UsageError(f"--model-config: {escaped(str(error))}") from None
    return family if settings.text_vocab is None else family.given_as(text_vocabulary=settings.text_vocab)


def outputs(values: Sequence[str], logs: Sequence[str]) -> list[tuple[str, str]]:
    """`FORMAT=PATH` each, as (format, path); a path that can be written, is none of the logs, and stands once."""
    found: dict[str, str] = {}
    for value in values:
        format, _, path = value.partition("=")
        if format not in FORMATS or not path:
            raise UsageError(f"--output: expected FORMAT=PATH with a format of {', '.join(FORMATS)}, not {value!r}")
        real = os.path.realpath(destination(path, logs))
        if real in found:
            raise UsageError(f"--output: {escaped(path)} is named twice")
        found[real] = value
    return [(value.partition("=")[0], value.partition("=")[2]) for value in found.values()]


def destination(path: str, logs: Sequence[str], option: str = "--output") -> str:
    """The path, if a file can be written there that is none of the logs."""
    folder = os.path.dirname(os.path.realpath(path))
    if path in ("", "-"):
        raise UsageError(f"{option}: expected the path of a file; standard output has --format")
    if os.path.isdir(path):
        raise UsageError(f"{option}: {escaped(path)} is a directory")
    if not os.path.isdir(folder):
        raise UsageError(f"{option}: cannot write {escaped(path)}: no directory {escaped(folder)}")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{option}: cannot write {escaped(path)}: permission denied")
    # A pipe that is read cannot be written, too; /dev/null can.
    there = os.path.isfile(path) or (os.path.exists(path) and S_ISFIFO(os.stat(path).st_mode))
    if there and any(os.path.exists(log) and os.path.samefile(path, log) for log in logs):
        raise UsageError(f"{option}: {escaped(path)} is the log itself")
    return path


def kinds(values: Sequence[str]) -> list[str] | None:
    """Kinds of records; None if none was named."""
    for value in values:
        if value not in KINDS:
            raise UsageError(f"--kind: {UnknownName('kind of record', value, KINDS, ', '.join(KINDS))}")
    return list(values) or None


def need_parquet(path: str | None) -> None:
    """Whether a Parquet file can be written: it needs a path, and pyarrow."""
    from importlib.util import find_spec

    if path is None:
        raise UsageError("--format parquet: name the file with -o PATH")
    if find_spec("pyarrow") is None:
        raise UsageError("--format parquet: needs pyarrow (pip install pyarrow); csv and jsonl do not")


def explained(name: str | None, every: bool) -> tuple[Subject, ...]:
    """What is asked to be explained: every rule, or all that has that name, a cause before a rule."""
    from higgs_logscan.explain import topics

    if every:
        return RULES
    if name is None:
        raise UsageError(f"explain: name a rule, a cause or evidence ({_LISTS})")
    subjects: tuple[Subject, ...] = (*topics(CAUSES), *CAUSES, *RULES)
    found = tuple(subject for subject in subjects if subject.id == name)
    if not found:
        names = [subject.id for subject in subjects]
        raise UsageError(f"explain: {UnknownName('rule, cause or topic', name, names, _LISTS)}")
    return found
