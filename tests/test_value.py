"""Values are what frozen dataclasses are."""

from __future__ import annotations

from copy import copy
from dataclasses import field
from functools import cached_property

import pytest

from higgs_logscan.value import Value, replace


class Point(Value):
    """Two numbers."""

    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)

    @cached_property
    def total(self) -> int:
        return self.x + self.y


class Other(Value):
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)


def test_fields_are_given_by_place_or_by_name() -> None:
    assert Point(1, 3, []) == Point(y=3, x=1) != Point(1)
    assert (Point(1).x, Point(1).y, Point(1).tags) == (1, 2, [])


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1, 2, [], 4), {}), ((1,), {"z": 1}), ((), {"y": 1}), ((1,), {"x": 1}), ((), {"y": 1, "z": 1})],
)
def test_other_arguments_are_errors(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="the fields of Point are x, y, tags"):
        Point(*values, **named)


def test_a_value_does_not_change() -> None:
    with pytest.raises(AttributeError, match="Point does not change: x"):
        Point(1).x = 2  # type: ignore[misc]


def test_each_value_has_a_default_of_its_own() -> None:
    first, second = Point(1), Point(1)
    first.tags.append("a")
    assert (first.tags, second.tags, vars(Point).get("tags")) == (["a"], [], None)


def test_values_are_equal_by_class_and_fields() -> None:
    worked_out, fresh = Point(1, tags=["a"]), Point(1, tags=["a"])
    assert worked_out.total == 3
    assert worked_out == fresh == copy(worked_out) == replace(Point(5, tags=["a"]), x=1)
    assert Point(1) != Other(1)
    assert hash(Point(1, tags=())) == hash(Point(1, tags=()))  # type: ignore[arg-type]


def test_another_value_has_nothing_that_was_worked_out() -> None:
    assert Point(1).total == 3
    assert replace(Point(1), y=5).total == 6
    with pytest.raises(TypeError):
        replace(Point(1), z=5)


def test_it_shows_its_fields() -> None:
    assert repr(Point(1, tags=["a"])) == "Point(x=1, y=2, tags=['a'])"


def test_a_value_can_have_more_fields_than_its_base() -> None:
    class Space(Point):
        z: int = 0

    assert Space(1, z=4).__match_args__ == ("x", "y", "tags", "z")
    assert Space(1) != Point(1)
