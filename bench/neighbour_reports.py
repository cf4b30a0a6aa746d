"""What other linters of training runs say in their reports, and which of our causes each finding may mean."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

#: The findings that name a cause, by tool: all whose message, likely causes or advice could mean it,
#: so that no doubt speaks against a tool.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "runmedic": {
        "non-finite": ("non_finite", "log:anomaly_nan", "log:amp_overflow"),
        "learning-rate-too-high": ("non_finite", "divergence", "loss_spikes", "grad_spikes", "log:amp_overflow"),
        "not-learning": ("no_learning", "constant_lr_plateau"),
        "learning-rate-zero": ("no_learning",),
        "no-gradient": ("no_learning", "log:unused_params"),
        "frozen-head": ("no_learning", "log:unused_params"),
        "labels-misaligned": ("no_learning",),
        "memorisation": ("overfitting",),
        "crashed": (
            *("log:cuda_oom", "log:dataloader_killed", "log:nccl_timeout"),
            *("log:device_mismatch", "log:backward_twice", "log:inplace_grad"),
        ),
    },
    "trainproof": {
        "non-finite": ("TP-NAN", "TP-NAN-GRAD", "TP-ZERO-LOSS-ONSET"),
        "learning-rate-too-high": ("TP-DIVERGE", "TP-GRAD-SPIKE"),
        "not-learning": ("TP-FLAT", "TP-DEAD-RUN"),
        "learning-rate-zero": ("TP-ZERO-LR", "TP-ZERO-LR-PARTIAL"),
        "no-gradient": ("TP-ZERO-GRAD", "TP-ZERO-LR"),
        "memorisation": ("TP-OVERFIT",),
        "audio-over-masked": ("TP-ZERO-LOSS",),
        "text-over-masked": ("TP-ZERO-LOSS",),
        "missing-audio-labels": ("TP-ZERO-LOSS",),
    },
    "losslint": {
        "non-finite": ("nan_inf",),
        "learning-rate-too-high": ("divergence", "loss_spike"),
        "not-learning": ("stagnation",),
        "memorisation": ("overfit_onset",),
        "restarted": ("step_backtrack",),
    },
    "trainspotter": {
        "non-finite": ("Diverged (non-finite values)",),
        "learning-rate-too-high": (
            *("Diverged (non-finite values)", "Diverged (sustained growth)"),
            *("Loss spike", "Gradient-norm explosion"),
        ),
        "not-learning": ("Plateau",),
        "learning-rate-zero": ("Plateau",),
        "frozen-head": ("Plateau",),
        "memorisation": ("Overfitting onset", "Suspiciously low loss early (heuristic)"),
        "label-leak": ("Suspiciously low loss early (heuristic)",),
    },
    "epochix": {
        "non-finite": ("divergence", "diverged"),
        "learning-rate-too-high": ("divergence", "diverged"),
        "not-learning": ("plateau", "stalled"),
        "learning-rate-zero": ("stalled",),
        "labels-misaligned": ("stalled",),
        "memorisation": ("overfit", "past-peak"),
    },
}
#: What epochix says last, word for word, in a story that is not a good one.
ADVICE = {
    "Next step: lower the learning rate or clip the gradients": "diverged",
    "Next step: check the learning rate first": "stalled",
    "Next step: keep the checkpoint from epoch": "past-peak",
}


#: Severities of a warning or worse, in the words of all tools.
ALARMING = ("warning", "error", "critical", "WARN", "FAIL")


@dataclass(frozen=True)
class Said:
    """What a tool says of a log: its findings of severity warning or worse, and the causes that it names."""

    alarms: tuple[str, ...] = ()
    causes: frozenset[str] = frozenset()


def said(tool: str, losses: bool, findings: Iterable[tuple[str, str]]) -> Said | None:
    """Findings are (id, severity). One below a warning is no alarm, but may name a cause.

    None if the tool took no loss from the log and found nothing in it: then it has not read it.
    """
    found = list(findings)
    if not losses and not found:
        return None
    alarms = dict.fromkeys(one for one, severity in found if severity in ALARMING)
    named = {one for one, _ in found}
    return Said(tuple(alarms), frozenset(cause for cause, ids in NAMES[tool].items() if not named.isdisjoint(ids)))


def runmedic(report: str) -> Said | None:
    runs = json.loads(report)
    losses = any("loss" in name for run in runs for name in run["series"])
    return said("runmedic", losses, ((one["check"], one["severity"]) for run in runs for one in run["findings"]))


def trainproof(report: str) -> Said | None:
    """That it found no record, or no loss among them, is not a finding about the run."""
    found = [(one["id"], one["level"]) for run in json.loads(report)["reports"] for one in run["findings"]]
    unread = not {"TP-NO-RECORDS", "TP-NO-LOSS"}.isdisjoint(name for name, _ in found)
    return None if unread else said("trainproof", False, found)


def losslint(report: str) -> Said | None:
    """Nor is a line that it could not parse."""
    document = json.loads(report)
    losses = any("loss" in name for run in document["runs"] for name in run["series"])
    found = [(one["check"], one["severity"]) for one in document["findings"] if one["check"] != "parse"]
    return said("losslint", losses, found)


def trainspotter(report: str) -> Said | None:
    document = json.loads(report)
    losses = any("loss" in name for name in document["run"]["metrics"])
    return said("trainspotter", losses, ((one["title"], one["severity"]) for one in document["findings"]))


def epochix(report: str) -> Said | None:
    """The warnings that stand at the end, the grade, and the advice of a story that is not a good one.

    A plateau and a learning rate that falls are no alarms: no other tool makes one of them either.
    """
    document = json.loads(report)
    run = document["run"]
    found: dict[str, str] = {}
    for warning in (one for frame in document["frames"] for one in frame["warnings"]):
        kind = warning["kind"]
        if kind.endswith("_cleared"):
            found.pop(kind.removesuffix("_cleared"), None)
        else:
            found[kind] = "note" if kind in ("plateau", "lr_drop") else "warning"
    found |= {name: "warning" for advice, name in ADVICE.items() if advice in (run["story_summary"] or "")}
    if run["final_grade"] in ("D", "F"):
        found[f"grade {run['final_grade']}"] = "warning"
    return said("epochix", any("loss" in event["canonical_key"] for event in document["events"]), found.items())


def ourselves(report: str) -> Said | None:
    """Of the causes only the first counts."""
    run = json.loads(report)["runs"][0]
    if not run["read"]["losses"] and not run["findings"]:
        return None
    alarms = (one["rule"] for one in run["findings"] if one["severity"] != "note")
    return Said(tuple(dict.fromkeys(alarms)), frozenset(cause["cause"] for cause in run["root_causes"][:1]))
