"""What a line does to the open record, worked out once for all lines of a shape."""

from __future__ import annotations

from dataclasses import dataclass, field

from higgs_logscan.dialect import Line, Sign, Span
from higgs_logscan.plan import Plan
from higgs_logscan.table import COLUMNS, KINDS, MODALITIES, ROLES, WINDOWS, Record

MICRO_BATCH, STEP, EVALUATION, EPOCH, SAMPLE, INCIDENT = (
    KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation", "epoch", "sample", "incident")
)
#: The kinds of records that are blocks of lines: what a line may join.
BLOCKS = (MICRO_BATCH, STEP, SAMPLE)
NO_KIND = [-1]
GATHERED_COLUMNS = ("warning", "missing")
COUNTS = ("masked", "valid", "total")
_PARTS = {"sample", "codebook", "masked", "valid", "total", "predictions", "labels"}
#: Holes whose values need nothing but the open record.
_DIRECT = (set(COLUMNS) - {"missing", "warning"}) | _PARTS
#: Holes that are a column of the modality that a header named.
OF_MODALITY = {"valid_tokens": "{}_valid", "accuracy": "{}_accuracy"}
_PREDICTION, _LABEL = (ROLES.index(role) for role in ("prediction", "label"))
ROLE_OF = {"predictions": _PREDICTION, "prediction": _PREDICTION, "labels": _LABEL, "label": _LABEL}


@dataclass(slots=True)
class Block:
    """An open record, and what holds for its next line."""

    record: Record
    begun: set[str] = field(default_factory=set)
    closed: bool = False
    echo: bool = False
    modality: int = -1
    sample: int = -1
    codebook: int = -1
    #: Where the bar of the training loop stood when the record began.
    bar: int = -1


class Action:
    """What a line does to the open record, worked out once for all lines of a shape."""

    def __init__(self, line: Line, rank: int) -> None:
        assert line.kind
        self.line = line
        self.kind = KINDS.index(line.kind)
        self.key = (rank, self.kind)
        self.modality = MODALITIES.index(line.modality) if line.modality else -1
        self.window = WINDOWS.index(line.window) if line.window else 0
        self.filtered = line.filtered
        #: Per hole: its name, what reads it, whether it is a column that the last value of counts.
        self.holes = tuple(
            (name, read, name in COLUMNS and name not in GATHERED_COLUMNS) for name, read in line.converters
        )
        self.header = line.header
        #: The codebook of a list that the line declares itself; it does not hold for later lines.
        self.codebook = line.bare_list.codebook if line.bare_list else -1
        self.states = () if line.bare_list else tuple(line.states.items())
        self.beginning = line.beginning if line.begins else None
        self.joins = tuple(KINDS.index(kind) for kind in line.joins)
        self.named = line.holes.index("step") if "step" in line.holes else -1
        #: Ends a record and says nothing of it: where none is open, it says nothing at all.
        self.rules_off = line.closes and not (line.holes or line.states or line.warns or line.incident or line.begins)
        ends = line.begins or line.closes or line.joins or line.echoes or line.warns or line.incident or line.resumes
        #: Whatever it says goes to the open record: it neither ends nor begins anything.
        self.direct = not ends and line.states.keys() <= {"codebook"} and set(line.holes) <= _DIRECT

        #: For a header that only names a part: the groups that say sample and codebook, -1 where none does.
        self.parts: tuple[int, int] | None = None
        if self.direct and line.header and not line.states and set(line.holes) <= {"sample", "codebook"}:
            holes = line.holes
            self.parts = tuple(holes.index(h) if h in holes else -1 for h in ("sample", "codebook"))  # type: ignore[assignment]

    def modality_in(self, block: Block) -> int:
        """The line's own modality, or the one that a header above it named."""
        return self.modality if self.modality >= 0 else block.modality


#: The action of a line that is known and says nothing to a record.
NOTHING = Action(Line("", "", kind="config"), -1)


def action_of(plan: Plan) -> Action:
    """What the lines of a plan do; remembered with the plan."""
    if plan.action is None:
        what = plan.what
        if isinstance(what, Line) and what.kind:
            plan.action = Action(what, plan.rank)
        elif isinstance(what, Span | Sign) and what.incident:
            plan.action = Action(Line("", "", kind="incident", incident=what.incident), plan.rank)
        else:
            plan.action = NOTHING
    return plan.action  # type: ignore[no-any-return]
