"""Files, environment, flags: one resolved configuration, with the source of each value.

Later wins: defaults, the file, its overrides for a log, `HIGGS_LOGSCAN_*`, flags. A list
replaces the one before it; the tables of rules are merged key by key. All mistakes are
reported at once, before a log is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from higgs_logscan.checks import OF_FLAGS
from higgs_logscan.config_errors import KeyPath, Mistakes, dotted
from higgs_logscan.escape import escaped
from higgs_logscan.path_glob import STDIN, matches
from higgs_logscan.profile import PROFILES, Profile
from higgs_logscan.settings import TABLES, Place, RuleSettings, Settings, flag, keys, options, variable
from higgs_logscan.suppression import Suppression
from higgs_logscan.usage import UsageError, suggestion
from higgs_logscan.value import Value, replace

if TYPE_CHECKING:
    from higgs_logscan.setting_types import Table
    from higgs_logscan.tables import ConfigurationFile

OWN_FILE = "higgs-logscan.toml"
PYPROJECT = "pyproject.toml"
#: The variable that names the file.
FILE_VARIABLE = variable("config")
#: Lists of names: a flag may give several at once, with commas.
_NAMES = ("select", "ignore", "require")

_Checked = TypeVar("_Checked", bound="Table")


class Config(Value):
    """What a scan is told.

    settings:  without the overrides of single logs.
    sources:   key → `default`, the file, the environment variable or the flag that it is from; of the
               tables that only a file can hold, too.
    file:      the file that was read, if any; `declared` is what it says.
    given:     what the environment and the flags say, in this order: attribute → value.
    folder:    the working directory, absolute.
    """

    settings: Settings
    sources: Mapping[str, str]
    file: Path | None
    declared: ConfigurationFile | None
    given: tuple[Mapping[str, Any], ...]
    folder: Path

    @property
    def profiles(self) -> dict[str, Profile]:
        """All profiles by name, built-in ones and own."""
        own = self.declared.profiles if self.declared else {}
        return {**PROFILES, **{name: profile.named(name) for name, profile in own.items()}}

    @property
    def suppressions(self) -> tuple[Suppression, ...]:
        declared = self.declared.suppressions if self.declared else ()
        return tuple(Suppression(one.rule, one.reason, one.until, one.path, one.steps) for one in declared)

    def for_log(self, path: str) -> Settings:
        """The settings of one log: those of every override that matches its path, below environment and flags."""
        if not self.declared:
            return self.settings
        whole = path if path == STDIN else os.path.normpath(self.folder / path)
        overrides = [one for one in self.declared.overrides if any(matches(pattern, whole) for pattern in one.paths)]
        return _merged(self.declared.given(), *(one.given() for one in overrides), *self.given)


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
    declared = _file(tables, beside_file, in_file, mistakes) if found else None
    variables = _settings(_variables(environment, mistakes), around, in_environment, mistakes, lax=True)
    flagged = _settings(_flags(flags), around, lambda key: flag(str(key[0])), mistakes)
    mistakes.stop()

    said = declared.given() if declared else {}
    return Config(
        settings=_merged(said, variables, flagged),
        sources=_sources(name, said, variables, flagged),
        file=found[0] if found else None,
        declared=declared,
        given=(variables, flagged),
        folder=folder,
    )


def _sources(
    file: str, declared: Mapping[str, Any], variables: Mapping[str, Any], flagged: Mapping[str, Any]
) -> dict[str, str]:
    sources = {}
    for key, name in {**keys(), **{table: table for table in TABLES}}.items():
        if name in flagged:
            sources[key] = flag(key, flagged[name])
        elif name in variables:
            sources[key] = variable(key)
        else:
            sources[key] = file if name in declared else "default"
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
    import tomllib

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
    return isinstance(getattr(Settings, keys()[key], None), tuple)


# -- one from several -----------------------------------------------------------------------------------


def _file(tables: Any, around: Place, where: Callable[[KeyPath], str], mistakes: Mistakes) -> ConfigurationFile:
    from higgs_logscan.tables import ConfigurationFile

    return _checked(ConfigurationFile, tables, around, where, mistakes)


def _settings(
    values: Mapping[str, Any],
    around: Place,
    where: Callable[[KeyPath], str],
    mistakes: Mistakes,
    lax: bool = False,
) -> dict[str, Any]:
    """Attribute → value of settings that are given. `lax`: all of them are written as strings."""
    with suppress(ValueError, TypeError):
        return {keys()[key]: OF_FLAGS[key](value, around) for key, value in values.items()}
    from higgs_logscan.tables import SettingsTable  # which takes more spellings, and has the words for what is wrong

    return _checked(SettingsTable, values, around, where, mistakes, lax).given()


def _checked(
    table: type[_Checked],
    values: Any,
    around: Place,
    where: Callable[[KeyPath], str],
    mistakes: Mistakes,
    lax: bool = False,
) -> _Checked:
    """The values as a table; an empty one after mistakes."""
    from pydantic import ValidationError

    try:
        return table.model_validate(values, strict=False if lax else None, context=around)
    except ValidationError as error:
        mistakes.add_all(error, table, where)
        return table()


def _merged(*layers: Mapping[str, Any]) -> Settings:
    """The defaults, changed by what each layer gives."""
    known = keys().values()
    changes: dict[str, Any] = {}
    rules: dict[str, RuleSettings] = {}
    for layer in layers:
        changes.update({name: value for name, value in layer.items() if name in known})
        for name, rule in layer.get("rules", {}).items():
            rules[name] = rules.get(name, RuleSettings()).updated(rule)
    return Settings(**{**changes, "rules": rules})
