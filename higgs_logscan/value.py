"""Values: classes of named fields that do not change once they are made.

What `dataclass(frozen=True)` is for, as a base class. For a frozen dataclass Python writes, compiles and runs six
functions, which takes 0.4 ms each time the program starts, and a scan needs seventy of them. To make a value takes
1.3 µs, not 0.5: where there are many of something they stand in columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, field
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value:
    """Fields are the annotated names of the class, in order, with defaults as those of a dataclass.

    Two are equal that are of one class and have equal fields. Raises TypeError for arguments that do not fit the
    fields, AttributeError where a field is set.
    """

    #: The names of the fields, in order.
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[Mapping[str, Any]] = {}
    _factories: ClassVar[Mapping[str, Callable[[], Any]]] = {}

    def __init_subclass__(cls) -> None:
        declared = vars(cls)
        names = [name for name, of in declared.get("__annotations__", {}).items() if not of.startswith("ClassVar")]
        defaults = {name: declared[name] for name in names if name in declared}
        made = [name for name, default in defaults.items() if isinstance(default, Field)]
        cls._factories = {**cls._factories, **{name: defaults.pop(name).default_factory for name in made}}
        for name in made:
            delattr(cls, name)
        cls._defaults = {**cls._defaults, **defaults}
        cls.__match_args__ = (*cls.__match_args__, *names)  # type: ignore[misc]
        cls._names = frozenset(cls.__match_args__)

    def __init__(self, *values: Any, **named: Any) -> None:
        names, fields = self.__match_args__, self.__dict__
        fields.update(self._defaults)
        fields.update(zip(names, values, strict=False))
        fields.update(named)
        for name, make in self._factories.items():
            if name not in fields:
                fields[name] = make()
        twice = not named.keys().isdisjoint(names[: len(values)])
        if twice or len(values) > len(names) or fields.keys() != self._names:
            raise TypeError(f"the fields of {type(self).__name__} are {', '.join(names)}: given {values} and {named}")

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} does not change: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _fields(self) == _fields(other)

    def __hash__(self) -> int:
        return hash(_fields(self))

    def __repr__(self) -> str:
        fields = zip(self.__match_args__, _fields(self), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"


V = TypeVar("V", bound=Value)


def replace(value: V, **changes: Any) -> V:
    """The value with other fields. Raises TypeError for names that are none."""
    return type(value)(**dict(zip(value.__match_args__, _fields(value), strict=True)) | changes)


def _fields(value: Value) -> tuple[Any, ...]:
    fields = value.__dict__
    return tuple([fields[name] for name in value.__match_args__])
