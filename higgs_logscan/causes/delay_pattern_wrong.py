"""The cause `delay-pattern-wrong`."""

from higgs_logscan.diagnosis import Cause

DELAY_PATTERN_WRONG = Cause(
    id="delay-pattern-wrong",
    summary="The delay pattern is not the model's.",
    signs={
        "delay-pattern-wrong": "high",
        "delay-masks-wrong/delay-begins-late": "high",
        "delay-masks-wrong/delay-applied-twice": "high",
        "eos-repeated/fill-is-labels": "medium",
    },
    detail="delay-off-by-some",
    mechanism=(
        "The pattern has one right form: BOS and EOS around the codes, then codebook k moved k frames later. "
        "Reversed, applied twice, one place late, or applied before BOS and EOS, it is an order that generation "
        "does not undo, and the codebooks of a frame end up apart."
    ),
    shows=(
        "The number of leading -100 of each codebook. Right: k + 1 unshifted, k behind the shift. Reversed: 8 - k. "
        "Twice: 2k + 1. One late: k + 2. Lengths of inputs and labels that differ by seven a segment: only one of "
        "them is delayed."
    ),
    traps=(
        "A first segment that is context masks the whole window. Labels masked at random show no clear beginning. "
        "Higgs v3 delays before it adds the specials, by design. From one codebook alone some forms look alike."
    ),
    settles="The number of leading -100 of each codebook: k+1 for codebook k, unshifted.",
    next="Delay codebook k by k frames, once, after BOS and EOS were added.",
    source=(
        "boson-ai/higgs-audio, utils.py: build_delay_pattern_mask on codes with BOS and EOS. Each wrong form was "
        "run, and its labels printed."
    ),
    explains=("delay-pattern-absent", "label-leak"),
    fixes={
        "delay-begins-late": ("Delay codebook k by k frames behind BOS: codebook 0 begins with one BOS, not with two."),
        "delay-applied-twice": ("Delay the codes once: either the dataset or the collator does it, not both."),
        "fill-is-labels": ("Add BOS and EOS before the delay, and mask every EOS of a codebook but the first."),
    },
)
