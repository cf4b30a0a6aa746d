"""What a setting must be, told without pydantic: that takes longer to import than a small log to judge.

A check takes a value of the right type and its `Place`, and returns what it comes to: a path is resolved, a name is
known. Raises ValueError, in words, for a value that is wrong, and TypeError for one of another type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from higgs_logscan.path_glob import anchored
from higgs_logscan.profile import PROFILES
from higgs_logscan.settings import Color, FailOn, Place, Required
from higgs_logscan.usage import UsageError

#: A step beyond every step: `100:` has no end.
LAST_STEP = 1 << 62

Check = Callable[[Any, Place], Any]


# -- values ---------------------------------------------------------------------------------------------


def steps(text: str, place: Place | None = None) -> tuple[int, int]:
    """`A:B`, both included; either may be left out."""
    found = re.fullmatch("([0-9]{0,18}):([0-9]{0,18})", text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"expected A:B, two step numbers of which one may be left out, not {text!r}")
    between = int(found[1] or 0), int(found[2] or LAST_STEP)
    if between[0] > between[1]:
        raise ValueError(f"{text!r} ends before it begins")
    return between


def steps_text(between: tuple[int, int]) -> str:
    """`A:B`, which `steps` reads."""
    return f"{between[0]}:{between[1] if between[1] < LAST_STEP else ''}"


def words(text: str, place: Place | None = None) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def pattern(text: str, place: Place) -> str:
    """A pattern of paths, from the folder of the place on."""
    return anchored(words(text), str(place.folder))


def path(path: Path, place: Place) -> Path:
    if Path(path) == Path():
        raise ValueError("expected the path of a file")
    return place.folder / path


def output(text: str, place: Place) -> str:
    name, equals, path = text.partition("=")
    if not (equals and path):
        raise ValueError(f"expected FORMAT=PATH, not {text!r}")
    format(name, place)
    return text


def expectation(text: str, place: Place) -> str:
    from higgs_logscan.gate import parse_expectation

    try:
        parse_expectation(text)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return text


# -- names ----------------------------------------------------------------------------------------------


def rule_or_area(name: str, place: Place) -> str:
    from higgs_logscan.selection import select

    select([name])
    return name


def rule(name: str, place: Place) -> str:
    from higgs_logscan.catalogue import RULES

    return _known("rule", name, [rule.id for rule in RULES], "higgs-logscan rules lists all")


def format(name: str, place: Place) -> str:
    return _known("format", name, place.formats)


def profile(name: str, place: Place) -> str:
    return _known("profile", name, sorted(place.profiles))


def built_in_profile(name: str, place: Place) -> str:
    return _known("built-in profile", name, PROFILES)


def own_profile(name: str, place: Place) -> str:
    """The name of a profile that a file declares."""
    if name in PROFILES:
        raise ValueError(f"{name!r} is a built-in profile: choose another name")
    return words(name)


def _known(what: str, name: str, names: Iterable[str], where: str = "") -> str:
    if name not in names:
        from higgs_logscan.selection import UnknownName

        raise UnknownName(what, name, names, where or f"{what}s: {', '.join(names)}")
    return name


# -- what a flag or a variable says ---------------------------------------------------------------------


def _each(check: Check) -> Check:
    return lambda values, place: tuple([check(value, place) for value in values])


def _one_of(known: tuple[Any, ...]) -> Check:
    def check(value: Any, place: Place) -> Any:
        if value not in known or type(value) is not type(known[0]):
            raise ValueError(f"expected one of {known}")
        return value

    return check


def _from(least: float, most: float = float("inf")) -> Check:
    def check(value: Any, place: Place) -> Any:
        if not least <= value <= most:
            raise ValueError(f"expected a number from {least} to {most}")
        return value

    return check


_SWITCH = _one_of((True, False))
#: The settings that flags and variables say, as `tables.SettingsTable` has them for files.
OF_FLAGS: Mapping[str, Check] = {
    "select": _each(rule_or_area),
    "ignore": _each(rule_or_area),
    "fail-on": _one_of(get_args(FailOn)),
    "min-coverage": _from(0, 1),
    "min-steps": _from(0),
    "expect": _each(expectation),
    "require": _each(_one_of(get_args(Required))),
    "profile": profile,
    "model-config": path,
    "text-vocab": _from(1),
    "steps": steps,
    "format": format,
    "output": _each(output),
    "glob": _each(words),
    "quotes": _SWITCH,
    "max-findings": _from(0),
    "color": _one_of(get_args(Color)),
    "progress": _SWITCH,
    "jobs": _from(0),
    "baseline": path,
}
