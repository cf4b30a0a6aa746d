"""The words of records: kinds, phases, modalities, roles, windows, columns."""

from __future__ import annotations

from typing import Literal

Kind = Literal["micro-batch", "step", "evaluation", "epoch", "summary", "sample", "config", "incident", "progress"]
KINDS: tuple[Kind, ...] = (
    "micro-batch", "step", "evaluation", "epoch", "summary", "sample", "config", "incident", "progress",
)  # fmt: skip
PHASES = ("unknown", "train", "validation")
MODALITIES = ("text", "audio")
ROLES = ("prediction", "label")
WINDOWS = ("first", "last", "rest")

#: Every column a record may have, and what kind of value it holds. JSON keys are these names.
COLUMNS: dict[str, str] = {
    # losses, in nats
    "text_loss": "number",
    "audio_loss": "number",
    "loss": "number",
    "eval_loss": "number",
    "consistency_loss": "number",
    # what the optimizer did
    "grad_norm": "number",
    "learning_rate": "number",
    "epoch": "number",
    "text_weight": "number",
    "audio_weight": "number",
    "text_accuracy": "number",
    "audio_accuracy": "number",
    # token counts; valid means label != ignore_index
    "text_valid": "integer",
    "text_total": "integer",
    "audio_valid": "integer",
    "audio_total": "integer",
    "valid_codebooks": "integer",
    "codebooks": "integer",
    # tensor shapes as printed
    "text_logits_shape": "shape",
    "text_labels_shape": "shape",
    "audio_logits_shape": "shape",
    "audio_labels_shape": "shape",
    "audio_out_ids_shape": "shape",
    "text_input_shape": "shape",
    # alignment as the trainer reports it: lengths of logits and labels
    "logits_length": "integer",
    "labels_length": "integer",
    # what a trainer says of its own configuration
    "world_size": "integer",
    # bars
    "position": "integer",
    "planned": "integer",
    "rate": "number",
    "unit": "unit",
    "elapsed": "clock",
    "left": "clock",
    "postfix": "postfix",
    "description": "name",
    # words
    "missing": "text",
    "warning": "text",
    "incident": "text",
    "message": "text",
}
