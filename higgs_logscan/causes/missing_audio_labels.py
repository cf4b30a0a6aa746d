"""The cause `missing-audio-labels`."""

from higgs_logscan.diagnosis import Cause

MISSING_AUDIO_LABELS = Cause(
    id="missing-audio-labels",
    summary="There are no audio labels.",
    signs={
        "audio-loss-zero": "low",
        "audio-loss-zero/labels-lost": "medium",
        "audio-loss-skipped": "low",
        "loss-drops": "low",
        "total-leaves-no-audio": "low",
    },
    detail="no-audio-labels",
    mechanism=(
        "The model gets audio, but the batches hold no labels for it: assistant turns without audio in the data "
        "set, or a `label_audio_ids` that is lost on its way to the loss. The trainer has nothing to compare and "
        "writes an audio loss of 0, or leaves it out."
    ),
    shows=(
        "An audio loss of exactly 0 with audio logits that have rows; a total that starts near 11.76 (text alone) "
        "instead of 18.7 (both), and falls below what an audio loss allows. An onset in mid-run without any "
        "disturbance of the text loss: only the labels went."
    ),
    traps=(
        "With audio logits of no row the inputs are missing too. Labels that exist and are all -100 are "
        "audio-over-masked. A run of text alone has no audio labels, on purpose. A sum near zero may also be a leak "
        "or memorised data."
    ),
    settles="The shape of label_audio_ids, and how many of them are not -100.",
    next="Give the assistant's turns audio, and keep label_audio_ids in the batch.",
    source=(
        "boson-ai/higgs-audio, higgs_audio_collator.py: label_audio_ids of shape [0, 0] for batches without audio "
        "turns of the assistant. Arithmetic: ln 128256 = 11.76, plus ln 1026 = 18.70."
    ),
    refuted_by=("loss-not-finite",),
)
