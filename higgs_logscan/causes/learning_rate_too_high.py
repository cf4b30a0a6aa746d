"""The cause `learning-rate-too-high`."""

from higgs_logscan.diagnosis import Cause

LEARNING_RATE_TOO_HIGH = Cause(
    id="learning-rate-too-high",
    summary="The learning rate is too high: steps destroy what was learned.",
    signs={
        "divergence": "high",
        "weights-blown-up": "high",
        "predictions-collapsed": "low",
        "gradient-norm-rises": "low",
    },
    detail="weights-blown-up",
    mechanism=(
        "Steps are so large that the weights are destroyed instead of improved. A loss that had fallen rises and "
        "stays up; or right after the first steps the outputs say nothing at all, and each loss is that of "
        "guessing."
    ),
    shows=(
        "A mean of the loss more than 1 nat above the lowest one before it, for good. Gradient norms several times "
        "their usual size. Or both losses on exact chance, ln of the vocabulary (11.76) and ln 1026 (6.93), "
        "directly after the first update. NaN may follow."
    ),
    traps=(
        "A single bad batch is a spike, and the loss comes back. Batches of text alone pull the mean audio loss "
        "down and let it rise again. Few labels a batch make any loss noisy. A pretrained run that is above chance "
        "at its first record, before any update, has wrong targets instead."
    ),
    settles="The gradient norm and learning rate of the first ten steps.",
    next="Lower the learning rate tenfold, clip gradients at 1.0, warm up.",
    source=(
        "Arithmetic: guessing among 128,256 tokens costs 11.76 nats, among 1026 codes 6.93. Real logs of runs whose "
        "learning rate was known to be too high. The thresholds are estimates."
    ),
    explains=("labels-misaligned", "not-learning", "non-finite"),
)
