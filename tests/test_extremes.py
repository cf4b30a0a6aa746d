"""Numbers that no trainer means, in every line of every dialect: none is an error of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tables import Pieces

from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.dialect import Dialect
from higgs_logscan.pipeline import Scan, records, scan
from higgs_logscan.profile import Profile
from higgs_logscan.record_json import record_dict
from higgs_logscan.report import run_dict

#: By how numbers are written. Nothing; what 32 bits, what 64 bits do not hold; what no float tells from its neighbours.
#: What is no number, or infinite as soon as one reckons with it.
EXTREMES = {
    re.compile(rb"(?<![\w.])-?\d+(?![\w.])"): (0, 1 << 31, 1 << 63, -(10**30)),
    re.compile(rb"(?<![\w.])-?\d+\.\d+(?:e-?\d+)?(?![\w.])"): ("1e308", "-1e308", "nan", "inf"),
}


def logs(line: bytes) -> Iterator[bytes]:
    """For each number of the line, a log in which it is as far off as can be."""
    for written, values in EXTREMES.items():
        for number in written.finditer(line):
            lines = (line[: number.start()] + str(value).encode() + line[number.end() :] for value in values)
            yield b"\n".join([*lines, line, b""])


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.id)
def test_numbers_that_no_trainer_means(dialect: Dialect) -> None:
    for sample in (line.sample.encode() for line in dialect.lines):
        for log in logs(sample):
            run_dict(scan(lambda: Scan("log", DIALECTS, [rule() for rule in RULES], CAUSES, Profile()), Pieces([log])))
            for record in records(Pieces([log]), DIALECTS):
                record_dict(record)
