"""A training run as numbers: losses by step and micro-batch, batches with their labels, evaluations.

Follows the mechanism only: where a loss starts and settles (`docs/semantics.md` §5), how noisy a
batch is, and what predictions a model of that loss makes. `faults` changes what goes wrong,
`wordings` prints it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthetic.layout import IGNORE, Array, Layout, Segment, Stream, speech

Floats = NDArray[np.float64]
WIDTH = 1026
CHANCE = math.log(WIDTH)


@dataclass(frozen=True)
class Setup:
    """What a user chooses before the run."""

    seed: int = 0
    steps: int = 300
    #: Micro-batches of one optimizer step, samples of one batch.
    passes: int = 1
    batch: int = 2
    codebooks: int = 8
    vocabulary: int = 128_256
    #: Random weights fall from chance; released weights begin where they are and improve a little.
    pretrained: bool = False
    #: Nothing but the three closing tokens is supervised: text loss falls to about zero.
    template: bool = False
    #: Share of samples with a voice-clone turn that is not trained, and of batches without audio.
    references: float = 0.0
    text_only: float = 0.0
    silence: int = 0
    layout: Layout = field(default_factory=Layout)
    log_every: int = 10
    val_every: int = 100
    learning_rate: float = 1e-4
    epochs: int = 1

    @property
    def text_chance(self) -> float:
        return math.log(self.vocabulary)

    @property
    def specials(self) -> tuple[int, int, int]:
        """audio_out_bos, audio_eos, eot."""
        top = 128_000 if self.vocabulary == 128_256 else self.vocabulary - 100
        return top + 13, top + 12, top + 9


@dataclass
class Course:
    """Everything that has one value a step (first axis) and micro-batch (second axis)."""

    text: Floats
    codebook: Floats
    val_text: Floats
    val_audio: Floats
    grad_norm: Floats
    learning_rate: Floats
    #: How losses add up to the total.
    weights: tuple[float, float] = (1.0, 1.0)
    #: Audio inputs reach the model; the collator gives audio labels; share of labels masked on top.
    inputs: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=bool))
    spoken: NDArray[np.bool_] = field(default_factory=lambda: np.ones(0, dtype=bool))
    masked: Floats = field(default_factory=lambda: np.zeros(0))
    text_masked: Floats = field(default_factory=lambda: np.zeros(0))
    #: All predictions are one token.
    collapsed: bool = False
    prompt_learned: bool = False
    #: Text labels are those of the collator, not of the expanded sequence.
    raw_text: bool = False
    #: Labels are delayed apart from the ids.
    label_delay: str | None = None
    #: The run ends here; what the console shows then.
    ends_at: int | None = None
    ending: tuple[str, ...] = ()
    torn: bool = False
    planned: int = 0

    @property
    def steps(self) -> int:
        return len(self.text) if self.ends_at is None else min(self.ends_at, len(self.text))


def decay(steps: int, start: float, level: float, pace: float) -> Floats:
    """From one level to another, fast at first."""
    return level + (start - level) * np.exp(-np.arange(steps) / pace)


def healthy(setup: Setup) -> Course:
    """Losses of a run in which nothing is wrong."""
    chance = np.random.default_rng(setup.seed)
    steps, shape = setup.steps, (setup.steps, setup.passes)
    pace = steps / (2 if setup.pretrained else 7)
    level = chance.uniform(3.5, 4.2)
    audio = decay(steps, level + chance.uniform(0.5, 1.0) if setup.pretrained else CHANCE + 0.03, level, pace)
    if setup.template:
        text = decay(steps, 5.6 if setup.pretrained else setup.text_chance + 0.08, 0.0004, min(15.0, pace))
        text_noise = np.exp(chance.normal(0, 0.3, shape) * np.clip(1 - text / setup.text_chance, 0, 1)[:, None])
    else:
        text_level = chance.uniform(1.2, 2.4)
        start = text_level + chance.uniform(0.5, 1.2) if setup.pretrained else setup.text_chance + 0.08
        text = decay(steps, start, text_level, pace)
        text_noise = 1 + chance.normal(0, 0.12, shape) * np.minimum(1, (setup.text_chance - text + 0.2) / 6)[:, None]
    learned = np.clip((CHANCE - audio) / (CHANCE - level), 0, 1)[:, None, None]
    spread = np.linspace(-0.9, 0.5, setup.codebooks)
    spread -= spread.mean()
    noise = chance.normal(0, 0.02, (*shape, setup.codebooks)) + chance.normal(0, 0.08, shape)[:, :, None] * learned
    codebook = audio[:, None, None] + spread * learned + noise
    evaluations = steps // setup.val_every + 1
    at = np.minimum(np.arange(1, evaluations + 1) * setup.val_every, steps - 1)
    return Course(
        text=text[:, None] * text_noise,
        codebook=codebook,
        val_text=text[at] * (1 + chance.normal(0, 0.02, evaluations)) + 0.003,
        val_audio=audio[at] + 0.05 + chance.normal(0, 0.01, evaluations),
        grad_norm=(0.4 + 5 * np.exp(-np.arange(steps) / pace)) * np.exp(chance.normal(0, 0.2, steps)),
        learning_rate=_schedule(setup),
        spoken=chance.random(shape) >= setup.text_only,
        inputs=np.ones(shape, dtype=bool),
        masked=np.zeros(shape),
        text_masked=np.zeros(shape),
        planned=steps,
    )


def without_audio(course: Course) -> Course:
    """Batches of text alone have no audio loss; trainers print 0."""
    course.codebook[~course.spoken] = 0.0
    return course


def _schedule(setup: Setup) -> Floats:
    """Warm-up, then a straight line down to zero at the end."""
    step, warm = np.arange(1, setup.steps + 1), max(1, setup.steps // 20)
    return setup.learning_rate * np.minimum(step / warm, (setup.steps - step) / max(1, setup.steps - warm))


@dataclass(frozen=True)
class Batch:
    """One forward pass: its losses, and the arrays behind them, made when they are printed."""

    setup: Setup
    course: Course
    step: int
    number: int
    text: float
    codebook: Floats

    @property
    def audio(self) -> float:
        return float(np.mean(self.codebook))

    @property
    def total(self) -> float:
        text, audio = self.course.weights
        return text * self.text + audio * self.audio

    @property
    def spoken(self) -> bool:
        return bool(self.course.spoken[self.step, self.number])

    @property
    def inputs(self) -> bool:
        return bool(self.course.inputs[self.step, self.number]) and self.spoken

    @cached_property
    def chance(self) -> np.random.Generator:
        return np.random.default_rng((self.setup.seed, self.step, self.number))

    @cached_property
    def stream(self) -> Stream:
        setup, chance = self.setup, self.chance
        segments: list[Segment] = []
        for _ in range(setup.batch if self.spoken else 0):
            if chance.random() < setup.references:
                segments.append(Segment(speech(chance, int(chance.integers(20, 60)), setup.codebooks), trained=False))
            codes = speech(chance, int(chance.integers(25, 150)), setup.codebooks, setup.silence)
            segments.append(Segment(codes))
        return Stream(setup.layout, segments, setup.codebooks)

    @cached_property
    def labels(self) -> Array:
        """Audio labels that the loss uses."""
        stream, delay = self.stream, self.course.label_delay
        if delay is not None:
            stream = Stream(Layout(delay=delay), stream.segments, stream.codebooks)
        labels = stream.labels
        share = self.course.masked[self.step, self.number]
        return np.where(self.chance.random(labels.shape) < share, IGNORE, labels) if share else labels

    @cached_property
    def predictions(self) -> Array:
        """What the model says where the loss looks: right as often as its loss allows, else a frequent code."""
        labels = self.labels
        if self.course.collapsed:
            return np.full_like(labels, 409)
        right = self.chance.random(labels.shape) < hit_rate(self.codebook)[:, None]
        guess = (np.minimum(self.chance.zipf(1.3, labels.shape), 1023) * 389) % 1024
        guess = np.where(labels == IGNORE, 709, guess)
        return np.where(right & (labels != IGNORE), labels, guess)

    @property
    def printed_places(self) -> int:
        """Length of the audio logits that the windows are cut from."""
        return int(self.stream.ids.shape[1]) if self.setup.layout.prints_unshifted else self.places

    @property
    def printed(self) -> tuple[Array, Array]:
        """Predictions and labels as the windows hold them."""
        if not self.setup.layout.prints_unshifted:
            return self.predictions, self.labels
        labels = self.stream.collated
        more = labels.shape[1] - self.predictions.shape[1]
        return np.concatenate([self.predictions, np.full((len(labels), more), 709)], axis=1), labels

    @property
    def places(self) -> int:
        """Length of the audio logits that the loss uses."""
        if not self.inputs:
            return 0
        return int(self.stream.ids.shape[1]) - min(self.setup.layout.shifts, 1)

    @cached_property
    def text_samples(self) -> tuple[Array, Array]:
        """Predictions and labels of the text positions, batch by length, shifted by one."""
        rows = [self._text_sample(part) for part in self._parts()]
        length = -(-max(len(row) for row in rows) // 8) * 8
        labels = np.full((len(rows), length), IGNORE)
        for row, values in zip(labels, rows, strict=True):
            if len(rows) == 1:
                row[length - len(values) :] = values
            else:
                row[: len(values)] = values
        share = self.course.text_masked[self.step, self.number]
        labels = np.where(self.chance.random(labels.shape) < share, IGNORE, labels)[:, 1:]
        right = (self.chance.random(labels.shape) < hit_rate(self.text)) & (labels != IGNORE)
        guess = self.chance.choice([11, 12, 271, 220, self.setup.specials[0]], size=labels.shape)
        return np.where(right, labels, guess), labels

    def _parts(self) -> list[int]:
        """Audio places of each sample in the expanded sequence."""
        if not self.inputs or self.course.raw_text:
            return [0] * self.setup.batch
        return [self.stream.ids.shape[1] // self.setup.batch] * self.setup.batch

    def _text_sample(self, places: int) -> Array:
        chance, (out_bos, audio_eos, eot) = self.chance, self.setup.specials
        prompt = chance.integers(200, 30_000, int(chance.integers(14, 40)))
        answer = chance.integers(200, 30_000, 0 if self.setup.template else int(chance.integers(6, 24)))
        asked = prompt if self.course.prompt_learned else np.full(len(prompt), IGNORE)
        turn = [out_bos, *[IGNORE] * places, audio_eos, eot] if self.spoken else [eot]
        return np.concatenate([asked, answer, turn]).astype(np.int64)


def hit_rate(loss: float | Floats) -> Floats:
    """Share of right predictions at this loss: about 0.2 at 3.8 nats, about 1 near zero, 0 at chance."""
    return np.exp(-0.27 * np.nan_to_num(np.maximum(loss, 0), nan=20.0) ** 1.35)


def batches(setup: Setup, course: Course, step: int) -> Iterator[Batch]:
    for number in range(setup.passes):
        yield Batch(setup, course, step, number, float(course.text[step, number]), course.codebook[step, number])
