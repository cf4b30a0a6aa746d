"""The cause `memorisation`."""

from higgs_logscan.diagnosis import Cause

MEMORISATION = Cause(
    id="memorisation",
    summary="The data are known by heart: a few clips are seen again and again.",
    signs={
        "validation-gap": "certain",
        "labels-memorised": "high",
        "audio-loss-near-zero": "low",
        "total-leaves-no-audio/unseen-is-high": "medium",
        "total-leaves-no-audio": "low",
    },
    detail="few-or-repeated-clips",
    mechanism=(
        "The labels are right, but the run sees so few clips, or the same batch so often, that the model learns "
        "them by heart instead of learning speech. It will repeat these clips, and it is worse than before on all "
        "others."
    ),
    shows=(
        "The audio loss in training falls below 0.5 nats, often to a few thousandths. Validation stays 1.5 nats or "
        "more above it and rises from one evaluation to the next. Predictions equal the labels behind the shift. "
        "There are many epochs over few clips; or one batch is repeated, and then whole lines of losses come again "
        "to every digit."
    ),
    traps=(
        "A label leak reaches the same training loss, and its validation loss falls too. A validation set that is "
        "part of the training set hides memorisation and makes it look like a leak. A gap that opens late in a long "
        "run, while the training loss is still above 1, is ordinary overfitting. Overfitting one batch may be a "
        "test that somebody runs on purpose."
    ),
    settles="An evaluation on clips that the run has not seen: near zero too would be a leak.",
    next="Check that batches differ from step to step; train on more clips, or stop at the lowest validation loss.",
    source=(
        "Measured on a small model: one fixed batch reaches 0.0039 nats after 200 steps with a correct shift, while "
        "unseen speech costs 8.46."
    ),
    refuted_by=("validation-loss-near-zero",),
)
