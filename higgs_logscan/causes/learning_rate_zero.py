"""The cause `learning-rate-zero`."""

from higgs_logscan.diagnosis import Cause

LEARNING_RATE_ZERO = Cause(
    id="learning-rate-zero",
    summary="The learning rate is zero, or far too small.",
    signs={
        "learning-rate-zero": "certain",
        "learning-rate-zero/far-too-small": "medium",
        "evaluation-frozen": "medium",
        "batch-repeated": "medium",
        "audio-at-chance": "low",
    },
    detail="weights-do-not-move",
    mechanism=(
        "The optimizer multiplies every gradient by the learning rate; at zero, or at a value far too small, the "
        "weights stay where they are. The usual way there is a schedule that ends before the run does: accelerate "
        "steps the scheduler once a process, so that with two processes it is exhausted half way."
    ),
    shows=(
        "A learning rate of 0 in step after step. Evaluations that are equal to every printed digit. A loss that "
        "repeats with the batches and does not fall; with a rate that is merely far too small, evaluations fall by "
        "the same tiny amount each time."
    ),
    traps=(
        "The first step of a warm-up and the last of a schedule have a rate of zero in healthy runs (issue #94 ends "
        "with one). A flat loss after a warm start may be all that there is to learn. Losses in bfloat16 have few "
        "digits and repeat by accident. A gradient norm of zero is another cause (no-gradient)."
    ),
    settles="The learning rate and the gradient norm of each step.",
    next="Set the learning rate; step the scheduler once an optimizer step, not once a process.",
    source=(
        "txya900619/Higgs-tts-3-finetune, sft.py: rate 0 at step 681 of 1363, and an evaluation loss of 4.0252 five "
        "times. Measured on a small model: at rate 0 over two batches, losses and gradient norms repeat exactly."
    ),
    against=("learning-rate-zero",),
    refuted_by=("weights-blown-up",),
    explains=("not-learning",),
    fixes={
        "schedule-exhausted": (
            "Step the scheduler once an optimizer step, not once a process, and plan it for all steps."
        ),
        "far-too-small": ("Set the learning rate: 1e-5 to 1e-4 is usual; look for a wrong unit or exponent."),
    },
)
