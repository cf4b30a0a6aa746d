"""What the options of the command say, checked before a log is read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from higgs_logscan import profile as profiles
from higgs_logscan.catalogue import CAUSES, RULES
from higgs_logscan.escape import escaped
from higgs_logscan.explain import Subject, topics
from higgs_logscan.profile import Profile, ProfileError
from higgs_logscan.rule import Rule
from higgs_logscan.selection import UnknownName, select
from higgs_logscan.table import KINDS
from higgs_logscan.usage import UsageError

FORMATS = ("text", "concise", "json", "jsonl")
#: A step beyond every step: `--steps 100:` has no end.
LAST_STEP = 1 << 62
#: Where the names are that `explain` takes.
_LISTS = "higgs-logscan rules lists all rules, explain causes all causes"


def rules(selected: Sequence[str], ignored: Sequence[str]) -> list[Rule]:
    """The rules that are asked: all, or those selected, without those ignored."""
    chosen = _rules("--select", selected) if selected else RULES
    left_out = _rules("--ignore", ignored)
    asked = [rule() for rule in chosen if rule not in left_out]
    if not asked:
        raise UsageError("--select and --ignore leave no rule (higgs-logscan rules lists all)")
    return asked


def _rules(option: str, values: Sequence[str]) -> tuple[type[Rule], ...]:
    try:
        return select([word.strip() for value in values for word in value.split(",") if word.strip()])
    except UnknownName as error:
        raise UsageError(f"{option}: {error}") from None


def profile(name: str, model_config: Path | None, text_vocabulary: int | None) -> Profile:
    """The model family by name, with what a configuration and then an option say of it."""
    option = "--profile"
    try:
        family = profiles.named(name)
        if model_config:
            option = "--model-config"
            family = profiles.from_model_config(model_config, family)
        if text_vocabulary is not None:
            option = "--text-vocab"
            family = family.given_as(text_vocabulary=text_vocabulary)
    except ProfileError as error:
        raise UsageError(f"{option}: {escaped(str(error))}") from None
    return family


def steps(text: str | None) -> tuple[int, int] | None:
    """`A:B`, both included; either may be left out."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    if not colon or not all(end.isascii() and (end.isdigit() or not end) for end in (first, last)):
        raise UsageError(f"--steps: expected A:B, two step numbers of which one may be left out, not {text!r}")
    between = int(first or 0), int(last or LAST_STEP)
    if between[0] > between[1]:
        raise UsageError(f"--steps: {text!r} ends before it begins")
    return between


def outputs(values: Sequence[str], logs: Sequence[str]) -> list[tuple[str, str]]:
    """`FORMAT=PATH` each, as (format, path); a path that can be written and is none of the logs."""
    asked = []
    for value in values:
        format, equals, path = value.partition("=")
        if not equals or format not in FORMATS:
            raise UsageError(f"--output: expected FORMAT=PATH with a format of {', '.join(FORMATS)}, not {value!r}")
        asked.append((format, destination(path, logs)))
    return asked


def destination(path: str, logs: Sequence[str]) -> str:
    """The path, if a file can be written there that is none of the logs."""
    folder = os.path.dirname(os.path.realpath(path))
    if path in ("", "-"):
        raise UsageError("--output: expected the path of a file; standard output has --format")
    if os.path.isdir(path):
        raise UsageError(f"--output: {escaped(path)} is a directory")
    if not os.path.isdir(folder):
        raise UsageError(f"--output: cannot write {escaped(path)}: no directory {escaped(folder)}")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--output: cannot write {escaped(path)}: permission denied")
    if os.path.isfile(path) and any(os.path.isfile(log) and os.path.samefile(path, log) for log in logs):
        raise UsageError(f"--output: {escaped(path)} is the log itself")
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
