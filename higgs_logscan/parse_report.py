"""What was read of a log and what was not: for whoever writes a dialect, or wonders.

Memory is bounded: lines are kept as templates, of which there are at most `TEMPLATES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from higgs_logscan.dialect import Dialect, Line, Sign, Span
from higgs_logscan.escape import escaped
from higgs_logscan.lines import Lines
from higgs_logscan.plan import Plan
from higgs_logscan.reader import Reader
from higgs_logscan.tokens import At

#: Templates that are told apart; lines of any further one are only counted.
TEMPLATES = 10_000
#: Bytes of a line that its template is made of.
TEMPLATE = 200
#: Templates that the text shows.
SHOWN = 40
_VARIABLE = re.compile(rb"0x[0-9a-fA-F]+|\d[\d.,:]*|'[^']*'|\"[^\"]*\"")


@dataclass
class Template:
    """Lines that differ only in their numbers and quoted words: how many, and the first of them."""

    lines: int
    first: int


@dataclass
class ParseReport:
    """Lines by the dialect that read them; what nothing reads by template."""

    segments: int = 0
    recognised: int = 0
    dialects: dict[str, int] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    #: Lines of templates beyond `TEMPLATES`.
    others: int = 0

    def add(self, unknown: Iterable[At]) -> None:
        for line, _, text in unknown:
            template = escaped(_VARIABLE.sub(b"#", text[:TEMPLATE]).decode("utf-8", "replace").strip())
            if template in self.templates:
                self.templates[template].lines += 1
            elif len(self.templates) < TEMPLATES:
                self.templates[template] = Template(1, line)
            else:
                self.others += 1


def parse_report(blocks: Iterable[bytes], dialects: Sequence[Dialect]) -> ParseReport:
    """Which dialect read how many lines of a log, and what no dialect reads."""
    reader, report = Reader(dialects), ParseReport()
    reader.unknown = []
    for block in blocks:
        reader.feed(block)
        report.add(reader.unknown)
        reader.unknown.clear()
    reader.finish()
    report.add(reader.unknown)
    report.segments, report.recognised = reader.coverage.segments, reader.coverage.recognised
    report.dialects = dict(reader.dialect_lines)
    return report


def parse_text(report: ParseReport, dialects: Sequence[Dialect]) -> Iterator[str]:
    """The report in lines, most frequent first."""
    share = 100 * report.recognised / report.segments if report.segments else 0
    yield f"{report.recognised:,} of {report.segments:,} pieces recognised ({share:.1f} %)"
    read = sorted((d for d in dialects if report.dialects.get(d.id)), key=lambda d: -report.dialects[d.id])
    if read:
        yield from ("", f"{'lines':>9}  dialect")
    for dialect in read:
        yield f"{report.dialects[dialect.id]:>9,}  {dialect.id}: {dialect.summary}"
    templates = sorted(report.templates.items(), key=lambda item: (-item[1].lines, item[1].first))
    if templates:
        yield from ("", f"{'lines':>9}  {'first':>9}  not recognised")
    for words, template in templates[:SHOWN]:
        yield f"{template.lines:>9,}  {template.first:>9}  {words}"
    rest = sum(template.lines for _, template in templates[SHOWN:]) + report.others
    if rest:
        yield f"{rest:>9,}  {'':>9}  in {len(templates) - SHOWN:,} templates{' or more' * bool(report.others)}"


# -- one line ---------------------------------------------------------------------------------------


def line_text(blocks: Iterable[bytes], dialects: Sequence[Dialect], number: int) -> list[str]:
    """How one line of a log, counted from 1, is read. Empty if the log has fewer lines."""
    reader = Reader(dialects)
    reader.unknown = []
    found: list[Lines] = []
    seen = 1
    for block in blocks:
        end = _end_of_line(block, number - seen + 1)
        seen += block[:end].count(b"\n")
        reader.unknown.clear()
        found = reader.feed(block[:end])
        if seen > number:
            break
    later = reader.finish()
    if seen < number or (seen == number and not (reader.unended or any(part.count for part in (*found, *later)))):
        return []
    matches = [
        (reader.plans.all[part.plan[row]], part.at(row)) for part in (*found, *later) for row in range(part.count)
    ]
    return _reading(matches, reader.unknown, number)


def _end_of_line(block: bytes, lines: int) -> int:
    """Where that many lines of a block have ended; its length if they have not."""
    end = 0
    while lines and (newline := block.find(b"\n", end)) >= 0:
        end, lines = newline + 1, lines - 1
    return len(block) if lines else end


def _reading(matches: Sequence[tuple[Plan, At]], unknown: Sequence[At], number: int) -> list[str]:
    lines = [words for plan, at in matches if at[0] == number for words in _match_text(plan, at)]
    for _, _, text in (at for at in unknown if at[0] == number):
        lines += [_quoted("line", text), "not recognised: no dialect reads it"]
    opened = [at for plan, at in matches if isinstance(plan.what, Span) and at[0] < number]
    if not lines and opened:
        return [f"part of what begins in line {opened[-1][0]}", _quoted("line", opened[-1][2])]
    return lines or ["says nothing: blank, a part of what stands above, or a bar that was redrawn"]


def _match_text(plan: Plan, at: At) -> Iterator[str]:
    what, text = plan.what, at[2]
    found = plan.match(text, plan.start) if plan.match else None
    groups = found.groups() if found else ()
    if plan.values and (bar := plan.values(text)):
        plan, groups = bar
        what = plan.what
    yield _quoted("line", text)
    yield f"dialect   {plan.dialect}"
    if isinstance(what, Line):
        yield f"spelling  {(what.declared or what).spelling}"
    elif isinstance(what, Span):
        yield f"span      {what.name}"
    elif isinstance(what, Sign):
        yield f"sign      {what.words}"
    elif what:
        yield f"foreign   {what.pattern}"
    yield _quoted("prefix", text[: plan.start])
    if isinstance(what, Line):
        yield f"record    {what.kind or 'none: the line is known, and says nothing that is kept'}"
        width = max(map(len, what.holes), default=0)
        for hole, value in zip(what.holes, groups, strict=True):
            yield _quoted(f"  {hole:<{width}}", value)


def _quoted(label: str, text: bytes) -> str:
    return f"{label:<8}  {escaped(text[:TEMPLATE].decode('utf-8', 'replace'))}".rstrip()
