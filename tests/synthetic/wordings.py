"""How trainers print a run: one function a wording, from numbers to lines.

Spelled as the real ones are (`docs/log-formats.md`); the numbers and the mixture are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from synthetic.passes import counts, five, loss_line, model_pass, pass_with_shapes, pass_with_windows, report
from synthetic.run import WIDTH, Course, Setup, batches

Wording = Callable[[Setup, Course], Iterator[str]]


def trainer_windows(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v19-v21: losses of each forward pass, windows at some, the step as a dict."""
    say = "INFO:__main__:{}".format
    for step in range(course.steps):
        logged = (step + 1) % setup.log_every == 0
        for batch in batches(setup, course, step):
            yield from map(say, pass_with_windows(batch, logged))
        if logged:
            losses = {"text_loss": batch.text, "audio_loss": batch.audio, "total_loss": batch.total}
            yield say(f"Step {step + 1} - Train Loss: {losses}")
        yield from map(say, _validation(setup, course, step))
    yield from _closing(course, say(f"Saved checkpoint at step {course.steps}"))


def trainer_shapes(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v6-v12: shapes of each forward pass, the step as a dict every ten."""
    say = "INFO:__main__:{}".format
    for step in range(course.steps):
        for batch in batches(setup, course, step):
            yield from map(say, pass_with_shapes(batch))
        if (step + 1) % setup.log_every == 0:
            losses = {"text_loss": batch.text, "audio_loss": batch.audio, "total_loss": batch.total}
            yield say(f"Step {step + 1}: {losses}")
    yield from _closing(course, say("Training completed!"))


def minimal(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v26-v45: one line a step, some filtered codes, label counts, losses of codebooks."""
    clock = _clock("%Y-%m-%d %H:%M:%S,%f")
    for step in range(course.steps):
        if step % setup.log_every:
            yield from (f"{next(clock)} - INFO - {line}" for line in _validation(setup, course, step))
            continue
        for batch in batches(setup, course, step):
            lines = [*counts(batch, step), f"Step {step} - Losses: {loss_line(batch)}", *five(batch)]
            yield from (f"{next(clock)} - INFO - {line}" for line in lines)
        yield from (f"{next(clock)} - INFO - {line}" for line in _validation(setup, course, step))
    yield from _closing(course, f"{next(clock)} - INFO - Checkpoint saved and synchronized across all processes")


def model_prints(setup: Setup, course: Course) -> Iterator[str]:
    """The patched modeling file: each forward pass in full figures, codebook by codebook."""
    for step in range(course.steps):
        for batch in batches(setup, course, step):
            yield from model_pass(batch)
        yield from _trainer_dict(setup, course, step)
    yield from _closing(course, _summary(setup, course))


def trainer_dicts(setup: Setup, course: Course) -> Iterator[str]:
    """Hugging Face's Trainer: the sum alone, means over the logging window, evaluations."""
    for step in range(course.steps):
        yield from _trainer_dict(setup, course, step)
    yield from _closing(course, _summary(setup, course))


def _trainer_dict(setup: Setup, course: Course, step: int) -> Iterator[str]:
    epoch = round(setup.epochs * (step + 1) / setup.steps, 2)
    text, audio = course.weights
    if (step + 1) % setup.log_every == 0:
        window = slice(max(0, step + 1 - setup.log_every), step + 1)
        total = text * course.text[window].mean() + audio * course.codebook[window].mean()
        # Trainer's filter leaves NaN out of its mean; of a window of NaN nothing is left.
        shown = {"loss": round(0.0 if np.isnan(total) else float(total), 4), "grad_norm": float(course.grad_norm[step])}
        yield str(shown | {"learning_rate": float(course.learning_rate[step]), "epoch": epoch})
    if (step + 1) % setup.val_every == 0:
        value = float(_evaluated(course, (step + 1) // setup.val_every - 1)[0])
        yield f"{{'eval_loss': {value}, 'eval_runtime': 12.3, 'eval_samples_per_second': 4.2, 'epoch': {epoch}}}"


def _summary(setup: Setup, course: Course) -> str:
    mean = float(np.nanmean(course.text + course.codebook.mean(2)))
    return f"{{'train_runtime': 4021.5, 'train_samples_per_second': 3.1, 'train_loss': {mean}, 'epoch': {float(setup.epochs)}}}"


def loguru(setup: Setup, course: Course) -> Iterator[str]:
    """trainer/ package: a heading and a value a line, behind loguru's prefix."""
    clock = _clock("%Y-%m-%d %H:%M:%S")
    for step in range(setup.log_every, course.steps, setup.log_every):
        batch = list(batches(setup, course, step))[-1]
        share = f"{100 * step / course.planned:.1f}%"
        at = f"{next(clock)} | INFO     | trainer.trainer:train:267 -"
        yield f"{at} 📈 Epoch 1, Step {step}/{course.planned} ({share}) - Loss: {batch.total:.6f}, LR: {course.learning_rate[step]:.2e}"
        yield f"{at} 📊 Step {step} Loss Components:"
        for name, value in (("Total", batch.total), ("Text", batch.text), ("Audio", batch.audio)):
            yield f"{at}    {name} Loss: {value:.6f}"
        if step % setup.val_every == 0:
            value = _evaluated(course, step // setup.val_every - 1)[0]
            yield f"{at} 🔍 Validation: 40 batches, Avg Loss = {value:.4f}"
    yield from _closing(course, f"{next(clock)} | INFO     | trainer.trainer:train:290 - 🏁 Training completed")


def debug_step(setup: Setup, course: Course) -> Iterator[str]:
    """The older distributed trainer: a report every ten steps, an emoji a line."""
    clock = _clock("%Y-%m-%d %H:%M:%S,%f")
    for step in range(0, course.steps, setup.log_every):
        batch = list(batches(setup, course, step))[-1]
        yield from (f"{next(clock)} - INFO - {line}" for line in report(setup, course, batch, step))
        if step and step % setup.val_every == 0:
            hits = hit_count(course.val_audio[step // setup.val_every - 1])
            value = _evaluated(course, step // setup.val_every - 1)[0]
            yield f"{next(clock)} - INFO - 📊 VALIDATION (Step {step}): Loss={value:.4f}, Audio Accuracy={hits / 2000:.4f} ({hits}/2000)"
    yield from _closing(course, f"{next(clock)} - INFO - Checkpoint saved to out/final")


def hit_count(loss: float) -> int:
    return int(2000 * np.exp(-0.27 * loss**1.35)) if np.isfinite(loss) else 0


def v3_lines(setup: Setup, course: Course) -> Iterator[str]:
    """Higgs v3 sft.py: the audio loss alone, `name=value`."""
    clock = _clock("%Y-%m-%d %H:%M:%S")
    yield f"[{next(clock)}] [sft] num_codebooks={setup.codebooks} codebook_vocab_size={WIDTH} channelwise_loss_weight=None"
    best = np.inf
    for step in range(setup.log_every, course.steps, setup.log_every):
        epoch, loss = setup.epochs * step // setup.steps, float(course.codebook[step].mean())
        yield f"[{next(clock)}] epoch={epoch} step={step}/{course.planned} loss={loss:.4f} lr={course.learning_rate[step]:.2e} step_time=1.31s steps/s=0.763 samples/s=48.8 eta=0:27:43"
        if step % setup.val_every == 0:
            value = course.val_audio[step // setup.val_every - 1]
            better = value < best
            best = min(best, value)
            yield f"[{next(clock)}] [eval] epoch={epoch} step={step} eval_loss={value:.4f} best={best:.4f}{' *' if better else ''} took=0:01:10"
    yield from _closing(
        course,
        f"[{next(clock)}] Finished training: global_step={course.steps}, saved_epochs=1, best_eval_loss={best:.4f}, output_dir=out",
    )


def with_rank(lines: Iterable[str], rank: int = 0) -> Iterator[str]:
    """As torchrun --tee prints what a rank says."""
    return (f"[default{rank}]:{line}" for line in lines)


WORDINGS: dict[str, Wording] = {
    "windows": trainer_windows,
    "shapes": trainer_shapes,
    "minimal": minimal,
    "model prints": model_prints,
    "trainer dicts": trainer_dicts,
    "loguru": loguru,
    "debug step": debug_step,
    "v3": v3_lines,
}


def text_of(wording: str, setup: Setup, course: Course) -> str:
    """The whole log; a torn one ends in the middle of a line."""
    text = "\n".join(WORDINGS[wording](setup, course)) + "\n"
    return text[:-17] if course.torn else text


def _validation(setup: Setup, course: Course, step: int) -> Iterator[str]:
    if (step + 1) % setup.val_every == 0:
        total, text, audio = _evaluated(course, (step + 1) // setup.val_every - 1)
        yield f"Step {step + 1} - Val Loss: {total:.4f}, Text: {text:.4f}, Audio: {audio:.4f}"


def _evaluated(course: Course, number: int) -> tuple[float, float, float]:
    """Total, text and audio loss of an evaluation."""
    text, audio = course.val_text[number], course.val_audio[number]
    return course.weights[0] * text + course.weights[1] * audio, text, audio


def _closing(course: Course, line: str) -> Iterator[str]:
    yield from course.ending if course.ends_at is not None else (line,)


def _clock(form: str) -> Iterator[str]:
    now = datetime(2025, 3, 12, 4, 0)
    while True:
        now += timedelta(seconds=1.3)
        text = now.strftime(form)
        yield text[:-3] if form.endswith("%f") else text
