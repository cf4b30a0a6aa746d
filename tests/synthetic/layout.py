"""The audio stream of a batch: ids and labels of K codebooks, laid out as collators do.

`docs/semantics.md` §2 and §3. A segment of L frames gets its BOS and EOS, then codebook k is
delayed. What differs between code bases, and between right and wrong ones, are the delay of each
codebook and what becomes of the special ids in the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

IGNORE, BOS, EOS, CODES = -100, 1024, 1025, 1024
Array = NDArray[np.int64]

#: By how many frames codebook k of K is delayed.
DELAYS: dict[str, Callable[[int, int], int]] = {
    "pattern": lambda k, codebooks: k,
    "none": lambda k, codebooks: 0,
    "reversed": lambda k, codebooks: codebooks - 1 - k,
    "off by one": lambda k, codebooks: k + 1,
    "twice": lambda k, codebooks: 2 * k,
}


@dataclass(frozen=True)
class Layout:
    """What a collator and the trainer behind it make of codes."""

    delay: str = "pattern"
    #: BOS and EOS stand around the codes before the delay; v3 has none, only fillers.
    framed: bool = True
    bos: int = BOS
    eos: int = EOS
    #: What stands behind the EOS of a codebook that is less delayed than the last.
    fill: int = EOS
    masks_bos: bool = True
    masks_eos: bool = False
    masks_fill: bool = True
    #: By how many places the labels that the loss uses are moved against the ids.
    shifts: int = 1
    #: The printed windows hold the labels as collated, whatever the loss uses.
    prints_unshifted: bool = False

    def places(self, frames: int, codebooks: int) -> int:
        """Length of a segment on the time axis."""
        return frames + 2 * self.framed + max(DELAYS[self.delay](k, codebooks) for k in range(codebooks))

    def segment(self, codes: Array, trained: bool = True) -> tuple[Array, Array]:
        """Ids and labels of one segment, both K by T, unshifted."""
        codebooks, frames = codes.shape
        ids = np.full((codebooks, self.places(frames, codebooks)), self.fill)
        labels = ids.copy() if not self.masks_fill else np.full_like(ids, IGNORE)
        for k in range(codebooks):
            begin = DELAYS[self.delay](k, codebooks) + self.framed
            ids[k, :begin] = self.bos
            labels[k, :begin] = IGNORE if self.masks_bos else self.bos
            ids[k, begin : begin + frames] = labels[k, begin : begin + frames] = codes[k]
            if self.framed:
                ids[k, begin + frames] = self.eos
                labels[k, begin + frames] = IGNORE if self.masks_eos else self.eos
        return ids, labels if trained else np.full_like(labels, IGNORE)


#: The flavours of §2.4 that print labels.
FLAVOURS: dict[str, Layout] = {
    "F1": Layout(),
    "F2": Layout(delay="none"),
    "F3": Layout(delay="none", masks_bos=False, masks_fill=False),
    "F4": Layout(masks_eos=True),
    "F5": Layout(framed=False, masks_fill=False, shifts=0),  # the prompt before it takes the shift
}
#: The mis-implementations of the table in §3, and wrong masks, on the official layout.
WRONG: dict[str, Layout] = {
    "reversed": Layout(delay="reversed"),
    "off by one": Layout(delay="off by one"),
    "twice": Layout(delay="twice"),
    "no delay": Layout(delay="none"),
    "swapped": Layout(bos=EOS, eos=BOS, fill=BOS),
    "gen mask": Layout(fill=-1, masks_fill=False),
    "specials as labels": Layout(masks_bos=False, masks_fill=False),
    "bos as label": Layout(masks_bos=False),
    "eos masked": Layout(masks_eos=True),
    "unshifted": Layout(shifts=0),
    "shifted twice": Layout(shifts=2),
}


@dataclass(frozen=True)
class Segment:
    """One audio turn: its codes, K by L, and whether it is a target or only a reference."""

    codes: Array
    trained: bool = True


@dataclass(frozen=True)
class Stream:
    """The audio of one batch: all segments of all samples, one behind the other on the time axis."""

    layout: Layout
    segments: Sequence[Segment] = field(default_factory=tuple)
    codebooks: int = 8

    @property
    def ids(self) -> Array:
        return self._joined(0)

    @property
    def collated(self) -> Array:
        """The labels as the collator gives them."""
        return self._joined(1)

    @property
    def labels(self) -> Array:
        """The labels that the loss uses, place for place with the logits.

        The first shift drops a column, as `labels[:, 1:]` does. A second one is that of a
        collator, which keeps the length and masks the last column (§11.1).
        """
        labels = self.collated
        for _ in range(self.layout.shifts - 1):
            labels = np.concatenate([labels[:, 1:], np.full((self.codebooks, 1), IGNORE)], axis=1)
        return labels[:, min(self.layout.shifts, 1) :]

    def _joined(self, which: int) -> Array:
        if not self.segments:
            return np.zeros((self.codebooks, 0), dtype=np.int64)
        parts = [self.layout.segment(s.codes, s.trained)[which] for s in self.segments]
        return np.concatenate(parts, axis=1)


def with_labels_of(stream: Stream, delay: str) -> Stream:
    """The same segments under another delay: what a collator gives that delays ids and labels apart."""
    return replace(stream, layout=replace(stream.layout, delay=delay))


def speech(chance: np.random.Generator, frames: int, codebooks: int = 8, silence: int = 0) -> Array:
    """Codes of a clip: few codes are frequent, some repeat, and silence at both ends repeats one code."""
    weight = 1 / (np.arange(CODES) + 20.0)
    codes = chance.choice(CODES, size=(codebooks, frames), p=weight / weight.sum())
    codes = (codes * 389 + np.arange(codebooks)[:, None] * 71) % CODES
    again = chance.random(codes.shape) < 0.08
    for t in range(1, frames):
        codes[:, t] = np.where(again[:, t], codes[:, t - 1], codes[:, t])
    if silence:
        codes[:, :silence] = codes[:, -silence:] = codes[:, :1]
    return codes
