"""The manuals of rules, causes and topics, as pages.

A page knows neither the terminal nor Markdown: `explain` prints it as text, `docs/generate.py` writes
it as Markdown, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from textwrap import dedent
from typing import Any, Literal

from higgs_logscan import evidence
from higgs_logscan.diagnosis import Cause
from higgs_logscan.rule import Example, Rule
from higgs_logscan.value import Value


class Prose(Value):
    """A paragraph."""

    words: str


class Listing(Value):
    """Lines that are kept as they are, below a sentence that introduces them."""

    words: str
    lines: str
    language: str = ""


class Item(Value):
    """What an item of a list says; `of` is what its first word is the id of."""

    words: str
    of: Literal["", "rules", "causes"] = ""


class Section(Value):
    """A heading with a paragraph or a list below it."""

    heading: str
    words: str = ""
    items: tuple[Item, ...] = ()


Block = Prose | Listing | Section


class Page(Value):
    """The manual of one thing: its id, what it is in a sentence, and what there is to say."""

    id: str
    summary: str
    blocks: tuple[Block, ...]


# -- rules ------------------------------------------------------------------------------------------


def rule_page(rule: type[Rule]) -> Page:
    return Page(rule.id, rule.summary(), tuple(_rule_blocks(rule)))


def manual(rule: type[Rule]) -> str:
    """The docstring of a rule after its first line."""
    return cleandoc(rule.__doc__ or "").partition("\n")[2].strip("\n")


def _rule_blocks(rule: type[Rule]) -> Iterator[Block]:
    yield Prose(f"A rule of the area {rule.area}. A finding is {_article(rule.severity)} {rule.severity}.")
    for paragraph in filter(None, manual(rule).split("\n\n")):
        # An indented paragraph is a table or a log: its lines are kept.
        yield Listing("", paragraph) if paragraph.startswith(" ") else Prose(paragraph)
    if thresholds := rule.thresholds():
        yield Section("Thresholds", items=tuple(_threshold(name, *of) for name, of in thresholds.items()))
    yield Prose(f"To judge it, the log has to print: {rule.needs}")
    if rule.carries:
        yield Prose(f"It carries {', '.join(rule.carries)} of docs/rules/README.md.")
    for example in rule.examples:
        yield _example(example)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _threshold(name: str, default: Any, about: str, estimate: bool) -> Item:
    return Item(f"{name} = {default}: {about}{' (an estimate)' if estimate else ''}")


def _example(example: Example) -> Listing:
    judged = "It offends on" if example.offends else "It says nothing on"
    given = "".join(f" with {name} = {value}" for name, value in example.thresholds.items())
    why = f" ({example.why})" if example.why else ""
    lines = dedent(example.log).strip("\n").splitlines()
    if len(lines) > 6:
        lines = [*lines[:3], f"... {len(lines) - 4} more lines ...", lines[-1]]
    return Listing(f"{judged} this{given}{why}:", "\n".join(lines))


# -- causes -----------------------------------------------------------------------------------------


def cause_page(cause: Cause) -> Page:
    return Page(cause.id, cause.summary, tuple(_cause_blocks(cause)))


def causes_page(causes: Sequence[Cause]) -> Page:
    """All causes, in the order of their harm."""
    items = tuple(Item(f"{cause.id}: {cause.summary}", "causes") for cause in causes)
    words = "The root causes that a report can name, the most harmful first."
    return Page("causes", words, (Section("Causes", items=items),))


def _cause_blocks(cause: Cause) -> Iterator[Block]:
    yield Prose(f"A root cause. Reports name its mechanism {cause.detail}.")
    yield Prose(cause.mechanism)
    yield Section("What the log shows", cause.shows)
    yield Section("What looks like it", cause.traps)
    yield Section("To be sure", cause.settles)
    yield Section("Fix", cause.next)
    if cause.fixes:
        yield Section("Fix, by mechanism", items=tuple(Item(f"{name}: {fix}") for name, fix in cause.fixes.items()))
    speaking = tuple(Item(f"{rule}: {confidence}", "rules") for rule, confidence in cause.signs.items())
    yield Section("Rules that speak for it, and how sure each is alone", items=speaking)
    more: tuple[tuple[str, tuple[str, ...], Literal["rules", "causes"]], ...] = (
        ("Rules that speak against it where they pass", cause.against, "rules"),
        ("Rules that exclude it where they offend", cause.refuted_by, "rules"),
        ("Causes that follow from it", cause.explains, "causes"),
    )
    for heading, names, of in more:
        if names:
            yield Section(heading, items=tuple(Item(name, of) for name in names))
    yield Section("Source", cause.source)


# -- evidence ---------------------------------------------------------------------------------------


def evidence_page() -> Page:
    parts = tuple(Listing(part.where, part.code.rstrip("\n"), part.language) for part in evidence.PARTS)
    return Page("evidence", evidence.SUMMARY, (Prose(evidence.REASON), *parts))
