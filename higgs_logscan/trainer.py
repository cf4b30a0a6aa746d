"""Which trainer wrote a log, and which of its versions: from the spellings that occurred.

A version prints some lines and not others, so that each spelling bounds the versions that it may
be. Versions are numbered as the history of the script stores them, from 0 (2025-08-26) to 45
(2025-08-28); source: every stored version was read (`docs/log-formats.md` A.0 to A.14).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from higgs_logscan.value import Value

_SCRIPT = "codeman911 trainer.py"
_ALL = (0, 45)
#: Spellings of that script and the versions that print them.
_VERSIONS: Mapping[str, tuple[int, int]] = {
    "Step {step}: {mapping}": (0, 10),
    "Text loss: {text_loss}": (3, 25),
    "Audio loss: {audio_loss}": (3, 25),
    "Text contribution: {number}": (6, 25),
    "Step {step} - Train Loss: {mapping}": (11, 25),
    "Label Stats: {masked} masked, {valid} unmasked, {total} total": (16, 22),
    "Current losses - Total: {number}, Text: {number}, Audio: {number}": (24, 25),
    "Step {step} - Losses: Text={text_loss}, Audio={audio_loss}, Total={loss}": (26, 45),
    "Step {step} - Loss: {loss}": (40, 45),
}
#: What the script alone prints: without one of these the spellings above are somebody else's.
_OWN = (
    "Text contribution: {number}",
    "Step {step} - Train Loss: {mapping}",
    "Step {step} - Losses: Text={text_loss}, Audio={audio_loss}, Total={loss}",
    "Using model's expanded_labels (optimal path)",
)
#: Trainers that one dialect, or one spelling, gives away.
_TRAINERS: tuple[tuple[str, str], ...] = (
    ("LLM loss: {text_loss}", "patched model under Hugging Face's Trainer (JimmyMa99)"),
    ("dialect loguru-step", "codeman911 trainer package"),
    ("dialect metrics-block", "codeman911 scripts/training"),
    ("dialect debug-step", "codeman911 distributed_trainer.py"),
    ("dialect swift", "ms-swift"),
    ("dialect strategic-log", "Hugging Face's Trainer with strategic logging (speech_synth)"),
    ("dialect key-value", "v3 or GUI trainer"),
    ("dialect dict-line", "Hugging Face's Trainer"),
)


class Trainer(Value):
    """A trainer's name, and the first and last of its versions that print all that occurred, where that is told."""

    name: str
    versions: tuple[int, int] | None = None


def trainer(spellings: Collection[str], dialects: Mapping[str, int]) -> Trainer | None:
    """Who wrote lines of these spellings and dialects; None where nothing gives it away."""
    if any(own in spellings for own in _OWN):
        bounds = [_VERSIONS[spelling] for spelling in spellings if spelling in _VERSIONS]
        first, last = max((b[0] for b in bounds), default=_ALL[0]), min((b[1] for b in bounds), default=_ALL[1])
        return Trainer(_SCRIPT, (first, last) if first <= last else None)
    found = set(spellings) | {f"dialect {dialect}" for dialect in dialects}
    return next((Trainer(name) for mark, name in _TRAINERS if mark in found), None)
