"""The failure modes that rules carry, by number; and what is decided where a log cannot tell.

`docs/generate.py` makes the tables of `docs/rules/README.md` from it. Which rule carries a failure
mode (`R06`) or a piece of evidence (`§11.6`), the rule itself says (`carries`).
"""

from __future__ import annotations

MODES: dict[str, str] = {
    "R01": "Audio inputs are lost before the model",
    "R02": "All audio labels are masked",
    "R03": "Too many audio labels are masked",
    "R04": "No text label counts",
    "R05": "The prompt is learned",
    "R06": "Labels are not shifted: the target is among the inputs",
    "R07": "Labels are shifted twice",
    "R08": "The data are learned by heart",
    "R09": "A loss stays at chance",
    "R10": "A loss starts worse than chance",
    "R11": "Nothing but the frequencies of codes is learned",
    "R12": "No delay pattern",
    "R13": "A delay pattern of another form",
    "R14": "The beginning of the stream is a label",
    "R15": "The end of the stream is never a label",
    "R16": "The end of the stream is a label more than once",
    "R17": "A value that no codebook has",
    "R18": "Text and audio are exchanged",
    "R19": "Logits and labels differ in length",
    "R20": "Codebooks: another number, or another axis",
    "R21": "NaN or infinity",
    "R22": "A loss diverges",
    "R23": "The total loss is exactly zero",
    "R24": "A constant stands for the loss",
    "R25": "The learning rate is zero",
    "R26": "There is no gradient",
    "R27": "The weights do not move, or one batch comes again and again",
    "R28": "One codebook is not trained",
    "R29": "One modality is left behind",
    "R30": "Predictions collapse onto one token",
    "R31": "Weights are newly initialised",
    "R32": "Text labels are not expanded to the audio positions",
    "R33": "The total is not what its parts amount to",
    "R34": "A validation that proves nothing",
}

#: Failure modes of which a log cannot tell all, or nothing: what was decided, and why.
DECISIONS: dict[str, str] = {
    "R07": "a few printed predictions cannot show it, as codes repeat: only the counts of masked labels do",
    "R29": "the ratio of the two losses is not judged: nats over different vocabularies do not compare",
    "R31": "a note at most: healthy runs of some versions print the warning at every start",
}

#: What one log can prove: title, rules that use it beside those that carry it, and what was decided where no rule can.
EVIDENCE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "The number of masked labels, which layout and shift fix exactly",
        ("labels-shifted-twice", "bos-not-masked", "codebook-masks-unequal", "audio-over-masked"),
        "",
    ),
    ("The length of the text labels modulo 8, which the shift changes", ("text-labels-unshifted",), ""),
    (
        "The first and last labels of codebook 0",
        ("unshifted-labels", "delay-pattern-absent", "delay-pattern-wrong", "bos-eos-swapped", "eos-missing"),
        "Masks between codes prove nothing: in a batch of several segments they separate them",
    ),
    (
        "The last text labels of a sample, and the length of expanded text",
        ("length-mismatch", "text-labels-masked"),
        "A turn that does not end is judged only where the vocabulary is printed",
    ),
    ("A total that equals one of its two losses", ("loss-not-in-total",), ""),
    (
        "A loss that vanishes in mid-run",
        ("audio-loss-zero", "audio-logits-empty", "audio-labels-masked"),
        "They say since which step",
    ),
    (
        "Losses of exactly ln of the vocabulary, and the first value that is not a number",
        ("divergence", "loss-not-finite", "gradient-not-finite"),
        "What is not finite is ranked before missing or masked audio",
    ),
    ("Evaluations that are equal to every digit", ("evaluation-frozen",), ""),
    (
        "The words of the exception that ended the run",
        ("target-out-of-bounds", "codebook-count", "out-of-memory", "crash"),
        "What names its cause is no plain crash",
    ),
    (
        "A summed loss alone: where it starts, its floor, its noise",
        ("total-leaves-no-audio", "loss-flat", "total-loss-zero"),
        "A leak, memorised data and a run without audio end alike: only validation, or the losses apart, tell",
    ),
    ("Two faults in one run", (), "The report names every cause that findings speak for, ranked by certainty and harm"),
    (
        "What a trainer says of itself",
        ("step-failed",),
        'A banner proves nothing ("TRAINING SUCCESSFUL" for any total above zero, "CRITICAL INSTABILITY" at every '
        "start): only numbers and the words of an exception count",
    ),
    (
        "The height of the audio plateau, the accuracy at the end of speech, a few matches at one place",
        (),
        "Not used: healthy and broken runs overlap",
    ),
)
