"""What kind of log this is: vocabulary, codebooks, layout, shift state, cadence, ranks, trainer.

Judged before any rule, from an addable summary as rules have. What the log does not print and
nobody gave is the profile's, and said to be assumed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any, Literal

from higgs_logscan import aggregation
from higgs_logscan.aggregation import Aggregation
from higgs_logscan.clock import Clock
from higgs_logscan.curves import Curves
from higgs_logscan.facts import Facts
from higgs_logscan.finding import Evidence
from higgs_logscan.profile import Profile, chance
from higgs_logscan.trainer import Trainer, trainer
from higgs_logscan.value import Value, replace
from higgs_logscan.vocabulary import KINDS, PHASES

Basis = Literal["printed", "given", "inferred", "assumed", "unknown"]


class Known(Value):
    """A fact of the context, what it rests on, and the line that shows it."""

    value: Any
    basis: Basis
    evidence: Evidence | None = None

    def to_dict(self) -> dict[str, Any]:
        line = {"line": self.evidence.line} if self.evidence else {}
        return {"value": self.value, "basis": self.basis, **line}

    @property
    def certain(self) -> bool:
        return self.basis in ("printed", "given")


UNKNOWN = Known("unknown", "unknown")


class Reading(Value):
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
    #: The spellings of lines that occurred.
    spellings: Collection[str] = ()
    last: Evidence | None = None

    @property
    def share(self) -> float:
        return self.recognised / self.segments if self.segments else 0.0


class Context(Value):
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
    flavour: Known
    accumulation: Known
    validation: Known
    quantised: Known
    trainer: Trainer | None
    aggregation: Aggregation
    clock: Clock | None

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
        """Each fact with its value, what it rests on and its line; `unknown` where the log does not tell."""
        names = (
            "vocabulary", "audio_vocabulary", "codebooks", "shift", "layout", "flavour", "cadence", "ranks",
            "accumulation", "validation", "quantised",
        )  # fmt: skip
        known = {name: getattr(self, name) for name in names} | self._named()
        return {name: k.to_dict() for name, k in known.items()}

    def _named(self) -> dict[str, Known]:
        found, written = self.aggregation, self.trainer
        versions = written.versions if written else None
        rates = self.clock.rates(1) if self.clock else []
        return {
            "aggregation": Known(found.name, "inferred", found.evidence) if found.records else UNKNOWN,
            "trainer": Known(written.name, "inferred") if written else UNKNOWN,
            "trainer_versions": Known("{} to {}".format(*versions), "inferred") if versions else UNKNOWN,
            "seconds": Known(round(self.clock.total, 3), "printed") if self.clock else UNKNOWN,
            "steps_per_second": Known(float(f"{rates[0]:.4g}"), "printed") if rates else UNKNOWN,
        }


def judge(facts: Facts, reading: Reading, profile: Profile) -> Context:
    """The context of a run, from what was counted of it."""
    vocabulary = _constant(facts, profile, "text vocabulary", "text_vocabulary")
    audio_vocabulary = _constant(facts, profile, "audio vocabulary", "audio_vocabulary")
    codebooks = _constant(facts, profile, "codebooks", "codebooks")
    layout = _delay(facts)
    return Context(
        profile=replace(profile, text_vocabulary=vocabulary.value) if vocabulary.certain else profile,
        reading=reading,
        facts=facts,
        vocabulary=vocabulary,
        audio_vocabulary=audio_vocabulary,
        codebooks=codebooks,
        shift=_shift(facts),
        layout=layout,
        cadence=_cadence(facts, reading),
        ranks=_ranks(facts),
        flavour=_flavour(facts, reading, layout),
        accumulation=_accumulation(facts),
        validation=_validation(facts),
        quantised=_quantised(facts),
        trainer=trainer(reading.spellings, reading.dialects),
        aggregation=aggregation.judged(facts.counts, facts.first.get(("total", "records"))),
        clock=Clock.of(facts.curves),
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
        return UNKNOWN
    value = "unshifted" if unshifted > shifted else "shifted"
    return Known(value, "inferred", facts.first.get(("lead", int(value == "unshifted"))))


def _delay(facts: Facts) -> Known:
    """Whether codebook 0 ends in a bare EOS: under the delay pattern only the last one may (R12)."""
    ends = facts.values("bare eos")
    if not ends:
        return UNKNOWN
    bare = ends[True] > ends.total() / 2
    return Known("no-delay" if bare else "delay", "inferred", facts.first.get(("bare eos", bare)))


def _flavour(facts: Facts, reading: Reading, layout: Known) -> Known:
    """Which of the known layouts the audio labels have (`docs/semantics.md` §2.4)."""
    if any(spelling.startswith("[sft]") for spelling in reading.spellings):
        return Known("v3", "inferred")
    if printed := facts.most("last label codebooks"):
        return Known("hugging-face-port", "inferred", printed[1])
    if facts.values("bos")[True] > facts.values("bos").total() / 2:
        return Known("inputs-as-labels", "inferred", facts.first.get(("bos", True)))
    return Known(f"official-{layout.value}", "inferred", layout.evidence) if layout.basis != "unknown" else UNKNOWN


def _cadence(facts: Facts, reading: Reading) -> Known:
    """What a loss line stands for: a forward pass, the last one of a step, or the mean of a logging window."""
    passes, steps = (facts.counts["kind", KINDS.index(kind)] for kind in ("micro-batch", "step"))
    if passes:
        return Known("micro-batch", "printed")
    if steps:
        windows = reading.dialects.get("dict-line", 0) >= steps / 2
        return Known("window-mean" if windows else "step", "inferred")
    return UNKNOWN


def _ranks(facts: Facts) -> Known:
    """How many processes write to the log: by their prefixes, by their own word, or as their lines interleave."""
    prefixed = [rank for rank in facts.values("rank") if rank >= 0]
    if prefixed:
        return Known(max(prefixed) + 1, "printed")
    if said := facts.most("world size"):
        return Known(said[0], "printed")
    return Known("several" if facts.counts["mixed", True] else 1, "inferred")


def _accumulation(facts: Facts) -> Known:
    """How many forward passes make an optimizer step: those between step lines, over the steps between them."""
    steps = facts.curves.of_kind("loss", "step") or facts.curves.of_kind("text_loss", "step")
    passes = facts.curves.of_kind("text_loss", "micro-batch") or facts.curves.of_kind("loss", "micro-batch")
    if steps is None or passes is None or facts.curves.starts > 1 or steps.span < 10 or facts.counts["mixed", True]:
        return UNKNOWN
    ratio = len(passes) / steps.span
    return Known(round(ratio), "inferred") if ratio > 0.9 and abs(ratio - round(ratio)) < 0.1 * ratio else UNKNOWN


def _validation(facts: Facts) -> Known:
    """How many printed forward passes belong to evaluations: those between a step and the evaluation of that step."""
    passes = facts.counts["phase", PHASES.index("validation")]
    return Known(passes, "inferred") if facts.counts["kind", KINDS.index("micro-batch")] else UNKNOWN


def _quantised(facts: Facts) -> Known:
    """Losses that are computed in bfloat16: their equality, or lack of change below a step of it, says nothing."""
    known = facts.counts
    return Known(", ".join(aggregation.quantised(known)) or "none", "inferred") if known["values", "loss"] else UNKNOWN
