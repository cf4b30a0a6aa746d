"""The cause `non-finite`."""

from higgs_logscan.diagnosis import Cause

NON_FINITE = Cause(
    id="non-finite",
    summary="A loss or gradient is not a number.",
    signs={
        "total-loss-zero": "low",
        "loss-not-finite": "certain",
        "gradient-not-finite": "certain",
    },
    detail="nan-or-infinity",
    mechanism=(
        "A loss that is NaN (not a number) or infinite makes every gradient NaN, and one step of the optimizer then "
        "makes every weight NaN: nothing later in the run can mend it. It comes from a mean over no label at all, "
        "an overflow in half precision, a learning rate that blew the weights up, or weights that were never "
        "initialised."
    ),
    shows=(
        "nan or inf among losses or gradient norms, since the line that is named. At the very first record it is "
        "the weights or the data; after a healthy trend it is one batch, or numbers too large for the precision. "
        "Hugging Face's Trainer hides it: `'loss': 0.0` beside `'grad_norm': nan`. A trainer that adds a loss only "
        "if it is above zero drops a NaN silently: the total then equals the other loss."
    ),
    traps=(
        "A gradient scaler of half precision probes for its scale: infinite norms at its start are steps that it "
        'skips, and no weight is touched. Several trainers say "Total loss is ZERO" or "near zero" of a NaN, which '
        "looks like missing audio. One prints `CRITICAL INSTABILITY DETECTED: NaN losses from new modules!` at "
        "every start, and it means nothing."
    ),
    settles="`isfinite` of weights, logits and loss at the step before the first NaN.",
    next="Find the first step that is not finite: labels all masked, half precision, or weights never initialised.",
    source=(
        "transformers, Trainer: `logging_nan_inf_filter`. JimmyMa99/train-higgs-audio adds a loss only above zero; "
        "codeman911/higgs-audio leaves out codebooks whose loss is not finite; thucth-qt/train-higgs-audio-vi "
        "writes 0.0 for NaN."
    ),
    explains=(
        "missing-audio-inputs",
        "label-leak",
        "learning-rate-zero",
        "learning-rate-too-high",
        "double-shift",
        "not-learning",
    ),
    fixes={
        "not-finite-from-the-start": (
            "Check weights and data before the first step: modules that the checkpoint lacks may be left uninitialised."
        ),
    },
)
