"""The cause `labels-misaligned`."""

from higgs_logscan.diagnosis import Cause

LABELS_MISALIGNED = Cause(
    id="labels-misaligned",
    summary="Labels do not belong to the positions they are compared with.",
    signs={
        "length-mismatch": "high",
        "text-left-behind": "medium",
        "text-end-missing": "medium",
        "crash/lengths-differ": "medium",
        "audio-worse-than-chance": "low",
        "text-worse-than-chance": "medium",
    },
    detail="labels-off-by-some",
    mechanism=(
        "Each position is compared with a label that belongs to another one: off by some places, from a sequence "
        "that was not expanded, with axes exchanged, or with codebooks in another order. A pretrained model is then "
        "sure of the wrong token, which costs more than guessing. Where codebooks are scrambled the targets say "
        "nothing about the inputs beside them, and training can at best learn how often each code occurs."
    ),
    shows=(
        "A loss above chance at the first records of a pretrained model: audio 7.5 to 13 nats, text above 12.5. "
        "Lengths of logits and labels that differ. With scrambled codebooks the audio loss settles on 6.93 and "
        "stays; with labels that are merely unshifted it goes on to zero."
    ),
    traps=(
        "Random weights start at chance or just above, with right labels. A learning rate that blows the weights up "
        "raises the loss too, but from the second record on. A difference in length of exactly 1 may be one side "
        "that is printed behind the shift. Data far from what the model knows start a little above chance."
    ),
    settles="One window of labels beside the inputs, with positions.",
    next="Shift once, with the labels of the expanded sequence; check the axis order of audio logits and labels.",
    source=(
        "Measured on a small model: axes exchanged 11.79, codebooks rolled by one 12.45, reversed 12.91. "
        "codeman911/higgs-audio cf46637 starts at 17.0 and 7.56. Qwen3-TTS, where the same kind of fault was met: "
        "11.03 nats one place off, 6.05 at the right one."
    ),
    explains=("text-not-trained",),
)
