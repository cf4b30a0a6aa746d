"""Dicts on a line of their own, as Hugging Face's Trainer prints its logs, and JSON lines.

Keys: `transformers/trainer.py` (`Trainer.log`), ms-swift for `global_step/max_steps`.
"""

from higgs_logscan.dialect import Dialect, Line

#: Keys of training dicts and the columns that they are; the same words in Python and JSON.
TRAINING = {
    "loss": "loss",
    "text_loss": "text_loss",
    "llm_loss": "text_loss",
    "audio_loss": "audio_loss",
    "total_loss": "loss",
    "grad_norm": "grad_norm",
    "learning_rate": "learning_rate",
    "epoch": "epoch",
    "step": "step",
    "global_step/max_steps": "step",
}
EVALUATION = {
    "eval_loss": "eval_loss",
    "eval_text_loss": "text_loss",
    "eval_audio_loss": "audio_loss",
    "epoch": "epoch",
    "step": "step",
    "global_step/max_steps": "step",
}
SUMMARY = {"train_loss": "loss", "epoch": "epoch"}

DICT_LINE = Dialect(
    id="dict-line",
    summary="Hugging Face Trainer dicts (train, eval, summary), ms-swift dicts, logging.jsonl",
    lines=(
        Line(
            "{mapping}",
            "{'train_runtime': 4321.1, 'train_samples_per_second': 1.23, 'train_loss': 7.1, 'epoch': 1.0}",
            {"loss": 7.1, "epoch": 1.0},
            kind="summary", begins=True, keys=SUMMARY, needs="train_runtime",
        ),
        Line(
            "{mapping}",
            "{'eval_loss': 7.1234, 'eval_runtime': 12.3456, 'eval_samples_per_second': 3.24, 'epoch': 0.5}",
            {"eval_loss": 7.1234, "epoch": 0.5},
            kind="evaluation", begins=True, keys=EVALUATION, needs="eval_loss|eval_runtime",
        ),
        Line(
            "{mapping}",
            "{'loss': 7.2514, 'grad_norm': 0.30281460172462463, 'learning_rate': 5e-06, 'epoch': 0.0}",
            {"loss": 7.2514, "grad_norm": 0.30281460172462463, "learning_rate": 5e-06, "epoch": 0.0},
            kind="step", begins=True, closes=True, keys=TRAINING, needs="loss|text_loss|audio_loss",
        ),
        Line(
            "{mapping}",
            '{"train_dataset": "145.3±65.0", "best_metric": null, "global_step": 0, "log_history": [], "memory": 0}',
            {},
            kind="config", keys={}, needs="log_history|train_dataset",
        ),
        Line(
            "Results: {mapping}",
            "Results: {'eval_loss': 5.31, 'eval_runtime': 3.2, 'epoch': 1.0}",
            {"eval_loss": 5.31, "epoch": 1.0},
            kind="evaluation", begins=True, keys=EVALUATION, needs="eval_loss",
        ),
        Line(
            "Evaluation results: {mapping}",
            "Evaluation results: {'eval_loss': 5.31, 'eval_runtime': 3.2, 'epoch': 1.0}",
            {"eval_loss": 5.31, "epoch": 1.0},
            kind="evaluation", begins=True, keys=EVALUATION, needs="eval_loss",
        ),
    ),
)  # fmt: skip
