"""A resolved configuration, shown: every setting, its value, and where that is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import tomlkit

from higgs_logscan.config import Config
from higgs_logscan.settings import TABLES, keys
from higgs_logscan.tables import ConfigurationFile, SettingsTable


def shown(config: Config) -> str:
    """The configuration as a file that says the same wherever it lies: its paths are absolute."""
    document = tomlkit.document()
    for key, value in _values(config, "python").items():
        if value is None:
            document.add(tomlkit.comment(f"{key} is not set"))
        elif key in ("rules", *TABLES):
            if value:
                document.add(tomlkit.nl())
                document.add(tomlkit.comment(f"{key}: {config.sources[key]}"))
                document.add(key, tomlkit.item(_writable(value)))
        else:
            item = tomlkit.item(_writable(value)).comment(config.sources[key])
            item.trivia.comment_ws = "  "
            document.add(key, item)
    return tomlkit.dumps(document)


def shown_json(config: Config) -> dict[str, dict[str, Any]]:
    """Key → `value` and `source`, of every setting and of the tables that only a file can hold."""
    return {key: {"value": value, "source": config.sources[key]} for key, value in _values(config, "json").items()}


def _values(config: Config, mode: Literal["python", "json"]) -> dict[str, Any]:
    """Key → value: settings first, then tables, of which only what was written."""
    settings = SettingsTable.model_construct(**vars(config.settings)).model_dump(mode=mode, by_alias=True)
    rules = settings.pop("rules")
    declared = config.declared or ConfigurationFile.model_construct()
    tables = declared.model_dump(mode=mode, by_alias=True, include={*TABLES}, exclude_unset=True)
    # What environment and flags say stands above every override: there it is without effect, and left out.
    above = {key for key, name in keys().items() if any(name in one for one in config.given)}
    overrides = [{key: one[key] for key in ("paths", *one) if key not in above} for one in tables.get("overrides", ())]
    profiles, suppressions = tables.get("profiles", {}), tables.get("suppressions", [])
    return {**settings, "rules": rules, "overrides": overrides, "profiles": profiles, "suppressions": suppressions}


def _writable(value: Any) -> Any:
    """The value in types of TOML. Bytes of a path that are not UTF-8 become U+FFFD."""
    if isinstance(value, Mapping):
        return {_writable(key): _writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return value
