"""The cause `bos-eos-swapped`."""

from higgs_logscan.diagnosis import Cause

BOS_EOS_SWAPPED = Cause(
    id="bos-eos-swapped",
    summary="BOS and EOS of the audio stream are swapped.",
    signs={
        "bos-eos-swapped": "certain",
    },
    detail="stream-ids-swapped",
    mechanism=(
        "A stream begins with 1024 and ends with 1025. With the two exchanged the model learns to end speech with a "
        "token that generation never takes for an end, and to meet the stop token where it should begin."
    ),
    shows=(
        "1025 before the first code of a window, or 1024 behind the last. The audio loss starts worse than chance, "
        "as a pretrained model expects the opposite."
    ),
    traps=(
        "Between two segments of a batch a 1025 is followed by the next segment: only the ends of a batch say "
        "anything. Labels that are copies of the inputs hold 1024 at their beginning, and that is bos-supervised."
    ),
    settles="The first and the last audio input ids of one segment.",
    next="Begin a segment with 1024 and end it with 1025.",
    source="boson-ai/higgs-audio, configuration_higgs_audio.py: audio_stream_bos_id is 1024, audio_stream_eos_id 1025.",
    explains=("bos-supervised", "eos-never-supervised", "delay-pattern-wrong"),
)
