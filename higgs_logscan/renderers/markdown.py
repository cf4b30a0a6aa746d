"""The report as GitHub-flavoured Markdown: for the summary of a step, or a comment on a merge request.

Nothing of a log may become markup, a link, a mention or a command of the host. Backslashes and entities do
not help against the last three, as hosts look for them in the text that Markdown has become; none looks
into code. So a word either is plain or stands in a code span, and no line begins with a word of a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import TYPE_CHECKING, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import ascii_only, escaped
from higgs_logscan.sparkline import ASCII, BLOCKS, resampled, sparkline

if TYPE_CHECKING:
    from higgs_logscan.document import Curve, Document, Finding, Run

#: Verdicts, worst first, and the symbol that repeats the word in a heading.
SYMBOLS = {"fail": "❌", "unknown": "❔", "warn": "⚠️", "pass": "✅"}
#: Characters that the course of a loss takes in an area's line.
DRAWN = 24

#: Code between backticks, as manuals write it, or else a word.
_TOKEN = re.compile(r"(?<!\S)(?:(\(?)`([^`\s][^`]*)`([.,;:!?)]*)(?!\S)|(\S+))")
#: A word that Markdown or one of its hosts may take for more than a word: markup, mentions and references
#: (@user #1 !1 &1 ~label %milestone $x$ GH-1 a-commit), addresses, emoji, what `escaped` escaped.
_MARKED = re.compile(r"""[][@#$&~^*_{}|\\<>`]|://|www\.|:[\w+-]+:|!\d|%["\w]|\bG[HL]-\d|\b[0-9a-f]{7,40}\b""", re.I)


class _Page:
    """How words become Markdown, on a stream that may take no more than ASCII."""

    def __init__(self, narrow: bool) -> None:
        self.narrow = narrow

    def prose(self, words: str) -> str:
        """The words, those that are more than plain ones as code."""
        return " ".join(self._token(token) for token in _TOKEN.finditer(escaped(words, self.narrow)))

    def _token(self, token: re.Match[str]) -> str:
        before, code, after, word = token.groups()
        if code:
            return f"{before}{self.code(code)}{after}"
        if not _MARKED.search(word):
            return word
        bare = word.rstrip(".,;:!?")
        return f"{self.code(bare)}{word[len(bare) :]}"

    def code(self, words: str) -> str:
        """The words as code. A `|` stands between two spans: no escape for it is read alike by all in a table."""
        return "&#124;".join(_span(part) for part in escaped(words, self.narrow).split("|"))

    def quote(self, words: str) -> str:
        """A line as a block of code."""
        words = escaped(words, self.narrow)
        fence = _fence(words, 3)
        return f"{fence}text\n{words}\n{fence}\n"

    def heading(self, level: int, verdict: str, words: str) -> str:
        """A heading of words that are Markdown."""
        symbol = "" if self.narrow else f" {SYMBOLS.get(verdict, '')}"
        return f"{'#' * level} {verdict.capitalize()}: {words}{symbol}\n\n"

    def item(self, label: str, words: str) -> str:
        return f"- **{label}**: {self.prose(words)}\n"


def _fence(words: str, least: int) -> str:
    return "`" * max(least, 1 + max(map(len, re.findall("`+", words)), default=0))


def _span(words: str) -> str:
    if not words:
        return ""
    fence = _fence(words, 1)
    pad = " " if "`" in (words[0], words[-1]) or (words[0] == words[-1] == " " and words.strip()) else ""
    return f"{fence}{pad}{words}{pad}{fence}"


def render(document: Document, out: TextIO, *, limit: int | None = None) -> None:
    """Write the verdict, a table of the logs where there are several, and a section a log, worst first.

    `limit` is in bytes of UTF-8. What does not fit is left out log by log, the best one first: its tables
    and findings, then its section. Lines stay whole, and the page says so.
    """
    page = _Page(ascii_only(out))
    verdicts = list(SYMBOLS)
    runs = sorted(document["runs"], key=lambda run: verdicts.index(run["verdict"]))
    if len(runs) == 1 and not document["unread"]:
        title, answer = _title(page, runs[0], 2), _answer(page, runs[0])
        sections = [["", _details(page, runs[0])]]
    else:
        verdict, _, words = wording.summary_of(document).partition(": ")
        title, answer = page.heading(2, verdict, words), _overview(page, document)
        sections = [[_title(page, run, 3) + _answer(page, run), _details(page, run)] for run in runs]
    foot = f"{_accepted(page, document)}higgs-logscan {page.prose(document['tool']['version'])}\n"
    out.write(_fitted(title, answer, sections, foot, limit))


def _fitted(title: str, answer: str, sections: list[list[str]], foot: str, limit: int | None) -> str:
    """The page in at most that many bytes, with a note of what is left out. `sections` are pairs, which it empties."""
    left_out, size = "", sum(map(_bytes, (title, answer, *chain(*sections), foot)))
    if limit is None:
        limit = size
    best_first = list(enumerate(reversed(sections), 1))
    for part, name in ((1, "details"), (0, "sections")):
        for number, section in best_first:
            if size + _bytes(left_out) <= limit:
                break
            size -= _bytes(section[part])
            section[part] = ""
            logs = f"{number:,} of {wording.counted(len(sections), 'log')}"
            left_out = f"To keep within {limit:,} bytes, the {name} of {logs} are left out.\n\n"
    if size + _bytes(left_out) > limit:
        left_out = f"To keep within {limit:,} bytes, all sections and the end of this page are left out.\n\n"
    return _cut("".join((title, left_out, answer, *chain(*sections), foot)), limit)


def _cut(text: str, limit: int) -> str:
    """As many whole lines as fit."""
    ends = accumulate(map(_bytes, lines := text.splitlines(keepends=True)))
    return "".join(line for line, end in zip(lines, ends, strict=True) if end <= limit)


def _bytes(text: str) -> int:
    return len(text.encode())


# -- the answer -------------------------------------------------------------------------------------


def _overview(page: _Page, document: Document) -> str:
    rows = [
        f"| {_verdict(verdict)} | {page.code(path)} | {page.prose(words)} |\n"
        for verdict, path, words in wording.overview(document)
    ]
    return f"| Verdict | Log | What |\n| :-- | :-- | :-- |\n{''.join(rows)}\n"


def _verdict(word: str) -> str:
    return f"**{word}**" if word in ("fail", "warn") else word


def _title(page: _Page, run: Run, level: int) -> str:
    extent = f", {page.prose(run['extent'])}" if run["extent"] else ""
    return page.heading(level, run["verdict"], f"{page.code(run['path'])}{extent}")


def _answer(page: _Page, run: Run) -> str:
    """The first root cause and what to do, or what the losses amount to; then what was asked and does not hold."""
    words = wording.answer(run)
    named, _, said = words.partition(": ") if wording.is_faulty(run) else ("", "", words)
    answer = f"**{page.prose(named)}**: {page.prose(said)}" if named else f"Losses: {page.prose(said)}"
    items = [*_todo(page, run), *_gates(page, run)]
    return f"{answer}\n\n" + ("".join(items) + "\n" if items else "")


def _todo(page: _Page, run: Run) -> Iterator[str]:
    """How to mend the first root cause, how to be sure of it, what else it may be."""
    if not run["root_causes"]:
        return
    first, *others = run["root_causes"]
    if not wording.is_faulty(run):
        yield page.item("Noted", wording.noted(run))
        return
    yield page.item("Fix", first["next"])
    yield page.item("To be sure", first["settles"])
    if others:
        yield page.item("Also", ", ".join(map(wording.sureness, others)))
    if run["at_chance"]:
        yield page.item("Losses", run["state"])


def _gates(page: _Page, run: Run) -> Iterator[str]:
    for gate in run["gates"]:
        yield page.item(wording.held(gate), wording.gate(gate))


# -- what it rests on -------------------------------------------------------------------------------


def _details(page: _Page, run: Run) -> str:
    blocks = [_areas(page, run), *(_finding(page, finding) for finding in run["findings"])]
    blocks += [_suppressed(page, run)] if run["suppressed"] else []
    blocks += [_not_judged(page, run)] if run["not_judged"] else []
    read = page.prose(wording.sentence(wording.coverage(run)))
    return f"{''.join(blocks)}Read: {read} Found: {page.prose(wording.sentence(wording.found(run)))}\n\n"


def _areas(page: _Page, run: Run) -> str:
    curves = run["curves"]
    rows = [f"| summed loss | - | {_loss(page, curves['loss'])} |\n"] if list(curves) == ["loss"] else []
    for area, curve in wording.areas(run):
        verdict = "not judged" if area["verdict"] == "unknown" else _verdict(area["verdict"])
        figure = _loss(page, curve) if curve else page.prose(area["figure"])
        rows.append(f"| {area['area']} | {verdict} | {figure} |\n")
    return f"| Area | Verdict | Figure |\n| :-- | :-- | :-- |\n{''.join(rows)}\n" if rows else ""


def _loss(page: _Page, curve: Curve) -> str:
    """The course of a loss, and its chance level."""
    first, last = wording.ends(curve)
    drawn = sparkline(resampled(curve["points"], DRAWN), ASCII if page.narrow else BLOCKS)
    level = f"; {wording.chance(curve['chance'], curve['assumed'])}" if curve["chance"] is not None else ""
    return f"{page.prose(first)} `{drawn or '-'}` {page.prose(last + level)}"


def _finding(page: _Page, finding: Finding) -> str:
    first = finding["first"]
    where = [f"line {first['line']:,}"] if first else []
    where += [page.prose(place)] if (place := wording.place(finding)) else []
    at = f" ({', '.join(where)})" if where else ""
    message = page.prose(wording.sentence(finding["message"]))
    words = f"**{finding['severity']}** {page.code(finding['rule'])}{at}: {message}\n\n"
    items = "".join(page.item(label.capitalize(), words) for label, words in wording.parts(finding))
    text = first["text"].rstrip() if first else ""
    quote = page.quote(f"{first['line']} | {text}") if first and text else ""
    return words + (f"{items}\n" if items else "") + (f"{quote}\n" if quote else "")


def _suppressed(page: _Page, run: Run) -> str:
    rows = [
        (page.code(f["rule"]), f["severity"], page.prose(f["message"]), f"{one['by']}: {page.prose(one['reason'])}")
        for one in run["suppressed"]
        for f in [one["finding"]]
    ]
    summary = f"{wording.counted(len(rows), 'finding')} suppressed"
    return _folded(summary, ("Rule", "Severity", "Finding", "Accepted by"), rows)


def _not_judged(page: _Page, run: Run) -> str:
    rows = [(page.code(one["rule"]), page.prose(one["reason"]), page.prose(one["needs"])) for one in run["not_judged"]]
    summary = f"{len(rows):,} of {wording.rules_asked(run):,} rules not judged"
    return _folded(summary, ("Rule", "Why", "It needs"), rows)


def _folded(summary: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table that opens on a click. The tags are HTML, and hold no word of a log."""
    lines = [head, (":--",) * len(head), *rows]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    return f"<details>\n<summary>{summary}</summary>\n\n{table}\n</details>\n\n"


def _accepted(page: _Page, document: Document) -> str:
    """Suppressions and entries of the baseline that no longer fit what is found."""
    items = [
        page.item(f"Suppression {one['status']}", f"{one['rule']}: {one['reason']}")
        for one in document["suppressions"]
        if one["status"] != "used"
    ]
    items += [
        page.item("Baseline stale", f"{one['rule']} of {one['path']}: {one['found']:,} of {one['recorded']:,} found")
        for one in document["stale"]
    ]
    return f"{''.join(items)}\n" if items else ""
