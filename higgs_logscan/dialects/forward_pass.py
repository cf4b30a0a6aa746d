"""The lines that a trainer logs for each forward pass: losses, shapes, token counts.

`docs/log-formats.md` family A (A.2-A.5), family F.4. One wording, with and without its ticks.
"""

from higgs_logscan.dialect import FORWARD, Dialect, Line

_LOSSES = (
    Line("LLM loss: None", "LLM loss: None", {}, "micro-batch", echoes=True, warns="text-loss-skipped"),
    Line("Audio loss: None", "Audio loss: None", {}, "micro-batch", echoes=True, warns="audio-loss-skipped"),
    Line("Text loss: {text_loss}", "INFO:__main__:✓ Text loss: 11.4375", {"text_loss": 11.4375}, "micro-batch", begins=True),
    Line("Audio loss: {audio_loss}", "INFO:__main__:✓ Audio loss: 6.7123", {"audio_loss": 6.7123}, "micro-batch", begins=True),
    Line("Total loss: {loss}", "INFO:__main__:Total loss: 18.1498", {"loss": 18.1498}, "micro-batch", begins=True, closes=True),
    Line(
        "TRAINING SUCCESSFUL - Total loss: {loss}",
        "INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 18.1498",
        {"loss": 18.1498}, "micro-batch", begins=True, closes=True,
    ),
    Line(
        "Total loss is ZERO! Training will not work.",
        "ERROR:__main__:❌ CRITICAL: Total loss is ZERO! Training will not work.",
        {}, "micro-batch", begins="loss", closes=True, warns="total-zero",
    ),
    Line("Check: {_}", "ERROR:__main__:Check: 1) Model inputs, 2) Label alignment, 3) Data preprocessing"),
    Line("Text contribution: {number}", "INFO:__main__:  ✓ Text contribution: 11.4375"),
    Line("Audio contribution: {number}", "INFO:__main__:  ✓ Audio contribution: 6.7123"),
    Line("Fallback text loss: {text_loss}", "INFO:__main__:✓ Fallback text loss: 11.2500", {"text_loss": 11.25}, "micro-batch"),
    Line("Adjusted fallback text loss: {text_loss}", "INFO:__main__:✓ Adjusted fallback text loss: 11.2500", {"text_loss": 11.25}, "micro-batch"),
    Line("Standard fallback text loss: {text_loss}", "INFO:__main__:✓ Standard fallback text loss: 11.2500", {"text_loss": 11.25}, "micro-batch"),
    Line("Audio loss computed across {valid_codebooks} codebooks", "INFO:__main__:Audio loss computed across 8 codebooks", {"valid_codebooks": 8}, "micro-batch"),
    Line("Combined loss: {loss}", "✓ Combined loss: 8.8127 (components: 2)", {"loss": 8.8127}, "micro-batch", begins=True, closes=True),
    Line("Computing audio loss on non-empty logits", "INFO:__main__:✓ Computing audio loss on non-empty logits"),
)  # fmt: skip

#: The patched model of JimmyMa99 (2025-07-27 to 2025-08-17) prints a forward pass itself.
_MODEL_PRINTS = (
    Line("Target device: {_}", "Target device: cuda:0"),
    Line("LLM loss computed: {text_loss}", "LLM loss computed: 11.234375, device: cuda:0", {"text_loss": 11.234375}, "micro-batch", begins=True),
    Line("Audio loss computation: num_audio_tokens={integer}, num_codebooks={codebooks}", "Audio loss computation: num_audio_tokens=149, num_codebooks=8", {"codebooks": 8}, "micro-batch"),
    Line("Codebook {codebook} loss: {codebook_loss} ({integer} valid tokens)", "2025-08-27 22:00:01,123 - INFO -   Codebook 0 loss: 6.1234 (571 valid tokens)", {"codebook": 0, "codebook_loss": 6.1234}, "micro-batch", joins=FORWARD),
    Line("Codebook {codebook} loss: {codebook_loss}", "Codebook 0 loss: 6.8125", {"codebook": 0, "codebook_loss": 6.8125}, "micro-batch", joins=FORWARD),
    Line("Codebook {codebook}: No valid tokens (all masked)", "  Codebook 3: No valid tokens (all masked)", {"codebook": 3}, "micro-batch", joins=FORWARD),
    Line("Audio loss computed: {audio_loss}", "Audio loss computed: 6.74609375, device: cuda:0", {"audio_loss": 6.74609375}, "micro-batch", begins=True),
    Line("Final loss: {loss}", "Final loss: 17.98046875, device: cuda:0", {"loss": 17.98046875}, "micro-batch", begins=True, closes=True),
    Line("LLM loss: {text_loss}", "LLM loss: 11.234375", {"text_loss": 11.234375}, "micro-batch", echoes=True),
    Line("No valid LLM tokens to compute loss", "No valid LLM tokens to compute loss", {}, "micro-batch", warns="text-labels-masked"),
    Line("No valid audio tokens to compute loss", "No valid audio tokens to compute loss", {}, "micro-batch", warns="audio-labels-masked"),
    Line("No audio tokens or codebooks available", "No audio tokens or codebooks available", {}, "micro-batch", warns="audio-loss-skipped"),
    Line("Skipping LLM loss computation - invalid inputs", "Skipping LLM loss computation - invalid inputs", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Skipping audio loss computation - invalid inputs", "Skipping audio loss computation - invalid inputs", {}, "micro-batch", warns="audio-loss-skipped"),
    Line("Error computing LLM loss: {_}", "Error computing LLM loss: shape mismatch", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Error computing audio loss: {_}", "Error computing audio loss: Target 1041 is missing", {}, "micro-batch", warns="audio-loss-skipped"),
)  # fmt: skip

_SHAPES = (
    Line("Text logits shape: {text_logits_shape}", "INFO:__main__:Text logits shape: torch.Size([8, 498, 128256])", {"text_logits_shape": (8, 498, 128256)}, "micro-batch", begins=True, joins=FORWARD),
    Line("Text labels shape: {text_labels_shape}", "2025-08-25 15:53:22,417 - INFO -    Text labels shape: torch.Size([2, 343])", {"text_labels_shape": (2, 343)}, "micro-batch", joins=FORWARD),
    Line("Audio logits shape: {audio_logits_shape}", "INFO:__main__:Audio logits shape: torch.Size([581, 8, 1026])", {"audio_logits_shape": (581, 8, 1026)}, "micro-batch", joins=FORWARD),
    Line("Audio labels shape: {audio_labels_shape}", "INFO:__main__:Audio labels shape: torch.Size([8, 581])", {"audio_labels_shape": (8, 581)}, "micro-batch", joins=FORWARD),
    Line("Audio Logits shape: {audio_logits_shape}", "INFO:__main__:  Audio Logits shape: torch.Size([236, 8, 1026])", {"audio_logits_shape": (236, 8, 1026)}, "micro-batch", joins=FORWARD),
    Line("Audio Labels shape: {audio_labels_shape}", "INFO:__main__:  Audio Labels shape: torch.Size([8, 236])", {"audio_labels_shape": (8, 236)}, "micro-batch", joins=FORWARD),
    Line("Logits shape: {audio_logits_shape}", "INFO:__main__:  Logits shape: torch.Size([236, 8, 1026])", {"audio_logits_shape": (236, 8, 1026)}, "micro-batch"),
    Line("Labels shape: {audio_labels_shape}", "INFO:__main__:  Labels shape: torch.Size([8, 236])", {"audio_labels_shape": (8, 236)}, "micro-batch"),
    Line("Final logits shape: {text_logits_shape}", "INFO:__main__:Final logits shape: torch.Size([2, 251, 128256])", {"text_logits_shape": (2, 251, 128256)}, "micro-batch"),
    Line("Final labels shape: {text_labels_shape}", "INFO:__main__:Final labels shape: torch.Size([2, 252])", {"text_labels_shape": (2, 252)}, "micro-batch"),
    Line("Shifted logits shape: {text_logits_shape}", "INFO:__main__:Shifted logits shape: torch.Size([2, 171, 128256])", {"text_logits_shape": (2, 171, 128256)}, "micro-batch"),
    Line("Shifted labels shape: {text_labels_shape}", "INFO:__main__:Shifted labels shape: torch.Size([2, 170])", {"text_labels_shape": (2, 170)}, "micro-batch"),
    Line("Fallback logits shape: {text_logits_shape}", "INFO:__main__:Fallback logits shape: torch.Size([2, 269, 128256])", {"text_logits_shape": (2, 269, 128256)}, "micro-batch"),
    Line("Fallback labels shape: {text_labels_shape}", "INFO:__main__:Fallback labels shape: torch.Size([2, 265])", {"text_labels_shape": (2, 265)}, "micro-batch"),
    Line("Model expanded labels shape: {text_labels_shape}", "INFO:__main__:✓ Model expanded labels shape: torch.Size([8, 498])", {"text_labels_shape": (8, 498)}, "micro-batch"),
    Line("Audio logits non-empty: {audio_logits_shape}", "INFO:__main__:✓ Audio logits non-empty: torch.Size([581, 8, 1026])", {"audio_logits_shape": (581, 8, 1026)}, "micro-batch"),
    Line(
        "Aligned - Audio logits: {audio_logits_shape}, Audio labels: {audio_labels_shape}",
        "INFO:__main__:Aligned - Audio logits: torch.Size([581, 8, 1026]), Audio labels: torch.Size([8, 581])",
        {"audio_logits_shape": (581, 8, 1026), "audio_labels_shape": (8, 581)}, "micro-batch",
    ),
    Line("label_ids shape: {text_input_shape}", "INFO:__main__:✓ label_ids shape: torch.Size([2, 187]) dtype: torch.int64", {"text_input_shape": (2, 187)}, "micro-batch"),
    Line("audio_out_ids shape: {audio_out_ids_shape}", "INFO:__main__:✓ audio_out_ids shape: torch.Size([8, 149]) dtype: torch.int64", {"audio_out_ids_shape": (8, 149)}, "micro-batch"),
)  # fmt: skip

_COUNTS = (
    Line(
        "TEXT LOSS DEBUG: Total tokens: {text_total}, Valid (unmasked) tokens: {text_valid}",
        "INFO:__main__:TEXT LOSS DEBUG: Total tokens: 3984, Valid (unmasked) tokens: 229",
        {"text_total": 3984, "text_valid": 229}, "micro-batch",
    ),
    Line(
        "TEXT LOSS DEBUG (FALLBACK): Total tokens: {text_total}, Valid (unmasked) tokens: {text_valid}",
        "INFO:__main__:TEXT LOSS DEBUG (FALLBACK): Total tokens: 3984, Valid (unmasked) tokens: 229",
        {"text_total": 3984, "text_valid": 229}, "micro-batch",
    ),
    Line(
        "TEXT LOSS DEBUG (STANDARD): Total tokens: {text_total}, Valid (unmasked) tokens: {text_valid}",
        "INFO:__main__:TEXT LOSS DEBUG (STANDARD): Total tokens: 3984, Valid (unmasked) tokens: 229",
        {"text_total": 3984, "text_valid": 229}, "micro-batch",
    ),
    Line(
        "AUDIO LOSS DEBUG: Total tokens: {audio_total}, Valid (unmasked) tokens: {audio_valid}, Valid codebooks: {valid_codebooks}",
        "INFO:__main__:AUDIO LOSS DEBUG: Total tokens: 4648, Valid (unmasked) tokens: 4585, Valid codebooks: 8",
        {"audio_total": 4648, "audio_valid": 4585, "valid_codebooks": 8}, "micro-batch",
    ),
    Line(
        "AUDIO LOSS DEBUG (FALLBACK): Total tokens: {audio_total}, Valid (unmasked) tokens: {audio_valid}",
        "INFO:__main__:AUDIO LOSS DEBUG (FALLBACK): Total tokens: 4648, Valid (unmasked) tokens: 4585",
        {"audio_total": 4648, "audio_valid": 4585}, "micro-batch",
    ),
    Line("Label Stats: {masked} masked, {valid} unmasked, {total} total", "INFO:__main__:  Label Stats: 251 masked, 113 unmasked, 364 total", {"masked": 251, "valid": 113, "total": 364}, "micro-batch", "text"),
    Line("Audio Label Stats: {masked} masked, {valid} unmasked, {total} total", "INFO:__main__:  Audio Label Stats: 63 masked, 4585 unmasked, 4648 total", {"masked": 63, "valid": 4585, "total": 4648}, "micro-batch", "audio", joins=(*FORWARD, "sample")),
    Line("Perfect alignment! Computing loss on {text_valid} valid tokens", "INFO:__main__:✓ Perfect alignment! Computing loss on 229 valid tokens", {"text_valid": 229}, "micro-batch"),
    Line("Fallback alignment OK! Computing loss on {text_valid} valid tokens", "INFO:__main__:✓ Fallback alignment OK! Computing loss on 120 valid tokens", {"text_valid": 120}, "micro-batch"),
)  # fmt: skip

_INPUTS = (
    Line("Batch keys: {_}", "INFO:__main__:Batch keys: ['input_ids', 'attention_mask', 'label_audio_ids']", {}, "micro-batch", begins=True),
    Line("Clean inputs: {_}", "INFO:__main__:Clean inputs: ['input_ids', 'attention_mask']"),
    Line("Model will receive label_ids: True", "INFO:__main__:✓ Model will receive label_ids: True"),
    Line("Model will receive audio_out_ids: True", "INFO:__main__:✓ Model will receive audio_out_ids: True"),
    Line("Model will receive label_audio_ids: True", "INFO:__main__:✓ Model will receive label_audio_ids: True"),
    Line("Model will receive label_ids: False", "INFO:__main__:✓ Model will receive label_ids: False", {"missing": "label_ids"}, "micro-batch", states={"missing": "label_ids"}),
    Line("Model will receive audio_out_ids: False", "INFO:__main__:✓ Model will receive audio_out_ids: False", {"missing": "audio_out_ids"}, "micro-batch", states={"missing": "audio_out_ids"}),
    Line("Model will receive label_audio_ids: False", "INFO:__main__:✓ Model will receive label_audio_ids: False", {"missing": "label_audio_ids"}, "micro-batch", states={"missing": "label_audio_ids"}),
    Line("label_ids is missing or None - model won't generate expanded_labels!", "WARNING:__main__:⚠️  label_ids is missing or None - model won't generate expanded_labels!", {"missing": "label_ids"}, "micro-batch", states={"missing": "label_ids"}),
    Line("audio_out_ids is missing or None - audio logits will be empty!", "WARNING:__main__:⚠️  audio_out_ids is missing or None - audio logits will be empty!", {"missing": "audio_out_ids"}, "micro-batch", states={"missing": "audio_out_ids"}),
    Line("label_ids is present but empty", "WARNING:__main__:⚠️  label_ids is present but empty", {"missing": "label_ids (empty)"}, "micro-batch", states={"missing": "label_ids (empty)"}),
    Line("audio_out_ids is present but empty", "WARNING:__main__:⚠️  audio_out_ids is present but empty", {"missing": "audio_out_ids (empty)"}, "micro-batch", states={"missing": "audio_out_ids (empty)"}),
    Line("label_audio_ids is present but empty", "WARNING:__main__:⚠️  label_audio_ids is present but empty", {"missing": "label_audio_ids (empty)"}, "micro-batch", states={"missing": "label_audio_ids (empty)"}),
    Line("Missing required inputs: {missing}", "ERROR:__main__:❌ CRITICAL: Missing required inputs: ['label_ids', 'audio_out_ids (empty)']", {"missing": "['label_ids', 'audio_out_ids (empty)']"}, "micro-batch"),
    Line("Missing required keys in batch: {missing}", "ERROR:__main__:Missing required keys in batch: ['label_audio_ids']", {"missing": "['label_audio_ids']"}, "micro-batch"),
    Line("Float32 tensors detected (will be cast to bfloat16): {_}", "INFO:__main__:ℹ️  Float32 tensors detected (will be cast to bfloat16): ['audio_features']"),
    Line("Found HiggsAudioModel at depth {integer}", "INFO:__main__:Found HiggsAudioModel at depth 2: PeftModelForCausalLM -> LoraModel -> HiggsAudioModel"),
    Line("Could not find HiggsAudioModel, using: {_}", "WARNING:__main__:Could not find HiggsAudioModel, using: <class 'peft.peft_model.PeftModel'>"),
    Line("Unwrapping path: {_}", "WARNING:__main__:Unwrapping path: PeftModelForCausalLM -> LoraModel"),
    Line("Using model's expanded_labels (optimal path)", "INFO:__main__:✓ Using model's expanded_labels (optimal path)", {}, "micro-batch", begins=True),
)  # fmt: skip

FORWARD_PASS = Dialect(
    id="forward-pass",
    summary="losses, shapes and token counts of each forward pass (trainer.py v3-v25, patched modeling)",
    lines=_LOSSES + _MODEL_PRINTS + _SHAPES + _COUNTS + _INPUTS,
)
