"""What the data set and the collator print of the first samples, and of what they mask.

`docs/log-formats.md` A.15 (dataset.py v4-v11, and the same as pasted in Markdown), B.1 (`DEBUG MASKING`).
These lines are about a sample: they never belong to a forward pass.
"""

from higgs_logscan.dialect import Dialect, Line, Span

_SAMPLE = (
    Line("DEBUG SAMPLE {sample} (idx={integer}):", "INFO:dataset:DEBUG SAMPLE 1 (idx=31):", {"sample": 1}, "sample", begins="sample"),
    Line("Input tokens length: {integer}", "INFO:dataset:  Input tokens length: 59", {}, "sample"),
    Line("Label tokens length: {integer}", "INFO:dataset:  Label tokens length: 59", {}, "sample"),
    Line("Audio contents count: {integer}", "INFO:dataset:  Audio contents count: 2", {}, "sample"),
    Line("Audio label contents count: {integer}", "INFO:dataset:  Audio label contents count: 1", {}, "sample"),
    Line("First {integer} input tokens: {_}", "INFO:dataset:  First 10 input tokens: [3840, 3846, 882]", {}, "sample"),
    Line("First {integer} label tokens: {labels}", "INFO:dataset:  First 10 label tokens: [-100, -100, -100]", {"labels": b"-100, -100, -100"}, "sample", "text", "first"),
    Line("Last {integer} label tokens: {labels}", "INFO:dataset:  Last 10 label tokens: [3853, 3852, 3849]", {"labels": b"3853, 3852, 3849"}, "sample", "text", "last"),
    Line("Text Label Stats: {masked} masked, {valid} unmasked, {total} total", "INFO:dataset:  Text Label Stats: 41 masked, 18 unmasked, 59 total", {"masked": 41, "valid": 18, "total": 59}, "sample", "text"),
    Line("Audio label codes shape: {audio_labels_shape}", "INFO:dataset:  Audio label codes shape: torch.Size([8, 36])", {"audio_labels_shape": (8, 36)}, "sample"),
    Line(
        "First {integer} audio label codes (first codebook): {labels}",
        "INFO:dataset:  First 10 audio label codes (first codebook): [722, 981, 30]",
        {"codebook": 0, "labels": b"722, 981, 30"}, "sample", "audio", "first", states={"codebook": 0},
    ),
    Line(
        "Last {integer} audio label codes (first codebook): {labels}",
        "INFO:dataset:  Last 10 audio label codes (first codebook): [961, 80, 11]",
        {"codebook": 0, "labels": b"961, 80, 11"}, "sample", "audio", "last", states={"codebook": 0},
    ),
    Line("No audio labels available", "INFO:dataset:  No audio labels available", {}, "sample"),
    Line("Audio IDs concat shape: {_}", "INFO:dataset:  Audio IDs concat shape: torch.Size([8, 61])", {}, "sample"),
    Line("Audio waveforms concat shape: {_}", "INFO:dataset:  Audio waveforms concat shape: torch.Size([58560])", {}, "sample"),
    Line("-" * 50, "INFO:dataset:" + "-" * 50, {}, "sample", closes=True),
)  # fmt: skip

#: The same as authors paste it: a numbered heading, a bullet a line.
_PASTED = (
    Line("{integer}. **Sample {sample} (idx={integer})**:", "1. **Sample 1 (idx=31)**:", {"sample": 1}, "sample", begins="sample"),
    Line("- Input tokens length: {integer}", "   - Input tokens length: 59", {}, "sample"),
    Line("- Label tokens length: {integer}", "   - Label tokens length: 59", {}, "sample"),
    Line("- Text Label Stats: {masked} masked, {valid} unmasked, {total} total", "   - Text Label Stats: 41 masked, 18 unmasked, 59 total", {"masked": 41, "valid": 18, "total": 59}, "sample", "text"),
    Line("- Audio Label Stats: {masked} masked, {valid} unmasked, {total} total", "   - Audio Label Stats: 0 masked, 288 unmasked, 288 total", {"masked": 0, "valid": 288, "total": 288}, "sample", "audio"),
    Line("- Audio label codes shape: {audio_labels_shape}", "   - Audio label codes shape: torch.Size([8, 36])", {"audio_labels_shape": (8, 36)}, "sample"),
)  # fmt: skip

_MASKING = (
    Line("DEBUG MASKING - Token {integer} decodes to: {_}", "DEBUG MASKING - Token 3852 decodes to: ''"),
    Line("DEBUG MASKING - Found audio token: {_}", "DEBUG MASKING - Found audio token: '<|audio_eos|>' -> 3852"),
    Line("DEBUG MASKING - Found audio vocab token: {_}", "DEBUG MASKING - Found audio vocab token: 'audio' -> 1230"),
    Line("DEBUG MASKING - Adding observed contamination token: {integer}", "DEBUG MASKING - Adding observed contamination token: 3852"),
    Line("DEBUG MASKING - Total audio tokens to mask: {_}", "DEBUG MASKING - Total audio tokens to mask: [3852, 3853]"),
    Line("DEBUG MASKING - Unique tokens in labels BEFORE: {_}", "DEBUG MASKING - Unique tokens in labels BEFORE: [-100, 271, 1061]"),
    Line("DEBUG MASKING - Unique tokens in labels AFTER: {_}", "DEBUG MASKING - Unique tokens in labels AFTER: [-100, 271]"),
    Line("DEBUG MASKING - Found {integer} instances of token {integer} to mask", "DEBUG MASKING - Found 4 instances of token 3852 to mask"),
    Line("DEBUG MASKING - Total tokens masked: {integer}", "DEBUG MASKING - Total tokens masked: 4"),
    Line("DEBUG MASKING - ✅ Successfully masked {integer} audio tokens", "DEBUG MASKING - ✅ Successfully masked 4 audio tokens"),
    Line("DEBUG MASKING - ⚠️  WARNING: No tokens were masked! Masking may have failed.", "DEBUG MASKING - ⚠️  WARNING: No tokens were masked! Masking may have failed."),
)  # fmt: skip

#: Of the original boson data set and collator, and of stand-alone checks pasted next to a log.
_CHECKS = (
    Line("Failed to convert to ChatMLSample: {_}", "Failed to convert to ChatMLSample: missing field"),
    Line("Error in prepare_chatml_sample: {_}", "Error in prepare_chatml_sample: list index out of range"),
    Line("Error processing sample at index {integer} (ID: {_}): {_}", "ERROR:__main__:Error processing sample at index 3 (ID: abc): bad file"),
    Line("Skipping sample {integer} due to missing components", "WARNING:__main__:Skipping sample 12 due to missing components"),
    Line("Missing required components: {_}", "WARNING:__main__:Missing required components: ref_audio=True, ref_text=False, target_text=True"),
    Line("Reference audio file not found: {_}", "WARNING:__main__:Reference audio file not found: data/a.wav"),
    Line("Warning: Audio out index {integer} is out of bounds (available: {integer}), skipping", "Warning: Audio out index 3 is out of bounds (available: 3), skipping", {}, "sample", warns="audio-loss-skipped"),
    Line("Token codebook mismatch: expected {integer}, got {codebooks} for: {_}", "WARNING:__main__:Token codebook mismatch: expected 8, got 12 for: data/a.pt", {"codebooks": 12}, "sample"),
    Line("Expected {integer} codebooks, got {codebooks}", "2025-08-25 13:18:31.129 | ERROR    | collator:__call__:88 - Expected 8 codebooks, got 1", {"codebooks": 1}, "sample"),
    Line("Masked tokens: {masked}, Unmasked tokens: {valid}", "Masked tokens: 41, Unmasked tokens: 18", {"masked": 41, "valid": 18}, "sample", "text"),
    Line("Expanded labels - Masked: {masked}, Unmasked: {valid}", "Expanded labels - Masked: 41, Unmasked: 18", {"masked": 41, "valid": 18}, "sample", "text"),
    Line("Input tokens: {_}", "Input tokens: [3840, 3846, 882]"),
    Line("Input text: {_}", "Input text: <|begin_of_text|>"),
    Line("Input IDs: {_}", "Input IDs: [3840, 3846, 882]"),
    Line("Label tokens: {labels}", "Label tokens: [-100, -100, 271]", {"labels": b"-100, -100, 271"}, "sample", "text", "first", begins=True),
    Line("Label IDs: {labels}", "Label IDs: [-100, -100, 271]", {"labels": b"-100, -100, 271"}, "sample", "text", "first", begins=True),
    Line("Label IDs shape: {_}", "Label IDs shape: torch.Size([1, 61])"),
    Line("Total tokens: {integer}", "Total tokens: 59"),
    Line("Tokens with -100 (ignored): {integer}", "Tokens with -100 (ignored): 41"),
    Line("Valid tokens (not -100): {integer}", "Valid tokens (not -100): 18"),
    Line("Percentage of valid tokens: {number}%", "Percentage of valid tokens: 30.51%"),
)  # fmt: skip

DATASET_DEBUG = Dialect(
    id="dataset-debug",
    summary="samples as dataset.py and debug scripts print them, and the collator's DEBUG MASKING",
    lines=_SAMPLE + _PASTED + _MASKING + _CHECKS,
    spans=(
        Span(
            "sample-json",
            opens=r"(?:Clean sample|Sample data): [\[{]?",
            continues=r"\s+[\"{}\[\]]|[}\]]",
            sample="Clean sample: {",
            says="Clean sample: {",
            kind=None,
        ),
    ),
)
