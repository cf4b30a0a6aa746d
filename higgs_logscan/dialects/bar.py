"""Progress bars as tqdm draws them, redrawn with a lone carriage return."""

from higgs_logscan.dialect import Dialect, Line

BAR = Dialect(
    id="bar",
    summary="tqdm progress bars; a record may be glued to the end of one",
    lines=(
        Line(
            "{description} {integer}%|{_}| {position}/{planned} [{elapsed}<{left}, {rate}{unit}{postfix}]",
            "Epoch 1/1:  27%|██▋       | 60/220 [00:02<00:07, 20.78it/s, loss=8.16]",
            {
                "description": "Epoch 1/1:", "position": 60, "planned": 220, "elapsed": "00:02", "left": "00:07",
                "rate": 20.78, "unit": "it/s", "postfix": ", loss=8.16",
            },
            kind="progress", begins=True, glued=True,
        ),
        Line(
            "{description} {integer}%|{_}| {position}/{planned} [{elapsed}<{left}, ?{unit}{postfix}]",
            "  0%|          | 0/200 [00:00<?, ?it/s]",
            {"description": "", "position": 0, "planned": 200, "elapsed": "00:00", "left": "?", "unit": "it/s", "postfix": ""},
            kind="progress", begins=True, glued=True,
        ),
        Line(
            "{description} {integer}%|{blocks}",
            "Loading checkpoint shards: 100%|█████████████████████",
            {"description": "Loading checkpoint shards:"},
            kind="progress", begins=True, glued=True,
        ),
    ),
)  # fmt: skip
