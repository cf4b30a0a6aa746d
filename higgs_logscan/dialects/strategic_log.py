"""Blocks of the strategic logging callbacks, drawn as trees.

`docs/log-formats.md` G (speech_synth v48-v61). Each block is printed twice, once through the logger
and once below `STRATEGIC LOG:`; blocks of one step are one record.
"""

from higgs_logscan.dialect import Dialect, Line

_BLOCKS = (
    Line("STRATEGIC LOG:", "[2025-08-30 14:41:00] STRATEGIC LOG:"),
    Line("STRATEGIC LOG DEBUG: {_}", "[2025-08-30 14:41:00] STRATEGIC LOG DEBUG: No inputs received at step 1"),
    Line("STRATEGIC LOG ERROR: {_}", "[2025-08-30 14:41:00] STRATEGIC LOG ERROR: shape mismatch"),
    Line("=== Zero-Shot Voice Cloning Training Log - Step {step} ===", "=== Zero-Shot Voice Cloning Training Log - Step 100 ===", {"step": 100}, "step", begins="step", resumes=True),
    Line("=== Model Output Analysis - Step {step} ===", "=== Model Output Analysis - Step 100 ===", {"step": 100}, "step", begins="step", resumes=True),
    Line("=== Shared Attention Verification - Step {step} ===", "=== Shared Attention Verification - Step 100 ===", {"step": 100}, "step", begins="step", resumes=True),
    Line("=== Zero-Shot Capability Metrics - Step {step} ===", "=== Zero-Shot Capability Metrics - Step 100 ===", {"step": 100}, "step", begins="step", resumes=True),
    Line("Timestamp: {_}", "Timestamp: 2025-08-30 14:41:00"),
)  # fmt: skip

_VALUES = (
    Line("Tokenized Input Shape: {text_input_shape}", "├── Tokenized Input Shape: torch.Size([1, 61])", {"text_input_shape": (1, 61)}, "step"),
    Line("Logits Shape: {text_logits_shape}", "├── Logits Shape: torch.Size([1, 134, 4096])", {"text_logits_shape": (1, 134, 4096)}, "step"),
    Line("Text Match Accuracy: {accuracy}% ({integer}/{integer})", "├── Text Match Accuracy: 12.50% (12/96)", {"accuracy": 0.125}, "step", "text"),
    Line("Predicted (first {integer}): {predictions}", "├── Predicted (first 10): [11, 12]", {"predictions": b"11, 12"}, "step", "text", "first"),
    Line("Target (first {integer}): {labels}", "├── Target (first 10): [11, 13]", {"labels": b"11, 13"}, "step", "text", "first"),
    Line("Audio Logits Shape: {audio_logits_shape}", "├── Audio Logits Shape: torch.Size([73, 8, 1026])", {"audio_logits_shape": (73, 8, 1026)}, "step"),
    Line("Audio Logits: NOT FOUND", "├── Audio Logits: NOT FOUND", {}, "step", warns="audio-logits-empty"),
    Line("Audio Predicted (first {integer}): {predictions}", "├── Audio Predicted (first 10): [116, 9]", {"predictions": b"116, 9"}, "step", "audio", "first"),
    Line("Audio Target (first {integer}): {labels}", "├── Audio Target (first 10): [-100, 9]", {"labels": b"-100, 9"}, "step", "audio", "first"),
    Line("Audio Token Accuracy: {accuracy}% ({integer}/{integer})", "├── Audio Token Accuracy: 3.25% (39/1200)", {"accuracy": 0.0325}, "step", "audio"),
    Line("Loss: {loss}", "├── Loss: 7.2510", {"loss": 7.251}, "step"),
    Line("Loss: NOT FOUND in outputs or logs", "├── Loss: NOT FOUND in outputs or logs"),
    Line("Label Audio IDs Shape: {audio_labels_shape}", "├── Label Audio IDs Shape: torch.Size([8, 73])", {"audio_labels_shape": (8, 73)}, "step"),
    Line("Gradient Norm: {grad_norm}", "├── Gradient Norm: 0.305100 (HEALTHY)", {"grad_norm": 0.3051}, "step"),
    Line("Learning Rate: {learning_rate}", "├── Learning Rate: 5.00e-06 (APPROPRIATE)", {"learning_rate": 5e-06}, "step"),
    Line("label_audio_ids: {audio_labels_shape} - dtype: {_}", "├── label_audio_ids: torch.Size([8, 73]) - dtype: torch.int64", {"audio_labels_shape": (8, 73)}, "step"),
    Line("audio_out_ids: {audio_out_ids_shape} - dtype: {_}", "├── audio_out_ids: torch.Size([8, 73]) - dtype: torch.int64", {"audio_out_ids_shape": (8, 73)}, "step"),
    Line("DAC Code Conditioning: {_}", "├── DAC Code Conditioning: ✅ FOUND - Shape: torch.Size([8, 81])"),
    Line("Audio Tokens: {_}", "├── Audio Tokens: AUDIO_IN tokens: torch.Size([8, 81]), AUDIO_OUT tokens: torch.Size([8, 73])"),
)  # fmt: skip

_KNOWN = tuple(
    Line(text, text.replace("{_}", "torch.Size([1, 61])"))
    for text in (
        "Input Sequence Analysis:",
        "Input Tensor Details:",
        "Reference Audio Conditioning:",
        "Text Token Analysis:",
        "Audio Token Analysis:",
        "Loss Information:",
        "Ground Truth Comparison:",
        "Decoded Text (first sample): {_}",
        "Sample input_ids (first {_}",
        "Sample values: [{_}",
        "Predicted Text (first sample): {_}",
        "Ground Truth Text (first sample): {_}",
        "Whisper Embedding Status: {_}",
        "Audio Features Shape: {_}",
        "Audio Logits dtype: {_}",
        "Logits dtype: {_}",
        "Label IDs Shape: {_}",
        "Min: {_}, Max: ",
        "Voice Cloning Consistency: {_}",
    )
)

STRATEGIC_LOG = Dialect(
    id="strategic-log",
    summary="tree-drawn blocks of the strategic logging callbacks (speech_synth)",
    lines=_BLOCKS + _VALUES + _KNOWN,
)
