from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import Example, Rule, threshold

_SHAPE = "INFO:__main__:  Audio Logits shape: torch.Size([244, 8, {width}])\n✓ TRAINING SUCCESSFUL - Total loss: 6.6\n"


class LogitsWidth(Rule):
    """The audio logits are not as wide as codebook and stream specials need.

    Each codebook has 1024 codes, BOS and EOS: 1026 logits. 1024 leaves no room for the specials:
    the head was built from a default configuration, and a label of 1025 is out of bounds.

    False positives: all codebooks in one axis (8 x 1026 = 8208, the Hugging Face port) are fine.
    Another codec has another size: give the model's configuration.

    What to do: audio_codebook_size is 1024 in boson's configuration (two are added), codebook_size
    is 1026 in the Hugging Face port's.
    """

    id = "logits-width"
    area = "shapes"
    severity = "warning"
    carries = ("R20",)
    needs = "the shape of the audio logits: `Audio Logits shape: torch.Size([244, 8, 1026])`"

    at_least: int = threshold(3, "shapes that must agree")

    examples = (
        Example(_SHAPE.format(width=1024) * 3, offends=True),
        Example(_SHAPE.format(width=1026) * 3, offends=False),
        Example(
            "Audio logits shape: torch.Size([2, 504, 8208])\nTotal loss: 6.6\n" * 3,
            offends=False,
            why="flat, as the port has it",
        ),
    )

    def judge(self, summary: None, context: Context) -> Judgement:
        seen, expected = context.facts.values("audio vocabulary"), context.profile.audio_vocabulary
        if seen.total() < self.at_least:
            return self.unjudged("the shape of the audio logits is not printed, or only once or twice")
        width, number = seen.most_common(1)[0]
        measured = {"width": width, "expected": expected, "judged": seen.total()}
        if width in (expected, expected * context.profile.codebooks):
            return self.passes(**measured)
        narrow = width == context.profile.codebook_size
        return self.offends_with(
            f"the audio logits are {width} wide, {expected} are needed: {context.profile.codebook_size} codes, BOS and EOS",
            context.facts.first["audio vocabulary", width],
            count=number,
            measured=measured,
            likely="The head has no room for BOS and EOS."
            if narrow
            else "The model has another codec, or its head another layout.",
            next="Compare audio_codebook_size in the model's configuration with the checkpoint.",
            severity="error" if narrow else "warning",
        )
