"""Logs that nobody has seen, written from the mechanism: healthy ones pass, faults are named.

`synthetic/` lays out audio streams (`layout`), lets a run go well (`run`) or wrong (`faults`), and
prints it as trainers do (`wordings`). It knows nothing of rules.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic.faults import FAULTS, HEALTHY
from synthetic.layout import EOS, FLAVOURS, IGNORE, WRONG, Layout, Segment, Stream
from synthetic.run import Setup
from synthetic.wordings import WORDINGS, text_of, with_rank

import higgs_logscan
from higgs_logscan.profile import Profile

RUN = Setup(seed=1, steps=150, log_every=2, val_every=25)
MODEL = {codebooks: Profile().given_as(codebooks=codebooks) for codebooks in (4, 12)}

#: Healthy runs that look different, by what the user or the data do.
RUNS: dict[str, Setup] = {
    "from random weights": RUN,
    "from released weights": replace(RUN, seed=2, pretrained=True),
    "a fixed text template": replace(RUN, seed=3, pretrained=True, template=True, passes=2),
    "one clip a batch, reference turns": replace(RUN, seed=4, batch=1, references=0.5),
    "text-only batches": replace(RUN, seed=5, batch=4, text_only=0.1),
    "silence at both ends": replace(RUN, seed=6, pretrained=True, silence=12),
    "a small vocabulary": replace(RUN, seed=7, vocabulary=32_000, references=0.2),
    "sixty steps": replace(RUN, seed=8, steps=60, log_every=1),
    "three thousand steps": replace(RUN, seed=9, steps=3000, log_every=30, val_every=500, pretrained=True),
    "four codebooks": replace(RUN, seed=10, codebooks=4),
    "twelve codebooks": replace(RUN, seed=11, codebooks=12),
    "labels printed before the shift": replace(RUN, seed=12, layout=Layout(prints_unshifted=True)),
}  # fmt: skip

_WINDOWS = ("windows", "minimal", "debug step")
_PARTS = ("windows", "shapes", "minimal", "model prints", "loguru", "debug step")
_ALL = tuple(WORDINGS)
#: The wordings that show a fault. The others cannot: they must at least blame nothing else with confidence.
SHOWN: dict[str, tuple[str, ...]] = {
    "leak": (*_PARTS, "v3"),
    "memorisation": tuple(name for name in _ALL if name != "shapes"),  # which prints no validation
    "double shift": _WINDOWS,
    "no delay": _WINDOWS,
    "reversed delay": ("windows", "debug step"),
    "delay off by one": ("windows", "debug step"),
    "delay twice": ("windows", "debug step"),
    "bos and eos swapped": _WINDOWS,
    "gen mask in labels": _WINDOWS,
    "specials as labels": ("windows", "debug step"),
    "bos as label": _WINDOWS,
    "eos masked": _WINDOWS,
    "labels delayed apart": ("windows", "shapes", "minimal", "debug step"),
    "no audio inputs": ("windows", "shapes", "minimal", "model prints", "loguru"),
    "audio inputs lost": _PARTS,
    "labels mutated": ("windows", "shapes", "minimal", "model prints", "debug step"),
    "over-masked": _WINDOWS,
    "over-masked late": _WINDOWS,
    "text over-masked": ("windows", "shapes", "minimal", "debug step"),
    "prompt learned": ("windows",),
    "raw text labels": ("shapes",),
    "audio weight zero": _PARTS,
    "text weight zero": _PARTS,
    "rate too high, uniform": _ALL,
    "rate too high, nan": _ALL,
    "rate too high, rising": _ALL,
    "rate too low": (*_PARTS, "trainer dicts"),
    "rate zero": _ALL,
    "dead scheduler": tuple(name for name in _ALL if name != "shapes"),  # neither rate nor evaluation
    "loss detached": _ALL,
    "batch stuck": _ALL,
    "nan": _ALL,
    "frozen codebook": ("minimal", "model prints", "debug step"),
    "collapse": _WINDOWS,
    "stopped": ("loguru", "v3"),  # these say how many steps are planned
}  # fmt: skip
#: Faults of the log's end look the same behind every wording.
ENDS = ("memory", "rank killed", "killed", "exception", "target out of bounds", "twelve codebooks of data", "cut off")
ENDS_SHOWN = ("windows", "trainer dicts", "v3")

#: What the package does not do yet: fault, wordings, and what is missing.
MISSING: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("bos as label", ("minimal", "debug step"), "56 masked are BOS left in two clips, or one clip behind the shift"),
    ("cut off", ("windows", "trainer dicts"), "a last line without its end is no sign"),
)  # fmt: skip


def cases() -> list[Any]:
    reasons = {(fault, wording): reason for fault, wordings, reason in MISSING for wording in wordings}
    return [
        pytest.param(
            *(fault, wording),
            id=f"{fault} - {wording}",
            marks=[pytest.mark.xfail(strict=True, reason=reason)] if (reason := reasons.get((fault, wording))) else [],
        )
        for fault in FAULTS
        for wording in (ENDS_SHOWN if fault in ENDS else _ALL)
    ]


@pytest.mark.parametrize("wording", WORDINGS)
@pytest.mark.parametrize("name", RUNS)
def test_a_healthy_run_passes(name: str, wording: str, tmp_path: Path) -> None:
    setup = RUNS[name]
    if wording == "v3":  # its data are speech alone
        setup = replace(setup, text_only=0.0)
    run = scan(text_of(wording, *HEALTHY.apply(setup)), tmp_path, MODEL.get(setup.codebooks))
    assert [f"{f.rule}: {f.message}" for f in run.findings if f.severity != "note"] == []
    assert [c.cause for c in run.root_causes if c.confidence in ("certain", "high")] == []
    assert run.verdict == "pass"


@pytest.mark.parametrize("wording, seed", [("windows", 0), ("trainer dicts", 2)])
def test_a_third_of_text_only_batches_passes(wording: str, seed: int, tmp_path: Path) -> None:
    setup = Setup(seed=seed, text_only=0.3, log_every=5, val_every=50)
    assert scan(text_of(wording, *HEALTHY.apply(setup)), tmp_path).verdict == "pass"


def test_labels_printed_before_the_shift_are_no_leak(tmp_path: Path) -> None:
    run = scan(text_of("windows", *HEALTHY.apply(RUNS["labels printed before the shift"])), tmp_path)
    assert [cause.cause for cause in run.root_causes] == []


def test_the_layout_of_v3_supervises_no_bos(tmp_path: Path) -> None:
    run = scan(text_of("windows", *HEALTHY.apply(replace(RUN, layout=FLAVOURS["F5"]))), tmp_path)
    assert "bos-not-masked" not in [finding.rule for finding in run.findings]


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_healthy_run_of_a_rank_passes(wording: str, tmp_path: Path) -> None:
    lines = text_of(wording, *HEALTHY.apply(RUN)).splitlines()
    run = scan("\n".join(with_rank(lines)) + "\n", tmp_path)
    assert run.verdict == "pass"
    assert run.context.reading.share == 1


@pytest.mark.parametrize("weights", [(1.0, 8.0), (0.5, 0.5)], ids=["sum over codebooks", "mean of both"])
@pytest.mark.parametrize("wording", ["trainer dicts", "model prints"])
def test_a_total_of_other_weights_passes(wording: str, weights: tuple[float, float], tmp_path: Path) -> None:
    """The Hugging Face port sums over codebooks, another trainer takes the mean of both losses (§5.1)."""
    setup, course = HEALTHY.apply(replace(RUN, pretrained=True))
    course.weights = weights
    assert scan(text_of(wording, setup, course), tmp_path).verdict == "pass"


@pytest.mark.parametrize("wording", ["windows", "debug step"])
@pytest.mark.parametrize(
    "flavour, causes",
    [
        ("F2", {"delay-pattern-absent"}),
        ("F3", {"delay-pattern-absent", "bos-supervised"}),
        ("F4", {"eos-never-supervised"}),
    ],
)
def test_a_flavour_that_cannot_serve_is_named(flavour: str, causes: set[str], wording: str, tmp_path: Path) -> None:
    run = scan(text_of(wording, *HEALTHY.apply(replace(RUN, layout=FLAVOURS[flavour]))), tmp_path)
    assert run.root_causes[0].cause in causes
    assert run.verdict in ("warn", "fail")


@pytest.mark.parametrize("codebooks", [4, 12])
def test_an_unexpected_number_of_codebooks_is_named(codebooks: int, tmp_path: Path) -> None:
    run = scan(text_of("windows", *HEALTHY.apply(replace(RUN, codebooks=codebooks))), tmp_path)
    assert run.root_causes[0].cause == "codebook-count"


@pytest.mark.parametrize("fault, wording", cases())
def test_a_fault_is_named(fault: str, wording: str, tmp_path: Path) -> None:
    run = scan(text_of(wording, *FAULTS[fault].apply(RUN)), tmp_path)
    named = [cause.cause for cause in run.root_causes]
    if fault in ENDS or wording in SHOWN.get(fault, ()):
        assert named[:1] and named[0] in FAULTS[fault].causes, [f"{f.rule}: {f.message}" for f in run.findings]
        assert run.verdict in ("warn", "fail")
    else:
        sure = {cause.cause for cause in run.root_causes if cause.confidence in ("certain", "high")}
        assert sure <= set(FAULTS[fault].causes)


def test_the_layout_is_that_of_the_worked_example() -> None:
    """`docs/semantics.md` §2.2: five frames, code 100 + 10k + t."""
    codes = np.array([[100 + 10 * k + t for t in range(5)] for k in range(8)])
    stream = Stream(Layout(), [Segment(codes)])
    for k in range(8):
        assert stream.ids[k].tolist() == [1024] * (k + 1) + codes[k].tolist() + [1025] * (8 - k)
        assert stream.collated[k].tolist() == [IGNORE] * (k + 1) + codes[k].tolist() + [1025] + [IGNORE] * (7 - k)
    flat = Stream(FLAVOURS["F2"], [Segment(codes)]).collated
    assert [row.tolist() for row in flat] == [[IGNORE, *row.tolist(), EOS] for row in codes]


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_masks_add_up_as_counted(segments: int) -> None:
    """§2.1 and §11.1: 64n, 64n-8 behind the shift, one more shifted twice, 8n-8 without delay."""
    turns = [Segment(np.full((8, 9 + n), 7)) for n in range(segments)]
    masked = {
        name: int((Stream(layout, turns).labels == IGNORE).sum())
        for name, layout in {**WRONG, "official": Layout()}.items()
    }
    assert masked["unshifted"] == 64 * segments
    assert masked["official"] == masked["reversed"] == masked["swapped"] == 64 * segments - 8
    assert masked["shifted twice"] == 64 * segments - 7
    assert masked["no delay"] == 8 * segments - 8
    assert masked["bos as label"] == 28 * segments
    reference = Stream(Layout(), [Segment(np.full((8, 9), 7), trained=False), *turns])
    assert int((reference.collated == IGNORE).sum()) == 64 * segments + 8 * 18


@pytest.mark.parametrize("delay, lead, more", [("reversed", lambda k: 8 - k, 9), ("off by one", lambda k: k + 2, 10), ("twice", lambda k: 2 * k + 1, 16)])  # fmt: skip
def test_wrong_delays_begin_as_tabled(delay: str, lead: Any, more: int) -> None:
    """§3: leading specials of codebook k, and the length of a segment beyond its frames."""
    ids = Stream(WRONG[delay], [Segment(np.full((8, 6), 7))]).ids
    assert ids.shape[1] == 6 + more
    assert [int((row == 7).argmax()) for row in ids] == [lead(k) for k in range(8)]


def scan(text: str, folder: Path, profile: Profile | None = None) -> Any:
    log = folder / "train.log"
    log.write_text(text, encoding="utf-8")
    return higgs_logscan.scan(log, profile=profile).runs[0]
