"""The cause `text-over-masked`."""

from higgs_logscan.diagnosis import Cause

TEXT_OVER_MASKED = Cause(
    id="text-over-masked",
    summary="Too few text labels are left.",
    signs={
        "text-loss-skipped/labels-masked": "high",
        "text-labels-masked": "certain",
        "text-over-masked": "high",
    },
    detail="text-labels-set-to-ignore-index",
    mechanism=(
        "Each turn of the assistant that speaks has at least three text labels: audio_out_bos, audio_eos and the "
        "end of the turn. If they are -100 like the prompt, nothing teaches the model when to begin and to end, and "
        "a mean over no label is NaN, or 0 where the trainer guards it."
    ),
    shows=(
        "No text label that counts, or fewer than three a sample. A text loss of exactly 0 from the first step, or NaN."
    ),
    traps=(
        "Windows of -100 prove nothing: the first ten labels are the prompt, the last ten may be padding. Exactly "
        "three labels a turn, with a text loss near zero after tens of steps, are healthy for data that are speech "
        "alone. A text loss of zero also comes from lengths that do not fit (text-not-trained)."
    ),
    settles="The number of text labels that are not -100, for each sample.",
    next="Keep the assistant's tokens as labels: at least audio_out_bos, audio_eos and eot of each turn.",
    source=(
        "boson-ai/higgs-audio, chatml_dataset.py and higgs_audio_collator.py: what they leave as text labels, run "
        "unmodified on made-up conversations."
    ),
    explains=("text-not-trained",),
)
