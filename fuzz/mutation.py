"""How a log is changed into another that may be read otherwise: by its lines, values and ends."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

from higgs_logscan.catalogue import DIALECTS

SAMPLES = [line.sample.encode() for dialect in DIALECTS for line in dialect.lines]
SAMPLES += [span.sample.encode() for dialect in DIALECTS for span in dialect.spans]
SAMPLES += [sign.sample.encode() for dialect in DIALECTS for sign in dialect.signs]
SAMPLES += [foreign.sample.encode() for dialect in DIALECTS for foreign in dialect.foreign]
ENDS = (b"\n", b"\n", b"\n", b"\r", b"\r\n", b"", b"\r\r", b"  \r", b" \t\n", b"\n\n")
NUMBERS = (
    b"0 1 -1 -0 +7 007 00 8 9 10 99 -100 1023 1024 1025 1026 128000 128256 999999999 2147483647 2147483648 -2147483649 "
    b"4294967296 9007199254740993 99999999999999999 999999999999999999 9223372036854775807 9999999999999999999 1e400 "
    b"1e-400 1e22 1e23 1e-22 1.5e-7 0.1 .5 5. 1. 1_000 1,000 12,345,678 1,23 123456789012345 1234567890123456 "
    b"0.30000000000000004 2.2250738585072014e-308 nan NaN -nan inf -inf infinity Infinity None none N/A 1e 1e+ 0x10 - "
    b"12345678901234567,890 + %b 0.%b ." % (b"1" * 70, b"3" * 70)
).split()
WORDS = (
    b"[ ] ( ) { } , ; : | %| % ' \" - + . ... e _ = \t \x0b \x0c \x00 \x1b \x1b[0m \x1b[32m \x1b]8;;x\x07 \xef\xb8\x8f "
    b"\xe2\x9c\x93 \x80 \xff torch.Size([ ]) [rank0]: [rank1]: [rank12]: [default0]: [default1]: None nan inf INFO: "
    b"WARNING: ERROR: Traceback [1] [] [-1] [1,2] [] 5%| 100%| 3/7 [00:01<00:02"
).split(b" ")
PREFIXES = (
    b"INFO:__main__:", b"[rank0]: ", b"[rank1]:", b"[default1]:", b"2025-01-02 03:04:05,678 - INFO - ", b"  ", b"\t",
    b"\x1b[32m", "✓ ".encode(), "⚠️  WARNING: ".encode(), b"2025-01-02T03:04:05.678Z ", b"[2025-01-02 03:04:05] ",
)  # fmt: skip

_LINE = re.compile(rb"[^\r\n]*(?:[\r\n]+|$)")
_NUMBER = re.compile(rb"[-+]?\d[\d.,_eE+-]*|nan|inf|None")
_LIST = re.compile(rb"\[[-\d, ]*\]")


def _lines(log: bytes) -> list[bytes]:
    return [line for line in _LINE.findall(log) if line]


def _other_digits(text: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"\d", lambda _: b"%d" % chance.randrange(10), text)


def _in_one(pattern: re.Pattern[bytes], line: bytes, new: Callable[[bytes], bytes], chance: random.Random) -> bytes:
    """One place of the line where the pattern matches, replaced."""
    found = list(pattern.finditer(line))
    if not found:
        return line
    begin, end = chance.choice(found).span()
    return line[:begin] + new(line[begin:end]) + line[end:]


def _list(chance: random.Random) -> bytes:
    between = chance.choice((b", ", b", ", b",", b" , ", b",  "))
    longest = chance.choice((9, 100, 1026, 128_009, 10**8, 10**10))
    count = chance.choice((0, 1, 2, 8, 9, 10, 10, 30, 200))
    items = [b"%d" % chance.choice((-100, -1, chance.randrange(longest))) for _ in range(count)]
    return b"[" + between.join(items) + chance.choice((b"]", b"]", b"]", b",]", b", ...]", b" ]", b""))


def _changed(line: bytes, chance: random.Random) -> bytes:
    text = line.rstrip(b"\r\n")
    match chance.randrange(9):
        case 0:
            return _other_digits(line, chance)
        case 1:
            return _in_one(_NUMBER, line, lambda _: chance.choice(NUMBERS), chance)
        case 2:
            return _in_one(_LIST, line, lambda _: _list(chance), chance)
        case 3:
            return text + chance.choice(ENDS)
        case 4:
            return chance.choice(PREFIXES) + line
        case 5:
            place = chance.randrange(len(line) + 1)
            return line[:place] + chance.choice(WORDS) + line[place + chance.choice((0, 0, 1, 2)) :]
        case 6:
            return text * 2 + b"\n"
        case 7:
            place = chance.randrange(len(line) + 1)
            return line[:place] + line[place : place + 1] * chance.choice((2, 17, 63, 64, 65, 200)) + line[place:]
        case _:
            return text[: chance.randrange(len(text) + 1)] + chance.choice(ENDS)


def mutated(log: bytes, chance: random.Random) -> bytes:
    """The log with a line or a few changed, repeated, moved, or new."""
    lines = _lines(log)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(len(lines) + 1)
        match chance.randrange(6) if lines else 0:
            case 0:
                lines.insert(place, _other_digits(chance.choice(SAMPLES), chance) + chance.choice(ENDS))
            case 1:
                lines.insert(place, _other_digits(chance.choice(lines), chance))
            case 2:
                first = chance.randrange(len(lines))
                again = lines[first : first + chance.randrange(1, 9)]
                lines[place:place] = [_other_digits(line, chance) for line in again] * chance.choice((1, 1, 3))
            case 3:
                del lines[place : place + chance.randrange(1, 9)]
            case _:
                place = chance.randrange(len(lines))
                lines[place] = _changed(lines[place], chance)
    return b"".join(lines)


def write_beginning(folder: Path) -> None:
    """What libFuzzer begins with: words of logs (`words.dict`), and logs of all samples (`seeds`)."""
    words = {word for line in SAMPLES for word in re.split(rb"\s*[\d\[\]{}'\",]+\s*", line) if 1 < len(word) < 60}
    words |= {*WORDS, *NUMBERS, *PREFIXES} - {b""}
    quoted = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words))
    (folder / "words.dict").write_text("".join(f'"{word}"\n' for word in quoted))
    (folder / "seeds").mkdir(exist_ok=True)
    chance = random.Random(0)
    for first in range(0, len(SAMPLES), 20):
        lines = [line for sample in SAMPLES[first : first + 20] for line in (sample, _other_digits(sample, chance))]
        (folder / "seeds" / f"{first}.log").write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    write_beginning(Path(sys.argv[1]))
