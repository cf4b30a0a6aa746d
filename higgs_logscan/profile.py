"""The constants of a model family: codebooks, codebook size, special ids, vocabulary, frame rate.

This is the only module that holds numbers of the model. Everything that compares with one is
given a `Profile`.
"""

from __future__ import annotations

import json
import math
from dataclasses import field
from pathlib import Path
from typing import Any

from higgs_logscan.usage import suggestion
from higgs_logscan.value import Value, replace


class ProfileError(ValueError):
    """A profile that cannot be built: unknown name, unreadable or contradictory configuration."""


class Profile(Value):
    """What a trainer of one model family may print.

    Sizes are in tokens, the frame rate in frames a second. Sources: boson-ai/higgs-audio
    `configuration_higgs_audio.py` (special ids, `audio_codebook_size`), the released
    `config.json` (vocabulary, 8 codebooks), TOKENIZER_BLOG.md (25 frames a second).
    """

    name: str = "higgs-v2"
    text_vocabulary: int = 128_256
    codebooks: int = 8
    codebook_size: int = 1024
    ignore_index: int = -100
    frame_rate: int = 25
    audio_bos: int = 1024
    audio_eos: int = 1025
    #: Text ids that open a turn or stand for audio input: never a target (prompt, not answer).
    prompt_ids: tuple[int, ...] = (128_000, 128_006, 128_007, 128_011, 128_015, 128_016)
    #: Text ids that stand for audio in a prompt or an answer; the expanded sequence has none.
    placeholder_ids: tuple[int, ...] = (128_015, 128_016)
    #: Text ids that end a turn of the assistant, always a target: eot, or eom before another such turn.
    turn_ends: tuple[int, ...] = (128_009, 128_008)
    #: Supervised text tokens of one assistant audio turn: audio_out_bos, audio_eos, eot.
    text_targets_a_turn: int = 3
    #: Names of the constants that were given (configuration or option), so are not assumptions.
    given: frozenset[str] = field(default_factory=frozenset)

    @property
    def audio_vocabulary(self) -> int:
        """Width of one codebook's logits: the codes, stream BOS and stream EOS."""
        return self.codebook_size + 2

    def given_as(self, **constants: int) -> Profile:
        """This profile with some constants replaced and marked as given.

        Raises ProfileError for a constant that is not positive.
        """
        for name, value in constants.items():
            if value <= 0:
                raise ProfileError(f"{name.replace('_', ' ')} must be positive, not {value}")
        return replace(self, given=self.given | constants.keys(), **constants)


def chance(vocabulary: int) -> float:
    """The cross entropy, in nats a token, of guessing uniformly over a vocabulary."""
    return math.log(vocabulary)


PROFILES = {
    "higgs-v2": Profile(),
    # Higgs v3 keeps the codec of v2 (txya900619/Higgs-tts-3-finetune, src/processor.py).
    "higgs-v3": Profile(name="higgs-v3"),
}


def named(name: str) -> Profile:
    """The built-in profile of that name. Raises ProfileError, with a suggestion."""
    if name in PROFILES:
        return PROFILES[name]
    raise ProfileError(f"no profile '{name}'.{suggestion(name, PROFILES)} (profiles: {', '.join(PROFILES)})")


def from_model_config(path: Path, profile: Profile) -> Profile:
    """The profile with the constants that a Hugging Face `config.json` states.

    Boson's configuration writes the codebook size as codes alone (`audio_codebook_size: 1024`),
    the Hugging Face port as the width of the logits (`codebook_size: 1026`, BOS and EOS
    included): both are right, so a BOS id below the size tells which one it is. Raises
    ProfileError for a file that is missing, not JSON, or states none of the constants.
    """
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise ProfileError(f"{path} is not JSON: {error}") from error
    if not isinstance(config, dict):
        raise ProfileError(f"{path} is no model configuration: expected a JSON object")
    constants = _constants(config)
    if not constants:
        raise ProfileError(
            f"{path} names no vocab_size, num_codebooks or codebook_size: is it the model's config.json?"
        )
    return profile.given_as(**constants)


_SPELLINGS = {
    "text_vocabulary": ("vocab_size",),
    "codebooks": ("audio_num_codebooks", "num_codebooks"),
    "codebook_size": ("audio_codebook_size", "codebook_size"),
    "audio_bos": ("audio_stream_bos_id",),
    "audio_eos": ("audio_stream_eos_id",),
}


def _constants(config: dict[str, Any]) -> dict[str, int]:
    text = config.get("text_config")
    merged = {**(text if isinstance(text, dict) else {}), **config}
    found = {}
    for name, spellings in _SPELLINGS.items():
        values = [merged[key] for key in spellings if type(merged.get(key)) is int]
        if values:
            found[name] = values[0]
    size, bos = found.get("codebook_size"), found.get("audio_bos")
    with_stream_ids = size is not None and (size % 16 == 2 or (bos is not None and bos < size))
    if size is not None and with_stream_ids and "audio_codebook_size" not in merged:
        found["codebook_size"] = size - 2
    if "codebook_size" in found:
        found.setdefault("audio_bos", found["codebook_size"])
        found.setdefault("audio_eos", found["codebook_size"] + 1)
    return found
