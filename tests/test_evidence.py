"""`explain evidence` keeps its word: a healthy run that prints its lines has every rule judged, and passes."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from math import cos, exp, log, pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import higgs_logscan
from higgs_logscan.evidence import DEFINITION, EVALUATION, FORWARD_PASS, PARTS, SHELL, STEP
from higgs_logscan.explain import topics

STEPS, EVERY, EVALUATE = 400, 5, 50
CODEBOOKS, VOCABULARY, BOS, EOS, MASKED = 8, 128256, 1024, 1025, -100
AUDIO_OUT_BOS, AUDIO_EOS, EOT = 128013, 128012, 128009
#: Rules that no printed line makes judged on a healthy log, and why.
NEVER = {
    "inputs-missing": "it speaks only where the trainer itself names a missing input",
    "weights-newly-initialised": "it speaks only where transformers warns when it loads the model",
}

Change = Callable[[dict[str, Any]], None]


def test_every_rule_is_judged_on_a_healthy_run(tmp_path: Path) -> None:
    run = scanned(tmp_path)
    assert run["verdict"] == "pass", run["findings"]
    assert [f for f in run["findings"] if f["severity"] != "note"] == []
    assert {rule["rule"]: rule["reason"] for rule in run["not_judged"] if rule["rule"] not in NEVER} == {}
    assert run["context"]["vocabulary"]["basis"] == "printed"
    assert NEVER.keys() <= {rule["rule"] for rule in run["not_judged"]}, "more is judged now: shorten NEVER"


def test_the_text_is_python_that_can_be_pasted() -> None:
    (topic,) = (topic for topic in topics(()) if topic.id == "evidence")
    lines = [line for line in topic.text.splitlines() if not line.startswith("#")]
    assert "".join(lines) == "".join("".join(part.code.splitlines()) for part in PARTS if part is not SHELL)
    assert "#   python train.py 2>&1 | tee train.log\n" in topic.text


def test_torch_has_what_the_lines_use() -> None:
    """The lines may use no attribute of an array but these, which a torch tensor has in the same sense."""
    tree = ast.parse("".join(part.code for part in PARTS if part is not SHELL))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert used == {"shape", "sum", "argmax", "tolist", "items"}


@pytest.mark.parametrize("share", [1.0, 0.02], ids=["every line", "the last fiftieth"])
def test_every_line_is_understood(tmp_path: Path, share: float) -> None:
    lines = printed().splitlines(keepends=True)
    log = tmp_path / "train.log"
    log.write_text("".join(lines[-int(share * len(lines)) :]), encoding="utf-8")
    assert higgs_logscan.scan(log).to_dict()["runs"][0]["coverage"]["share"] == 1.0


def unshifted(values: dict[str, Any]) -> None:
    """The tensors of a trainer that does not shift: the model has learned to copy what is fed in."""
    values["label_audio_ids"] = values["audio_labels"]
    values["audio_logits"] = one_hot(np.maximum(values["audio_labels"], 0).T, 1026)
    values["audio_loss"] = 0.004 + 6.9 * exp(-values["step"] / 20)
    values["loss"] = values["audio_loss"] + values["text_loss"]
    values["eval_audio_loss"] = values["audio_loss"]
    values["codebook_losses"] = np.full(CODEBOOKS, values["audio_loss"])


def masked(values: dict[str, Any]) -> None:
    values["label_audio_ids"] = np.full_like(values["label_audio_ids"], MASKED)
    values["audio_loss"] = 0.0
    values["loss"] = values["text_loss"]


def text_alone(values: dict[str, Any]) -> None:
    """What the collator and the model give for a batch without audio, every third time."""
    if not values["step"] % 3:
        values["label_audio_ids"], values["audio_logits"] = np.zeros((0, 0), int), np.zeros((0, 8, 1026))
        values["audio_loss"], values["loss"], values["codebook_losses"] = 0.0, values["text_loss"], ()


def test_batches_of_text_alone_are_no_fault(tmp_path: Path) -> None:
    run = scanned(tmp_path, text_alone)
    assert {f["rule"] for f in run["findings"] if f["severity"] == "error"} == set(), run["findings"]
    assert run["coverage"]["share"] == 1.0


def undelayed(values: dict[str, Any]) -> None:
    labels = framed(values["codes"], delay=False)[1][:, 1:]
    values["label_audio_ids"], values["audio_logits"] = labels, one_hot(np.maximum(labels, 0).T, 1026)


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (unshifted, {"label-leak", "unshifted-labels", "audio-loss-near-zero", "validation-loss-near-zero"}),
        (masked, {"audio-labels-masked"}),
        (undelayed, {"delay-pattern-absent"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_fault_is_found(tmp_path: Path, change: Change, rules: set[str]) -> None:
    found = {f["rule"] for f in scanned(tmp_path, change)["findings"]}
    assert rules <= found


# -- the run -------------------------------------------------------------------------------------------


def scanned(folder: Path, change: Change | None = None) -> dict[str, Any]:
    log = folder / "train.log"
    log.write_text(printed(change), encoding="utf-8")
    return dict(higgs_logscan.scan(log).to_dict()["runs"][0])


def printed(change: Change | None = None) -> str:
    """What a training loop prints that has the lines in it."""
    with redirect_stdout(io.StringIO()) as log:
        for values in training():
            if change:
                change(values)
            print(bar(values["step"]), end="")
            if not values["step"] % EVERY:
                exec(DEFINITION.code + FORWARD_PASS.code, values)
            exec(STEP.code, values)
            if not values["step"] % EVALUATE:
                exec(EVALUATION.code, values)
    return log.getvalue()


def bar(step: int) -> str:
    """The bar of `tqdm(loader)`, which stderr puts into the same log."""
    done = 10 * step // STEPS
    return f"\r{10 * done:3d}%|{'█' * done}{' ' * (10 - done)}| {step}/{STEPS} [00:{step % 60:02d}<00:09,  4.00it/s]\n"


def training() -> Iterator[dict[str, Any]]:
    """The variables of a healthy run, step by step: it learns both modalities, from random weights."""
    chance = np.random.default_rng(0)
    for step in range(1, STEPS + 1):
        noise = chance.normal(0, 0.05, 4)
        text_loss = 1.6 + (log(VOCABULARY) - 1.6) * exp(-step / 40) + noise[0]
        codebook_losses = 3.6 + 0.15 * np.arange(CODEBOOKS) + (log(1026) - 3.9) * exp(-step / 80) + noise[1]
        audio_loss = np.float32(codebook_losses.mean())
        yield {
            **batch(chance, accuracy=0.25 * step / STEPS),
            "step": step,
            "codebook_losses": codebook_losses,
            "text_loss": text_loss,
            "audio_loss": audio_loss,
            "loss": text_loss + audio_loss,
            "grad_norm": 0.8 + abs(noise[2]),
            "learning_rate": 1e-4 * min(step / 20, 0.5 + 0.5 * cos(pi * step / (STEPS + 1))),
            "eval_loss": text_loss + audio_loss + 0.3 + noise[3],
            "eval_text_loss": text_loss + 0.1,
            "eval_audio_loss": audio_loss + 0.2 + noise[3],
        }


def batch(chance: np.random.Generator, accuracy: float) -> dict[str, Any]:
    """Tensors of two samples, each with an assistant turn of speech, behind the next-token shift."""
    codes = [chance.integers(0, 1024, (CODEBOOKS, chance.integers(20, 40))) for _ in range(2)]
    audio_labels = np.concatenate([framed(of_sample)[1] for of_sample in codes], axis=1)
    text_labels = text(chance, [c.shape[1] for c in codes])
    return {
        "codes": codes[0],
        "audio_labels": audio_labels,
        "label_audio_ids": audio_labels[:, 1:],
        "audio_logits": one_hot(guessed(chance, audio_labels[:, 1:].T, accuracy, 1026), 1026),
        "expanded_labels": text_labels[:, 1:],
        "logits": one_hot(guessed(chance, text_labels[:, 1:], 0.4, VOCABULARY), VOCABULARY),
    }


def framed(codes: np.ndarray, delay: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and labels of a segment: BOS and EOS around the codes, codebook k delayed by k frames."""
    late = (CODEBOOKS - 1) * delay
    frames = codes.shape[1]
    ids = np.full((CODEBOOKS, frames + 2 + late), EOS)
    labels = np.full_like(ids, MASKED)
    for k in range(CODEBOOKS):
        begin = k * delay + 1
        ids[k, :begin] = BOS
        ids[k, begin : begin + frames] = labels[k, begin : begin + frames] = codes[k]
        labels[k, begin + frames] = EOS
    return ids, labels


def text(chance: np.random.Generator, frames: list[int]) -> np.ndarray:
    """Expanded text labels, padded to a multiple of eight: prompt, answer, audio positions, closing tokens."""
    turns = [
        np.concatenate(
            [
                np.full(chance.integers(15, 25), MASKED),
                chance.integers(1000, 100000, 12),
                [AUDIO_OUT_BOS],
                np.full(length + CODEBOOKS + 1, MASKED),
                [AUDIO_EOS, EOT],
            ]
        )
        for length in frames
    ]
    length = -(-max(map(len, turns)) // 8) * 8
    return np.stack([np.pad(turn, (0, length - len(turn)), constant_values=MASKED) for turn in turns])


def guessed(chance: np.random.Generator, labels: np.ndarray, accuracy: float, classes: int) -> np.ndarray:
    """Predictions of which a share is right."""
    right = (chance.random(labels.shape) < accuracy) & (labels >= 0)
    return np.where(right, labels, chance.integers(0, min(classes, 1024), labels.shape))


def one_hot(tokens: np.ndarray, classes: int) -> np.ndarray:
    """Logits whose argmax are these tokens."""
    logits = np.zeros((*tokens.shape, classes), np.uint8)
    np.put_along_axis(logits, tokens[..., None], 1, axis=-1)
    return logits
