"""What trainers print of one forward pass: losses, shapes, counts, windows."""

from __future__ import annotations

from collections.abc import Iterator

from synthetic.layout import IGNORE, Array
from synthetic.run import WIDTH, Batch, Course, Setup


def pass_with_windows(batch: Batch, logged: bool) -> Iterator[str]:
    yield "✓ Using model's expanded_labels (optimal path)"
    if logged:
        labels = batch.text_samples[1]
        yield f"TEXT LOSS DEBUG: Total tokens: {labels.size}, Valid (unmasked) tokens: {valid(labels)}"
    yield f"✓ Text loss: {batch.text:.4f}"
    if logged:
        for number, pair in enumerate(zip(*batch.text_samples, strict=True), start=1):
            yield f"Sample {number} Text Prediction vs Label Comparison:"
            yield from named_windows("Text", *pair)
            yield f"  Label Stats: {masked(pair[1])} masked, {valid(pair[1])} unmasked, {pair[1].size} total"
    if logged and batch.inputs:
        labels = batch.labels
        codebooks = int((labels != IGNORE).any(axis=1).sum())
        yield f"AUDIO LOSS DEBUG: Total tokens: {labels.size}, Valid (unmasked) tokens: {valid(labels)}, Valid codebooks: {codebooks}"
    if not batch.inputs:
        yield "⚠️  Audio logits are empty - skipping audio loss"
    yield f"✓ Audio loss: {batch.audio:.4f}"
    if logged and batch.inputs:
        predictions, labels = batch.printed
        yield "Audio Codebook 0 Prediction vs Label Comparison:"
        yield from named_windows("Audio", predictions[0], labels[0])
        yield f"  Audio Logits shape: torch.Size([{batch.printed_places}, {len(labels)}, {WIDTH}])"
        yield f"  Audio Labels shape: torch.Size([{len(labels)}, {labels.shape[1]}])"
        yield f"  Audio Label Stats: {masked(labels)} masked, {valid(labels)} unmasked, {labels.size} total"
    yield from total(batch)


def pass_with_shapes(batch: Batch) -> Iterator[str]:
    labels = batch.text_samples[1]
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
        yield f"✓ Perfect alignment! Computing loss on {valid(labels)} valid tokens"
    yield f"✓ Text loss: {batch.text:.4f}"
    yield f"Audio labels shape: {shape(batch)}"
    if not batch.inputs:
        yield "Empty audio sequences, returning zero loss"
    elif batch.audio:
        yield f"Audio loss computed across {codebooks} codebooks"
    yield f"✓ Audio loss: {batch.audio:.4f}"
    yield from total(batch)


def model_pass(batch: Batch) -> Iterator[str]:
    yield f"LLM loss computed: {batch.text}, device: cuda:0"
    if batch.inputs:
        yield f"Audio loss computation: num_audio_tokens={batch.places}, num_codebooks={batch.setup.codebooks}"
        if batch.audio:
            yield from (f"Codebook {k} loss: {loss}" for k, loss in enumerate(batch.codebook.tolist()))
        yield (
            f"Audio loss computed: {batch.audio}, device: cuda:0"
            if batch.audio
            else "No valid audio tokens to compute loss"
        )
    else:
        yield "Skipping audio loss computation - invalid inputs"
    yield f"Final loss: {batch.total}, device: cuda:0"
    yield f"LLM loss: {batch.text}"
    yield f"Audio loss: {batch.audio or None}"


def counts(batch: Batch, step: int) -> Iterator[str]:
    yield f"=== AUDIO TRAINING DIAGNOSTICS (Step {step}) ==="
    yield f"Audio logits shape: torch.Size([{batch.places}, {batch.setup.codebooks}, {WIDTH}])"
    yield f"Audio labels shape: {shape(batch)}"
    labels = batch.labels
    if batch.inputs:
        yield f"Audio labels masking: {masked(labels)}/{labels.size} ({100 * masked(labels) / labels.size:.1f}%) masked"
        yield f"Sample audio labels (first 10): {labels[0, :10].tolist()}"
    text = batch.text_samples[1]
    yield f"Text labels masking: {masked(text)}/{text.size} ({100 * masked(text) / text.size:.1f}%) masked"
    if batch.inputs and batch.audio:
        for k, loss in enumerate(batch.codebook):
            yield f"  Codebook {k} loss: {loss:.4f} ({valid(labels[k])} valid tokens)"


def five(batch: Batch) -> Iterator[str]:
    """Codes of codebook 0 without masked places."""
    if not batch.inputs:
        return
    kept = batch.labels[0] != IGNORE
    pred, target = batch.predictions[0][kept].tolist(), batch.labels[0][kept].tolist()
    if target:
        yield f"Audio Tokens - First 5 Pred: {pred[:5]} | First 5 Target: {target[:5]}"
        yield f"Audio Tokens - Last 5 Pred: {pred[-5:]} | Last 5 Target: {target[-5:]}"


def loss_line(batch: Batch) -> str:
    return f"Text={batch.text:.4f}, Audio={batch.audio:.4f}, Total={batch.total:.4f}"


def report(setup: Setup, course: Course, batch: Batch, step: int) -> Iterator[str]:
    yield f"🔍 STEP {step} DIAGNOSTICS:"
    if batch.inputs:
        predictions, labels = batch.printed
        yield f"  audio_logits shape: torch.Size([{batch.places}, {setup.codebooks}, {WIDTH}])"
        yield f"  audio_labels non-ignore: {valid(labels)}/{labels.size}"
        yield f"🔊 AUDIO LOSS (Step {step}): {batch.audio:.4f}"
        yield f"📊 Per-codebook CE: {[f'{value:.3f}' for value in batch.codebook]}"
        yield f"🎯 First 10 tokens: pred={predictions[0, :10].tolist()} | true={labels[0, :10].tolist()}"
        yield f"🎯 Last 10 tokens:  pred={predictions[0, -10:].tolist()} | true={labels[0, -10:].tolist()}"
    text = batch.text_samples[1]
    yield f"  📊 FINAL TEXT LABELS: {valid(text)} non-ignore / {text.size} total ({100 * valid(text) / text.size:.1f}%)"
    yield f"📝 TEXT LOSS (Step {step}): {batch.text:.4f} (weighted: {batch.text:.4f}, weight: {course.weights[0]})"
    yield f"🎯 TOTAL LOSS (Step {step}): {batch.total:.4f}"
    yield f"📈 LR[0]={course.learning_rate[step]:.6e} (step {step})"


def total(batch: Batch) -> Iterator[str]:
    if batch.total > 0:
        yield f"✓ TRAINING SUCCESSFUL - Total loss: {batch.total:.4f}"
        yield from (
            f"  ✓ {name} contribution: {value:.4f}"
            for name, value in (("Text", batch.text), ("Audio", batch.audio))
            if value > 0
        )
    else:
        yield "❌ CRITICAL: Total loss is ZERO! Training will not work."


def named_windows(name: str, predictions: Array, labels: Array) -> Iterator[str]:
    for word, part, gap in (("First", slice(None, 10), ""), ("Last", slice(-10, None), " ")):
        yield f"  {word} 10 {name} Predictions: {gap}{predictions[part].tolist()}"
        yield f"  {word} 10 {name} Labels:      {gap}{labels[part].tolist()}"


def shape(batch: Batch) -> str:
    """Of the audio labels; of a batch without audio the collator's are `[0, 0]`."""
    return f"torch.Size([{len(batch.labels)}, {batch.labels.shape[1]}])" if batch.spoken else "torch.Size([0, 0])"


def masked(labels: Array) -> int:
    return int((labels == IGNORE).sum())


def valid(labels: Array) -> int:
    return int((labels != IGNORE).sum())
