"""A ruled block a step: losses, inputs, text and audio analysis, learning rate.

`docs/log-formats.md` B.1 (scripts/training/distributed_trainer.py, train_v1.py). The sub-lines are
the same for text and audio: the section above tells which.
"""

from higgs_logscan.dialect import Dialect, Line

_LOSSES = (
    Line("STEP {step} TRAINING METRICS", "2025-08-25 15:53:22,417 - INFO -  STEP 10 TRAINING METRICS", {"step": 10}, "step", begins="block"),
    Line("LOSS BREAKDOWN:", "2025-08-25 15:53:22,417 - INFO -  LOSS BREAKDOWN:"),
    Line("Total Loss: {loss}", "2025-08-25 15:53:22,417 - INFO -    Total Loss: 14.8331", {"loss": 14.8331}, "step"),
    Line("Text Loss: {text_loss}", "2025-08-25 15:53:22,417 - INFO -    Text Loss: 8.2112", {"text_loss": 8.2112}, "step"),
    Line("Audio Loss: {audio_loss}", "2025-08-25 15:53:22,417 - INFO -    Audio Loss: 6.6219", {"audio_loss": 6.6219}, "step"),
    Line("Text Weight: {text_weight}", "2025-08-25 15:53:22,417 - INFO -    Text Weight: 1.0", {"text_weight": 1.0}, "step"),
    Line("Audio Weight: {audio_weight}", "2025-08-25 15:53:22,417 - INFO -    Audio Weight: 1.0", {"audio_weight": 1.0}, "step"),
    Line("TRAINING STATUS: LR={learning_rate}", "2025-08-25 15:53:22,417 - INFO -  TRAINING STATUS: LR=1.00e-06", {"learning_rate": 1e-06}, "step", closes=True),
)  # fmt: skip

#: Every input of the model is named with its shape; two of them are columns.
_INPUTS = (
    Line("MODEL INPUTS:", "2025-08-25 15:53:22,417 - INFO -  MODEL INPUTS:"),
    Line("input_ids: shape={text_input_shape}, dtype={_}", "2025-08-25 15:53:22,417 - INFO -    input_ids: shape=torch.Size([2, 58]), dtype=torch.int64", {"text_input_shape": (2, 58)}, "step"),
    Line("audio_out_ids: shape={audio_out_ids_shape}, dtype={_}", "2025-08-25 15:53:22,417 - INFO -    audio_out_ids: shape=torch.Size([8, 84]), dtype=torch.int64", {"audio_out_ids_shape": (8, 84)}, "step"),
    *(
        Line(f"{name}: shape={{_}}, dtype={{_}}", f"2025-08-25 15:53:22,417 - INFO -    {name}: shape=torch.Size([2, 58]), dtype=torch.int64")
        for name in (
            "attention_mask", "label_ids", "label_audio_ids", "audio_in_ids", "audio_in_ids_start", "audio_out_ids_start",
            "audio_out_ids_start_group_loc", "audio_features", "audio_feature_attention_mask", "audio_in_wv", "reward", "labels",
        )
    ),
    *(
        Line(f"{name} values: {{_}}", f"2025-08-25 15:53:22,417 - INFO -    {name} values: [3840, 3846, 882]")
        for name in ("input_ids", "label_ids", "audio_in_ids", "audio_out_ids", "label_audio_ids")
    ),
)  # fmt: skip

_ANALYSIS = (
    Line("TEXT ANALYSIS:", "2025-08-25 15:53:22,417 - INFO -  TEXT ANALYSIS:", {}, "step", "text", header=True),
    Line("AUDIO ANALYSIS:", "2025-08-25 15:53:22,417 - INFO -  AUDIO ANALYSIS:", {}, "step", "audio", header=True),
    Line("Accuracy: {accuracy}%", "2025-08-25 15:53:22,417 - INFO -    Accuracy: 12.5%", {"accuracy": 0.125}, "step"),
    Line("Valid tokens: {valid_tokens}", "2025-08-25 15:53:22,417 - INFO -    Valid tokens: 63", {"valid_tokens": 63}, "step"),
    Line("TEXT TOKEN IDs:", "2025-08-25 15:53:22,417 - INFO -    TEXT TOKEN IDs:", {}, "step", "text", header=True),
    Line("AUDIO LOGS - TOKEN IDs:", "2025-08-25 15:53:22,417 - INFO -    AUDIO LOGS - TOKEN IDs:", {}, "step", "audio", header=True),
    Line("AUDIO TOKEN IDs:", "2025-08-25 15:53:22,417 - INFO -    AUDIO TOKEN IDs:", {}, "step", "audio", header=True),
    Line("FIRST {integer} - Pred: {predictions}", "2025-08-25 15:53:22,417 - INFO -      FIRST 10 - Pred: [3849, 3849, 11]", {"predictions": b"3849, 3849, 11"}, "step", window="first", filtered=True),
    Line("FIRST {integer} - Label: {labels}", "2025-08-25 15:53:22,417 - INFO -      FIRST 10 - Label: [2274, 3548, 11]", {"labels": b"2274, 3548, 11"}, "step", window="first", filtered=True),
    Line("LAST {integer} - Pred: {predictions}", "2025-08-25 15:53:22,417 - INFO -      LAST 10 - Pred: [1025, 1025]", {"predictions": b"1025, 1025"}, "step", window="last", filtered=True),
    Line("LAST {integer} - Label: {labels}", "2025-08-25 15:53:22,417 - INFO -      LAST 10 - Label: [930, 1025]", {"labels": b"930, 1025"}, "step", window="last", filtered=True),
    Line("DECODED TEXT ANALYSIS:", "2025-08-25 15:53:22,417 - INFO -    DECODED TEXT ANALYSIS:"),
    Line("PRED TEXT (first {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -      PRED TEXT (first 20): 'a b c'"),
    Line("LABEL TEXT (first {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -      LABEL TEXT (first 20): 'a b c'"),
    Line("PRED TEXT (last {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -      PRED TEXT (last 20): 'a b c'"),
    Line("LABEL TEXT (last {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -      LABEL TEXT (last 20): 'a b c'"),
    Line("FULL SAMPLE PRED: {_}", "2025-08-25 15:53:22,417 - INFO -      FULL SAMPLE PRED: 'a b c...'"),
    Line("FULL SAMPLE LABEL: {_}", "2025-08-25 15:53:22,417 - INFO -      FULL SAMPLE LABEL: 'a b c'"),
    Line("Decode error: {_}", "2025-08-25 15:53:22,417 - WARNING -      Decode error: piece id is out of range"),
    Line("ALL TEXT TOKEN PREDICTIONS (first {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -    ALL TEXT TOKEN PREDICTIONS (first 50): [3849, 11]"),
    Line("ALL AUDIO TOKEN PREDICTIONS (first {integer}): {_}", "2025-08-25 15:53:22,417 - INFO -    ALL AUDIO TOKEN PREDICTIONS (first 50): [116, 11]"),
)  # fmt: skip

_SHAPES = (
    Line("AUDIO TENSOR SHAPES (before adjustment):", "2025-08-25 15:53:22,417 - INFO -  AUDIO TENSOR SHAPES (before adjustment):"),
    Line("AUDIO TENSOR SHAPES (after adjustment):", "2025-08-25 15:53:22,417 - INFO -  AUDIO TENSOR SHAPES (after adjustment):"),
    Line("audio_logits: {audio_logits_shape}", "2025-08-25 15:53:22,417 - INFO -    audio_logits: torch.Size([84, 8, 1026])", {"audio_logits_shape": (84, 8, 1026)}, "step"),
    Line("audio_preds (raw): {_}", "2025-08-25 15:53:22,417 - INFO -    audio_preds (raw): torch.Size([84, 8])"),
    Line("audio_preds (adjusted): {_}", "2025-08-25 15:53:22,417 - INFO -    audio_preds (adjusted): torch.Size([8, 84])"),
    Line("audio_labels: {audio_labels_shape}", "2025-08-25 15:53:22,417 - INFO -    audio_labels: torch.Size([8, 84])", {"audio_labels_shape": (8, 84)}, "step"),
    Line("AUDIO SHAPE MISMATCH: preds={_} vs labels={_}", "2025-08-25 15:53:22,417 - WARNING -  AUDIO SHAPE MISMATCH: preds=torch.Size([8, 84]) vs labels=torch.Size([8, 83])", {}, "step", warns="alignment-failed"),
    Line("Skipping audio analysis for this step", "2025-08-25 15:53:22,417 - WARNING -    Skipping audio analysis for this step"),
)  # fmt: skip

METRICS_BLOCK = Dialect(
    id="metrics-block",
    summary="`STEP N TRAINING METRICS` blocks (distributed_trainer.py, train_v1.py)",
    lines=_LOSSES + _INPUTS + _ANALYSIS + _SHAPES,
)
