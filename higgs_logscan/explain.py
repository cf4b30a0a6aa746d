"""Manuals as text that reads well aloud, and as dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent, indent
from textwrap import fill as _fill
from typing import Any

from higgs_logscan import evidence
from higgs_logscan.diagnosis import Cause
from higgs_logscan.manual import (
    Block,
    Page,
    Prose,
    Section,
    cause_page,
    causes_page,
    manual,
    rule_page,
)
from higgs_logscan.rule import Rule
from higgs_logscan.value import Value

WIDTH = 80


class Topic(Value):
    """What is explained and is neither a rule nor a cause."""

    id: str
    text: str
    data: dict[str, Any]


Subject = type[Rule] | Cause | Topic


def topics(causes: Sequence[Cause]) -> tuple[Topic, ...]:
    parts = [{"where": part.where, "code": part.code, "language": part.language} for part in evidence.PARTS]
    listed = [{"id": cause.id, "summary": cause.summary} for cause in causes]
    return (
        Topic("evidence", _program(), {"id": "evidence", "summary": evidence.SUMMARY, "parts": parts}),
        Topic("causes", _page(causes_page(causes)), {"id": "causes", "causes": listed}),
    )


# -- as dictionaries --------------------------------------------------------------------------------


def subjects_dict(subjects: Sequence[Subject]) -> dict[str, Any]:
    """What there is of one name: its rule, its cause, or an object with both where it names both."""
    if len(subjects) == 1:
        return _dict(subjects[0])
    found = {_kind(subject): _dict(subject) for subject in subjects}
    return {"id": next(iter(found.values()))["id"], **found}


def rule_dict(rule: type[Rule]) -> dict[str, Any]:
    """All that a rule says of itself; `manual` is its docstring after the first line."""
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": rule.severity,
        "summary": rule.summary(),
        "manual": manual(rule),
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


def cause_dict(cause: Cause) -> dict[str, Any]:
    """All that is known of a cause; `for` and `against` are called so in a report too."""
    return {
        "id": cause.id,
        "summary": cause.summary,
        "detail": cause.detail,
        "mechanism": cause.mechanism,
        "shows": cause.shows,
        "traps": cause.traps,
        "settles": cause.settles,
        "next": cause.next,
        "for": dict(cause.signs),
        "against": list(cause.against),
        "refuted_by": list(cause.refuted_by),
        "explains": list(cause.explains),
        "source": cause.source,
    }


def _dict(subject: Subject) -> dict[str, Any]:
    if isinstance(subject, Topic):
        return subject.data
    return cause_dict(subject) if isinstance(subject, Cause) else rule_dict(subject)


def _kind(subject: Subject) -> str:
    return "cause" if isinstance(subject, Cause) else "rule"


# -- as text ----------------------------------------------------------------------------------------


def subjects_text(subjects: Sequence[Subject]) -> str:
    """Their pages; where a cause and a rule have one name, each below a heading."""
    several = len({_kind(subject) for subject in subjects}) > 1
    return "\n".join(_heading(_kind(subject)) * several + _text(subject) for subject in subjects)


def _heading(kind: str) -> str:
    words = f"The {kind}"
    return f"{words}\n{'=' * len(words)}\n\n"


def rule_text(rule: type[Rule]) -> str:
    """The manual of a rule, at most 80 columns wide but for the log lines of its examples."""
    return _page(rule_page(rule))


def _text(subject: Subject) -> str:
    if isinstance(subject, Topic):
        return subject.text
    return _page(cause_page(subject)) if isinstance(subject, Cause) else rule_text(subject)


def _program() -> str:
    """The evidence as one piece of Python that can be pasted: what is no Python is a comment."""
    pieces = [_comment(f"{evidence.SUMMARY} {evidence.REASON}")]
    for part in evidence.PARTS:
        code = part.code if part.language == "python" else indent(part.code, "#   ")
        pieces.append(f"{_comment(part.where)}\n{code.rstrip()}")
    return "\n\n".join(pieces) + "\n"


def _comment(words: str) -> str:
    return fill(words, "# ", "# ")


def _page(page: Page) -> str:
    title = fill(f"{page.id}: {_lowered(page.summary)}")
    return "\n\n".join([title, *map(_block, page.blocks)]) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Prose):
        return fill(block.words)
    if isinstance(block, Section):
        return "\n".join([f"{block.heading}:", *_section(block)])
    if not block.words:
        return block.lines
    return fill(block.words) + "\n" + indent(block.lines, "    ")


def _section(section: Section) -> list[str]:
    """Indented: a paragraph evenly, an item of a list with its later lines further in."""
    if section.words:
        return [fill(section.words, "  ", "  ")]
    return [fill(item.words, "  ", "    ") for item in section.items]


def fill(words: str, initial_indent: str = "", subsequent_indent: str = "") -> str:
    """Wrapped words; the id of a rule or an option is not broken at its hyphens."""
    return _fill(
        words, WIDTH, break_on_hyphens=False,
        initial_indent=initial_indent, subsequent_indent=subsequent_indent,
    )  # fmt: skip


def _lowered(sentence: str) -> str:
    """A sentence as it goes on after a colon; an abbreviation keeps its capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
