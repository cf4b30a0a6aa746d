"""Steps and evaluations as `name=value` pairs on a line.

`docs/log-formats.md` I.1 (Higgs_Audio_TTS_Easy_GUI, v2 and v3), I.2 (Higgs-tts-3-finetune sft.py).
"""

from higgs_logscan.dialect import Dialect, Line

_FINETUNE = (
    Line("epoch={epoch} step={step}/{planned} loss={loss} lr={learning_rate} step_time={_}", "[2026-09-01 10:01:00] epoch=0 step=10/1250 loss=5.1304 lr=2.00e-05 step_time=1.23s steps/s=0.813 samples/s=52.03 eta=0:27:43", {"epoch": 0.0, "step": 10, "planned": 1250, "loss": 5.1304, "learning_rate": 2e-05}, "step", begins="step", closes=True),
    Line("[eval] epoch={epoch} step={step} eval_loss={eval_loss}", "[2026-09-01 11:00:00] [eval] epoch=0 step=200 eval_loss=4.1252 best=4.1252 * took=0:01:10", {"epoch": 0.0, "step": 200, "eval_loss": 4.1252}, "evaluation", begins=True, closes=True),
    Line("[sft] num_codebooks={codebooks} codebook_vocab_size={integer}", "[2026-09-01 10:00:00] [sft] num_codebooks=8 codebook_vocab_size=1026 channelwise_loss_weight=None", {"codebooks": 8}, "config", begins=True),
    Line("[sft] {_}", "[2026-09-01 10:00:00] [sft] global_batch_size=4 x 2 x 8 = 64"),
    Line("Finished training: global_step={integer}", "[2026-09-01 12:00:00] Finished training: global_step=1250, saved_epochs=3, best_eval_loss=4.1252, output_dir=out"),
)  # fmt: skip

_GUI = (
    Line("[v2-train] |{_}| {number}% optimizer_step={step}/{planned} loss={loss} elapsed=", "[v2-train] |████░░░░░░░░░░░░░░░░░░░░░░░░|  15.9% optimizer_step=30/190 loss=5.1304 elapsed=2m 05s eta=11m 02s speed=0.240 step/s", {"step": 30, "planned": 190, "loss": 5.1304}, "step", begins="step", closes=True),
    Line("[v3-train] |{_}| {number}% optimizer_step={step}/{planned} loss={loss} elapsed=", "[v3-train] |████░░░░░░░░░░░░░░░░░░░░░░░░|  15.9% optimizer_step=30/190 loss=5.13040 elapsed=2m 05s speed=0.240 step/s stats={'a': 1.0}", {"step": 30, "planned": 190, "loss": 5.1304}, "step", begins="step", closes=True),
    Line("[v3-train] optimizer_step={step}/{planned} loss={loss} elapsed=", "[v3-train] optimizer_step=30/190 loss=5.13040 elapsed=2m 05s speed=0.240 step/s stats={'a': 1.0}", {"step": 30, "planned": 190, "loss": 5.1304}, "step", begins="step", closes=True),
    Line("[v2-hf-trainer] optimizer_step={step} eval_loss={eval_loss}", "[v2-hf-trainer] optimizer_step=250 eval_loss=5.0210", {"step": 250, "eval_loss": 5.021}, "evaluation", begins=True, closes=True),
    Line("[v2-hf-trainer] Starting single-speaker training: samples={integer} eval={integer} start_optimizer_step={integer} max_optimizer_steps={planned}", "[v2-hf-trainer] Starting single-speaker training: samples=500 eval=50 start_optimizer_step=0 max_optimizer_steps=190 batch=1 grad_accum=8", {"planned": 190}, "config", begins=True),
    Line("[v2-hf-trainer] {_}", "[v2-hf-trainer] Loading processor/model from models/v2"),
    Line("[v3-train] trainable params: {_}", "[v3-train] trainable params: 19,726,336 / 4,012,345,678 (0.4916%)"),
    Line("[v3-train] done in {number}s", "[v3-train] done in 812.3s"),
    Line("[training] {_}", "[training] Process exited with code 0."),
)  # fmt: skip

KEY_VALUE = Dialect(
    id="key-value",
    summary="`epoch=0 step=10/1250 loss=…` lines (Higgs-tts-3-finetune, Higgs_Audio_TTS_Easy_GUI)",
    lines=_FINETUNE + _GUI,
)
