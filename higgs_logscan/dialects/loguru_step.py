"""Steps as the loguru trainers print them: a heading, then a value a line; or one line.

`docs/log-formats.md` D (trainer/ package), E (arabic_voice_cloning_*). `Total Loss:` and its like
belong to `metrics_block`, which spells them the same.
"""

from higgs_logscan.dialect import Dialect, Line

_STEPS = (
    Line("Step {step}:{end}", "Step 100:", {"step": 100}, "step", begins="block"),
    Line("Step {step} Loss Components:", "2025-08-25 21:24:00 | INFO     | trainer.trainer:_log:310 - 📊 Step 100 Loss Components:", {"step": 100}, "step", begins="block"),
    Line("Step {step} - Loss Components:", "2025-08-25 21:24:00 | INFO     | __main__:train:310 - Step 50 - Loss Components:", {"step": 50}, "step", begins="block"),
    Line("Step {step}: Total Loss {loss}, LR {learning_rate}, GPU ", "2025-08-25 21:24:00 | INFO     | __main__:train:290 - ✅ Step 50: Total Loss 2.341100, LR 2.000000e-04, GPU 15.2GB", {"step": 50, "loss": 2.3411, "learning_rate": 2e-04}, "step", begins="step"),
    Line("Step {step}: Text Loss {text_loss}, Audio Loss {audio_loss}", "Step 110: Text Loss 3.451100, Audio Loss 2.341100", {"step": 110, "text_loss": 3.4511, "audio_loss": 2.3411}, "step", begins="step"),
    Line("Epoch {epoch}, Step {step}/{planned} ({number}%) - Loss: {loss}, LR: {learning_rate}", "2025-08-25 21:24:00 | INFO     | trainer.trainer:train:267 - 📈 Epoch 1, Step 100/4200 (2.4%) - Loss: 2.341100, LR: 1.23e-04", {"epoch": 1.0, "step": 100, "planned": 4200, "loss": 2.3411, "learning_rate": 1.23e-04}, "step", begins="step"),
    Line("Epoch {epoch} complete: Avg Loss = {loss}", "2025-08-25 21:24:00 | INFO     | trainer.trainer:train:280 - 📈 Epoch 1 complete: Avg Loss = 2.3411", {"epoch": 1.0, "loss": 2.3411}, "epoch", begins=True, closes=True),
    Line("Epoch {integer}/{integer}{end}", "🚀 Epoch 1/3"),
    Line("Validation: {integer} batches, Avg Loss = {eval_loss}", "2025-08-25 21:24:00 | INFO     | trainer.trainer:validate:300 - 🔍 Validation: 40 batches, Avg Loss = 2.3411", {"eval_loss": 2.3411}, "evaluation", begins=True, closes=True),
    Line("New best validation loss: {number}", "2025-08-25 21:24:00 | INFO     | trainer.trainer:validate:304 - 💎 New best validation loss: 2.3411"),
    Line("Consistency Loss: {consistency_loss}", "  Consistency Loss: 0.0871", {"consistency_loss": 0.0871}, "step"),
    Line("Text/Audio Ratio: {number}", "  Text/Audio Ratio: 1.21"),
    Line("text_loss: {text_loss}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   text_loss: 2.341100", {"text_loss": 2.3411}, "step"),
    Line("audio_loss: {audio_loss}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   audio_loss: 2.341100", {"audio_loss": 2.3411}, "step"),
    Line("consistency_loss: {consistency_loss}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   consistency_loss: 0.087100", {"consistency_loss": 0.0871}, "step"),
    Line("total_loss: {loss}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   total_loss: 4.682200", {"loss": 4.6822}, "step"),
    Line("text_accuracy: {text_accuracy}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   text_accuracy: 0.1210", {"text_accuracy": 0.121}, "step"),
    Line("audio_accuracy: {audio_accuracy}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   audio_accuracy: 0.0310", {"audio_accuracy": 0.031}, "step"),
    Line("contrastive_loss: {number}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   contrastive_loss: 0.031000"),
    Line("l2_loss: {number}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   l2_loss: 0.031000"),
    Line("curriculum_weights: {_}", "2025-08-25 21:24:00 | INFO     | __main__:train:312 -   curriculum_weights: {'text': 1.0}"),
)  # fmt: skip

_AROUND = (
    Line("Distributed training initialized: rank {rank}/{world_size}", "2025-08-25 21:24:00 | INFO     | trainer.distributed:setup:51 - 🌐 Distributed training initialized: rank 3/8", {"rank": 3, "world_size": 8}, "config", begins=True),
    Line("Loss Components: text={text_loss}, audio={audio_loss}", "2025-08-25 21:24:00 | INFO     | trainer.distributed:log:90 -    Loss Components: text=1.2311, audio=1.0211", {"text_loss": 1.2311, "audio_loss": 1.0211}, "step"),
    Line("Step {step} Performance:", "2025-08-25 21:24:00 | INFO     | trainer.distributed:log:86 - 📊 Step 100 Performance:", {"step": 100}, "step", begins="block", resumes=True),
    Line("GPU Memory: {_} allocated, {_} reserved", "2025-08-25 21:24:00 | INFO     | trainer.distributed:log:87 -    GPU Memory: 15.2GB allocated, 20.1GB reserved"),
    Line("Training Speed: {number} samples/sec", "2025-08-25 21:24:00 | INFO     | trainer.distributed:log:88 -    Training Speed: 31.4 samples/sec across 8 GPUs"),
    Line("Good DualFFN balance", "  ✅ Good DualFFN balance"),
    Line("Text loss dominance! May impact audio generation quality", "  ⚠️ Text loss dominance! May impact audio generation quality"),
    Line("Audio loss dominance! May impact text understanding", "  ⚠️ Audio loss dominance! May impact text understanding"),
    Line("DualFFN imbalance! Text dominance: {number}", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:_check:340 - ⚠️ DualFFN imbalance! Text dominance: 12.30"),
    Line("DualFFN imbalance! Audio dominance: {number}", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:_check:342 - ⚠️ DualFFN imbalance! Audio dominance: 12.30"),
    Line("This may impact audio generation quality", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:_check:341 -   This may impact audio generation quality"),
    Line("This may impact text understanding", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:_check:343 -   This may impact text understanding"),
    Line("Step {integer}: Audio token validation issues: {_}", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:_check:350 - 🎵 Step 100: Audio token validation issues: a, b"),
    Line("Step {integer}: Token diversity: {_}", "2025-08-25 21:24:00 | DEBUG    | trainer.trainer:_check:352 - 🎵 Step 100: Token diversity: 312.5 unique tokens (seq_len: 84)"),
    Line("Loss Validation Results:", "🔍 Loss Validation Results:"),
    Line("Model outputs available: {_}", "  Model outputs available: logits=True, audio_logits=True"),
    Line("Loss components: {_}", "  Loss components: {'total_loss': 2.34}"),
    Line("Total loss tensor: {_}", "  Total loss tensor: tensor(2.3411, device='cuda:0')"),
    Line("Loss requires grad: {_}", "  Loss requires grad: True"),
    Line("Audio labels size {integer} not divisible by codebooks {integer}", "⚠️ Audio labels size 73 not divisible by codebooks 8"),
    Line("Model forward pass failed: {message}", "⚠️ Model forward pass failed: shape mismatch", {"message": "shape mismatch"}, "incident", begins="incident", incident="forward-failed"),
    Line("Error in training step {integer}: {message}", "2025-08-25 21:24:00 | ERROR    | trainer.trainer:train:270 - ❌ Error in training step 100: shape mismatch", {"message": "shape mismatch"}, "incident", begins="incident", incident="step-failed"),
    Line("Training step {integer} failed: {message}", "2025-08-25 21:24:00 | ERROR    | __main__:train:270 - ❌ Training step 50 failed: shape mismatch", {"message": "shape mismatch"}, "incident", begins="incident", incident="step-failed"),
    Line("Training step failed: {message}", "2025-08-25 13:18:31.129 | ERROR | Training step failed: shape mismatch", {"message": "shape mismatch"}, "incident", begins="incident", incident="step-failed"),
    Line("Training failed: {message}", "2025-08-25 21:24:00 | ERROR    | trainer.trainer:train:275 - ❌ Training failed: shape mismatch", {"message": "shape mismatch"}, "incident", begins="incident", incident="step-failed"),
    Line("Training interrupted by user", "2025-08-25 21:24:00 | WARNING  | trainer.trainer:train:273 - ⏸️ Training interrupted by user", {}, "incident", begins="incident", incident="interrupted"),
    Line("Batch type: {_}", "2025-08-25 21:24:00 | ERROR    | __main__:train:271 - ❌ Batch type: <class 'dict'>"),
    Line("Batch fields: {_}", "2025-08-25 21:24:00 | ERROR    | __main__:train:272 - ❌ Batch fields: ['input_ids']"),
    Line("Model forward parameters: {_}", "2025-08-25 21:24:00 | ERROR    | __main__:train:273 - ❌ Model forward parameters: ['input_ids']..."),
)  # fmt: skip

#: arabic_voice_cloning_*: the data path, mostly at level DEBUG.
_DATA = (
    Line("Processing batch of {integer} samples", "2025-08-25 21:24:00 | DEBUG    | collator:__call__:60 - Processing batch of 1 samples"),
    Line("Created audio labels with shape: {audio_labels_shape}", "2025-08-25 21:XX:XX.XXX | DEBUG | Created audio labels with shape: torch.Size([8, 44])", {"audio_labels_shape": (8, 44)}, "sample", begins=True),
    Line("Audio labels shape matches audio_out_ids: {_}", "2025-08-25 21:XX:XX.XXX | DEBUG | Audio labels shape matches audio_out_ids: True", {}, "sample"),
    Line("Codebook {integer} token range {_}", "2025-08-25 21:XX:XX.XXX | DEBUG | Codebook 0 token range 50-1025 is valid (max allowed: 1025)", {}, "sample"),
    Line("Training batch validation passed:", "2025-08-25 21:24:00 | DEBUG    | collator:check:120 - Training batch validation passed:"),
    Line("Teacher forcing setup validated successfully", "2025-08-25 21:24:00 | DEBUG    | collator:check:130 - ✅ Teacher forcing setup validated successfully"),
    Line("Teacher forcing validation issues: {_}", "2025-08-25 21:24:00 | WARNING  | collator:check:131 - Teacher forcing validation issues: ['Codebook 0 has token 1025 >= expected max 1024']"),
    Line("SHAPE MISMATCH DETECTED:", "2025-08-25 21:24:00 | ERROR    | collator:check:132 - SHAPE MISMATCH DETECTED:", {}, "sample", warns="alignment-failed"),
    Line("- audio_out_ids shape: {audio_out_ids_shape}", "2025-08-25 21:24:00 | ERROR    | collator:check:133 -   - audio_out_ids shape: torch.Size([8, 45])", {"audio_out_ids_shape": (8, 45)}, "sample"),
    Line("- label_audio_ids shape: {audio_labels_shape}", "2025-08-25 21:24:00 | ERROR    | collator:check:134 -   - label_audio_ids shape: torch.Size([8, 44])", {"audio_labels_shape": (8, 44)}, "sample"),
    Line("Failed to apply delay pattern to labels: {_}", "2025-08-25 21:24:00 | WARNING  | collator:__call__:90 - Failed to apply delay pattern to labels: missing argument"),
)  # fmt: skip

LOGURU_STEP = Dialect(
    id="loguru-step",
    summary="loguru trainers: trainer/ package, arabic_voice_cloning_*",
    lines=_STEPS + _AROUND + _DATA,
)
