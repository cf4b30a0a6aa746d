"""Which rules are asked: ids of rules and names of areas, to rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from higgs_logscan.catalogue import RULES
from higgs_logscan.finding import AREAS
from higgs_logscan.rule import Rule
from higgs_logscan.usage import suggestion


class UnknownName(ValueError):
    """A name that is none of those it could be, with the one that it looks most like."""

    def __init__(self, what: str, name: str, names: Iterable[str], where: str = "") -> None:
        super().__init__(f"no {what} {name!r}.{suggestion(name, names)}{f' ({where})' if where else ''}")


def select(names: Collection[str]) -> tuple[type[Rule], ...]:
    """The rules of these ids and areas, in the order of the catalogue. Raises UnknownName, with a suggestion."""
    known = [*(one.id for one in RULES), *AREAS]
    for name in names:
        if name not in known:
            raise UnknownName("rule or area", name, known, "higgs-logscan rules lists all")
    return tuple(one for one in RULES if one.id in names or one.area in names)
