"""The types of settings: what each value must be, and how it is written.

A value is checked against its `Place`, so that a path in it is resolved and a name in it is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    create_model,
)

from higgs_logscan.finding import Severity
from higgs_logscan.path_glob import anchored
from higgs_logscan.profile import PROFILES
from higgs_logscan.settings import Place, RuleSettings, key
from higgs_logscan.usage import UsageError

T = TypeVar("T")
#: A step beyond every step: `100:` has no end.
LAST_STEP = 1 << 62


# -- values ---------------------------------------------------------------------------------------------


def steps(text: str) -> tuple[int, int]:
    """`A:B`, both included; either may be left out. Raises ValueError."""
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


def _place(info: ValidationInfo) -> Place:
    assert isinstance(info.context, Place)
    return info.context


def _worded(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _some(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("is empty")
    return items


def _rule_or_area(name: str) -> str:
    from higgs_logscan.selection import select

    select([name])
    return name


def _rule(name: str) -> str:
    from higgs_logscan.catalogue import RULES
    from higgs_logscan.selection import UnknownName

    known = [rule.id for rule in RULES]
    if name not in known:
        raise UnknownName("rule", name, known, "higgs-logscan rules lists all")
    return name


def _known(what: str, name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        from higgs_logscan.selection import UnknownName

        raise UnknownName(what, name, names, f"{what}s: {', '.join(names)}")
    return name


def _profile(name: str, info: ValidationInfo) -> str:
    return _known("profile", name, tuple(sorted(_place(info).profiles)))


def _built_in(name: str) -> str:
    return _known("built-in profile", name, tuple(PROFILES))


def _own_name(name: str) -> str:
    if name in PROFILES:
        raise ValueError(f"{name!r} is a built-in profile: choose another name")
    return _worded(name)


def _format(name: str, info: ValidationInfo) -> str:
    return _known("format", name, _place(info).formats)


def _output(text: str, info: ValidationInfo) -> str:
    format, equals, path = text.partition("=")
    if not (equals and path):
        raise ValueError(f"expected FORMAT=PATH, not {text!r}")
    _known("format", format, _place(info).formats)
    return text


def _expectation(text: str) -> str:
    from higgs_logscan.gate import parse_expectation

    try:
        parse_expectation(text)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return text


def _resolved(path: Path, info: ValidationInfo) -> Path:
    if path == Path():
        raise ValueError("expected the path of a file")
    return _place(info).folder / path


def _anchored(pattern: str, info: ValidationInfo) -> str:
    return anchored(_worded(pattern), str(_place(info).folder))


# -- tables of rules ------------------------------------------------------------------------------------


class Table(BaseModel):
    """A table of the file. Its defaults are what an absent key means."""

    model_config = ConfigDict(
        alias_generator=key, allow_inf_nan=False, defer_build=True, extra="forbid", frozen=True, strict=True,
    )  # fmt: skip

    def given(self) -> dict[str, Any]:
        """Attribute → value of what was written, in the order of the declaration."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class _RuleTable(Table):
    severity: Severity | None = None

    def settings(self) -> RuleSettings:
        return RuleSettings(self.severity, {key: value for key, value in self.given().items() if key != "severity"})


def _rules(tables: Any) -> dict[str, RuleSettings]:
    """The tables of rules. Their shape follows from the rules that are named: thresholds are their fields."""
    from higgs_logscan.catalogue import RULES

    named = {rule.id: rule for rule in RULES if isinstance(tables, Mapping) and rule.id in tables}
    shapes: dict[str, Any] = {}
    for name, rule in named.items():
        thresholds: dict[str, Any] = {
            name: (_like(default), Field(default, alias=name)) for name, (default, *_) in rule.thresholds().items()
        }
        table = create_model(name, __base__=_RuleTable, **thresholds)
        shapes[rule.__name__] = (table, Field(alias=name))
    checked = create_model("Rules", __base__=Table, **shapes).model_validate(tables)
    return {name: getattr(checked, rule.__name__).settings() for name, rule in named.items()}


def _like(default: Any) -> Any:
    """The type of what may stand in place of a threshold's default."""
    if isinstance(default, tuple):
        one: Any = _like(default[0])
        return Annotated[tuple[one, ...], Field(strict=False)]
    kind: Any = type(default)
    return kind if kind in (bool, str) else Annotated[kind, Field(ge=0)]


def _rules_dict(rules: Mapping[str, RuleSettings]) -> dict[str, dict[str, Any]]:
    severities = {name: {"severity": rule.severity} if rule.severity else {} for name, rule in rules.items()}
    return {name: {**severities[name], **rule.thresholds} for name, rule in rules.items()}


# -- types ----------------------------------------------------------------------------------------------

# Tables of TOML hold lists, and settings tuples: only there is the type taken less strictly.
ListOf = Annotated[tuple[T, ...], Field(strict=False)]
SomeOf = Annotated[tuple[T, ...], Field(strict=False), AfterValidator(_some)]
Words = Annotated[str, AfterValidator(_worded)]
Positive = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
RuleId = Annotated[str, AfterValidator(_rule)]
RuleOrArea = Annotated[str, AfterValidator(_rule_or_area)]
ProfileName = Annotated[str, AfterValidator(_profile)]
BuiltInProfile = Annotated[str, AfterValidator(_built_in)]
OwnName = Annotated[str, AfterValidator(_own_name)]
Format = Annotated[str, AfterValidator(_format)]
Output = Annotated[str, AfterValidator(_output)]
Expectation = Annotated[str, AfterValidator(_expectation)]
Pattern = Annotated[str, AfterValidator(_anchored)]
Steps = Annotated[tuple[int, int], BeforeValidator(steps), PlainSerializer(steps_text)]
ResolvedPath = Annotated[Path, Field(strict=False), AfterValidator(_resolved), PlainSerializer(str)]
Rules = Annotated[Mapping[str, RuleSettings], PlainValidator(_rules), PlainSerializer(_rules_dict)]
