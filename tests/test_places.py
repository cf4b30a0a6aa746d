"""Places of many values: looked up and copied together, as one by one, compiled or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from higgs_logscan import ground, places
from higgs_logscan.finding import QUOTE
from higgs_logscan.ground import NO_PLACE, Ground, Standing
from higgs_logscan.lines import Lines
from higgs_logscan.places import Kept
from higgs_logscan.tokens import NOWHERE, At

numbers = st.integers(0, 1 << 40)
texts = st.binary(max_size=12) | st.just(b"x" * (QUOTE + 7)) | st.just(b"ends in nothing\0\0")
lists_of_places = st.lists(st.tuples(numbers, numbers, texts), max_size=12)


def quoted(at: list[At]) -> list[At]:
    return [(line, byte, text[:QUOTE]) for line, byte, text in at]


def read(kept: Kept) -> list[At]:
    return [kept[row] for row in range(len(kept))]


@pytest.fixture(params=["compiled", "not"], scope="module")
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "not":
            patch.setattr(places, "compiled", None)
            patch.setattr(ground, "compiled", None)
        elif places.compiled is None:
            pytest.skip("the extension is not built")
        yield


@settings(deadline=None)
@given(data=st.data(), parts=st.lists(lists_of_places, min_size=1, max_size=4))
def test_kept_places_are_those_that_were_chosen(way: Any, data: st.DataObject, parts: list[list[At]]) -> None:
    at = quoted([one for part in parts for one in part])
    kept = Kept.join([Kept.of(part) for part in parts])
    assert read(kept) == at
    rows = data.draw(st.lists(st.sampled_from(range(len(at))), max_size=20)) if at else []
    assert read(kept[np.array(rows, np.int64)]) == [at[row] for row in rows]
    assert read(kept[1:-1]) == at[1:-1]
    assert read(kept[kept.byte % 2 == 0]) == [one for one in at if one[1] % 2 == 0]


def part_of(data: bytes, byte: int, serial: int, number: int, escaped: set[int]) -> Lines:
    """These lines as the reader hands them out; of some, the text is not the one that stands there."""
    lines = Lines(data, 0, len(data), byte, 0)
    lines.serial, lines.number = serial, number
    start = 0
    for row, text in enumerate(data.split(b"\n")):
        lines.add(0, row, start, start + len(text))
        if row in escaped:
            lines.texts[row] = text.upper() * 2
        start += len(text) + 1
    return lines


@settings(deadline=None)
@given(
    data=st.data(),
    blocks=st.lists(st.tuples(st.binary(max_size=500), st.sets(st.integers(0, 3))), max_size=4),
    settled=lists_of_places,
    serial=numbers,
)
def test_lines_are_looked_up_together_as_one_by_one(
    way: Any, data: st.DataObject, blocks: list[tuple[bytes, set[int]]], settled: list[At], serial: int
) -> None:
    parts: list[Lines] = []
    for text, escaped in blocks:
        parts.append(part_of(text, 1000 * len(parts), serial, len(parts), escaped))
        serial += parts[-1].count
    one = Ground(Kept.of(settled), parts)
    every = [part.serial + row for part in parts for row in range(part.count)]
    every += [NO_PLACE, *(-1 - i for i in range(len(settled)))]
    chosen = np.array(data.draw(st.lists(st.sampled_from(every), max_size=20)), np.int64)
    standing = Standing(one, chosen)
    at = quoted([standing[row] for row in range(len(chosen))])
    assert read(standing.kept()) == at
    assert read(standing[::2].kept()) == at[::2]
    some = np.array([-1, *range(len(at)), -1])
    assert read(standing.or_nowhere(some).kept()) == [NOWHERE, *at, NOWHERE]
