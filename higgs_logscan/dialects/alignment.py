"""What a trainer says when logits and labels do not fit, or when a loss is not computed.

`docs/log-formats.md` A.4 (trainer.py v3-v25), A.2 and A.13 (skipped losses, failed steps).
"""

from higgs_logscan.dialect import FORWARD, Dialect, Line

_LENGTHS = (
    Line("Model expanded_labels alignment failed: {logits_length} vs {labels_length}", "ERROR:__main__:❌ Model expanded_labels alignment failed: 61 vs 62", {"logits_length": 61, "labels_length": 62}, "micro-batch", warns="alignment-failed"),
    Line("Model expanded_labels misaligned: {logits_length} vs {labels_length}", "WARNING:__main__:⚠️  Model expanded_labels misaligned: 61 vs 62", {"logits_length": 61, "labels_length": 62}, "micro-batch", warns="alignment-failed"),
    Line("Adjusted alignment still failed: {logits_length} vs {labels_length}", "ERROR:__main__:❌ Adjusted alignment still failed: 61 vs 60", {"logits_length": 61, "labels_length": 60}, "micro-batch", warns="alignment-failed"),
    Line("Standard fallback alignment failed: {logits_length} vs {labels_length}", "ERROR:__main__:❌ Standard fallback alignment failed: 64 vs 60", {"logits_length": 64, "labels_length": 60}, "micro-batch", warns="alignment-failed"),
    Line("Fallback alignment failed: {logits_length} vs {labels_length}", "ERROR:__main__:❌ Fallback alignment failed: 64 vs 60", {"logits_length": 64, "labels_length": 60}, "micro-batch", warns="alignment-failed"),
    Line("Sequence length mismatch: {logits_length} vs {labels_length}", "ERROR: Sequence length mismatch: 61 vs 60", {"logits_length": 61, "labels_length": 60}, "micro-batch", warns="alignment-failed"),
    Line("Loss computation failed: Sequence length mismatch: {logits_length} vs {labels_length}", "ERROR:__main__:Loss computation failed: Sequence length mismatch: 61 vs 60", {"logits_length": 61, "labels_length": 60}, "micro-batch", warns="alignment-failed"),
    Line("Expansion analysis: logits {logits_length} / labels {labels_length} = {number}x", "INFO:__main__:Expansion analysis: logits 74 / labels 60 = 1.23x", {"logits_length": 74, "labels_length": 60}, "micro-batch"),
    Line("Adjusted alignment: logits {logits_length} vs labels {labels_length}", "INFO:__main__:Adjusted alignment: logits 60 vs labels 60", {"logits_length": 60, "labels_length": 60}, "micro-batch"),
    Line("This should never happen with properly functioning model!", "ERROR:__main__:This should never happen with properly functioning model!"),
    Line("Model expanded_labels is None - falling back to manual alignment", "WARNING:__main__:⚠️  Model expanded_labels is None - falling back to manual alignment", {"missing": "expanded_labels"}, "micro-batch", states={"missing": "expanded_labels"}),
)  # fmt: skip

_FALLBACKS = (
    Line("Using fallback text loss computation with original labels (forced to avoid over-masking)", "WARNING:__main__:⚠️  Using fallback text loss computation with original labels (forced to avoid over-masking)", {}, "micro-batch"),
    Line("Using fallback text loss computation with original labels", "WARNING:__main__:⚠️  Using fallback text loss computation with original labels", {}, "micro-batch"),
    Line("Using fallback text loss computation", "WARNING: Using fallback text loss computation", {}, "micro-batch"),
    Line("Using fallback audio loss computation", "INFO:__main__:Using fallback audio loss computation", {}, "micro-batch"),
    Line("Detected significant sequence expansion - likely due to audio tokens", "WARNING:__main__:Detected significant sequence expansion - likely due to audio tokens"),
    Line("Manual alignment may be inaccurate. Check model input filtering.", "WARNING:__main__:Manual alignment may be inaccurate. Check model input filtering."),
    Line("Complex alignment needed for audio-expanded sequences", "WARNING:__main__:⚠️  Complex alignment needed for audio-expanded sequences"),
    Line("Falling back to original labels to avoid alignment issues", "WARNING:__main__:⚠️  Falling back to original labels to avoid alignment issues"),
)  # fmt: skip

_SKIPPED = (
    Line("No valid tokens in adjusted alignment - skipping text loss", "WARNING:__main__:⚠️  No valid tokens in adjusted alignment - skipping text loss", {}, "micro-batch", warns="text-loss-skipped"),
    Line("No valid tokens in standard alignment - skipping text loss", "WARNING:__main__:⚠️  No valid tokens in standard alignment - skipping text loss", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Insufficient sequence length for adjusted alignment - skipping text loss", "WARNING:__main__:⚠️  Insufficient sequence length for adjusted alignment - skipping text loss", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Insufficient sequence length for standard alignment - skipping text loss", "WARNING:__main__:⚠️  Insufficient sequence length for standard alignment - skipping text loss", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Skipping text loss - check data preprocessing and model inputs", "ERROR:__main__:Skipping text loss - check data preprocessing and model inputs", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Skipping text loss computation - insufficient data", "WARNING:__main__:⚠️  Skipping text loss computation - insufficient data", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Skipping text loss computation", "WARNING:__main__:Skipping text loss computation", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Skipping audio loss computation", "WARNING:__main__:Skipping audio loss computation", {}, "micro-batch", warns="audio-loss-skipped"),
    Line("Skipping audio loss computation - missing audio_logits or audio_labels", "WARNING:__main__:⚠️  Skipping audio loss computation - missing audio_logits or audio_labels", {}, "micro-batch", warns="audio-loss-skipped"),
    Line("Audio logits are empty - skipping audio loss", "WARNING:__main__:⚠️  Audio logits are empty - skipping audio loss", {}, "micro-batch", warns="audio-logits-empty"),
    Line("Audio logits are empty! This means no audio output positions were detected.", "ERROR:__main__:❌ Audio logits are empty! This means no audio output positions were detected.", {}, "micro-batch", warns="audio-logits-empty"),
    Line("Audio logits are empty!", "ERROR:__main__:❌ CRITICAL: Audio logits are empty!", {}, "micro-batch", joins=FORWARD, warns="audio-logits-empty"),
    Line("Audio logits are None", "WARNING:__main__:⚠️  Audio logits are None", {}, "micro-batch", warns="audio-logits-empty"),
    Line("This means no audio output positions were detected.", "ERROR:__main__:This means no audio output positions were detected."),
    Line("Empty audio sequences, returning zero loss", "INFO:__main__:Empty audio sequences, returning zero loss", {}, "micro-batch", warns="audio-logits-empty"),
    Line("No valid codebooks found for audio loss computation", "WARNING:__main__:⚠️  No valid codebooks found for audio loss computation", {}, "micro-batch", joins=FORWARD, warns="audio-labels-masked"),
    Line("Unexpected audio labels shape: {audio_labels_shape}", "WARNING:__main__:Unexpected audio labels shape: torch.Size([8, 41])", {"audio_labels_shape": (8, 41)}, "micro-batch", joins=FORWARD),
    Line("Unexpected audio logits shape: {audio_logits_shape}", "WARNING:__main__:Unexpected audio logits shape: torch.Size([41, 1026])", {"audio_logits_shape": (41, 1026)}, "micro-batch", joins=FORWARD),
    Line("Unexpected audio_logits shape: {audio_logits_shape}", "⚠️ Unexpected audio_logits shape: torch.Size([41, 1026])", {"audio_logits_shape": (41, 1026)}, "micro-batch", joins=FORWARD),
)  # fmt: skip

#: What is printed beside a step that failed; the traceback that may follow is an incident of its own.
_FAILED = (
    Line("Direct forward call failed: {message}", "ERROR:__main__:Direct forward call failed: Index put requires the dtypes to match", {"message": "Index put requires the dtypes to match"}, "incident", begins="incident", incident="forward-failed"),
    Line("Base model type: {_}", "ERROR:__main__:Base model type: <class 'HiggsAudioModel'>"),
    Line("Available methods: {_}", "ERROR:__main__:Available methods: ['forward', 'generate']"),
    Line("Available keys: {_}", "ERROR:__main__:Available keys: ['input_ids']"),
    Line("Available inputs: {_}", "ERROR:__main__:Available inputs: ['input_ids']"),
    Line("Input tensor dtypes:", "ERROR:__main__:Input tensor dtypes:"),
    Line("Batch shapes: {_}", "ERROR:__main__:Batch shapes: [('input_ids', torch.Size([2, 61]))]"),
    Line("Unknown batch type: {_}", "WARNING:__main__:Unknown batch type: <class 'list'>"),
    Line("Failed to convert batch: {_}", "ERROR:__main__:Failed to convert batch: 'list' object has no attribute 'items'"),
    Line("Validation loss computation failed: {_}", "ERROR:__main__:Validation loss computation failed: shape mismatch"),
)  # fmt: skip

ALIGNMENT = Dialect(
    id="alignment",
    summary="lengths that do not fit, losses that are skipped (trainer.py v3-v25)",
    lines=_LENGTHS + _FALLBACKS + _SKIPPED + _FAILED,
)
