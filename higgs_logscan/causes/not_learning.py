"""The cause `not-learning`."""

from higgs_logscan.diagnosis import Cause

NOT_LEARNING = Cause(
    id="not-learning",
    summary="The loss does not move, and the log does not say why.",
    signs={
        "audio-at-chance": "medium",
        "text-not-learning": "medium",
        "loss-flat": "medium",
        "batch-repeated": "low",
        "predictions-collapsed": "low",
        "text-at-chance": "low",
    },
    detail="weights-do-not-move",
    mechanism=(
        "The loss stays where it began although it is high: the weights do not move, or the targets cannot be "
        "learned. The log shows the effect and not the reason, which is why this is named only where nothing more "
        "specific speaks."
    ),
    shows=(
        "Text, audio or total flat at a high level over fifty records or more. At exact chance (11.76, 6.93, "
        "together 18.70) the model guesses: heads that were not loaded, everything frozen, a learning rate of "
        "nearly zero, labels that have nothing to do with the inputs."
    ),
    traps=(
        "The first steps from random weights are always at chance. A loss that falls through chance level is "
        "moving. A flat loss after a warm start, at a level that pretrained models have, is no fault. The "
        "vocabulary must be known before a text loss can be called chance."
    ),
    settles="The learning rate, the gradient norm and the number of trainable parameters.",
    next="Make sure that the learning rate is above zero, and that the weights were loaded and are trained.",
    source=(
        "Arithmetic: uniform guessing costs ln of the number of choices. codeman911/higgs-audio 05dc6de: text 11.5 "
        'to 12.3, audio 6.5 to 6.8, reported as "learning".'
    ),
)
