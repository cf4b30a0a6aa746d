"""What goes wrong in a run, and what it does to losses, labels and the end of the log.

Each fault changes a healthy course by its mechanism (`docs/semantics.md` §7, §11). `causes` are the
root causes of the closed list that name it, best first; nothing here knows how rules judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from synthetic.endings import LOST_MEMORY, RANK_KILLED, traceback
from synthetic.layout import WRONG
from synthetic.run import CHANCE, Course, Floats, Setup, decay, healthy, without_audio


@dataclass(frozen=True)
class Fault:
    causes: tuple[str, ...]
    course: Callable[[Setup, Course], None] = lambda setup, course: None
    setup: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def apply(self, setup: Setup) -> tuple[Setup, Course]:
        setup = replace(setup, **self.setup)
        course = healthy(setup)
        self.course(setup, course)
        return setup, without_audio(course)


def _chance(setup: Setup) -> np.random.Generator:
    return np.random.default_rng((setup.seed, 1))


def _audio(setup: Setup, course: Course, values: Floats, noise: float = 0.01) -> None:
    """The same course for all codebooks, in proportion noisy."""
    factor = 1 + _chance(setup).normal(0, noise, course.codebook.shape)
    course.codebook[:] = values[:, None, None] * factor


def _evaluations(setup: Setup, values: Floats, count: int) -> Floats:
    at = np.minimum(np.arange(1, count + 1) * setup.val_every, setup.steps - 1)
    return values[at]


def leak(setup: Setup, course: Course) -> None:
    """Each position is scored on its own input: audio falls to almost nothing, unseen audio too."""
    values = decay(setup.steps, 7.6 if setup.pretrained else CHANCE + 0.03, 0.003, min(40, setup.steps / 8))
    _audio(setup, course, values, 0.1)
    course.val_audio = _evaluations(setup, values, len(course.val_audio)) * 1.1


def memorised(setup: Setup, course: Course) -> None:
    """The few clips are known by heart; other clips get worse and worse."""
    values = decay(setup.steps, float(course.codebook[0].mean()), 0.004, setup.steps / 12)
    _audio(setup, course, values, 0.15)
    course.text = np.minimum(course.text, decay(setup.steps, 12, 0.003, setup.steps / 12)[:, None])
    course.val_audio = 5.4 + 3 * (1 - np.exp(-np.arange(len(course.val_audio)) / 2))
    course.val_text = course.val_text + 0.4


def shifted_twice(setup: Setup, course: Course) -> None:
    """Two places ahead is harder to foresee, nothing else shows."""
    course.codebook += 0.4 * np.clip((CHANCE - course.codebook) / 3, 0, 1)
    course.val_audio += 0.4


def _lost(since: float, inputs: bool) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        begin = int(since * setup.steps)
        course.codebook[begin:] = 0.0
        course.val_audio[begin // setup.val_every :] = 0.0
        if inputs:
            course.inputs[begin:] = False
            if begin:  # the text of a shorter sequence is new to the model
                course.text[begin : begin + 30] *= 1.25
        else:
            course.masked[begin:] = 1.0

    return change


def _overmasked(since: float, share: float) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        begin = int(since * setup.steps)
        course.masked[begin:] = share
        size = course.codebook[begin:].shape
        course.codebook[begin:] += _chance(setup).normal(0, 0.6, size)
        if begin == 0:  # one label in a hundred teaches slowly
            slow = decay(setup.steps, float(course.codebook[0].mean()), 5.6, 1.5 * setup.steps)
            course.codebook[:] = np.abs(slow[:, None, None] + _chance(setup).normal(0, 0.6, size))

    return change


def _text_overmasked(setup: Setup, course: Course) -> None:
    course.text_masked[:] = 0.95
    learned = np.clip(1 - course.text / setup.text_chance, 0, 1)
    course.text *= np.exp(learned * _chance(setup).normal(0, 0.6, course.text.shape))


def _weightless(audio: bool) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        """What no gradient reaches drifts with the shared layers, and does not fall."""
        course.weights = (1.0, 0.0) if audio else (0.0, 1.0)
        drift = np.cumsum(_chance(setup).normal(0.001, 0.004, setup.steps))
        if audio:
            _audio(setup, course, float(course.codebook[0].mean()) + drift)
            course.val_audio = _evaluations(setup, course.codebook.mean((1, 2)), len(course.val_audio))
        else:
            noise = _chance(setup).normal(0, 0.05, course.text.shape)
            course.text = float(course.text[0].mean()) + drift[:, None] + noise
            course.val_text = _evaluations(setup, course.text.mean(1), len(course.val_text))

    return change


def _blown_up(how: str) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        chance, steps = _chance(setup), np.arange(setup.steps)
        course.learning_rate *= 3e3
        if how == "chance":  # weights so large that only the bias of a norm is left: uniform
            course.text[2:], course.codebook[2:] = setup.text_chance, CHANCE
            course.val_text[:], course.val_audio[:] = setup.text_chance, CHANCE
            course.grad_norm[2:] = 1e-3
        elif how == "nan":
            course.text[3:], course.codebook[3:] = np.nan, np.nan
            course.val_text[:], course.val_audio[:], course.grad_norm[3:] = np.nan, np.nan, np.nan
        else:  # every update overshoots
            rise = np.minimum(30, 1.5 * np.sqrt(steps))
            course.text += (rise * chance.uniform(0.5, 1.5, setup.steps))[:, None]
            course.codebook += (0.5 * rise * chance.uniform(0.5, 1.5, setup.steps))[:, None, None]
            course.val_text, course.val_audio = course.val_text + 15, course.val_audio + 8
            course.grad_norm *= 3 + rise * 5

    return change


def _still(factor: float, drop: float, scheduled_from: float | None = None) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        """Weights that stand still: losses differ by the batch alone, evaluations not at all."""
        begin = int((scheduled_from or 0) * setup.steps)
        course.learning_rate[begin:] *= factor
        chance, late = _chance(setup), slice(begin, None)
        fall = drop * np.linspace(0, 1, setup.steps - begin)
        course.text[late] = course.text[begin].mean() - fall[:, None] + chance.normal(0, 0.06, course.text[late].shape)
        noise = chance.normal(0, 0.02, course.codebook[late].shape)
        course.codebook[late] = course.codebook[begin].mean(0) - fall[:, None, None] + noise
        first = begin // setup.val_every
        for values in (course.val_text, course.val_audio):
            values[first:] = values[min(first, len(values) - 1)] - drop * np.linspace(0, 1, len(values) - first)

    return change


def _detached(setup: Setup, course: Course) -> None:
    _still(1, 0)(setup, course)
    course.grad_norm[:] = 0.0


def _stuck(setup: Setup, course: Course) -> None:
    """One batch for ever, and no update."""
    course.text[:], course.codebook[:] = course.text[0, 0], course.codebook[0, 0]
    course.grad_norm[:] = course.grad_norm[0]
    course.val_text[:], course.val_audio[:] = course.val_text[0], course.val_audio[0]


def _nan(setup: Setup, course: Course) -> None:
    begin = setup.steps // 2
    course.text[begin:], course.codebook[begin:], course.grad_norm[begin:] = np.nan, np.nan, np.nan
    course.val_text[begin // setup.val_every :], course.val_audio[begin // setup.val_every :] = np.nan, np.nan


def _frozen(setup: Setup, course: Course) -> None:
    course.codebook[:, :, setup.codebooks // 2] = CHANCE + _chance(setup).normal(0, 0.02, course.text.shape)


def _collapsed(setup: Setup, course: Course) -> None:
    """The audio head knows the frequencies of codes and nothing of the context."""
    _audio(setup, course, decay(setup.steps, CHANCE, 6.45, 15), 0.004)
    course.val_audio[:] = 6.45 + _chance(setup).normal(0, 0.01, len(course.val_audio))
    course.collapsed = True


def _prompt(setup: Setup, course: Course) -> None:
    """Free text is harder than an answer."""
    course.prompt_learned = True
    course.text += 1.5 * np.clip(1 - course.text / setup.text_chance, 0, 1)


def _raw_text(setup: Setup, course: Course) -> None:
    """Labels of the unexpanded sequence stand beside other positions: nothing to be learned but frequencies."""
    course.raw_text = True
    course.text = decay(setup.steps, setup.text_chance + 1, 8.2, 20)[:, None] + _chance(setup).normal(
        0, 0.3, course.text.shape
    )
    course.val_text[:] = 8.3


def _delayed_apart(setup: Setup, course: Course) -> None:
    course.label_delay = "none"


def _ends(*lines: str, after: float = 0.6) -> Callable[[Setup, Course], None]:
    def change(setup: Setup, course: Course) -> None:
        course.ends_at, course.ending = max(5, int(after * setup.steps)), lines

    return change


def _torn(setup: Setup, course: Course) -> None:
    _ends(after=0.4)(setup, course)
    course.torn = True


HEALTHY = Fault(())
FAULTS: dict[str, Fault] = {
    "leak": Fault(("label-leak",), leak, {"layout": WRONG["unshifted"]}),
    "memorisation": Fault(("memorisation",), memorised, {"epochs": 60}),
    "double shift": Fault(("double-shift", "labels-misaligned"), shifted_twice, {"layout": WRONG["shifted twice"]}),
    "no delay": Fault(("delay-pattern-absent",), setup={"layout": WRONG["no delay"]}),
    "reversed delay": Fault(("delay-pattern-wrong",), setup={"layout": WRONG["reversed"]}),
    "delay off by one": Fault(("delay-pattern-wrong",), setup={"layout": WRONG["off by one"]}),
    "delay twice": Fault(("delay-pattern-wrong",), setup={"layout": WRONG["twice"]}),
    "bos and eos swapped": Fault(("bos-eos-swapped",), setup={"layout": WRONG["swapped"]}),
    "gen mask in labels": Fault(("code-out-of-range",), setup={"layout": WRONG["gen mask"]}),
    "specials as labels": Fault(("bos-supervised",), setup={"layout": WRONG["specials as labels"]}),
    "bos as label": Fault(("bos-supervised",), setup={"layout": WRONG["bos as label"]}),
    "eos masked": Fault(("eos-never-supervised",), setup={"layout": WRONG["eos masked"]}),
    "labels delayed apart": Fault(("labels-misaligned", "delay-pattern-absent"), _delayed_apart),
    "no audio inputs": Fault(("missing-audio-inputs", "missing-audio-labels"), _lost(0, True)),
    "audio inputs lost": Fault(("missing-audio-inputs", "missing-audio-labels"), _lost(0.5, True)),
    "labels mutated": Fault(("audio-over-masked", "missing-audio-labels"), _lost(0.5, False), {"epochs": 2}),
    "over-masked": Fault(("audio-over-masked",), _overmasked(0, 0.99)),
    "over-masked late": Fault(("audio-over-masked",), _overmasked(0.5, 0.99)),
    "text over-masked": Fault(("text-over-masked",), _text_overmasked),
    "prompt learned": Fault(("text-under-masked",), _prompt),
    "raw text labels": Fault(("labels-misaligned", "text-not-trained"), _raw_text),
    "audio weight zero": Fault(("audio-not-trained",), _weightless(True)),
    "text weight zero": Fault(("text-not-trained",), _weightless(False)),
    "rate too high, uniform": Fault(("learning-rate-too-high",), _blown_up("chance")),
    "rate too high, nan": Fault(("non-finite", "learning-rate-too-high"), _blown_up("nan")),
    "rate too high, rising": Fault(("learning-rate-too-high",), _blown_up("rising")),
    "rate too low": Fault(("learning-rate-zero", "not-learning"), _still(1e-4, 0.02)),
    "rate zero": Fault(("learning-rate-zero", "not-learning", "no-gradient"), _still(0, 0)),
    "dead scheduler": Fault(("learning-rate-zero", "not-learning"), _still(0, 0, 0.5)),
    "loss detached": Fault(("no-gradient", "not-learning", "learning-rate-zero"), _detached),
    "batch stuck": Fault(("not-learning", "learning-rate-zero", "no-gradient"), _stuck),
    "nan": Fault(("non-finite",), _nan),
    "frozen codebook": Fault(("frozen-head",), _frozen),
    "collapse": Fault(("not-learning", "audio-not-trained", "frozen-head"), _collapsed),
    "memory": Fault(("crashed",), _ends(*traceback(f"RuntimeError: {LOST_MEMORY}"))),
    "rank killed": Fault(("crashed",), _ends(*RANK_KILLED)),
    "killed": Fault(("crashed", "truncated"), _ends("Killed")),
    "exception": Fault(("crashed",), _ends(*traceback("KeyError: 'audio_out_ids_start'"))),
    "target out of bounds": Fault(("code-out-of-range",), _ends(*traceback("IndexError: Target -1 is out of bounds."))),
    "twelve codebooks of data": Fault(
        ("codebook-count",),
        _ends(
            *traceback("RuntimeError: The size of tensor a (12) must match the size of tensor b (8) at non-singleton dimension 0"),
            after=0,
        ),
    ),
    "cut off": Fault(("truncated", "crashed"), _torn),
    "stopped": Fault(("truncated", "crashed"), _ends(after=0.4)),
}  # fmt: skip
