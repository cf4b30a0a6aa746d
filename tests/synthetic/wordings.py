"""How trainers print a run: one function a wording, from numbers to lines.

Spelled as the real ones are (`docs/log-formats.md`); the numbers and the mixture are our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from synthetic.layout import IGNORE, Array
from synthetic.run import WIDTH, Batch, Course, Setup, batches

Wording = Callable[[Setup, Course], Iterator[str]]


def trainer_windows(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v19-v21: losses of each forward pass, windows at some, the step as a dict."""
    say = "INFO:__main__:{}".format
    for step in range(course.steps):
        logged = (step + 1) % setup.log_every == 0
        for batch in batches(setup, course, step):
            yield from map(say, _pass_with_windows(batch, logged))
        if logged:
            losses = {"text_loss": batch.text, "audio_loss": batch.audio, "total_loss": batch.total}
            yield say(f"Step {step + 1} - Train Loss: {losses}")
        yield from map(say, _validation(setup, course, step))
    yield from _closing(course, say(f"Saved checkpoint at step {course.steps}"))


def _pass_with_windows(batch: Batch, logged: bool) -> Iterator[str]:
    yield "✓ Using model's expanded_labels (optimal path)"
    if logged:
        labels = batch.text_samples[1]
        yield f"TEXT LOSS DEBUG: Total tokens: {labels.size}, Valid (unmasked) tokens: {_valid(labels)}"
    yield f"✓ Text loss: {batch.text:.4f}"
    if logged:
        for number, pair in enumerate(zip(*batch.text_samples, strict=True), start=1):
            yield f"Sample {number} Text Prediction vs Label Comparison:"
            yield from _named_windows("Text", *pair)
            yield f"  Label Stats: {_masked(pair[1])} masked, {_valid(pair[1])} unmasked, {pair[1].size} total"
    if logged and batch.inputs:
        labels = batch.labels
        valid = int((labels != IGNORE).any(axis=1).sum())
        yield f"AUDIO LOSS DEBUG: Total tokens: {labels.size}, Valid (unmasked) tokens: {_valid(labels)}, Valid codebooks: {valid}"
    if not batch.inputs:
        yield "⚠️  Audio logits are empty - skipping audio loss"
    yield f"✓ Audio loss: {batch.audio:.4f}"
    if logged and batch.inputs:
        predictions, labels = batch.printed
        yield "Audio Codebook 0 Prediction vs Label Comparison:"
        yield from _named_windows("Audio", predictions[0], labels[0])
        yield f"  Audio Logits shape: torch.Size([{batch.printed_places}, {len(labels)}, {WIDTH}])"
        yield f"  Audio Labels shape: torch.Size([{len(labels)}, {labels.shape[1]}])"
        yield f"  Audio Label Stats: {_masked(labels)} masked, {_valid(labels)} unmasked, {labels.size} total"
    yield from _total(batch)


def trainer_shapes(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v6-v12: shapes of each forward pass, the step as a dict every ten."""
    say = "INFO:__main__:{}".format
    for step in range(course.steps):
        for batch in batches(setup, course, step):
            yield from map(say, _pass_with_shapes(batch))
        if (step + 1) % setup.log_every == 0:
            losses = {"text_loss": batch.text, "audio_loss": batch.audio, "total_loss": batch.total}
            yield say(f"Step {step + 1}: {losses}")
    yield from _closing(course, say("Training completed!"))


def _pass_with_shapes(batch: Batch) -> Iterator[str]:
    predictions, labels = batch.text_samples
    length = labels.shape[1]
    longer = length + batch.stream.ids.shape[1] if batch.course.raw_text else length
    places, codebooks = batch.places, batch.setup.codebooks
    yield f"Text logits shape: torch.Size([{len(labels)}, {longer}, {batch.setup.vocabulary}])"
    yield f"Audio logits shape: torch.Size([{places}, {codebooks}, {WIDTH}])"
    if not batch.course.raw_text:
        yield "✓ Using model's expanded_labels (optimal path)"
    else:
        yield "⚠️  Using fallback text loss computation with original labels"
        yield f"Expansion analysis: logits {longer} / labels {length} = {longer / length:.2f}x"
    yield f"Final logits shape: torch.Size([{len(labels)}, {longer}, {batch.setup.vocabulary}])"
    yield f"Final labels shape: torch.Size([{len(labels)}, {length}])"
    if not batch.course.raw_text:
        yield f"✓ Perfect alignment! Computing loss on {_valid(labels)} valid tokens"
    yield f"✓ Text loss: {batch.text:.4f}"
    yield f"Audio labels shape: {_shape(batch)}"
    if not batch.inputs:
        yield "Empty audio sequences, returning zero loss"
    elif batch.audio:
        yield f"Audio loss computed across {codebooks} codebooks"
    yield f"✓ Audio loss: {batch.audio:.4f}"
    yield from _total(batch)


def minimal(setup: Setup, course: Course) -> Iterator[str]:
    """trainer.py v26-v45: one line a step, some filtered codes, label counts, losses of codebooks."""
    clock = _clock("%Y-%m-%d %H:%M:%S,%f")
    for step in range(course.steps):
        if step % setup.log_every:
            yield from (f"{next(clock)} - INFO - {line}" for line in _validation(setup, course, step))
            continue
        for batch in batches(setup, course, step):
            lines = [*_counts(batch, step), f"Step {step} - Losses: {_losses(batch)}", *_five(batch)]
            yield from (f"{next(clock)} - INFO - {line}" for line in lines)
        yield from (f"{next(clock)} - INFO - {line}" for line in _validation(setup, course, step))
    yield from _closing(course, f"{next(clock)} - INFO - Checkpoint saved and synchronized across all processes")


def _counts(batch: Batch, step: int) -> Iterator[str]:
    yield f"=== AUDIO TRAINING DIAGNOSTICS (Step {step}) ==="
    yield f"Audio logits shape: torch.Size([{batch.places}, {batch.setup.codebooks}, {WIDTH}])"
    yield f"Audio labels shape: {_shape(batch)}"
    labels = batch.labels
    if batch.inputs:
        yield f"Audio labels masking: {_masked(labels)}/{labels.size} ({100 * _masked(labels) / labels.size:.1f}%) masked"
        yield f"Sample audio labels (first 10): {labels[0, :10].tolist()}"
    text = batch.text_samples[1]
    yield f"Text labels masking: {_masked(text)}/{text.size} ({100 * _masked(text) / text.size:.1f}%) masked"
    if batch.inputs and batch.audio:
        for k, loss in enumerate(batch.codebook):
            yield f"  Codebook {k} loss: {loss:.4f} ({_valid(labels[k])} valid tokens)"


def _five(batch: Batch) -> Iterator[str]:
    """Codes of codebook 0 without masked places."""
    if not batch.inputs:
        return
    kept = batch.labels[0] != IGNORE
    pred, target = batch.predictions[0][kept].tolist(), batch.labels[0][kept].tolist()
    if target:
        yield f"Audio Tokens - First 5 Pred: {pred[:5]} | First 5 Target: {target[:5]}"
        yield f"Audio Tokens - Last 5 Pred: {pred[-5:]} | Last 5 Target: {target[-5:]}"


def _losses(batch: Batch) -> str:
    return f"Text={batch.text:.4f}, Audio={batch.audio:.4f}, Total={batch.total:.4f}"


def model_prints(setup: Setup, course: Course) -> Iterator[str]:
    """The patched modeling file: each forward pass in full figures, codebook by codebook."""
    for step in range(course.steps):
        for batch in batches(setup, course, step):
            yield f"LLM loss computed: {batch.text}, device: cuda:0"
            if batch.inputs:
                yield f"Audio loss computation: num_audio_tokens={batch.places}, num_codebooks={setup.codebooks}"
                if batch.audio:
                    yield from (f"Codebook {k} loss: {loss}" for k, loss in enumerate(batch.codebook.tolist()))
                yield f"Audio loss computed: {batch.audio}, device: cuda:0" if batch.audio else "No valid audio tokens to compute loss"
            else:
                yield "Skipping audio loss computation - invalid inputs"
            yield f"Final loss: {batch.total}, device: cuda:0"
            yield f"LLM loss: {batch.text}"
            yield f"Audio loss: {batch.audio or None}"
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
        yield from (f"{next(clock)} - INFO - {line}" for line in _report(setup, course, batch, step))
        if step and step % setup.val_every == 0:
            hits = hit_count(course.val_audio[step // setup.val_every - 1])
            value = _evaluated(course, step // setup.val_every - 1)[0]
            yield f"{next(clock)} - INFO - 📊 VALIDATION (Step {step}): Loss={value:.4f}, Audio Accuracy={hits / 2000:.4f} ({hits}/2000)"
    yield from _closing(course, f"{next(clock)} - INFO - Checkpoint saved to out/final")


def hit_count(loss: float) -> int:
    return int(2000 * np.exp(-0.27 * loss**1.35)) if np.isfinite(loss) else 0


def _report(setup: Setup, course: Course, batch: Batch, step: int) -> Iterator[str]:
    yield f"🔍 STEP {step} DIAGNOSTICS:"
    if batch.inputs:
        predictions, labels = batch.printed
        yield f"  audio_logits shape: torch.Size([{batch.places}, {setup.codebooks}, {WIDTH}])"
        yield f"  audio_labels non-ignore: {_valid(labels)}/{labels.size}"
        yield f"🔊 AUDIO LOSS (Step {step}): {batch.audio:.4f}"
        yield f"📊 Per-codebook CE: {[f'{value:.3f}' for value in batch.codebook]}"
        yield f"🎯 First 10 tokens: pred={predictions[0, :10].tolist()} | true={labels[0, :10].tolist()}"
        yield f"🎯 Last 10 tokens:  pred={predictions[0, -10:].tolist()} | true={labels[0, -10:].tolist()}"
    text = batch.text_samples[1]
    yield f"  📊 FINAL TEXT LABELS: {_valid(text)} non-ignore / {text.size} total ({100 * _valid(text) / text.size:.1f}%)"
    yield f"📝 TEXT LOSS (Step {step}): {batch.text:.4f} (weighted: {batch.text:.4f}, weight: {course.weights[0]})"
    yield f"🎯 TOTAL LOSS (Step {step}): {batch.total:.4f}"
    yield f"📈 LR[0]={course.learning_rate[step]:.6e} (step {step})"


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
    yield from _closing(course, f"[{next(clock)}] Finished training: global_step={course.steps}, saved_epochs=1, best_eval_loss={best:.4f}, output_dir=out")


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


def _total(batch: Batch) -> Iterator[str]:
    if batch.total > 0:
        yield f"✓ TRAINING SUCCESSFUL - Total loss: {batch.total:.4f}"
        yield from (f"  ✓ {name} contribution: {value:.4f}" for name, value in (("Text", batch.text), ("Audio", batch.audio)) if value > 0)
    else:
        yield "❌ CRITICAL: Total loss is ZERO! Training will not work."


def _validation(setup: Setup, course: Course, step: int) -> Iterator[str]:
    if (step + 1) % setup.val_every == 0:
        total, text, audio = _evaluated(course, (step + 1) // setup.val_every - 1)
        yield f"Step {step + 1} - Val Loss: {total:.4f}, Text: {text:.4f}, Audio: {audio:.4f}"


def _evaluated(course: Course, number: int) -> tuple[float, float, float]:
    """Total, text and audio loss of an evaluation."""
    text, audio = course.val_text[number], course.val_audio[number]
    return course.weights[0] * text + course.weights[1] * audio, text, audio


def _shape(batch: Batch) -> str:
    """Of the audio labels; of a batch without audio the collator's are `[0, 0]`."""
    return f"torch.Size([{len(batch.labels)}, {batch.labels.shape[1]}])" if batch.spoken else "torch.Size([0, 0])"


def _named_windows(name: str, predictions: Array, labels: Array) -> Iterator[str]:
    for word, part, gap in (("First", slice(None, 10), ""), ("Last", slice(-10, None), " ")):
        yield f"  {word} 10 {name} Predictions: {gap}{predictions[part].tolist()}"
        yield f"  {word} 10 {name} Labels:      {gap}{labels[part].tolist()}"


def _closing(course: Course, line: str) -> Iterator[str]:
    yield from course.ending if course.ends_at is not None else (line,)


def _clock(form: str) -> Iterator[str]:
    now = datetime(2025, 3, 12, 4, 0)
    while True:
        now += timedelta(seconds=1.3)
        text = now.strftime(form)
        yield text[:-3] if form.endswith("%f") else text


def _masked(labels: Array) -> int:
    return int((labels == IGNORE).sum())


def _valid(labels: Array) -> int:
    return int((labels != IGNORE).sum())
