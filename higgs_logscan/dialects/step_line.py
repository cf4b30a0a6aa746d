"""Lines that name a step: losses of an optimizer step, results of an evaluation.

`docs/log-formats.md` A.1, A.9, A.10 (trainer.py v0-v45, bck_trainer, unified_lora_training).
"""

from higgs_logscan.dialect import Dialect, Line

#: A loss that the trainer skipped is not among the keys.
LOSSES = {"text_loss": "text_loss", "audio_loss": "audio_loss", "total_loss": "loss", "loss": "loss"}

STEP_LINE = Dialect(
    id="step-line",
    summary="one line a step or evaluation, `Step N …` (trainer.py v0-v45)",
    lines=(
        Line(
            "Step {step}: {mapping}",
            "INFO:__main__:Step 10: {'text_loss': 11.625, 'audio_loss': 6.780710220336914, 'total_loss': 18.405710220336914}",
            {"step": 10, "text_loss": 11.625, "audio_loss": 6.780710220336914, "loss": 18.405710220336914},
            "step", begins="step", closes=True, keys=LOSSES, needs="(?:text|audio|total)_loss",
        ),
        Line(
            "Step {step} - Train Loss: {mapping}",
            "INFO:__main__:Step 50 - Train Loss: {'text_loss': 11.8125, 'audio_loss': 6.67, 'total_loss': 18.4825}",
            {"step": 50, "text_loss": 11.8125, "audio_loss": 6.67, "loss": 18.4825},
            "step", begins="step", closes=True, keys=LOSSES, needs="(?:text|audio|total)_loss",
        ),
        Line(
            "Step {step} - Losses: Text={text_loss}, Audio={audio_loss}, Total={loss}",
            "2025-08-27 16:00:01,123 - INFO - Step 30 - Losses: Text=11.6250, Audio=6.7807, Total=18.4057",
            {"step": 30, "text_loss": 11.625, "audio_loss": 6.7807, "loss": 18.4057},
            "step", begins="step", closes=True,
        ),
        Line(
            "Step {step} - Loss: {loss}",
            "2025-08-28 00:20:11 - INFO - 📈 TRAINING: Step 30 - Loss: 18.4057",
            {"step": 30, "loss": 18.4057},
            "step", begins="step", closes=True,
        ),
        Line(
            "Current losses - Total: {number}, Text: {number}, Audio: {number}",
            "INFO:__main__:Current losses - Total: 18.4057, Text: 11.6250, Audio: 6.7807",
        ),
        Line(
            "Validation loss: {eval_loss}",
            "2025-08-13 11:02:10,417 - INFO - Validation loss: 7.2301",
            {"eval_loss": 7.2301},
            "evaluation", begins=True, closes=True,
        ),
        Line(
            "Step {step}: Text Loss = {text_loss}, Audio Loss = {audio_loss}, Combined Loss = {loss}",
            "2025-08-13 11:02:10,417 - INFO - Step 10: Text Loss = 8.1302, Audio Loss = 6.9011, Combined Loss = 7.5156",
            {"step": 10, "text_loss": 8.1302, "audio_loss": 6.9011, "loss": 7.5156},
            "step", begins="step", closes=True,
        ),
        Line(
            "Step {step}: loss={loss}",
            "2025-08-20 11:02:10,417 - INFO - Step 10: loss=7.2301",
            {"step": 10, "loss": 7.2301},
            "step", begins="step", closes=True,
        ),
        Line("=== DETAILED PREDICTION LOGGING ===", "INFO:__main__:=== DETAILED PREDICTION LOGGING ==="),
        Line(
            "Step {step} - Val Loss: {eval_loss}, Text: {text_loss}, Audio: {audio_loss}",
            "INFO:__main__:Step 100 - Val Loss: 18.1234, Text: 11.4321, Audio: 6.6913",
            {"step": 100, "eval_loss": 18.1234, "text_loss": 11.4321, "audio_loss": 6.6913},
            "evaluation", begins=True, closes=True,
        ),
        Line(
            "Final Validation - Loss: {eval_loss}, Text: {text_loss}, Audio: {audio_loss}",
            "INFO:__main__:Final Validation - Loss: 18.1234, Text: 11.4321, Audio: 6.6913",
            {"eval_loss": 18.1234, "text_loss": 11.4321, "audio_loss": 6.6913},
            "evaluation", begins="step", closes=True,
        ),
        Line(
            "Epoch {integer} - Validation loss: {eval_loss}",
            "2025-08-25 15:53:22,417 - INFO - Epoch 1 - Validation loss: 7.1234",
            {"eval_loss": 7.1234},
            "epoch", begins=True, closes=True,
        ),
        Line(
            "=== AUDIO TRAINING DIAGNOSTICS (Step {step}) ===",
            "2025-08-27 22:00:01,123 - INFO - === AUDIO TRAINING DIAGNOSTICS (Step 30) ===",
            {"step": 30}, "step", begins="diagnostics",
        ),
        Line("Audio logits numel: {integer}", "2025-08-27 22:00:01,123 - INFO - Audio logits numel: 4883760"),
        Line("Audio labels numel: {integer}", "2025-08-27 22:00:01,123 - INFO - Audio labels numel: 4760"),
        Line(
            "Audio labels masking: {masked}/{total} ({number}%) masked",
            "2025-08-27 22:00:01,123 - INFO - Audio labels masking: 63/4760 (1.3%) masked",
            {"masked": 63, "total": 4760}, "step", "audio",
        ),
        Line(
            "Text labels masking: {masked}/{total} ({number}%) masked",
            "2025-08-27 22:00:01,123 - INFO - Text labels masking: 3799/4032 (94.2%) masked",
            {"masked": 3799, "total": 4032}, "step", "text",
        ),
        Line(
            "Audio label quality - Valid: {audio_valid}/{audio_total} ({number}%)",
            "2025-08-27 22:00:01,123 - INFO - Audio label quality - Valid: 4697/4760 (98.7%)",
            {"audio_valid": 4697, "audio_total": 4760}, "step",
        ),
        Line(
            "Sample audio labels (first {integer}): {labels}",
            "2025-08-27 22:00:01,123 - INFO - Sample audio labels (first 10): [-100, 630, 351]",
            {"codebook": 0, "labels": b"-100, 630, 351"}, "step", "audio", "first", states={"codebook": 0},
        ),
    ),
)  # fmt: skip
