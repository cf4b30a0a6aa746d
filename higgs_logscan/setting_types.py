"""The types of settings: what each value must be (`checks.py`), and how it is written."""

from __future__ import annotations

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

from higgs_logscan import checks
from higgs_logscan.finding import Severity
from higgs_logscan.settings import Place, RuleSettings, key

T = TypeVar("T")


def _by(check: checks.Check) -> AfterValidator:
    def checked(value: Any, info: ValidationInfo) -> Any:
        assert isinstance(info.context, Place)
        return check(value, info.context)

    return AfterValidator(checked)


def _some(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("is empty")
    return items


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
Words = Annotated[str, _by(checks.words)]
Positive = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
RuleId = Annotated[str, _by(checks.rule)]
RuleOrArea = Annotated[str, _by(checks.rule_or_area)]
ProfileName = Annotated[str, _by(checks.profile)]
BuiltInProfile = Annotated[str, _by(checks.built_in_profile)]
OwnName = Annotated[str, _by(checks.own_profile)]
Format = Annotated[str, _by(checks.format)]
Output = Annotated[str, _by(checks.output)]
Expectation = Annotated[str, _by(checks.expectation)]
Pattern = Annotated[str, _by(checks.pattern)]
Steps = Annotated[tuple[int, int], BeforeValidator(checks.steps), PlainSerializer(checks.steps_text)]
ResolvedPath = Annotated[Path, Field(strict=False), _by(checks.path), PlainSerializer(str)]
Rules = Annotated[Mapping[str, RuleSettings], PlainValidator(_rules), PlainSerializer(_rules_dict)]
