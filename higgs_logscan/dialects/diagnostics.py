"""What a trainer finds suspicious itself: masking, near-zero losses, NaN, starved text.

`docs/log-formats.md` A.9 (trainer.py v36-v42), A.14 (v22), B.1 and B.2 (scripts/training/*), F.3 and
F.5 (fallbacks), D. A warning is weak evidence: its numbers count, its adjectives do not.
"""

from higgs_logscan.dialect import FORWARD, Dialect, Line

#: v36-v42: with the step's header where it is printed, else about a forward pass of its own.
_AUDIO = (
    Line("Audio logits are empty! This will cause zero audio loss.", "2025-08-27 22:00:01,123 - WARNING - ❌ CRITICAL: Audio logits are empty! This will cause zero audio loss.", {}, "micro-batch", joins=FORWARD, warns="audio-logits-empty"),
    Line("Audio logits are empty - audio loss set to {number}", "2025-08-27 22:00:01,123 - WARNING - ⚠️  Audio logits are empty - audio loss set to 0.0", {}, "micro-batch", joins=FORWARD, warns="audio-logits-empty"),
    Line("Audio logits or labels are None - audio loss set to {number}", "2025-08-27 22:00:01,123 - WARNING - ⚠️  Audio logits or labels are None - audio loss set to 0.0", {}, "micro-batch", joins=FORWARD, warns="audio-loss-skipped"),
    Line("Audio logits or labels are empty - returning zero loss", "2025-08-27 22:00:01,123 - WARNING - ⚠️  Audio logits or labels are empty - returning zero loss", {}, "micro-batch", joins=FORWARD, warns="audio-logits-empty"),
    Line("HIGH AUDIO LABEL MASKING: Over {integer}% of audio labels are masked!", "2025-08-27 22:00:01,123 - WARNING - ⚠️  HIGH AUDIO LABEL MASKING: Over 90% of audio labels are masked!", {}, "micro-batch", joins=FORWARD, warns="high-masking"),
    Line("Audio labels are {number}% masked! This will prevent learning.", "2025-08-27 22:00:01,123 - WARNING - ⚠️  CRITICAL: Audio labels are 97.1% masked! This will prevent learning.", {}, "micro-batch", joins=FORWARD, warns="high-masking"),
    Line("This may prevent effective audio learning.", "2025-08-27 22:00:01,123 - WARNING - This may prevent effective audio learning."),
    Line("NEAR-ZERO AUDIO LOSS DETECTED: {audio_loss}", "2025-08-27 22:00:01,123 - WARNING - ⚠️  NEAR-ZERO AUDIO LOSS DETECTED: 0.000741", {"audio_loss": 0.000741}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("This indicates potential issues with audio learning.", "2025-08-27 22:00:01,123 - WARNING - This indicates potential issues with audio learning."),
    Line("Possible causes: {_}", "2025-08-27 22:00:01,123 - WARNING - Possible causes: 1) Over-masking 2) Empty logits 3) Data issues"),
    Line("Individual codebook losses: {codebook_losses}", "2025-08-27 22:00:01,123 - INFO -   Individual codebook losses: ['0.000130', '0.000460']", {"codebook_losses": [0.00013, 0.00046]}, "micro-batch", joins=FORWARD),
    Line("Suggested actions:", "2025-08-27 22:00:01,123 - WARNING - Suggested actions:"),
    Line("Suggested corrective actions:", "2025-08-27 22:00:01,123 - WARNING - Suggested corrective actions:"),
    Line("RECOMMENDED CORRECTIVE ACTIONS:", "WARNING:__main__:RECOMMENDED CORRECTIVE ACTIONS:"),
    Line("This can cause audio loss to become zero!", "ERROR:__main__:This can cause audio loss to become zero!"),
)  # fmt: skip

#: v22: defined, hardly ever printed.
_MONITOR = (
    Line("CRITICAL ALERT: Audio loss ({audio_loss}) is below critical threshold ({number}) at step {integer}", "ERROR:__main__:CRITICAL ALERT: Audio loss (0.004310) is below critical threshold (0.005) at step 0", {"audio_loss": 0.00431}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("Audio loss ({audio_loss}) is below threshold ({number}) at step {integer}", "WARNING:__main__:WARNING: Audio loss (0.008100) is below threshold (0.01) at step 0", {"audio_loss": 0.0081}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("SUSTAINED WARNING: Average audio loss over {integer} steps is {number} (below threshold {number})", "WARNING:__main__:SUSTAINED WARNING: Average audio loss over 100 steps is 0.007100 (below threshold 0.01)", {}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("Audio loss is very low ({number}) - monitor for potential issues", "WARNING:__main__:⚠️  Audio loss is very low (0.008100) - monitor for potential issues", {}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("Audio loss is zero! This indicates a serious problem with audio training.", "ERROR:__main__:❌ CRITICAL: Audio loss is zero! This indicates a serious problem with audio training.", {}, "micro-batch", joins=FORWARD, warns="near-zero-audio-loss"),
    Line("INITIATING CORRECTIVE ACTION FOR NEAR-ZERO AUDIO LOSS", "WARNING:__main__:⚠️  INITIATING CORRECTIVE ACTION FOR NEAR-ZERO AUDIO LOSS"),
    Line("CORRECTIVE ACTION DETAILS:", "WARNING:__main__:CORRECTIVE ACTION DETAILS:"),
    Line("Alert type: {_}", "WARNING:__main__:  Alert type: critical"),
    Line("Alert message: {_}", "WARNING:__main__:  Alert message: too low"),
    Line("Current step: {integer}", "WARNING:__main__:  Current step: 0"),
    Line("BATCH VALIDATION:", "WARNING:__main__:BATCH VALIDATION:"),
    Line("DETAILED DIAGNOSTICS: {_}", "WARNING:__main__:DETAILED DIAGNOSTICS: {'loss': 0.0}"),
    Line("LOSS DIAGNOSTICS: {_}", "INFO:__main__:LOSS DIAGNOSTICS: {'loss': 0.0}"),
    Line("CRITICAL LOSS CONDITION DETECTED!", "ERROR:__main__:❌ CRITICAL LOSS CONDITION DETECTED!"),
    Line("Empty audio logits detected!", "ERROR:__main__:❌ CRITICAL: Empty audio logits detected!", {}, "micro-batch", joins=FORWARD, warns="audio-logits-empty"),
    Line("Missing audio components for loss computation!", "ERROR:__main__:❌ CRITICAL: Missing audio components for loss computation!", {}, "micro-batch", joins=FORWARD, warns="audio-loss-skipped"),
    Line("Audio logits contain NaN values!", "ERROR:__main__:❌ CRITICAL: Audio logits contain NaN values!", {}, "micro-batch", joins=FORWARD, warns="invalid-loss"),
    Line("Audio logits contain Inf values!", "ERROR:__main__:❌ CRITICAL: Audio logits contain Inf values!", {}, "micro-batch", joins=FORWARD, warns="invalid-loss"),
    Line("DETAILED BATCH DEBUGGING INFO", "INFO:__main__:DETAILED BATCH DEBUGGING INFO"),
    Line("Original batch keys and types:", "INFO:__main__:Original batch keys and types:"),
    Line("Clean inputs keys and types:", "INFO:__main__:Clean inputs keys and types:"),
    Line("Input dtypes: {_}", "INFO:__main__:Input dtypes: {('input_ids', torch.int64)}"),
    Line("DETAILED AUDIO LOGITS ANALYSIS:", "INFO:__main__:DETAILED AUDIO LOGITS ANALYSIS:"),
    Line("DETAILED AUDIO LOGITS DEBUGGING:", "ERROR:__main__:DETAILED AUDIO LOGITS DEBUGGING:"),
    Line("Value range: {_}", "INFO:__main__:  Value range: [-12.3000, 20.1000], Mean: -0.1200"),
    Line("Invalid values: {integer} NaN, {integer} Inf", "ERROR:__main__:  ❌ Invalid values: 3 NaN, 0 Inf", {}, "micro-batch", joins=FORWARD, warns="invalid-loss"),
    Line("No NaN or Inf values detected", "INFO:__main__:  ✓ No NaN or Inf values detected"),
    Line("Unique non-masked label values: {_}", "INFO:__main__:  Unique non-masked label values: [0, 4, 9]..."),
    Line("Label masking: {masked}/{total} ({number}%) tokens masked", "INFO:__main__:  Label masking: 61/4700 (1.30%) tokens masked", {"masked": 61, "total": 4700}, "micro-batch", "audio", joins=FORWARD),
    Line("Very high masking ratio ({number}%) - may prevent effective learning", "WARNING:__main__:  ⚠️  Very high masking ratio (97.10%) - may prevent effective learning", {}, "micro-batch", joins=FORWARD, warns="high-masking"),
    Line("Audio logits vocab size matches expected: {integer}", "INFO:__main__:✓ Audio logits vocab size matches expected: 1026"),
    Line("Audio logits vocab size ({integer}) differs from expected ({integer})", "WARNING:__main__:⚠️  Audio logits vocab size (1024) differs from expected (1026)"),
    Line("Audio logits codebooks count matches expected: {codebooks}", "INFO:__main__:✓ Audio logits codebooks count matches expected: 8", {"codebooks": 8}, "micro-batch", joins=FORWARD),
    Line("Audio logits codebooks count ({codebooks}) not in expected range {_}", "WARNING:__main__:⚠️  Audio logits codebooks count (12) not in expected range [8]", {"codebooks": 12}, "micro-batch", joins=FORWARD),
    Line("Audio logits have unexpected shape: {audio_logits_shape}", "WARNING:__main__:⚠️  Audio logits have unexpected shape: torch.Size([41, 1026])", {"audio_logits_shape": (41, 1026)}, "micro-batch", joins=FORWARD),
)  # fmt: skip

#: train_higgs_lora.py (B.2): a block at the first steps and every so often.
_LORA = (
    Line("HIGGS-AUDIO TRAINING DIAGNOSTICS (Step {step}):", "2025-08-25 15:53:22,417 - INFO -  HIGGS-AUDIO TRAINING DIAGNOSTICS (Step 10):", {"step": 10}, "step", begins="block"),
    Line("input_ids: {text_input_shape} attention_mask: {_}", "2025-08-25 15:53:22,417 - INFO -   input_ids: (2, 61)  attention_mask: (2, 61)", {"text_input_shape": (2, 61)}, "step"),
    Line("audio_in_ids: {_} audio_out_ids: {audio_out_ids_shape}", "2025-08-25 15:53:22,417 - INFO -   audio_in_ids: (8, 81)  audio_out_ids: (8, 73)", {"audio_out_ids_shape": (8, 73)}, "step"),
    Line("AUDIO LABELS: {audio_valid} non-ignore / {audio_total} total", "2025-08-25 15:53:22,417 - INFO -   AUDIO LABELS: 568 non-ignore / 584 total", {"audio_valid": 568, "audio_total": 584}, "step"),
    Line("BOS masked at t={integer} across all {codebooks} codebooks", "2025-08-25 15:53:22,417 - INFO -   BOS masked at t=0 across all 8 codebooks", {"codebooks": 8}, "step"),
    Line("EOS in audio labels: {integer}", "2025-08-25 15:53:22,417 - INFO -   EOS in audio labels: 16 (should usually be near segment ends)"),
    Line("PER-CODEBOOK CE: {codebook_losses}", "2025-08-25 15:53:22,417 - INFO -   PER-CODEBOOK CE: ['6.120', '6.440']", {"codebook_losses": [6.12, 6.44]}, "step"),
    Line("TEXT FFN STARVED: {number} tokens/sample < {integer}", "2025-08-25 15:53:22,417 - ERROR -   TEXT FFN STARVED: 12.5 tokens/sample < 32 (Arabic will mumble)"),
    Line("TEXT CONDITIONING TEST: entropy_diff={number}", "2025-08-25 15:53:22,417 - INFO -   TEXT CONDITIONING TEST: entropy_diff=0.1210"),
    Line("Model NOT using text for audio generation! (entropy_diff < {number})", "2025-08-25 15:53:22,417 - ERROR -   CRITICAL: Model NOT using text for audio generation! (entropy_diff < 0.1)"),
    Line("Entropy check skipped: {_}", "2025-08-25 15:53:22,417 - WARNING -   Entropy check skipped: shape mismatch"),
    Line("TOTAL LOSS (Step {step}): {loss}", "2025-08-25 15:53:22,417 - INFO -   TOTAL LOSS (Step 10): 13.4301", {"step": 10, "loss": 13.4301}, "step", begins="step"),
    Line("Loss breakdown: audio={audio_loss}, text={text_loss} (w={text_weight})", "2025-08-25 15:53:22,417 - INFO -   Loss breakdown: audio=6.8110, text=6.6191 (w=1.0)", {"audio_loss": 6.811, "text_loss": 6.6191, "text_weight": 1.0}, "step"),
    Line("LR={learning_rate}", "2025-08-25 15:53:22,417 - INFO -   LR=1.000000e-04", {"learning_rate": 1e-04}, "step", closes=True),
    Line("MAPPING BOS TOKENS: {integer} tokens ({integer})", "2025-08-25 15:53:22,417 - INFO -  MAPPING BOS TOKENS: 16 tokens (1024) → -100"),
    Line("INSUFFICIENT TEXT SUPERVISION: {number} tokens/sample < {integer} required for Arabic!", "2025-08-25 15:53:22,417 - ERROR -  INSUFFICIENT TEXT SUPERVISION: 12.5 tokens/sample < 32 required for Arabic!"),
    Line("This will cause 'mumbling' – model learns voice style but ignores text content!", "2025-08-25 15:53:22,417 - ERROR -   This will cause 'mumbling' – model learns voice style but ignores text content!"),
)  # fmt: skip

#: Values that are no numbers, modules that are not trained, data that is not real.
_TROUBLE = (
    Line("NaN gradient detected in {_}", "2025-08-25 15:53:22,417 - ERROR -  ❌ NaN gradient detected in base_model.model.layers.3.mlp!", {}, "step", warns="nan-gradient"),
    Line("NaN loss detected! Skipping this batch.", "WARNING:__main__:⚠️  NaN loss detected! Skipping this batch.", {}, "micro-batch", warns="invalid-loss"),
    Line("Invalid loss detected: {_}", "WARNING:__main__:Invalid loss detected: tensor(nan, device='cuda:0'). Returning zero loss.", {}, "micro-batch", warns="invalid-loss"),
    Line("No loss calculated after all attempts, creating final dummy loss", "WARNING:__main__:No loss calculated after all attempts, creating final dummy loss", {}, "micro-batch", warns="invalid-loss"),
    Line("No valid labels found for loss computation, creating minimal gradient loss", "WARNING:__main__:No valid labels found for loss computation, creating minimal gradient loss", {}, "micro-batch", warns="labels-fully-masked"),
    Line("No valid loss this batch; skipping", "2025-08-20 15:53:22,417 - WARNING - No valid loss this batch; skipping", {}, "micro-batch", warns="invalid-loss"),
    Line("Loss tensor does not require gradients. Check model configuration.", "WARNING:__main__:Loss tensor does not require gradients. Check model configuration.", {}, "micro-batch", warns="invalid-loss"),
    Line("CRITICAL INSTABILITY DETECTED: NaN losses from new modules!", "2025-08-25 15:53:22,417 - ERROR -  ❌ CRITICAL INSTABILITY DETECTED: NaN losses from new modules!"),
    Line("NEWLY INITIALIZED: {_}", "2025-08-25 15:53:22,417 - INFO -   NEWLY INITIALIZED: base_model.model.layers.0.audio_attn.q_proj.weight", {}, "config", warns="newly-initialised"),
    Line("Newly initialized parameters: {integer}", "2025-08-25 15:53:22,417 - INFO -    Newly initialized parameters: 26"),
    Line("Some weights of HiggsAudioModel were not initialized from the model checkpoint at {_}", "Some weights of HiggsAudioModel were not initialized from the model checkpoint at ckpt and are newly initialized: ['a']", {}, "config", warns="newly-initialised"),
    Line("Using fallback collator", "INFO:__main__:Using fallback collator", {}, "config", warns="fallback-collator"),
    Line("Failed to setup Higgs collator: {_}", "WARNING:__main__:Failed to setup Higgs collator: no such file. Using fallback.", {}, "config", warns="fallback-collator"),
    Line("Higgs Audio modules not available. Using fallback implementation.", "WARNING:root:Higgs Audio modules not available. Using fallback implementation.", {}, "config", warns="fallback-collator"),
    Line("Audio tokenizer not available, using fallback", "WARNING:__main__:Audio tokenizer not available, using fallback", {}, "config", warns="audio-tokenizer-missing"),
    Line("Failed to load audio tokenizer: {_}", "WARNING:__main__:Failed to load audio tokenizer: unexpected keyword argument", {}, "config", warns="audio-tokenizer-missing"),
    Line("Missing audio logits in model outputs. Using text-only loss.", "[WARNING] Missing audio logits in model outputs. Using text-only loss.", {}, "micro-batch", warns="audio-loss-skipped"),
    Line("Missing text logits in model outputs. Available keys: {_}", "[ERROR] Missing text logits in model outputs. Available keys: ['loss']", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Missing text_labels in labels. Available keys: {_}", "[ERROR] Missing text_labels in labels. Available keys: ['audio']", {"missing": "text_labels"}, "micro-batch", states={"missing": "text_labels"}),
    Line("NO VALID TEXT LABELS FOUND - This explains zero text loss!", "2025-08-20 15:53:22,417 - WARNING - ⚠️  NO VALID TEXT LABELS FOUND - This explains zero text loss!", {}, "micro-batch", warns="text-labels-masked"),
    Line("Error computing text loss with masking: {_}", "⚠️ Error computing text loss with masking: shape mismatch", {}, "micro-batch", warns="text-loss-skipped"),
    Line("Error computing audio loss with teacher forcing: {_}", "⚠️ Error computing audio loss with teacher forcing: shape mismatch", {}, "micro-batch", warns="audio-loss-skipped"),
)  # fmt: skip

DIAGNOSTICS = Dialect(
    id="diagnostics",
    summary="what trainers find suspicious themselves: masking, near-zero losses, NaN, fallbacks",
    lines=_AUDIO + _MONITOR + _LORA + _TROUBLE,
)
