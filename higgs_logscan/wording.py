"""What outputs for people say of a run, from its JSON document: the sentences and figures that they share.

Plain text that may still hold characters of the log: whoever writes it out escapes it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from higgs_logscan.finding import LOSS_OF

if TYPE_CHECKING:
    from higgs_logscan.document import Area, Curve, Document, Finding, Gate, Known, RootCause, Run

_KINDS = {
    "micro-batch": "forward pass",
    "step": "step line",
    "evaluation": "evaluation",
    "epoch": "epoch line",
    "sample": "sample",
    "incident": "incident",
}
#: What a message says of its onset where the cause says it anyway.
_SINCE = re.compile(r", since step \d+$")


def number(value: Any) -> str:
    """A measure as a person reads it: two decimals, none from a thousand on, two digits where it is small."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(number(v) for v in value)}]"
    if value is None or isinstance(value, str | bool):
        return "none" if value is None else str(value)
    if not math.isfinite(value):
        return str(float(value))
    if float(value).is_integer():
        return f"{int(value):,}" if abs(value) < 1e15 else f"{value:.3g}"
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:,.{0 if abs(value) >= 1000 else 2}f}" if abs(value) < 1e6 else f"{value:.3g}"


def nats(value: float) -> str:
    """A loss as trainers print it: two decimals, one digit where it is tiny; only what is exactly zero is 0."""
    return f"{value:.0e}" if 0 < value < 1e-4 else f"{value:.2f}" if value >= 0.1 else number(value)


def measures(measured: Mapping[str, Any]) -> str:
    """`pairs 612, equal 0.98`; a number that is not finite by its name."""
    values = {**measured, **measured.get("nonfinite", {})}
    return ", ".join(
        f"{name.replace('_', ' ')} {number(value)}" for name, value in values.items() if name != "nonfinite"
    )


def chance(level: float, assumed: bool) -> str:
    """The chance level of a loss, and whether the vocabulary it rests on is only assumed."""
    return f"chance {nats(level)}{', assumed' if assumed else ''}"


def counted(count: int, word: str) -> str:
    ending = "" if count == 1 else "es" if word.endswith("s") else "s"
    return f"{count:,} {word}{ending}"


def duration(seconds: float) -> str:
    """`2 h 14 min`, `6 min 40 s`, `12 s`."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minute} min"
    return f"{minute} min {second} s" if minute else f"{second} s"


def sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


# -- the run ----------------------------------------------------------------------------------------


def cause(run: Run, named: RootCause) -> str:
    """A root cause, its mechanism, the worst finding that speaks for it, and since when."""
    words = [sentence(f"{sureness(named)}: {_lowered(named['summary'])}")]
    signs = [finding["message"] for finding in run["findings"] if finding["rule"] in named["for"]]
    words += [sentence(sign[:1].upper() + _SINCE.sub("", sign[1:])) for sign in signs[:1]]
    if since := named["since"]:
        step = f"step {since['step']:,}, " if since["step"] is not None else ""
        seconds = named["seconds"] or 0
        took = f"; {duration(seconds)} of this run" if seconds >= 1 else ""
        words.append(f"Since {step}line {since['line']:,}{took}.")
        until = named["healthy_until"]
        words += [f"Healthy until step {until:,}."] if until is not None else []
    return " ".join(words)


def sureness(named: RootCause) -> str:
    """`label-leak (medium)`."""
    return f"{named['cause']} ({named['confidence']})"


def answer(run: Run) -> str:
    """What is said of a run first: its first root cause, or else its worst finding and what its losses amount to."""
    if not is_faulty(run):
        return run["state"]
    if run["root_causes"]:
        return cause(run, run["root_causes"][0])
    worst = run["findings"][0]
    return f"{worst['rule']}: {sentence(worst['message'])} {run['state']}"


def is_faulty(run: Run) -> bool:
    """Whether anything worse than a note counts."""
    return any(finding["severity"] != "note" for finding in run["findings"])


def noted(run: Run) -> str:
    """The causes that only notes speak for: what to look at in a run without a fault."""
    causes = ", ".join(map(sureness, run["root_causes"]))
    settles = _lowered(run["root_causes"][0]["settles"])
    return f"Notes, no fault by themselves, point to: {causes}. To be sure: {settles}"


def areas(run: Run) -> list[tuple[Area, Curve | None]]:
    """The areas that a rule was asked of, each with the loss that stands for it, if it was read."""
    found = (*run["findings"], *run["not_judged"], *(one["finding"] for one in run["suppressed"]))
    asked = {of["area"] for of in found}
    curves = {area: run["curves"].get(loss) for area, loss in LOSS_OF.items()}  # type: ignore[call-overload]
    return [(area, curves.get(area["area"])) for area in run["areas"] if area["passed"] or area["area"] in asked]


def ends(curve: Curve) -> tuple[str, str]:
    """Where a loss begins and where it ends."""
    lost = curve.get("nonfinite", {})
    first, ending = lost.get("first", curve["first"]), lost.get("ending", curve["ending"])
    return nats(float(first or 0)), nats(float(ending or 0))


def gate(of: Gate) -> str:
    """`expect audio_loss<5.5@500: audio_loss is 6.10 from step 720 on.`"""
    return sentence(f"{of['gate']} {of['asked']}: {of['message']}")


def held(of: Gate) -> str:
    """Whether a gate holds, as the label before it."""
    return {"pass": "Holds", "fail": "Fails", "unknown": "No verdict"}[of["verdict"]]


# -- findings, coverage -----------------------------------------------------------------------------


def opening(run: Run) -> list[tuple[str, list[str]]]:
    """What the trainer would have to print, and the rules that it would open; most rules first."""
    rules: dict[str, list[str]] = {}
    for unjudged in run["not_judged"]:
        rules.setdefault(unjudged["needs"], []).append(unjudged["rule"])
    return sorted(rules.items(), key=lambda item: -len(item[1]))


def understood(share: float, segments: int) -> str:
    """The coverage, never rounded up to all of it."""
    return f"{math.floor(share * 1000) / 10:g} % of {counted(segments, 'piece')} understood"


def coverage(run: Run) -> str:
    """How much of the log was understood, and what was read from it."""
    records, arrays = run["read"]["records"], run["read"]["arrays"]
    read = [counted(n, word) for kind, word in _KINDS.items() if (n := records.get(kind))]  # type: ignore[call-overload]
    read += [counted(arrays, "token array")] if arrays else []
    how_much = understood(run["coverage"]["share"], run["coverage"]["segments"])
    return ", ".join([counted(run["lines"], "line"), how_much, *read])


def context(run: Run) -> list[tuple[str, str]]:
    """Each fact of the context in words, with its basis and its line; what is not known is left out."""
    facts: Mapping[str, Known] = run["context"]  # type: ignore[assignment]
    return [
        (name.replace("_", " "), f"{number(fact['value'])} ({fact['basis']}{_line(fact)})")
        for name, fact in facts.items()
        if fact["basis"] != "unknown"
    ]


def _line(fact: Known) -> str:
    return f", line {fact['line']:,}" if "line" in fact else ""


def parts(finding: Finding) -> list[tuple[str, str]]:
    """What there is to say of a finding beyond its message, each under its label."""
    said = (
        ("measured", measures(finding["measured"])),
        ("likely", finding["likely"]),
        ("next", finding["next"]),
    )
    return [(label, words) for label, words in said if words]


def lines(run: Run, finding: Finding) -> list[str]:
    """A finding as the lines of an annotation: where and what, what is likely, what to do next."""
    told = [f"{label}: {words}" for label, words in parts(finding) if label != "measured"]
    return [f"{where(run, finding)}: {finding['rule']}: {placed(finding)}", *told]


def beyond_findings(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """What fails beyond findings, as (name, path, what was asked, words): unread logs, gates, no verdict."""
    for one in document["unread"]:
        yield "unread", one["path"], "", f"not read: {one['reason']}"
    for run in document["runs"]:
        for of in run["gates"]:
            if of["verdict"] != "pass":
                yield of["gate"], run["path"], of["asked"], gate(of)
        if run["verdict"] == "unknown":
            yield "no-verdict", run["path"], "", f"no verdict is possible. {run['state']}"


def where(run: Run, finding: Finding) -> str:
    """`train.log:812`."""
    return f"{run['path']}:{finding['first']['line']}" if finding["first"] else run["path"]


def place(finding: Finding) -> str:
    """Where and how often: `step 40 to 300, 12 times`."""
    first, last = finding["first"], finding["last"]
    words = []
    if first and first["step"] is not None:
        until = f" to {last['step']:,}" if last and last["step"] not in (None, first["step"]) else ""
        words.append(f"step {first['step']:,}{until}")
    if first and first["rank"] is not None:
        words.append(f"rank {first['rank']}")
    if finding["count"] > 1:
        words.append(f"{finding['count']:,} times")
    return ", ".join(words)


def placed(finding: Finding) -> str:
    """The message with its place: `the run ended in an exception (step 60)`."""
    when = place(finding)
    return f"{finding['message']} ({when})" if when else finding["message"]


def rules_asked(run: Run) -> int:
    """How many rules were asked of a log, whatever came of it."""
    found = {f["rule"] for f in (*run["findings"], *(s["finding"] for s in run["suppressed"]))}
    return len(found) + len(run["not_judged"]) + sum(len(area["passed"]) for area in run["areas"])


def found(run: Run) -> str:
    """`1 error, 2 notes, 3 suppressed`."""
    severities = Counter(finding["severity"] for finding in run["findings"])
    words = [counted(n, severity) for severity in ("error", "warning", "note") if (n := severities[severity])]
    words += [f"{len(run['suppressed']):,} suppressed"] if run["suppressed"] else []
    return ", ".join(words) or "no findings"


def summary(run: Run) -> str:
    """`fail: 1 error, 2 notes; 34 of 41 rules judged`."""
    asked, gates = rules_asked(run), run["gates"]
    met = sum(gate["verdict"] == "pass" for gate in gates)
    held = f"; {met} of {len(gates)} gates met" if gates else ""
    return f"{run['verdict']}: {found(run)}; {asked - len(run['not_judged'])} of {asked} rules judged{held}"


def summary_of(document: Document) -> str:
    """`fail: 3 logs, 1 fail, 1 pass, 1 not read`."""
    verdicts = Counter(run["verdict"] for run in document["runs"])
    parts = [f"{verdicts[verdict]:,} {verdict}" for verdict in ("fail", "warn", "pass", "unknown") if verdicts[verdict]]
    unread = len(document["unread"])
    parts += [f"{unread:,} not read"] if unread else []
    return f"{document['verdict']}: {counted(len(document['runs']) + unread, 'log')}, {', '.join(parts)}"


def in_a_line(document: Document) -> str:
    """What is said of the only log, or over all of them."""
    single = len(document["runs"]) == 1 and not document["unread"]
    return summary(document["runs"][0]) if single else summary_of(document)


def overview(document: Document) -> list[tuple[str, str, str]]:
    """Each log as (verdict, path, what is said of it in short), worst first, else in their order."""
    rows = [("unread", one["path"], one["reason"]) for one in document["unread"]]
    rows += [(run["verdict"], run["path"], _in_short(run)) for run in document["runs"]]
    return sorted(rows, key=lambda row: ("fail", "unread", "unknown", "warn", "pass").index(row[0]))


def _in_short(run: Run) -> str:
    """The gates that do not hold, the first cause, or else what was found."""
    words = [gate(one) for one in run["gates"] if one["verdict"] != "pass"][:1]
    if is_faulty(run) and run["root_causes"]:
        words.append(sureness(run["root_causes"][0]))
    elif is_faulty(run):
        words.append(run["findings"][0]["rule"])
    return ", ".join([*words, found(run), *filter(None, [run["extent"]])])
