"""The cause `text-not-trained`."""

from higgs_logscan.diagnosis import Cause

TEXT_NOT_TRAINED = Cause(
    id="text-not-trained",
    summary="The text loss is not computed, or is no part of the objective.",
    signs={
        "loss-not-in-total/text-not-in-total": "high",
        "text-loss-zero": "medium",
        "text-loss-skipped": "medium",
    },
    detail="text-loss-skipped",
    mechanism=(
        "The model expands each audio placeholder to as many positions as there are frames, and returns labels that "
        "are expanded alike. A trainer that takes the raw labels has two lengths that do not fit; it skips the text "
        "loss and writes 0, or cuts both to the shorter length. Nothing, or the wrong thing, then teaches the text "
        "head."
    ),
    shows=(
        "A text loss of exactly 0.0000 from the first records; `alignment failed: 263 vs 259`; `Skipping text "
        "loss`; text labels much shorter than text logits."
    ),
    traps=(
        "Text that is a fixed template reaches 0.0000 within some hundred steps, in a healthy run: what counts is "
        "zero from the start. A log that begins in the middle of a run cannot show it. All text labels masked gives "
        "the same zero (text-over-masked)."
    ),
    settles="The lengths of text logits and labels, and the number of text labels that are not -100.",
    next="Use the labels that the model expanded itself; keep the assistant's tokens.",
    source=(
        'codeman911/higgs-audio a33346c to 21477a8 ("alignment failed: 255 vs 256", text loss skipped). '
        "thucth-qt/train-higgs-audio-vi: a mask of 380 against logits of 2,076."
    ),
    fixes={"text-not-in-total": "Add both losses to the objective; give neither weight zero."},
)
