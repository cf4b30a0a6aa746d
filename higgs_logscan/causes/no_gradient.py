"""The cause `no-gradient`."""

from higgs_logscan.diagnosis import Cause

NO_GRADIENT = Cause(
    id="no-gradient",
    summary="No gradient reaches the weights.",
    signs={
        "no-gradient": "certain",
    },
    detail="loss-detached",
    mechanism=(
        "A loss teaches only what it can be traced back to. If it was turned into a plain number on the way "
        "(`.item()`) and wrapped into a tensor again, if backward is never called, or if every parameter is frozen, "
        "the gradients are zero and the weights stay as they are."
    ),
    shows=(
        "A gradient norm of exactly 0.0 beside a loss above zero, in step after step, while the loss goes up and "
        "down with the batches and does not fall."
    ),
    traps=(
        "A tiny gradient norm beside a loss near zero is a leak or memorised data. A learning rate of zero has the "
        "same flat loss, with gradient norms above zero. With LoRA on the attention alone the audio head is frozen "
        "by design, and the norm is still above zero."
    ),
    settles="`loss.requires_grad`, and the number of trainable parameters.",
    next="Build the loss from tensors, not from `.item()`; call backward; unfreeze what is to be trained.",
    source=(
        "codeman911/higgs-audio ab1d7a0, loss.py: the loss is rebuilt from `.item()`. Measured on a small model "
        "with it: 12.55, 12.56, 12.55, gradient norm 0.0."
    ),
    explains=("not-learning", "learning-rate-zero"),
)
