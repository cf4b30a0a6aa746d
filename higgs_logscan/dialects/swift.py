"""ms-swift plugins for Higgs: step lines, loss prints, the validating model.

`docs/log-formats.md` H. The dicts that swift itself prints belong to `dict_line`.
"""

from higgs_logscan.dialect import FORWARD, Dialect, Line

#: As in `step_line`; swift's plugins print the same words in a dict at level DEBUG.
LOSSES = {"text_loss": "text_loss", "audio_loss": "audio_loss", "total_loss": "loss"}
_FORWARD = "[ValidatingHiggsAudioModel.forward]"

_STEPS = (
    Line("Step {step}: text_loss={text_loss}, audio_loss={audio_loss}, auxiliary={_}, total_loss={loss}", "[INFO:swift] Step 10: text_loss=8.1300, audio_loss=6.9310, auxiliary=0.0000, total_loss=15.0610", {"step": 10, "text_loss": 8.13, "audio_loss": 6.931, "loss": 15.061}, "step", begins="step", closes=True),
    Line("Initialized HiggsAudioTrainer with text_weight={text_weight}, audio_weight={audio_weight}", "[INFO:swift] Initialized HiggsAudioTrainer with text_weight=1.0, audio_weight=1.0, kl_weight=0.0", {"text_weight": 1.0, "audio_weight": 1.0}, "config", begins=True),
    Line("Loss breakdown: {mapping}", "[DEBUG:swift] Loss breakdown: {'text_loss': 8.13, 'audio_loss': 6.931, 'total_loss': 15.061}", {"text_loss": 8.13, "audio_loss": 6.931, "loss": 15.061}, "micro-batch", begins=True, joins=FORWARD, keys=LOSSES, needs="(?:text|audio|total)_loss"),
    Line("Loss components - Text: {text_loss}, Audio: {audio_loss}, Total: {loss}", "[DEBUG:swift] Loss components - Text: 8.1300, Audio: 6.9310, Total: 7.5305", {"text_loss": 8.13, "audio_loss": 6.931, "loss": 7.5305}, "micro-batch", begins=True),
    Line("[DEBUG LOSS] Text: {text_loss}, Audio: {audio_loss}, Total: {loss}", "[DEBUG LOSS] Text: 8.1300, Audio: 6.9310, Total: 15.0610", {"text_loss": 8.13, "audio_loss": 6.931, "loss": 15.061}, "micro-batch", begins=True),
    Line("[DEBUG SHAPES] Text logits: {text_logits_shape}, Audio logits: {audio_logits_shape}", "[DEBUG SHAPES] Text logits: torch.Size([2, 61, 4096]), Audio logits: torch.Size([73, 8, 1026])", {"text_logits_shape": (2, 61, 4096), "audio_logits_shape": (73, 8, 1026)}, "micro-batch"),
    Line("[DEBUG LABELS] Text labels: {text_labels_shape}, Audio labels: {audio_labels_shape}", "[DEBUG LABELS] Text labels: torch.Size([2, 61]), Audio labels: torch.Size([2, 8, 73])", {"text_labels_shape": (2, 61), "audio_labels_shape": (2, 8, 73)}, "micro-batch"),
    Line("Batch size: {integer}", "[DEBUG] Batch size: 2"),
    Line("Text input shape: {text_input_shape}", "[DEBUG] Text input shape: torch.Size([2, 61])", {"text_input_shape": (2, 61)}, "micro-batch"),
    Line("Ref audio shape: {_}", "[DEBUG] Ref audio shape: torch.Size([2, 8, 81])"),
    Line("Audio inputs shape: {_}", "[DEBUG] Audio inputs shape: torch.Size([2, 8, 73])"),
    Line("ValidatingHiggsAudioSampleCollator called with batch size: {integer}", "[DEBUG] ValidatingHiggsAudioSampleCollator called with batch size: 8"),
    Line("Collator failed: {_}", "[ERROR] Collator failed: Inconsistent num_codebooks across audio tensors: [8, 12]", {}, "config", warns="fallback-collator"),
)  # fmt: skip

#: Every forward of contracts/validating_model.py.
_VALIDATING = (
    Line(f"{_FORWARD} Forward pass started", f"INFO:validating_model:{_FORWARD} Forward pass started", {}, "micro-batch", begins=True),
    Line(f"{_FORWARD} input_ids shape: {{text_input_shape}}", f"INFO:validating_model:{_FORWARD} input_ids shape: torch.Size([2, 61])", {"text_input_shape": (2, 61)}, "micro-batch", joins=FORWARD),
    Line(f"{_FORWARD} label_audio_ids shape: {{audio_labels_shape}}", f"INFO:validating_model:{_FORWARD} label_audio_ids shape: torch.Size([8, 73])", {"audio_labels_shape": (8, 73)}, "micro-batch"),
    Line(f"{_FORWARD} label_ids shape: {{text_labels_shape}}", f"INFO:validating_model:{_FORWARD} label_ids shape: torch.Size([2, 61])", {"text_labels_shape": (2, 61)}, "micro-batch"),
    Line(f"{_FORWARD} outputs.loss: {{loss}}", f"INFO:validating_model:{_FORWARD} outputs.loss: 7.130000", {"loss": 7.13}, "micro-batch"),
    Line(f"{_FORWARD} outputs.llm_loss: {{text_loss}}", f"INFO:validating_model:{_FORWARD} outputs.llm_loss: 8.130000", {"text_loss": 8.13}, "micro-batch"),
    Line(f"{_FORWARD} outputs.audio_loss: {{audio_loss}}", f"INFO:validating_model:{_FORWARD} outputs.audio_loss: 6.130000", {"audio_loss": 6.13}, "micro-batch"),
    Line(f"{_FORWARD} outputs.audio_logits shape: {{audio_logits_shape}}", f"INFO:validating_model:{_FORWARD} outputs.audio_logits shape: torch.Size([0, 8, 1026])", {"audio_logits_shape": (0, 8, 1026)}, "micro-batch"),
    Line(f"{_FORWARD} {{_}}", f"INFO:validating_model:{_FORWARD} kwargs keys: ['labels']"),
)  # fmt: skip

SWIFT = Dialect(
    id="swift",
    summary="ms-swift plugins for Higgs: step lines, [DEBUG LOSS] prints, the validating model",
    lines=_STEPS + _VALIDATING,
)
