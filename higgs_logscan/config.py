"""Files, environment, flags: one resolved configuration, with the source of each value.

Later wins: defaults, the file, its overrides for a log, `HIGGS_LOGSCAN_*`, flags. A list
replaces the one before it; the tables of rules are merged key by key. All mistakes are
reported at once, before a log is read.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from higgs_logscan.config_errors import KeyPath, Mistakes, dotted
from higgs_logscan.escape import escaped
from higgs_logscan.path_glob import STDIN, matches
from higgs_logscan.profile import PROFILES, Profile
from higgs_logscan.setting_types import Place, RuleSettings, Table
from higgs_logscan.settings import ConfigurationFile, Judging, Settings, flag, keys, options, variable
from higgs_logscan.suppression import Suppression
from higgs_logscan.usage import UsageError, suggestion

OWN_FILE = "higgs-logscan.toml"
PYPROJECT = "pyproject.toml"
#: The variable that names the file.
FILE_VARIABLE = variable("config")
#: Lists of names: a flag may give several at once, with commas.
_NAMES = ("select", "ignore", "require")

_Checked = TypeVar("_Checked", bound=Table)


@dataclass(frozen=True)
class Config:
    """What a scan is told.

    settings:  without the overrides of single logs.
    sources:   key → `default`, the file, the environment variable or the flag that it is from; of the
               tables that only a file can hold, too.
    file:      the file that was read, if any; `declared` is what it says.
    given:     what the environment and the flags say, in this order.
    folder:    the working directory, absolute.
    """

    settings: Settings
    sources: Mapping[str, str]
    file: Path | None
    declared: ConfigurationFile
    given: tuple[Settings, ...]
    folder: Path

    @property
    def profiles(self) -> dict[str, Profile]:
        """All profiles by name, built-in ones and own."""
        return {**PROFILES, **{name: own.named(name) for name, own in self.declared.profiles.items()}}

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        return tuple(
            Suppression(one.rule, one.reason, one.until, one.path, one.steps) for one in self.declared.suppressions
        )

    def for_log(self, path: str) -> Settings:
        """The settings of one log: those of every override that matches its path, below environment and flags."""
        whole = path if path == STDIN else os.path.normpath(self.folder / path)
        overrides = [one for one in self.declared.overrides if any(matches(pattern, whole) for pattern in one.paths)]
        return _merged(self.declared, *overrides, *self.given)


def resolve(
    flags: Mapping[str, Any],
    *,
    environment: Mapping[str, str],
    folder: Path,
    formats: Iterable[str],
    file: Path | None = None,
    isolated: bool = False,
) -> Config:
    """The configuration of a scan.

    flags:       kebab-case key → value, of the flags that were given; None is not given.
    environment: of the process; an empty variable is not given.
    folder:      the working directory.
    formats:     names of the formats that `format` and `output` may ask for.
    file:        the file that `--config` names.
    isolated:    whether no file is read.

    Raises UsageError for a file that cannot be read, and for all mistakes at once.
    """
    folder = folder.absolute()
    found = _find(file, environment, folder, isolated)
    path, tables = found or (folder / OWN_FILE, {})
    name = _shown_path(path, folder)
    mistakes = Mistakes()
    own = tables.get("profiles") if isinstance(tables, dict) else None
    profiles = frozenset(PROFILES) | frozenset(own if isinstance(own, dict) else ())
    around = Place(folder, tuple(formats), profiles)

    def in_file(key: KeyPath) -> str:
        return f"{name}: {dotted(key)}" if key else name

    def in_environment(key: KeyPath) -> str:
        return variable(str(key[0]))

    beside_file = replace(around, folder=path.parent)
    declared = _checked(ConfigurationFile, tables, beside_file, in_file, mistakes)
    variables = _checked(Settings, _variables(environment, mistakes), around, in_environment, mistakes, lax=True)
    flagged = _checked(Settings, _flags(flags), around, lambda key: flag(str(key[0])), mistakes)
    mistakes.stop()

    return Config(
        settings=_merged(declared, variables, flagged),
        sources=_sources(name, declared, variables, flagged),
        file=found[0] if found else None,
        declared=declared,
        given=(variables, flagged),
        folder=folder,
    )


def _sources(file: str, declared: Table, variables: Table, flagged: Table) -> dict[str, str]:
    sources = {}
    for key, name in keys(ConfigurationFile).items():
        if name in flagged.model_fields_set:
            sources[key] = flag(key, getattr(flagged, name))
        elif name in variables.model_fields_set:
            sources[key] = variable(key)
        else:
            sources[key] = file if name in declared.model_fields_set else "default"
    return sources


# -- the file -------------------------------------------------------------------------------------------


def _find(file: Path | None, environment: Mapping[str, str], folder: Path, isolated: bool) -> tuple[Path, Any] | None:
    """The file that is named, or the nearest one, and what it says."""
    if isolated:
        if file is not None:
            raise UsageError("--isolated reads no file: leave out --config, or --isolated")
        return None
    named, by = (file, "--config") if file is not None else (environment.get(FILE_VARIABLE), FILE_VARIABLE)
    if not named:
        return _nearest(folder)
    path = folder / named
    tables = _read(path, folder, f"{by}: ")
    if tables is None:
        raise UsageError(f"{by}: {_shown_path(path, folder)} has no [tool.higgs-logscan]")
    return path, tables


def _nearest(folder: Path) -> tuple[Path, Any] | None:
    """The file of the nearest folder that has one, up to the root of the repository."""
    for one in (folder, *folder.parents):
        own = one / OWN_FILE
        # An empty one is passed over: the shell makes it before `config show > higgs-logscan.toml` runs.
        if os.path.isfile(own) and os.path.getsize(own):
            return own, _read(own, folder)
        pyproject = one / PYPROJECT
        if os.path.isfile(pyproject) and (tables := _read(pyproject, folder)) is not None:
            return pyproject, tables
        if os.path.lexists(one / ".git"):
            return None
    return None


def _read(path: Path, folder: Path, by: str = "") -> Any:
    """What a file says; None for a pyproject.toml that has no table of ours."""
    shown = _shown_path(path, folder)
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{by}cannot read {shown}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{by}{shown} is not UTF-8: byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{by}{shown} is not TOML: {escaped(str(error))}") from None
    if path.name != PYPROJECT:
        return document
    tools = document.get("tool")
    return tools.get("higgs-logscan") if isinstance(tools, dict) else None


def _shown_path(path: Path, folder: Path) -> str:
    """A path as a person in the working directory would write it."""
    return escaped(str(path.relative_to(folder) if path.is_relative_to(folder) else path))


# -- environment and flags ------------------------------------------------------------------------------


def _variables(environment: Mapping[str, str], mistakes: Mistakes) -> dict[str, Any]:
    """Key → value of the variables that are set; those that do not exist are mistakes."""
    known = {variable(key): key for key in options()}
    given: dict[str, Any] = {}
    for name in sorted(name for name in environment if name.startswith(variable(""))):
        if name in known and environment[name]:
            key, value = known[name], environment[name]
            given[key] = _split([value]) if _is_list(key) else value
        elif name not in known and name != FILE_VARIABLE:
            mistakes.add(escaped(name), f"no such variable.{suggestion(name, [FILE_VARIABLE, *known])}")
    return given


def _flags(flags: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in flags.items() if value is not None}
    return {key: _split(value) if key in _NAMES else value for key, value in given.items()}


def _split(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _is_list(key: str) -> bool:
    return isinstance(Settings.model_fields[keys(Settings)[key]].default, tuple)


# -- one from several -----------------------------------------------------------------------------------


def _checked(
    table: type[_Checked],
    values: Any,
    around: Place,
    where: Callable[[KeyPath], str],
    mistakes: Mistakes,
    lax: bool = False,
) -> _Checked:
    """The values as a table; an empty one after mistakes. `lax`: all of them are written as strings."""
    if values == {}:  # what there is nothing to check of costs no time: a validator is built when it is needed
        return table.model_construct()
    try:
        return table.model_validate(values, strict=False if lax else None, context=around)
    except ValidationError as error:
        mistakes.add_all(error, table, where)
        return table()


def _merged(*layers: Judging) -> Settings:
    """The defaults, changed by what each layer gives."""
    settings = Settings.model_construct()
    for layer in layers:
        changes = {name: value for name, value in layer.given().items() if name in Settings.model_fields}
        if "rules" in changes:
            before, rules = settings.rules, layer.rules
            later = {name: before.get(name, RuleSettings()).updated(rule) for name, rule in rules.items()}
            changes["rules"] = {**before, **later}
        settings = settings.model_copy(update=changes)
    return settings
