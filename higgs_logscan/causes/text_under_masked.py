"""The cause `text-under-masked`."""

from higgs_logscan.diagnosis import Cause

TEXT_UNDER_MASKED = Cause(
    id="text-under-masked",
    summary="The prompt is learned.",
    signs={
        "prompt-supervised": "certain",
    },
    detail="prompt-tokens-in-labels",
    mechanism=(
        "The prompt (system and user turns, headers) is given at generation, so that learning it is wasted. Labels "
        "that are a plain copy of the input make it a target all the same; the text loss is then mostly that of "
        "prompts, and the few tokens that matter weigh little."
    ),
    shows=(
        "Labels other than -100 among the first tokens of samples; more than half of all text labels count; header "
        "tokens such as 128000, 128006 and 128007 among the labels."
    ),
    traps=(
        "The Hugging Face port supervises the prompt by design. A conversation that the assistant opens has only "
        "four or five masked tokens before its first label. Windows that somebody pasted into a report may come "
        "from anywhere."
    ),
    settles="The first ten text labels of a sample: all of them are to be -100.",
    next="Mask system and user turns and headers with -100.",
    source=(
        "boson-ai/higgs-audio, chatml_dataset.py: the first ten labels of its samples are always -100. "
        "transformers, processing_higgs_audio_v2.py: labels the prompt."
    ),
)
