"""The compiled scanner reads what the Python reader reads, however the bytes are cut and whatever they are."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.dialect import Line
from higgs_logscan.grammar import CONVERT
from higgs_logscan.lines import NOT_PRINTED, Lines
from higgs_logscan.program import LONGEST_LINE, bar
from higgs_logscan.reader import Reader, compiled_shapes

with suppress(ImportError):
    from higgs_logscan import _scanner

pytestmark = pytest.mark.skipif(compiled_shapes is None, reason="not compiled")
SAMPLES = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))
#: Every sample line of every dialect, and what stands between them in a real log.
DECLARED = [line.sample.encode() for dialect in DIALECTS for line in dialect.lines]
DECLARED += [span.sample.encode() for dialect in DIALECTS for span in dialect.spans]
DECLARED += [sign.sample.encode() for dialect in DIALECTS for sign in dialect.signs]
DECLARED += [foreign.sample.encode() for dialect in DIALECTS for foreign in dialect.foreign]
ENDS = (b"\n", b"\n", b"\n", b"\r", b"\r\n", b"", b"\r\r", b"  \r")


def value(lines: Lines, kind: str, slot: int) -> Any:
    """A value as a record has it; numbers in words, as NaN is not itself."""
    size, whole = int(lines.size[slot]), int(lines.whole[slot])
    if size == NOT_PRINTED:
        return None
    if kind in ("number", "percent"):
        return repr(float(lines.real[slot]))
    if kind == "integer":
        return whole
    if kind in ("integers", "shape") and size >= 0:
        return lines.integers(slot).tolist()
    read = CONVERT[kind](bytes(lines.data[whole : whole + size])) if size > 0 else lines.objects[whole]
    return repr(list(read) if isinstance(read, tuple) else read)


def rows(reader: Reader, parts: list[Lines]) -> list[Any]:
    found = []
    for lines in parts:
        for row in range(lines.count):
            plan = reader.plans.all[int(lines.plan[row])]
            slot, what = int(lines.slot[row]), plan.what
            values: list[Any] = []
            if plan.glued:
                whole, real = lines.whole, lines.real
                values = [int(whole[slot]), float(real[slot]), float(real[slot + 1]), int(whole[slot + 1])]
                position, planned, *others = bar(lines.text(row), plan.rank)
                assert values == [position, float(planned), *others]
            elif isinstance(what, Line):
                values = [value(lines, kind, slot + i) for i, kind in enumerate(what.kinds)]
                if plan.stamped:
                    values.append(int(lines.whole[slot + len(what.kinds)]))
            else:
                values = [lines.objects[int(lines.whole[slot])]]
            found.append((plan.dialect, what, plan.start, plan.time, plan.rank, lines.at(row), values))
    return found


def read(data: bytes, cuts: list[int], compiled: bool) -> tuple[Any, ...]:
    reader = Reader(DIALECTS, compiled)
    found = []
    for begin, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        found += rows(reader, reader.feed(data[begin:end]))
    found += rows(reader, reader.finish())
    told = reader.line, reader.byte, reader.unended, reader.last, reader.coverage, +reader.dialect_lines
    return found, told, reader.plans.occurred


def alike(data: bytes, cuts: list[int]) -> None:
    whole, in_python, compiled = read(data, [], False), read(data, cuts, False), read(data, cuts, True)
    for ours, theirs in zip(in_python[0], compiled[0], strict=False):
        assert ours == theirs
    assert in_python == compiled
    assert whole == in_python


def cut(data: bytes, chance: random.Random, most: int = 6) -> list[int]:
    return sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(most)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_logs_are_read_alike(path: Path) -> None:
    data = path.read_bytes()
    alike(data, cut(data, random.Random(path.stem), 30))


@pytest.mark.parametrize("name", ["_scanner", "_scanner_avx2"])
def test_any_processor_reads_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them is chosen where it runs."""
    if name == "_scanner_avx2" and not _scanner.has_avx2():
        pytest.skip("an older processor")
    monkeypatch.setattr("higgs_logscan.reader.compiled_shapes", import_module(f"higgs_logscan.{name}").Shapes)
    for path in SAMPLES:
        alike(path.read_bytes(), [])
    chance = random.Random(name)
    some = [digits(chance.choice(DECLARED), chance) + chance.choice(ENDS) for _ in range(3000)]
    alike(b"".join(some), cut(b"".join(some), chance))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 30))
def test_any_lines_in_any_order_are_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    some = chance.sample(DECLARED, 40)
    data = b"".join(digits(chance.choice(some), chance) + chance.choice(ENDS) for _ in range(200))
    alike(data, cut(data, chance))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1 << 30))
def test_lines_in_a_steady_order_are_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    some = [line + chance.choice(ENDS[:5]) for line in chance.sample(DECLARED, 6)]
    data = b"".join(digits(line, chance) for _ in range(150) for line in some if chance.random() < 0.98)
    alike(data, cut(data, chance))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 30))
def test_broken_lines_are_read_alike(seed: int) -> None:
    chance = random.Random(seed)
    some = chance.sample(DECLARED, 20)
    data = bytearray(b"".join(digits(chance.choice(some), chance) + chance.choice(ENDS) for _ in range(200)))
    for _ in range(chance.randrange(1000)):
        place = chance.randrange(len(data))
        data[place : place + chance.choice((0, 1, 1, 2))] = chance.choice(
            (b"", b"[", b"]", b",", b" ", b"%|", b"-", b"1", b"e", b".", b"\n", b"\r", b"\x1b[0m", b"\0", b"\t", b"nan")
        )
    alike(bytes(data), cut(bytes(data), chance))


DRAWN = (b"", b"#", b"  ", "█".encode(), "▏ ".encode(), "█▌".encode(), b"5", b"|", b"loss: 1.5", b"%|", b"[", b"\t")


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 30))
def test_bars_are_read_alike_whatever_they_draw(seed: int) -> None:
    """And what looks like one up to its bracket."""
    chance = random.Random(seed)

    def bar() -> bytes:
        drawn = b"".join(chance.choices(DRAWN, (9, 3, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1), k=chance.randrange(6)))
        name = chance.choice((b"", b"", b"Epoch 1/3: ", b"[rank1]: "))
        place = chance.choice((b"| 7/100 [", b"| 12/2000 ["))
        rest = chance.choice(
            (b"00:01<00:09,  1.00it/s]", b"00:01<00:09,  1.00it/s, loss=2]", b"1:02:03<?, ?it/s]", b"x]", b"x")
        )
        return name + b"%3d%%|" % chance.randrange(120) + drawn + place + rest

    data = b"".join(bar() + chance.choice((*ENDS, b"Text loss: 6.01\n")) for _ in range(120))
    alike(data, cut(data, chance))


def test_a_bar_is_learned_once_whatever_it_draws() -> None:
    drawn = ["█" * full + part + " " * (9 - full) for full in range(10) for part in " ▏▎▍▌▋▊▉"]
    bars = [f"Epoch 1: {i * 5 // 4:3d}%|{of}| {i:2d}/80 [00:01<00:09,  1.00it/s]\n" for i, of in enumerate(drawn)]
    reader = Reader(DIALECTS)
    for line in bars:
        reader.feed(line.encode())
    assert len(reader.plans.by_shape) <= len({re.sub("[0-9]", "0", re.sub("[█▏▎▍▌▋▊▉ ]", "", line)) for line in bars})


moments = st.from_regex(
    rb"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9][ T_][012X][0-9X]:[0-6X][0-9X]:[0-6][0-9]([.,][0-9X]{1,6})?", fullmatch=True
)


@settings(deadline=None)
@given(st.lists(moments, min_size=1, max_size=40))
def test_timestamps_are_read_alike(moments: list[bytes]) -> None:
    """Those of days that there are and of others, to the millisecond and to the second, blanked out or not."""
    alike(b"".join(moment + b" - INFO - Text loss: 6.01\n" for moment in moments), [])


#: Numbers as programs print them; of any digits and exponent; and those that lie between two doubles, or next to it.
numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.from_regex(r"[-+]?[0-9]{1,22}(\.[0-9]{0,22})?([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.builds(
        lambda whole, part, power: f"{whole}.{part}e-{power}",
        st.integers(1 << 52, 1 << 54),
        st.sampled_from(["0", "25", "5", "49", "51", "75"]),
        st.integers(0, 28),
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(numbers, min_size=20, max_size=60))
def test_numbers_are_read_to_the_last_bit(numbers: list[str]) -> None:
    alike("".join(f"✓ Text loss: {number}\n" for number in numbers).encode(), [])


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b""])
@pytest.mark.parametrize("length", [LONGEST_LINE - 40, LONGEST_LINE + 40, 3 * LONGEST_LINE])
def test_endless_lines_are_read_alike(length: int, end: bytes) -> None:
    known = b"Text loss: 6.0123"
    data = b"Bad: \n" + known + b"\r" + known + b" " * length + end + known + b"\n" + known + b"x" * length + b"\n"
    alike(data, [10, 500_000, 900_000, 1_200_000, min(len(data), 2_500_000)][: 4 + (len(data) > 2_500_000)])
    alike(data[: -length // 2], [])


def digits(text: bytes, chance: random.Random) -> bytes:
    """The line with other numbers; or with numbers of other lengths, some of them or all."""
    how, most = chance.random(), chance.choice((3, 8, 22))
    if how < 0.2:
        return text
    other = 0.0 if how < 0.6 else 0.2 if how < 0.8 else 1.0

    def number(found: re.Match[bytes]) -> bytes:
        count = chance.randrange(1, most) if chance.random() < other else len(found[0])
        return b"".join(b"%d" % chance.randrange(10) for _ in range(count))

    return re.sub(rb"\d+", number, text)


def test_blocks_scanned_ahead_are_read_alike() -> None:
    data = b"".join(path.read_bytes() for path in SAMPLES)
    blocks = [data[begin : begin + 20_000] for begin in range(0, len(data), 20_000)]
    reader, found = Reader(DIALECTS), list[Any]()
    with ThreadPoolExecutor(2) as pool:
        scanned = [(lines, pool.submit(reader.scan, lines)) for block in blocks if (lines := reader.cut(block))]
        for lines, done in scanned:
            done.result()
            found += rows(reader, reader.read(lines))
    found += rows(reader, reader.finish())
    assert found == read(data, [], False)[0]


def test_memory_of_a_block_is_used_again_when_nothing_refers_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("higgs_logscan.blocks.BLOCK", 64)
    log, reader = BytesIO(b"".join(b"Text loss: %d.5\n" % number for number in range(1000))), Reader(DIALECTS)
    texts, kept, memory = [], list[Lines](), set[int]()
    source = SimpleNamespace(read_into=log.readinto)
    with suppress(EOFError):
        while lines := reader.cut_from(source):
            (part,) = reader.read(lines)
            texts += [part.text(row) for row in range(part.count)]
            kept += [part] if len(kept) < 5 else []
            memory.add(id(part.data))
            del lines, part
    assert texts == [b"Text loss: %d.5" % number for number in range(1000)]
    assert [part.text(row) for part in kept for row in range(part.count)] == texts[: sum(part.count for part in kept)]
    assert len(kept) < len(memory) < 100


def test_lists_of_more_tokens_than_columns_hold_at_first() -> None:
    """Columns grow: a block of lists alone has more items than a trainer prints."""
    line = b"INFO:__main__:  First 10 Audio Labels:      [" + b"1, " * 400 + b"7]\n"
    log = line * 40
    alike(log, [])
