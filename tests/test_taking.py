"""What has ended is taken, whenever that is asked for: the same as without a register, and without a hurry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_laws import CUTS, LOGS, PROFILE, pieces, run_of

from higgs_logscan.catalogue import CAUSES, DIALECTS, RULES
from higgs_logscan.fields import LIST_FIRST, LIST_SIZE, PLACE, STEP, view
from higgs_logscan.ground import NO_PLACE, Ground
from higgs_logscan.pipeline import Scan
from higgs_logscan.places import Kept
from higgs_logscan.register import Register
from higgs_logscan.report import run_dict
from higgs_logscan.table import Table
from higgs_logscan.taking import Taking
from higgs_logscan.vocabulary import COLUMNS

NAMES = list(COLUMNS)
NUMBER, WHOLE, WORDS = (NAMES.index(name) for name in ("loss", "text_valid", "message"))

what = st.sampled_from(["open", "number", "whole", "words", "list", "list", "list", "masking", "loss", "end", "take"])
done = st.lists(st.tuples(what, st.integers(0, 3), st.integers(0, 5), st.lists(st.integers(0, 9), max_size=3)))


@dataclass
class Told:
    """A record as it is put into a register, in plain Python."""

    row: int
    serial: int
    window: int = -1
    values: dict[str, Any] = field(default_factory=dict)
    lists: list[list[int]] = field(default_factory=list)
    windows: dict[int, list[list[int] | None]] = field(default_factory=dict)
    maskings: list[int] = field(default_factory=list)
    losses: dict[int, float] = field(default_factory=dict)

    def read(self) -> tuple[Any, ...]:
        windows = [tuple(of) for _, of in sorted(self.windows.items())]
        return self.serial, self.values, self.lists, windows, self.maskings, dict(sorted(self.losses.items()))


def told_by(table: Table) -> list[tuple[Any, ...]]:
    """The records of a table."""
    found = []
    of = table.windows
    for row, record in enumerate(table.records()):
        mine = (of.record == row).nonzero()[0]
        windows = [
            tuple(_tokens(table, int(number)) for number in (of.prediction[i], of.label[i])) for i in mine.tolist()
        ]
        lists = [array.values for array in record.arrays]
        counts = [valid for _, _, valid, _, _ in record.maskings]
        found.append((record.step, record.values, lists, windows, counts, record.codebook_loss))
    return found


def _tokens(table: Table, number: int) -> list[int] | None:
    of = table.lists
    return of.values[of.first[number] :][: of.size[number]].tolist() if number >= 0 else None


@settings(deadline=None, max_examples=300)
@given(done)
def test_what_has_ended_is_taken_and_the_rest_stays(done: list[tuple[str, int, int, list[int]]]) -> None:
    """Records end in another order than they begin in, as those of several ranks do."""
    register, serial = Register(), 0
    still: list[Told] = []
    ended: list[Told] = []
    for name, which, key, tokens in done:
        if name == "take":
            taking = Taking(register, Ground(Kept.of([]), []))
            table = taking.table()
            assert told_by(table) == [one.read() for one in ended]
            some = np.arange(len(table))[which % 2 :: 2]
            assert told_by(table.take(some)) == [one.read() for one in ended[which % 2 :: 2]]
            taking.forget()
            for one in still:
                one.window = int(taking.windows.among_others(one.window))
            ended = []
        elif name == "open" or not still:
            still.append(Told(register.opened(0, -1), serial))
            register.fields[still[-1].row, STEP], register.fields[still[-1].row, PLACE] = serial, NO_PLACE
            serial += 1
        else:
            _tell(register, still[which % len(still)], name, key, tokens)
            if name == "end":
                ended.append(still.pop(which % len(still)))


def _tell(register: Register, one: Told, name: str, key: int, tokens: list[int]) -> None:
    if name == "number":
        register.real[NUMBER, one.row] = one.values["loss"] = key / 2
        register.put(one.row, NUMBER, NO_PLACE)
    elif name == "whole":
        register.whole[WHOLE, one.row] = one.values["text_valid"] = key
        register.put(one.row, WHOLE, NO_PLACE)
    elif name == "words":
        register.says(one.row, WORDS, str(key), NO_PLACE)
        one.values["message"] = str(key)
    elif name == "list":
        number, role = register.add_list(one.row, 0, -1, -1, NO_PLACE), key % 2
        register.lists[number, LIST_FIRST] = register.hold(view(np.array(tokens, np.int32)), len(tokens))
        register.lists[number, LIST_SIZE] = len(tokens)
        one.window = register.add_window(one.row, key // 2, role, number, one.window, True)
        one.lists.append(tokens)
        one.windows.setdefault(key // 2, [None, None])[role] = tokens
    elif name == "masking":
        register.add_masking(one.row, 0, -1, key, 9, NO_PLACE)
        one.maskings.append(key)
    elif name == "loss":
        register.add_codebook_loss(one.row, key - 1, key / 4, NO_PLACE)
        one.losses[key - 1] = key / 4
    else:
        register.end(one.row)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, CUTS)
def test_a_run_that_is_asked_for_early_changes_nothing(log: bytes, shares: list[float]) -> None:
    scan = Scan("a.log", DIALECTS, [rule() for rule in RULES], CAUSES, PROFILE)
    for block in pieces(log, shares):
        scan.feed(block)
        scan.run()
    scan.finish()
    assert run_dict(scan.run()) == run_dict(run_of([log]))
