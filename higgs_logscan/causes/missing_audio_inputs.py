"""The cause `missing-audio-inputs`."""

from higgs_logscan.diagnosis import Cause

MISSING_AUDIO_INPUTS = Cause(
    id="missing-audio-inputs",
    summary="The audio inputs do not reach the model.",
    signs={
        "audio-logits-empty": "certain",
        "inputs-missing": "certain",
        "audio-loss-zero": "medium",
        "audio-loss-zero/inputs-lost": "high",
        "audio-loss-zero/labels-lost": "low",
        "audio-loss-skipped": "medium",
        "audio-loss-skipped/labels-masked": "low",
        "crash/empty-tensor": "certain",
        "loss-drops": "medium",
        "total-leaves-no-audio/no-audio-term": "medium",
        "total-leaves-no-audio": "low",
    },
    detail="audio-inputs-dropped",
    mechanism=(
        "The model finds the places where it has to produce audio from `audio_out_ids`. If that tensor does not "
        "reach it, it goes on without audio and returns audio logits without a row. A mean over nothing is NaN, so "
        "most trainers guard it and write an audio loss of exactly 0. The text loss keeps the total above zero and "
        "falling: the run looks alive, and no audio is trained."
    ),
    shows=(
        "An audio loss of exactly 0.0000 beside a text loss that falls. Audio logits of shape [0, 8, 1026] beside "
        "labels that hold frames; text sequences that are no longer than their text. Some trainers say it: `Missing "
        "required inputs`, `Empty audio logits`. Losing the inputs in mid-run also disturbs the text loss for some "
        "steps."
    ),
    traps=(
        "A batch of text alone has neither audio logits nor audio labels, and that is legal. If the audio logits do "
        "have rows, the labels are masked instead (audio-over-masked). NaN is shown as zero by several trainers. "
        "PEFT does not drop the inputs: lists of allowed keys that somebody wrote around its error about `labels`, "
        "`remove_unused_columns=True` of the Trainer, and audio that could not be decoded do."
    ),
    settles="The shapes of audio_out_ids and of the audio logits, in one forward pass.",
    next="Pass audio_out_ids and its starts through every wrapper and key filter between the collator and the model.",
    source=(
        "boson-ai/higgs-audio, modeling_higgs_audio.py: missing audio_out_ids become an empty tensor. Lists of "
        "allowed inputs in codeman911/higgs-audio and thucth-qt/train-higgs-audio-vi. Run on the unmodified model, "
        "with and without PEFT."
    ),
    refuted_by=("loss-not-finite", "audio-labels-masked", "audio-over-masked", "audio-windows-masked"),
    explains=("missing-audio-labels", "audio-over-masked", "crashed"),
)
