"""Rows in buckets: what the compiled loop finds is what arrays find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from higgs_logscan import counting, curve, ordinals
from higgs_logscan.ordinals import BUCKETS

pytestmark = pytest.mark.skipif(ordinals.compiled is None, reason="nothing is compiled")

#: Rows whose ordinals never go back: by how much each is ahead of the one before, and from where on.
steps = st.lists(st.sampled_from([0, 0, 0, 0, 1, 2, 900]), min_size=1, max_size=80)
begins = st.sampled_from([0, 1, BUCKETS - 2, BUCKETS * 5, 1 << 30])


@given(steps, begins, st.data())
def test_rows_fall_into_buckets_as_arrays_say(steps: list[int], begin: int, data: st.DataObject) -> None:
    numbers, size = np.cumsum(steps) + begin, len(steps)
    marks = data.draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size))
    kind = data.draw(st.sampled_from([np.int8, np.int16, np.int32, np.int64]))
    weight = st.integers(-2, 100 if kind == np.int8 else 30_000)
    weighs = data.draw(st.none() | st.lists(weight, min_size=size, max_size=size))
    others = data.draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size))
    mask, mine = (None if marked is None else np.array(marked, bool) for marked in (marks, others))
    weights = None if weighs is None else np.array(weighs, kind)
    of = ordinals.Ordinals(numbers, mine)
    both = mask if mine is None else mine if mask is None else mine & mask
    for _ in range(2):
        same(of.fold(mask, weights), ordinals.by_arrays(numbers, both, weights))


@given(
    st.lists(st.integers(-100, 100), max_size=300),
    st.sampled_from([bool, np.int8, np.int16, np.int32, np.int64]),
    st.data(),
)
def test_values_are_added_up_and_counted_as_arrays_say(values: list[int], kind: type, data: st.DataObject) -> None:
    column = np.array(values, kind)
    mask = data.draw(st.none() | st.just(column > 3))
    if kind is not bool:
        assert counting.sums(column, mask) == (column if mask is None else column[mask]).sum(dtype=np.int64)
    found, numbers = np.unique(column, return_counts=True)
    assert counting.counted(column) == list(zip(found.tolist(), numbers.tolist(), strict=True))
    assert [type(value) for value, _ in counting.counted(column)] == [type(value) for value in found.tolist()]


@given(steps, begins, st.data())
def test_values_fall_into_buckets_as_arrays_say(steps: list[int], begin: int, data: st.DataObject) -> None:
    numbers, size = np.cumsum(steps) + begin, len(steps)
    values = np.array(
        data.draw(
            st.lists(st.sampled_from([0.0, 1.5, -2.25, 1e40, np.nan, np.inf, -np.inf]), min_size=size, max_size=size)
        )
    )
    some = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    for chosen in (None, np.array(some)):
        *found, columns = curve.fold(numbers, values, chosen)
        *expected, of_arrays = curve.by_arrays(numbers, values, chosen)
        same((*found, *columns.values()), (*expected, *(of_arrays[name] for name in columns)))


def same(found: tuple[Any, ...] | None, expected: tuple[Any, ...] | None) -> None:
    if found is None or expected is None:
        assert found is expected
    else:
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)
