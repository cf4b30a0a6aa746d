"""What kind of log this is: vocabulary, codebooks, layout, shift state, cadence, ranks, trainer.

Judged before any rule, from an addable summary as rules have. What the log does not print and
nobody gave is the profile's, and said to be assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from higgs_logscan.curve import Curves
from higgs_logscan.finding import Evidence
from higgs_logscan.profile import Profile, chance
from higgs_logscan.stretch import Stretch
from higgs_logscan.table import KINDS, MODALITIES, WINDOWS, Rows

Basis = Literal["printed", "given", "inferred", "assumed", "unknown"]
#: Label windows with fewer labels that count say nothing about the layout: masking hides it.
SPOKEN = 5


@dataclass(frozen=True)
class Known:
    """A fact of the context, what it rests on, and the line that shows it."""

    value: Any
    basis: Basis
    evidence: Evidence | None = None

    @property
    def certain(self) -> bool:
        return self.basis in ("printed", "given")


@dataclass(frozen=True)
class Reading:
    """How the log was read: what coverage and the end of the log say."""

    path: str
    bytes: int = 0
    lines: int = 0
    segments: int = 0
    recognised: int = 0
    #: The last line has no end; a compressed stream breaks off (with the reason).
    unended: bool = False
    cut: str = ""
    #: Lines read by each dialect.
    dialects: Mapping[str, int] = field(default_factory=dict)
    last: Evidence | None = None

    @property
    def share(self) -> float:
        return self.recognised / self.segments if self.segments else 0.0


@dataclass(frozen=True)
class Facts:
    """What is counted of a stretch for the context; adds up."""

    counts: Counter[tuple[str, Any]] = field(default_factory=Counter)
    first: dict[tuple[str, Any], Evidence] = field(default_factory=dict)
    curves: Curves = field(default_factory=Curves)

    @staticmethod
    def of(stretch: Stretch) -> Facts:
        counts: Counter[tuple[str, Any]] = Counter()
        first: dict[tuple[str, Any], Evidence] = {}
        table = stretch.table
        for column, axes in _AXES.items():
            if column in table.columns:
                rows = table.having((column,))
                for row, shape in enumerate(rows[column]):
                    for name, axis, rank in axes:
                        if len(shape) == rank and 0 not in shape[:1]:
                            counts[name, shape[axis]] += 1
                            if (name, shape[axis]) not in first:
                                first[name, shape[axis]] = rows.evidence(row, column)
        for name in ("kind", "rank", "mixed", "start"):
            values, number = np.unique(table.always[name], return_counts=True)
            counts.update({(name, value): int(n) for value, n in zip(values.tolist(), number, strict=True)})
        _layout(stretch.windows, stretch.profile, counts, first)
        return Facts(counts, first, stretch.curves)

    def __add__(self, later: Facts) -> Facts:
        return Facts(self.counts + later.counts, later.first | self.first, self.curves + later.curves)

    def values(self, name: str) -> Counter[Any]:
        return Counter({value: n for (of, value), n in self.counts.items() if of == name})

    def most(self, name: str) -> tuple[Any, Evidence | None] | None:
        """The value of that name that was seen most often, and where it was first seen."""
        values = self.values(name)
        if not values:
            return None
        value = min(values, key=lambda v: (-values[v], str(v)))
        return value, self.first.get((name, value))


#: What the axes of a shape say: name, axis, and how many axes the shape must have.
_AXES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "text_logits_shape": (("text vocabulary", 2, 3),),
    "audio_logits_shape": (("audio vocabulary", 2, 3), ("codebooks", 1, 3)),
    "audio_labels_shape": (("label codebooks", 0, 2),),
}


def _layout(
    windows: Rows, profile: Profile, counts: Counter[tuple[str, Any]], first: dict[tuple[str, Any], Evidence]
) -> None:
    """How label windows of the first codebook begin and end: what shift state and delay rest on."""
    if not len(windows):
        return
    spoken = (windows["modality"] == MODALITIES.index("audio")) & ~windows["filtered"] & (windows["codebook"] <= 0)
    spoken &= (windows["valid"] >= 1) & (windows["kind"] != KINDS.index("sample")) & (windows["length"] >= SPOKEN)
    begins = spoken & (windows["window"] == WINDOWS.index("first")) & (windows["valid"] >= SPOKEN)
    lead = windows["lead_masked"] + windows["lead_bos"]
    ends = spoken & (windows["window"] == WINDOWS.index("last"))
    for name, mask, values in (
        ("lead", begins, lead),
        ("bare eos", ends, windows["last_value"] == profile.audio_eos),
    ):
        for row in np.flatnonzero(mask):
            value = values[row].item()
            counts[name, value] += 1
            if (name, value) not in first:
                first[name, value] = windows.evidence(int(row), "label")


@dataclass(frozen=True)
class Context:
    """What rules may rely on, and how sure it is."""

    profile: Profile
    reading: Reading
    facts: Facts
    vocabulary: Known
    audio_vocabulary: Known
    codebooks: Known
    shift: Known
    layout: Known
    cadence: Known
    ranks: Known
    trainer: Known

    @property
    def curves(self) -> Curves:
        return self.facts.curves

    @property
    def text_chance(self) -> float:
        """Cross entropy of guessing text, in nats; mind `vocabulary.certain`."""
        return chance(self.vocabulary.value)

    @property
    def audio_chance(self) -> float:
        """Cross entropy of guessing one codebook, in nats."""
        return chance(self.audio_vocabulary.value)

    def records(self, kind: str) -> int:
        return self.facts.counts["kind", KINDS.index(kind)]

    def to_dict(self) -> dict[str, Any]:
        names = ("vocabulary", "audio_vocabulary", "codebooks", "shift", "layout", "cadence", "ranks", "trainer")
        return {name: {"value": k.value, "basis": k.basis} for name in names for k in (getattr(self, name),)}


def judge(facts: Facts, reading: Reading, profile: Profile) -> Context:
    """The context of a run, from what was counted of it."""
    vocabulary = _constant(facts, profile, "text vocabulary", "text_vocabulary")
    audio_vocabulary = _constant(facts, profile, "audio vocabulary", "audio_vocabulary")
    codebooks = _constant(facts, profile, "codebooks", "codebooks")
    mixed = facts.counts["mixed", True]
    ranks = [rank for rank in facts.values("rank") if rank >= 0]
    return Context(
        profile=replace(profile, text_vocabulary=vocabulary.value) if vocabulary.certain else profile,
        reading=reading,
        facts=facts,
        vocabulary=vocabulary,
        audio_vocabulary=audio_vocabulary,
        codebooks=codebooks,
        shift=_shift(facts),
        layout=_delay(facts),
        cadence=_cadence(facts),
        ranks=Known(max(ranks) + 1, "printed") if ranks else Known("several" if mixed else 1, "inferred"),
        trainer=_trainer(reading),
    )


def _constant(facts: Facts, profile: Profile, name: str, constant: str) -> Known:
    if constant in profile.given or (constant == "audio_vocabulary" and "codebook_size" in profile.given):
        return Known(getattr(profile, constant), "given")
    printed = facts.most(name)
    return Known(printed[0], "printed", printed[1]) if printed else Known(getattr(profile, constant), "assumed")


def _shift(facts: Facts) -> Known:
    """Whether the printed audio labels stand unshifted: codebook 0 then begins with one masked BOS (R06)."""
    leads = facts.values("lead")
    shifted, unshifted = leads[0], leads[1]
    if shifted + unshifted < max(1, leads.total() / 2):
        return Known("unknown", "unknown")
    value = "unshifted" if unshifted > shifted else "shifted"
    return Known(value, "inferred", facts.first.get(("lead", int(value == "unshifted"))))


def _delay(facts: Facts) -> Known:
    """Whether codebook 0 ends in a bare EOS: under the delay pattern only the last one may (R12)."""
    ends = facts.values("bare eos")
    if not ends:
        return Known("unknown", "unknown")
    bare = ends[True] > ends.total() / 2
    return Known("no-delay" if bare else "delay", "inferred", facts.first.get(("bare eos", bare)))


def _cadence(facts: Facts) -> Known:
    kinds = [kind for kind in ("micro-batch", "step") if facts.counts["kind", KINDS.index(kind)]]
    return Known(kinds[0], "printed") if kinds else Known("unknown", "unknown")


def _trainer(reading: Reading) -> Known:
    """The dialect that most lines were written in, bars, incidents and foreign lines aside."""
    own = {d: n for d, n in reading.dialects.items() if d not in ("bar", "incident", "foreign", "startup")}
    if not own:
        return Known("unknown", "unknown")
    return Known(max(own, key=lambda dialect: (own[dialect], dialect)), "inferred")
