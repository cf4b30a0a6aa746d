"""A rule's manual, as text that reads well aloud and as a dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from textwrap import dedent, indent
from textwrap import fill as _fill
from typing import Any

from higgs_logscan.rule import Example, Rule

WIDTH = 80


def fill(words: str, width: int, initial_indent: str = "", subsequent_indent: str = "") -> str:
    """Wrapped words; the id of a rule or an option is not broken at its hyphens."""
    return _fill(
        words, width, break_on_hyphens=False,
        initial_indent=initial_indent, subsequent_indent=subsequent_indent,
    )  # fmt: skip


def rule_dict(rule: type[Rule]) -> dict[str, Any]:
    """All that a rule says of itself; `manual` is its docstring after the first line."""
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": rule.severity,
        "summary": rule.summary(),
        "manual": _manual(rule),
        "thresholds": [
            {"name": name, "default": default, "about": about, "estimate": estimate}
            for name, (default, about, estimate) in rule.thresholds().items()
        ],
        "needs": rule.needs,
        "carries": list(rule.carries),
        "examples": [
            {"log": dedent(e.log).strip("\n"), "offends": e.offends, "why": e.why, "thresholds": dict(e.thresholds)}
            for e in rule.examples
        ],
    }


def rule_text(rule: type[Rule]) -> str:
    """The manual of a rule, at most 80 columns wide but for the log lines of its examples."""
    return "\n\n".join(_paragraphs(rule)) + "\n"


def _paragraphs(rule: type[Rule]) -> Iterator[str]:
    yield fill(f"{rule.id}: {_lowered(rule.summary())}", WIDTH)
    yield f"A rule of the area {rule.area}. A finding is {_article(rule.severity)} {rule.severity}."
    for paragraph in filter(None, _manual(rule).split("\n\n")):
        # An indented paragraph is a table or a log: its lines are kept.
        yield paragraph if paragraph.startswith(" ") else fill(paragraph, WIDTH)
    if thresholds := rule.thresholds():
        lines = [_threshold(name, *threshold) for name, threshold in thresholds.items()]
        yield "Thresholds:\n" + "\n".join(lines)
    yield fill(f"To judge it, the log has to print: {rule.needs}", WIDTH)
    if rule.carries:
        yield fill(f"It carries {', '.join(rule.carries)} of docs/semantics.md.", WIDTH)
    for example in rule.examples:
        yield _example(example)


def _manual(rule: type[Rule]) -> str:
    return cleandoc(rule.__doc__ or "").partition("\n")[2].strip("\n")


def _lowered(sentence: str) -> str:
    """A sentence as it goes on after a colon; an abbreviation keeps its capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _threshold(name: str, default: Any, about: str, estimate: bool) -> str:
    words = f"{name} = {default}: {about}{' (an estimate)' if estimate else ''}"
    return fill(words, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _example(example: Example) -> str:
    judged = "It offends on" if example.offends else "It says nothing on"
    given = "".join(f" with {name} = {value}" for name, value in example.thresholds.items())
    why = f" ({example.why})" if example.why else ""
    lines = dedent(example.log).strip("\n").splitlines()
    if len(lines) > 6:
        lines = [*lines[:3], f"... {len(lines) - 4} more lines ...", lines[-1]]
    return fill(f"{judged} this{given}{why}:", WIDTH) + "\n" + indent("\n".join(lines), "    ")
