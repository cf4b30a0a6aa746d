"""What a line does to the open record, worked out once for all lines of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from higgs_logscan.dialect import Line, Sign, Span
from higgs_logscan.fields import (
    ADDS,
    ADDS_LIST,
    ADDS_TOKENS,
    BAR,
    BEGINS,
    CODEBOOK_LOSS,
    CODEBOOK_LOSSES,
    GATHERED,
    JOINS,
    LIST,
    MAPPING,
    MASKED,
    NAMES_CODEBOOK,
    NAMES_RANK,
    NAMES_SAMPLE,
    NAMES_STEP,
    NOTHING,
    OBJECT,
    OTHER,
    REAL,
    REAL_OF_MODALITY,
    SHAPE,
    TOKEN,
    TOKENS_EACH,
    TOTAL,
    VALID,
    WHOLE,
    WHOLE_OF_MODALITY,
    view,
)
from higgs_logscan.plan import Plan
from higgs_logscan.vocabulary import COLUMNS, KINDS, MODALITIES, ROLES, WINDOWS

_PARTS = {"sample", "codebook", "masked", "valid", "total", "predictions", "labels"}
#: Holes whose values need nothing but the open record.
_DIRECT = (set(COLUMNS) - {"missing", "warning"}) | _PARTS
_PREDICTION, _LABEL = (ROLES.index(role) for role in ("prediction", "label"))
_MICRO_BATCH = KINDS.index("micro-batch")
_NUMBER = {name: number for number, name in enumerate(COLUMNS)}

_OF_KIND = {"number": REAL, "integer": WHOLE, "shape": SHAPE}
#: Holes that are no columns: what is done, and with which column (of text; that of audio stands behind) or role.
_HOLES = {
    "step": (NAMES_STEP, 0),
    "rank": (NAMES_RANK, 0),
    "sample": (NAMES_SAMPLE, 0),
    "codebook": (NAMES_CODEBOOK, 0),
    "codebook_loss": (CODEBOOK_LOSS, 0),
    "codebook_losses": (CODEBOOK_LOSSES, 0),
    "mapping": (MAPPING, 0),
    "predictions": (LIST, _PREDICTION),
    "labels": (LIST, _LABEL),
    "prediction": (TOKEN, _PREDICTION),
    "label": (TOKEN, _LABEL),
    "masked": (MASKED, 0),
    "valid": (VALID, 0),
    "total": (TOTAL, 0),
    "valid_tokens": (WHOLE_OF_MODALITY, 0),
    "accuracy": (REAL_OF_MODALITY, 0),
}
#: The columns behind the last two, by modality.
OF_MODALITY = {
    WHOLE_OF_MODALITY: tuple(_NUMBER[f"{modality}_valid"] for modality in MODALITIES),
    REAL_OF_MODALITY: tuple(_NUMBER[f"{modality}_accuracy"] for modality in MODALITIES),
}
#: What the loop over lines that only add to records does itself.
ADDED = {REAL, WHOLE, SHAPE, NAMES_SAMPLE, NAMES_CODEBOOK, MASKED, VALID, TOTAL}


def operation(name: str) -> tuple[int, int]:
    """What is done with the value of a hole, and the number of the column or role that it is done with."""
    if name in ("warning", "missing"):
        return GATHERED, _NUMBER[name]
    return (_OF_KIND.get(COLUMNS[name], OBJECT), _NUMBER[name]) if name in COLUMNS else _HOLES[name]


class Action:
    """What the lines of a plan do to the open record.

    kind, rank:     of the record that they belong to
    direct:         they go to the open record: they neither end nor begin anything
    nothing:        they are known and say nothing to a record
    glued:          they are bars
    stamped:        their timestamp is one of their values
    """

    def __init__(self, line: Line, rank: int, time: slice, beginnings: dict[str, int]) -> None:
        assert line.kind
        self.line, self.rank = line, rank
        #: Where the timestamp stands in the line.
        self.time_from, self.time_to = time.start, time.stop
        self.nothing = self.glued = self.incident = self.stamped = False
        self.kind = KINDS.index(line.kind)
        #: The number of the block that its lines belong to, of their rank and kind.
        self.slot = -1
        self.modality = MODALITIES.index(line.modality) if line.modality else -1
        self.window = WINDOWS.index(line.window) if line.window else 0
        self.filtered = line.filtered
        operations = [operation(name) for name in line.holes]
        self.count = len(operations)
        self.operations = view(np.array([done for done, _ in operations], np.int32))
        self.columns = view(np.array([column for _, column in operations], np.int32))
        self.reads: list[Callable[[bytes], Any]] = [read for _, read in line.converters]
        self.header, self.resumes, self.closes, self.echoes = line.header, line.resumes, line.closes, line.echoes
        ends = line.begins or line.closes or line.joins or line.echoes or line.warns or line.incident or line.resumes
        stated = line.states.keys()
        # A list alone: the codebook that it states does not hold for later lines.
        alone = not (ends or line.header) and line.holes in (("predictions",), ("labels",)) and stated <= {"codebook"}
        self.codebook = line.states.get("codebook", -1) if alone else -1
        #: What it says in so many words of these columns.
        self.states = tuple((_NUMBER[name], words) for name, words in line.states.items() if name != "codebook")
        #: A bit for what it begins; 0 where it begins nothing. All dialects together have some thirty.
        self.beginning = 1 << beginnings.setdefault(line.beginning, len(beginnings)) if line.begins else 0
        self.joins = 0
        for kind in line.joins:
            self.joins |= 1 << KINDS.index(kind)
        self.named = line.holes.index("step") if "step" in line.holes else -1
        #: Ends a record and says nothing of it: where none is open, it says nothing at all.
        self.rules_off = line.closes and not (line.holes or line.states or line.warns or line.incident or line.begins)
        #: One list of tokens is all that they say.
        self.list_alone = alone
        self.direct = not ends and stated <= {"codebook"} and set(line.holes) <= _DIRECT
        more = line.closes or line.echoes or line.warns or line.incident or line.resumes
        #: They begin or join records, and nothing else hangs on them.
        self.simple = bool(line.begins) != bool(line.joins) and not more and stated <= {"codebook"}
        #: One token of a list or two is all that they say.
        tokens = {*self.operations} == {TOKEN} and self.count <= TOKENS_EACH
        self.tokens_alone = tokens and not (ends or stated or line.header)
        self.stated = -1 if alone else line.states.get("codebook", -1)
        self.way = OTHER

    def way_of(self, progress: bool) -> int:
        """How its lines are read. progress: every bar is a record."""
        done = set(self.operations)
        if self.nothing or self.glued:
            return NOTHING if self.nothing else OTHER if progress else BAR
        if self.direct and (self.list_alone or done <= ADDED):
            return ADDS_LIST if self.list_alone else ADDS
        if self.tokens_alone:
            return ADDS_TOKENS
        if self.simple and not self.incident and done <= ADDED:
            # What cannot be added is found out before anything is done, but not before a pass is begun.
            return JOINS if not self.beginning else BEGINS if self.kind == _MICRO_BATCH and SHAPE not in done else OTHER
        return OTHER


def action_of(plan: Plan, beginnings: dict[str, int]) -> Action:
    """What the lines of a plan do. `beginnings` numbers what lines begin."""
    what = plan.what
    if isinstance(what, Line) and what.kind:
        action = Action(what, plan.rank, plan.time, beginnings)
        action.glued, action.stamped = what.glued, plan.stamped
    elif isinstance(what, Span | Sign) and what.incident:
        action = Action(Line("", "", kind="incident", incident=what.incident), plan.rank, plan.time, beginnings)
        action.incident = True
    else:
        action = Action(Line("", "", kind="config"), -1, slice(0, 0), beginnings)
        action.nothing = True
    return action
