"""Writes docs/rules, docs/causes and docs/evidence.md from what `higgs-logscan explain` says.

    python docs/generate.py

`tests/test_docs.py` compares the committed files with these, so that they cannot fall behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from failure_modes import DECISIONS, EVIDENCE, MODES

from higgs_logscan.catalogue import CAUSES, RULES
from higgs_logscan.finding import AREAS
from higgs_logscan.manual import cause_page, causes_page, evidence_page, rule_page
from higgs_logscan.manual_markdown import markdown
from higgs_logscan.rule import Rule
from higgs_logscan.schema import schema

DOCS = Path(__file__).parent
#: What is generated as a whole: a file in these folders that nothing writes is removed.
FOLDERS = ("rules", "causes")


def files() -> dict[str, str]:
    """Path below docs → text, for every generated file."""
    texts = {f"rules/{rule.id}.md": markdown(rule_page(rule)) for rule in RULES}
    texts |= {f"causes/{cause.id}.md": markdown(cause_page(cause)) for cause in CAUSES}
    texts["causes/README.md"] = markdown(causes_page(CAUSES))
    texts["evidence.md"] = markdown(evidence_page())
    texts["report.schema.json"] = json.dumps(schema(), indent=2) + "\n"
    texts["rules/README.md"] = "\n\n".join(rules_index(RULES)) + "\n"
    return texts


def stale(texts: Mapping[str, str]) -> list[Path]:
    """Files in the generated folders that are no longer written."""
    there = [path for folder in FOLDERS for path in (DOCS / folder).glob("*.md")]
    return [path for path in there if path.relative_to(DOCS).as_posix() not in texts]


# -- the index of the rules -------------------------------------------------------------------------


def rules_index(rules: Sequence[type[Rule]]) -> Iterator[str]:
    yield "# Rules"
    yield (
        "What each rule means, how it is decided, and what looks like it: one page a rule, the same text as "
        "`higgs-logscan explain RULE`. What follows from them together are the [causes](../causes/README.md)."
    )
    yield "## From failure modes to rules"
    yield (
        "The ways in which a training run of this model is known to fail, numbered as the rules' pages name them, "
        "and the rules that recognise them."
    )
    yield _table("| | failure mode | rules |", _modes(rules))
    yield "## From evidence to rules"
    yield "What one log can prove (the rules' pages name it §11.1 to §11.13), and the rules that use it."
    yield _table("| | evidence | rules |", _evidence(rules))
    for area in AREAS:
        yield f"## {area}"
        listed = [f"| {_rule(rule.id)} | {rule.severity} | {rule.summary()} |" for rule in rules if rule.area == area]
        yield _table("| rule | severity | what is wrong |", listed)


def _modes(rules: Sequence[type[Rule]]) -> list[str]:
    """A row for each failure mode; one that no rule carries needs a decision that says why."""
    rows = []
    for mode, title in MODES.items():
        carried = [rule.id for rule in rules if mode in rule.carries]
        decision = DECISIONS.get(mode, "")
        if not carried and not decision:
            raise SystemExit(f"{mode} ({title}): no rule carries it, and docs/failure_modes.py does not say why")
        rows.append(f"| {mode} | {title} | {_answer(carried, decision)} |")
    return rows


def _evidence(rules: Sequence[type[Rule]]) -> list[str]:
    known = {rule.id for rule in rules}
    rows = []
    for number, (title, names, decision) in enumerate(EVIDENCE, 1):
        if unknown := set(names) - known:
            raise SystemExit(f"docs/failure_modes.py: evidence {number} ({title}) names no rules: {sorted(unknown)}")
        carried = [rule.id for rule in rules if f"§11.{number}" in rule.carries or rule.id in names]
        if not carried and not decision:
            raise SystemExit(f"docs/failure_modes.py: evidence {number} ({title}) has neither a rule nor a reason")
        rows.append(f"| {number} | {title} | {_answer(carried, decision)} |")
    return rows


def _answer(names: Sequence[str], decision: str) -> str:
    decision = decision[:1].upper() + decision[1:]
    return ". ".join(filter(None, [", ".join(map(_rule, names)), decision]))


def _rule(name: str) -> str:
    return f"[{name}]({name}.md)"


def _table(head: str, rows: Sequence[str]) -> str:
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


def main() -> None:
    texts = files()
    for path in stale(texts):
        path.unlink()
    for name, text in texts.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(texts)} files written")


if __name__ == "__main__":
    main()
