"""Windows of predictions beside labels: the first and the last tokens of a sample or a codebook.

`docs/log-formats.md` A.6-A.8 (trainer.py v13-v45). The sub-lines of v13-v14 are the same for
text and audio: the header above tells which.
"""

from higgs_logscan.dialect import Dialect, Line

_HEADERS = (
    Line("Sample {sample} Prediction vs Label Comparison:", "INFO:__main__:Sample 1 Prediction vs Label Comparison:", {"sample": 1}, "micro-batch", "text", header=True),
    Line("Sample {sample} Text Prediction vs Label Comparison:", "INFO:__main__:Sample 1 Text Prediction vs Label Comparison:", {"sample": 1}, "micro-batch", "text", header=True),
    Line("Audio Prediction vs Label Comparison (Codebook {codebook}):", "INFO:__main__:Audio Prediction vs Label Comparison (Codebook 0):", {"codebook": 0}, "micro-batch", "audio", header=True),
    Line("Audio Codebook {codebook} Prediction vs Label Comparison:", "INFO:__main__:Audio Codebook 0 Prediction vs Label Comparison:", {"codebook": 0}, "micro-batch", "audio", header=True),
)  # fmt: skip

_PLAIN = (
    Line("First {integer} - Predictions: {predictions}", "INFO:__main__:  First 5 - Predictions: [11, 1801, 128011, 11, 128011]", {"predictions": b"11, 1801, 128011, 11, 128011"}, "micro-batch", window="first"),
    Line("First {integer} - Labels: {labels}", "INFO:__main__:  First 5 - Labels:      [-100, -100, -100, -100, 271]", {"labels": b"-100, -100, -100, -100, 271"}, "micro-batch", window="first"),
    Line("Last {integer} - Predictions: {predictions}", "INFO:__main__:  Last 5  - Predictions: [11, 11, 11, 12, 11]", {"predictions": b"11, 11, 11, 12, 11"}, "micro-batch", window="last"),
    Line("Last {integer} - Labels: {labels}", "INFO:__main__:  Last 5  - Labels:      [-100, -100, -100, -100, 271]", {"labels": b"-100, -100, -100, -100, 271"}, "micro-batch", window="last"),
    Line("Rest - Predictions: {predictions}", "INFO:__main__:  Rest    - Predictions: []", {"predictions": b""}, "micro-batch", window="rest"),
    Line("Rest - Labels: {labels}", "INFO:__main__:  Rest    - Labels:      []", {"labels": b""}, "micro-batch", window="rest"),
)  # fmt: skip

_NAMED = (
    Line("First {integer} Text Predictions: {predictions}", "INFO:__main__:  First 10 Text Predictions: [11, 1801, 128011]", {"predictions": b"11, 1801, 128011"}, "micro-batch", "text", "first"),
    Line("First {integer} Text Labels: {labels}", "INFO:__main__:  First 10 Text Labels:      [-100, -100, 60]", {"labels": b"-100, -100, 60"}, "micro-batch", "text", "first"),
    Line("Last {integer} Text Predictions: {predictions}", "INFO:__main__:  Last 10 Text Predictions:  [128013, 128013]", {"predictions": b"128013, 128013"}, "micro-batch", "text", "last"),
    Line("Last {integer} Text Labels: {labels}", "INFO:__main__:  Last 10 Text Labels:       [-100, -100]", {"labels": b"-100, -100"}, "micro-batch", "text", "last"),
    Line("Rest Text Predictions: {predictions}", "INFO:__main__:  Rest Text Predictions:     []", {"predictions": b""}, "micro-batch", "text", "rest"),
    Line("Rest Text Labels: {labels}", "INFO:__main__:  Rest Text Labels:          []", {"labels": b""}, "micro-batch", "text", "rest"),
    Line("First {integer} Audio Predictions: {predictions}", "INFO:__main__:  First 10 Audio Predictions: [981, 630, 71]", {"predictions": b"981, 630, 71"}, "micro-batch", "audio", "first"),
    Line("First {integer} Audio Labels: {labels}", "INFO:__main__:  First 10 Audio Labels:      [-100, 630, 351]", {"labels": b"-100, 630, 351"}, "micro-batch", "audio", "first"),
    Line("Last {integer} Audio Predictions: {predictions}", "INFO:__main__:  Last 10 Audio Predictions:  [870, 721, 931]", {"predictions": b"870, 721, 931"}, "micro-batch", "audio", "last"),
    Line("Last {integer} Audio Labels: {labels}", "INFO:__main__:  Last 10 Audio Labels:       [81, 840, 1025]", {"labels": b"81, 840, 1025"}, "micro-batch", "audio", "last"),
    Line("Rest Audio Predictions: {predictions}", "INFO:__main__:  Rest Audio Predictions:     []", {"predictions": b""}, "micro-batch", "audio", "rest"),
    Line("Rest Audio Labels: {labels}", "INFO:__main__:  Rest Audio Labels:          []", {"labels": b""}, "micro-batch", "audio", "rest"),
)  # fmt: skip

#: v24-v25: valid positions only, so -100 never appears and neither end of a segment is visible.
_ANALYSIS = (
    Line("=== ARABIC TEXT PREDICTION ANALYSIS ===", "INFO:__main__:=== ARABIC TEXT PREDICTION ANALYSIS ===", {}, "micro-batch", "text", header=True),
    Line("=== AUDIO PREDICTION ANALYSIS ===", "INFO:__main__:=== AUDIO PREDICTION ANALYSIS ===", {}, "micro-batch", "audio", header=True),
    Line("First codebook audio token predictions:", "INFO:__main__:First codebook audio token predictions:", {"codebook": 0}, "micro-batch", "audio", header=True, states={"codebook": 0}),
    Line("Predicted Arabic Text: {_}", "INFO:__main__:Predicted Arabic Text:  a b"),
    Line("Target Arabic Text: {_}", "INFO:__main__:Target Arabic Text:    a c"),
    Line("Token-level comparison (first {integer} tokens):", "INFO:__main__:Token-level comparison (first 10 tokens):"),
    Line("Position {integer}: Predicted={prediction} vs Target={label}", "INFO:__main__:  Position 0: Predicted=67184 vs Target=14621", {"prediction": 67184, "label": 14621}, "micro-batch", "text", "first", filtered=True),
    Line("Predicted tokens: {predictions}", "INFO:__main__:  Predicted tokens: [471, 853, 472]", {"predictions": b"471, 853, 472"}, "micro-batch", window="first", filtered=True),
    Line("Target tokens: {labels}", "INFO:__main__:  Target tokens:    [301, 492, 951]", {"labels": b"301, 492, 951"}, "micro-batch", window="first", filtered=True),
    Line("Differences: {_}", "INFO:__main__:  Differences: Pos 0: 471 vs 301, Pos 1: 853 vs 492"),
    Line("Perfect match for first {integer} tokens!", "INFO:__main__:  Perfect match for first 10 tokens!"),
    Line("No valid (non-masked) tokens found for text prediction analysis", "WARNING:__main__:No valid (non-masked) tokens found for text prediction analysis", {}, "micro-batch", "text", warns="text-labels-masked"),
    Line("No valid (non-masked) audio tokens found for prediction analysis", "WARNING:__main__:No valid (non-masked) audio tokens found for prediction analysis", {}, "micro-batch", "audio", warns="audio-labels-masked"),
    Line("Failed to decode tokens to text: {_}", "WARNING:__main__:Failed to decode tokens to text: 'NoneType' object has no attribute 'decode'"),
    Line("Failed to log text predictions: {_}", "WARNING:__main__:Failed to log text predictions: list index out of range"),
    Line("Failed to log audio predictions: {_}", "WARNING:__main__:Failed to log audio predictions: list index out of range"),
    Line("Failed to log predictions vs labels: {_}", "WARNING:__main__:Failed to log predictions vs labels: list index out of range"),
    Line("Failed to log text predictions vs labels: {_}", "WARNING:__main__:Failed to log text predictions vs labels: list index out of range"),
    Line("Failed to log audio predictions vs labels: {_}", "WARNING:__main__:Failed to log audio predictions vs labels: list index out of range"),
)  # fmt: skip

#: Windows as authors paste them into an issue, without a count; a list may be elided.
_PASTED = (
    Line("Text predictions: {predictions}", "Text predictions: [3852, 3852, 3852, ...]  # all <|audio_eos|>", {"predictions": b"3852, 3852, 3852, "}, "micro-batch", "text", "first"),
    Line("Text labels: {labels}", "Text labels:      [2231, 1038, 1244, ...]", {"labels": b"2231, 1038, 1244, "}, "micro-batch", "text", "first"),
)  # fmt: skip

#: v26-v45: after the step line, valid positions of codebook 0.
_STEP = (
    Line("Arabic Text - Predicted: {_}", "2025-08-27 16:58:02,419 - INFO - Arabic Text - Predicted: 'a' | Target: 'b'"),
    Line(
        "Audio Tokens - First {integer} Pred: {predictions} | First {integer} Target: {labels}",
        "Audio Tokens - First 5 Pred: [989, 244] | First 5 Target: [989, 245]",
        {"codebook": 0, "predictions": b"989, 244", "labels": b"989, 245"}, "step", "audio", "first", filtered=True, states={"codebook": 0},
    ),
    Line(
        "Audio Tokens - Last {integer} Pred: {predictions} | Last {integer} Target: {labels}",
        "Audio Tokens - Last 5 Pred: [492, 1025] | Last 5 Target: [493, 1025]",
        {"codebook": 0, "predictions": b"492, 1025", "labels": b"493, 1025"}, "step", "audio", "last", filtered=True, states={"codebook": 0},
    ),
)  # fmt: skip

WINDOW = Dialect(
    id="window",
    summary="windows of predictions beside labels (trainer.py v13-v45)",
    lines=_HEADERS + _PLAIN + _NAMED + _ANALYSIS + _PASTED + _STEP,
)
