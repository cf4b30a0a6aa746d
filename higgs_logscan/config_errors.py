"""What is wrong with a configuration, in words for people: all of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from higgs_logscan.escape import escaped
from higgs_logscan.settings import keys
from higgs_logscan.usage import UsageError, suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

#: Where a value stands in a table: keys, and numbers of elements from 0.
KeyPath = tuple[str | int, ...]

_EXPECTED = {
    "bool": "true or false",
    "date": "a date such as 2026-12-31, without quotes",
    "dict": "a table",
    "finite": "a finite number",
    "float": "a number",
    "int": "a whole number",
    "mapping": "a table",
    "model": "a table",
    "path": "the path of a file",
    "string": "a string",
    "tuple": "a list",
}
#: Longest quoted value, in characters.
_QUOTED = 60


class Mistakes(list[str]):
    """What was found wrong so far, a line each."""

    def add(self, where: str, what: str) -> None:
        self.append(f"{where}: {what}")

    def add_all(self, error: ValidationError, table: type[BaseModel], where: Callable[[KeyPath], str]) -> None:
        """All that pydantic found in a table, in our words."""
        for one in error.errors(include_url=False):
            path = tuple(part for part in one["loc"] if part != "[key]")
            self.add(where(path), _words(one, table, path))

    def stop(self) -> None:
        """Raises UsageError, if there are any."""
        if len(self) == 1:
            raise UsageError(self[0])
        if self:
            raise UsageError(
                "\n".join([f"{len(self)} mistakes in the configuration:", *(f"  {line}" for line in self)])
            )


def dotted(path: KeyPath) -> str:
    """A path as TOML writes its key: `overrides[0].rules.label-leak.share`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            bare = re.fullmatch("[A-Za-z0-9_-]+", part)
            text += ("." if text else "") + (part if bare else f'"{escaped(part)}"')
    return text


def _words(error: Any, table: type[BaseModel], path: KeyPath) -> str:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    kind_of_value = kind.partition("_")[0]
    if kind == "value_error":
        return escaped(str(context["error"]))
    if kind == "extra_forbidden":
        return _unknown(table, path)
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        hint = suggestion(given, re.findall("'(.*?)'", context["expected"])) if isinstance(given, str) else ""
        return f"expected {context['expected']}, not {_quoted(given)}.{hint}".removesuffix(".")
    if kind == "greater_than":
        return f"must be positive, not {_quoted(given)}"
    if kind == "greater_than_equal":
        return f"must be {context['ge']:g} or more, not {_quoted(given)}"
    if kind == "less_than_equal":
        return f"must be {context['le']:g} or less, not {_quoted(given)}"
    if kind_of_value in _EXPECTED:
        return f"expected {_EXPECTED[kind_of_value]}, not {_quoted(given)}"
    return escaped(str(error["msg"]))


def _unknown(table: type[BaseModel], path: KeyPath) -> str:
    """What is said of a key that is none: what kind of key it would be, and which one is near."""
    from higgs_logscan.tables import JudgingTable, Override, OwnProfile, SuppressedRule

    match tuple(part for part in path if isinstance(part, str)):
        case ("profiles", _, name):
            return _no_such("constant", name, [*keys(OwnProfile)])
        case ("suppressions", name):
            return _no_such("key", name, [*keys(SuppressedRule)])
        case (*_, "rules", name):
            return f"no such rule.{_suggested_rule(name)} (higgs-logscan rules lists all)"
        case (*_, "rules", rule, name):
            thresholds = _thresholds(rule)
            listed = f"{rule} has {', '.join(thresholds)}" if thresholds else f"{rule} has none"
            return f"no such threshold.{suggestion(name, ['severity', *thresholds])} ({listed})"
        case ("overrides", name) if name in keys(table):
            return f"cannot differ from log to log. ({', '.join(keys(JudgingTable))} can)"
        case ("overrides", name):
            return f"no such setting.{suggestion(name, keys(Override))}"
        case (*_, name):
            return f"no such setting.{suggestion(name, keys(table))}"
    raise AssertionError(path)


def _no_such(what: str, name: str, names: Sequence[str]) -> str:
    return f"no such {what}.{suggestion(name, names)} ({', '.join(names)})"


def _suggested_rule(name: str) -> str:
    from higgs_logscan.catalogue import RULES

    return suggestion(name, [rule.id for rule in RULES])


def _thresholds(name: str) -> list[str]:
    from higgs_logscan.catalogue import RULES

    return [threshold for rule in RULES if rule.id == name for threshold in rule.thresholds()]


def _quoted(value: Any) -> str:
    """A value as it was written, more or less, and not too much of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    text = escaped(str(value))
    text = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
    return f"'{text}'" if isinstance(value, str) else text
