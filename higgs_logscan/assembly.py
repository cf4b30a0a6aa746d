"""From lines to records: blocks, qualifiers, phases, ranks.

The rules are the same for every dialect:

* A line joins the open record of its kind, unless it names another step; one that `joins` belongs
  to the open block, of the kinds that it names, that was read last. One that `begins` something the
  open record already has, or that finds it closed, ends that record first. Any other repeat stays,
  and the last value counts.
* A header sets modality, sample and codebook for the lines below it.
* A forward pass that a closing line ended is over: what follows, but an echo, belongs to the next.
* A line that names a step, an evaluation or an epoch ends the open micro-batch.
* Where blocks of a run end with a closing line, one that is begun again before it is `mixed`:
  several ranks write to one stream. Its values stay; nobody compares them with each other.
* Micro-batches wait (bounded) for the next line that names a step: an evaluation of the step
  they follow makes them `validation`, anything else `train`. That line also dates them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from higgs_logscan.dialect import Line, Sign, Span
from higgs_logscan.plan import Plan
from higgs_logscan.reader import Match
from higgs_logscan.table import COLUMNS, KINDS, MODALITIES, PHASES, ROLES, WINDOWS, At, Record
from higgs_logscan.tokens import Batch, Run

#: Micro-batches that wait for a step at most; beyond, they are released as training.
PENDING = 4096
#: Lists (or runs of them) and counts of one record at most: a log that never ends a record cannot exhaust memory.
PIECES = 4096

#: Characters of a column that gathers what several lines say, at most.
GATHERED = 200

#: Steps from here on, and NaN, are none.
LATEST_STEP = 1 << 53
#: Shapes of bars told apart at most: a bar has a shape for each cell that it fills.
BARS = 4096
_POSITION = re.compile(rb"\| *(\d+)/(\d+) ")

MICRO_BATCH, STEP, EVALUATION, EPOCH, SAMPLE, INCIDENT = (
    KINDS.index(kind) for kind in ("micro-batch", "step", "evaluation", "epoch", "sample", "incident")
)
#: The kinds of records that are blocks of lines: what a line may join.
_BLOCKS = (MICRO_BATCH, STEP, SAMPLE)
_NO_KIND = [-1]
_GATHERED = ("warning", "missing")
_COUNTS = ("masked", "valid", "total")
_PARTS = {"sample", "codebook", "masked", "valid", "total", "predictions", "labels"}
#: Holes whose values need nothing but the open record.
_DIRECT = (set(COLUMNS) - {"missing", "warning"}) | _PARTS
#: Holes that are a column of the modality that a header named.
_OF_MODALITY = {"valid_tokens": "{}_valid", "accuracy": "{}_accuracy"}
_UNKNOWN, _TRAIN, _VALIDATION = (PHASES.index(phase) for phase in ("unknown", "train", "validation"))
_PREDICTION, _LABEL = (ROLES.index(role) for role in ("prediction", "label"))
_ROLES = {"predictions": _PREDICTION, "prediction": _PREDICTION, "labels": _LABEL, "label": _LABEL}


@dataclass(slots=True)
class _Block:
    """An open record, and what holds for its next line."""

    record: Record
    begun: set[str] = field(default_factory=set)
    closed: bool = False
    echo: bool = False
    modality: int = -1
    sample: int = -1
    codebook: int = -1


class _Action:
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
        self.holes = tuple((name, read, name in COLUMNS and name not in _GATHERED) for name, read in line.converters)
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

    def modality_in(self, block: _Block) -> int:
        """The line's own modality, or the one that a header above it named."""
        return self.modality if self.modality >= 0 else block.modality


#: The action of a line that is known and says nothing to a record.
_NOTHING = _Action(Line("", "", kind="config"), -1)


@dataclass
class Assembler:
    """Known lines in, records out, in the order in which the records end."""

    #: Whether every bar is a record. A long run has a million, of which a scan needs the last.
    progress: bool = False
    _open: dict[tuple[int, int], _Block] = field(default_factory=dict)
    _touched: dict[int, list[int]] = field(default_factory=dict)
    _closers: set[int] = field(default_factory=set)
    _pending: dict[int, list[Record]] = field(default_factory=dict)
    _step: dict[int, int] = field(default_factory=dict)
    _start: int = 0
    #: The last bar of each shape.
    _bars: dict[Plan, At] = field(default_factory=dict)
    _ordinals: dict[int, int] = field(default_factory=dict)
    _out: list[Record] = field(default_factory=list)

    def feed(self, matches: Iterable[Match]) -> list[Record]:
        """The records that end with these lines."""
        opened = self._open
        for plan, groups, at in matches:
            action = plan.action or self._action(plan)
            if action is _NOTHING:
                continue
            if groups is None:
                self._lists(action, plan, *at)
                continue
            block = opened.get(action.key) if action.direct else None
            if block and not (block.closed and action.kind == MICRO_BATCH):
                if action.parts:
                    sample, codebook = action.parts
                    block.modality = action.modality
                    block.sample = int(groups[sample]) if sample >= 0 else -1
                    block.codebook = int(groups[codebook]) if codebook >= 0 else -1
                else:
                    self._fill(action, block, groups, at)
            elif plan.glued:
                self._redraw(plan, at)
            elif action.kind == INCIDENT and not isinstance(plan.what, Line):
                self._incident(action, plan, groups[0], at)
            else:
                self._line(action, plan, groups, at)
        return self._taken()

    @staticmethod
    def _action(plan: Plan) -> _Action:
        what = plan.what
        if isinstance(what, Line) and what.kind:
            plan.action = _Action(what, plan.rank)
        elif isinstance(what, Span | Sign) and what.incident:
            plan.action = _Action(Line("", "", kind="incident", incident=what.incident), plan.rank)
        else:
            plan.action = _NOTHING
        return plan.action  # type: ignore[no-any-return]

    def finish(self) -> list[Record]:
        """What is still open when the log ends, and the last bar of each loop."""
        if not self.progress:
            for plan, at in self._last_bars():
                self._bar_record(plan, at)
        for key in sorted(self._open, key=lambda key: self._open[key].record.at[1]):
            self._end(key)
        for rank in sorted(self._pending):
            self._release(rank, _TRAIN if self._step else _UNKNOWN, None)
        return self._taken()

    def _taken(self) -> list[Record]:
        out, self._out = self._out, []
        return out

    # -- one line -------------------------------------------------------------------------------

    def _line(self, action: _Action, plan: Plan, groups: tuple[bytes, ...], at: At) -> None:
        line = action.line
        if action.rules_off and action.key not in self._open:
            return
        kind, block = self._block(action, plan, groups, at)
        self._fill(action, block, groups, at)
        if line.warns:
            _gather(block.record, "warning", line.warns, at)
        if line.incident:
            block.record.values["incident"] = line.incident
            block.record.where["incident"] = at
        block.echo = line.echoes
        if line.closes:
            block.closed = True
            self._closers.add(kind)

    def _fill(self, action: _Action, block: _Block, groups: tuple[bytes, ...], at: At) -> None:
        """What a line says, put into the record that it belongs to."""
        record = block.record
        if action.header:
            block.modality, block.sample, block.codebook = action.modality, -1, -1
        for name, value in action.states:
            self._says(action, block, at, name, value)
        counts: dict[str, int] = {}
        for (name, read, column), group in zip(action.holes, groups, strict=True):
            value = read(group)
            if value is None:
                continue
            if column:
                record.values[name] = value
                record.where[name] = at
            elif name in _COUNTS:
                counts[name] = value
            else:
                self._says(action, block, at, name, value)
        if len(counts) > 1 and len(record.maskings) < PIECES:
            valid = counts["valid"] if "valid" in counts else counts["total"] - counts["masked"]
            total = counts["total"] if "total" in counts else valid + counts["masked"]
            record.maskings.append((action.modality_in(block), block.sample, valid, total, at))

    # -- bars -----------------------------------------------------------------------------------

    def _redraw(self, plan: Plan, at: At) -> None:
        """A bar. Unless all are asked for, only the last one of each loop becomes a record, at the end."""
        if self.progress:
            self._bar_record(plan, at)
        if plan in self._bars or len(self._bars) < BARS:
            self._bars[plan] = at

    def _last_bars(self) -> list[tuple[Plan, At]]:
        """The last bar of each loop: plans differ in how far a bar has come as well."""
        last: dict[tuple[int, bytes], tuple[Plan, At]] = {}
        for plan, at in sorted(self._bars.items(), key=lambda bar: bar[1][1]):
            last[plan.rank, at[2][: at[2].find(b"%|")].rstrip(b"0123456789 ")] = plan, at
        return sorted(last.values(), key=lambda bar: bar[1][1])

    def _bar_record(self, plan: Plan, at: At) -> None:
        read = plan.values(at[2]) if plan.values else None
        if read:
            line, groups = read
            self._line(_Action(line, plan.rank), plan, groups, at)

    def _reached(self) -> int:
        """Where the training loop stands: the longest bar, which counts the steps that a Trainer logs."""
        longest = (0, -1)
        for _, at in self._last_bars():
            found = _POSITION.search(at[2])
            if found:
                longest = max(longest, (int(found[2]), int(found[1])))
        return longest[1]

    # -- what a line says -----------------------------------------------------------------------

    def _says(self, action: _Action, block: _Block, at: At, name: str, value: Any) -> None:
        """What a line says of the record, or of the part of it that a header named."""
        record = block.record
        if name in _GATHERED:
            _gather(record, name, value, at)
        elif name in COLUMNS:
            record.values[name] = value
            record.where[name] = at
        elif name in _OF_MODALITY:
            modality = action.modality_in(block)
            if modality >= 0:
                column = _OF_MODALITY[name].format(MODALITIES[modality])
                record.values[column] = value
                record.where[column] = at
        elif name == "step":
            self._named(record, value)
        elif name == "rank":
            record.rank = value
        elif name == "sample":
            block.sample = value
        elif name == "codebook":
            block.codebook = value
        elif name == "codebook_loss":
            record.codebook_loss[block.codebook] = value
            record.where.setdefault("codebook_loss", at)
        elif name == "codebook_losses":
            record.codebook_loss.update(enumerate(value[:PIECES]))
            record.where.setdefault("codebook_loss", at)
        elif name == "mapping":
            self._mapping(action.line, record, at, value)
        elif name in _ROLES:
            self._array(action, block, at, name, value)

    def _mapping(self, line: Line, record: Record, at: At, pairs: dict[str, float]) -> None:
        for key, value in pairs.items():
            column = line.keys.get(key)
            if column == "step":
                if 0 <= value < LATEST_STEP:
                    self._named(record, int(value))
            elif column:
                record.values[column] = value
                record.where[column] = at

    @staticmethod
    def _array(action: _Action, block: _Block, at: At, name: str, value: bytes | int) -> None:
        """A list of tokens, or one token of a list that is printed a line a token."""
        pieces = block.record.pieces
        modality, role = action.modality_in(block), _ROLES[name]
        codebook = block.codebook if action.codebook < 0 else action.codebook
        if isinstance(value, int):
            value = b"%d" % value
            for i, piece in enumerate(pieces):
                if not isinstance(piece, Run) and piece[:2] == (modality, role) and piece[3]:
                    pieces[i] = (*piece[:7], piece[7] + b"," + value)
                    return
        if len(pieces) < PIECES:
            pieces.append((modality, role, action.window, action.filtered, block.sample, codebook, at, value))

    def _lists(self, action: _Action, plan: Plan, batch: Batch, first: int, last: int) -> None:
        """Consecutive lists: all of them go to the open record, as a line that says nothing else would."""
        block = self._open.get(action.key)
        if block is None or (block.closed and action.kind == MICRO_BATCH):
            _, block = self._block(action, plan, (), batch.at(first))
        if len(block.record.pieces) < PIECES:
            block.record.pieces.append(Run(batch, first, last, block.modality, block.sample, block.codebook))

    def _incident(self, action: _Action, plan: Plan, words: bytes, at: At) -> None:
        self._end(action.key)
        record = self._opened(action.key, plan, at).record
        record.values = {"incident": action.line.incident, "message": words.decode("utf-8", "replace").strip()}
        record.where = {"incident": at, "message": at}
        self._end(action.key)

    # -- records --------------------------------------------------------------------------------

    def _block(self, action: _Action, plan: Plan, groups: tuple[bytes, ...], at: At) -> tuple[int, _Block]:
        """The open record that a line belongs to, after ending what the line ends."""
        kind, rank = action.kind, plan.rank
        if action.joins or (kind in _BLOCKS and self._touched.get(rank, _NO_KIND)[-1] != kind):
            kind = self._touch(rank, kind, action.joins)
        key = (rank, kind)
        block = self._open.get(key)
        mixed = False
        if block and not block.echo and self._over(action, block, groups):
            mixed = not block.closed and kind in self._closers
            block.record.mixed |= mixed
            self._end(key)
            block = None
        if block is None:
            if kind in (STEP, EVALUATION, EPOCH):
                self._end((rank, MICRO_BATCH))
            block = self._opened(key, plan, at)
            block.record.mixed = mixed
        if action.beginning:
            block.begun.add(action.beginning)
        return kind, block

    @staticmethod
    def _over(action: _Action, block: _Block, groups: tuple[bytes, ...]) -> bool:
        """Whether the open record ends before this line."""
        record = block.record
        if action.named >= 0 and record.step >= 0:
            if action.holes[action.named][1](groups[action.named]) != record.step:
                return True
            if action.line.resumes:
                return False
        if action.beginning:
            return block.closed or action.beginning in block.begun
        return block.closed and record.kind == MICRO_BATCH and not action.line.echoes

    def _touch(self, rank: int, kind: int, joins: tuple[int, ...]) -> int:
        """The kind of block that a line belongs to: its own, or the open one of `joins` that was read last."""
        touched = self._touched.setdefault(rank, [])
        for last in reversed(touched) if joins else ():
            block = self._open.get((rank, last))
            if last in joins and block and not block.closed:
                kind = last
                break
        if kind in touched:
            touched.remove(kind)
        touched.append(kind)
        return kind

    def _opened(self, key: tuple[int, int], plan: Plan, at: At) -> _Block:
        rank, kind = key
        block = self._open[key] = _Block(Record(kind, at, rank, _time(at[2][plan.time])))
        return block

    def _end(self, key: tuple[int, int]) -> None:
        """The record is complete: number it, or let it wait for the step that it belongs to."""
        block = self._open.pop(key, None)
        if block is None:
            return
        record = block.record
        if not (record.values or record.pieces or record.maskings or record.codebook_loss or record.step >= 0):
            return
        if record.kind != MICRO_BATCH:
            if record.kind in (STEP, EVALUATION) and record.step < 0:
                # A Trainer's dict names no step: it stands where its bar stands.
                record.step = self._reached()
                record.step_inferred = record.step >= 0
            self._emit(record)
            return
        pending = self._pending.setdefault(record.rank, [])
        pending.append(record)
        if len(pending) >= PENDING:
            self._release(record.rank, _TRAIN, None)

    def _named(self, record: Record, step: int) -> None:
        """A line names a step: what waited before it can be told training from validation."""
        record.step = step
        if record.kind not in (STEP, EVALUATION):
            return
        rank, last = record.rank, self._step.get(record.rank)
        if record.kind == EVALUATION and last == step:
            self._release(rank, _VALIDATION, None)
        elif last is not None and step < last:
            self._release(rank, _TRAIN, None)
            self._start += record.kind == STEP
        else:
            self._release(rank, _TRAIN, step)
        self._step[rank] = step

    def _release(self, rank: int, phase: int, until: int | None) -> None:
        """Pending micro-batches get their phase, and a step each: spread evenly up to the named one."""
        pending = self._pending.pop(rank, [])
        since = self._step.get(rank, -1 if until is None else 0)
        for i, record in enumerate(pending, 1):
            record.phase = phase
            if since >= 0:
                record.step_inferred = True
                record.step = since if until is None else since + -(-i * (until - since) // len(pending))
            self._emit(record)

    def _emit(self, record: Record) -> None:
        record.start = self._start
        record.ordinal = self._ordinals.get(record.kind, 0)
        self._ordinals[record.kind] = record.ordinal + 1
        self._out.append(record)


def _gather(record: Record, column: str, words: str, at: At) -> None:
    """What lines say one after the other: the first place counts, each word stands once."""
    said = record.values.get(column, "")
    if words in said.split(", "):
        return
    record.values[column] = (f"{said}, {words}" if said else words)[:GATHERED]
    record.where.setdefault(column, at)


def _time(text: bytes) -> str:
    """A timestamp as ISO 8601 writes it; nothing where an author blanked it out."""
    return "" if b"X" in text else text.decode("ascii").replace(",", ".").replace(" ", "T").replace("_", "T")
