"""The report for a person at a terminal: the verdict first, then what it rests on.

Nothing here decides anything; the words are `wording`'s, this is their layout. Colour repeats
what the words say, in pairs of foreground and background that read on light and dark alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from higgs_logscan import wording
from higgs_logscan.curve import Curve
from higgs_logscan.escape import ascii_only, escaped
from higgs_logscan.figures import figure
from higgs_logscan.finding import Finding
from higgs_logscan.report import Report, Run
from higgs_logscan.sparkline import ASCII, BLOCKS, sparkline

if TYPE_CHECKING:
    from rich.console import Console

#: Colour of a verdict or a severity.
STYLES = {
    "fail": "bold white on red",
    "warn": "black on yellow",
    "pass": "black on green",
    "error": "bold red",
    "warning": "bold magenta",
    "note": "bold",
}
INDENT = 6
#: Columns of an area's name, verdict and loss; the longest sparkline; the narrowest page.
NAME, WORD, FIGURE, SPARK, NARROW = 16, 6, 28, 60, 60
#: Lines that are shown of what was not judged, and further causes, unless all are asked for.
OPENING = 3
#: Lines of the page, about, that a quoted line of the log may take.
QUOTED = 2


@dataclass(frozen=True)
class _Page:
    """Where lines go: everything that is written is escaped and wrapped here."""

    console: Console
    narrow: bool

    @property
    def width(self) -> int:
        return self.console.width

    def safe(self, words: str) -> str:
        return escaped(words, self.narrow)

    def say(self, words: str, label: str = "", indent: int = 0, style: str = "", left: int = 0) -> None:
        """Wrapped words, after a label where there is one; further lines begin at the column `indent`."""
        from rich.text import Text

        head = Text(" " * left).append(self.safe(label), style)
        for line in Text(self.safe(words)).wrap(self.console, self.width - indent):
            line.rstrip()
            head.append(" " * (indent - len(head)))
            self.console.print(head + line, soft_wrap=True)
            head = Text()

    def blank(self) -> None:
        self.console.print()

    def fitted(self, words: str, width: int) -> str:
        """The words in one line of that many cells, elided in the middle."""
        from rich.cells import cell_len

        words, mark = self.safe(words), self.safe("…")
        for kept in range(width, 0, -1):
            if cell_len(words) <= width:
                break
            words = words[: kept - kept // 3] + mark + words[len(words) - kept // 3 :]
        return words

    def cut(self, words: str, width: int) -> str:
        """The words in one line of that many cells, elided at the end."""
        from rich.cells import cell_len, set_cell_size

        words, mark = self.safe(words), self.safe("…")
        return words if cell_len(words) <= width else set_cell_size(words, width - len(mark)).rstrip() + mark


def render(
    report: Report,
    out: TextIO,
    *,
    verbose: bool = False,
    quiet: bool = False,
    color: bool | None = None,
    max_findings: int = 10,
    width: int | None = None,
) -> None:
    """Write a section per log, and a line over all of them where there are several.

    `quiet` leaves only the verdict lines. `color` None asks the terminal and its environment
    (NO_COLOR, TERM=dumb). `max_findings` is per log, 0 for all; `width` None is the terminal's.
    """
    page = _Page(_console(out, color, width), ascii_only(out))
    for number, run in enumerate(report.runs):
        if number and not quiet:
            page.blank()
        _verdict(page, run)
        if not quiet:
            _section(page, run, verbose, max_findings)
    if len(report.runs) > 1 and not quiet:
        page.blank()
        page.say(wording.summary_of(report))


def _console(out: TextIO, color: bool | None, width: int | None) -> Console:
    from rich.console import Console

    plain = {"color_system": None, "force_terminal": False} if color is False else {}
    forced = {"color_system": "standard", "force_terminal": True, "no_color": False} if color else {}
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False, **plain, **forced)  # type: ignore[arg-type]
    console.width = max(console.width, NARROW)
    return console


def _section(page: _Page, run: Run, verbose: bool, max_findings: int) -> None:
    _answer(page, run, verbose)
    page.blank()
    _areas(page, run)
    shown = run.findings[: max_findings or None]
    for finding in shown:
        page.blank()
        _finding(page, run, finding)
    if len(shown) < len(run.findings):
        page.blank()
        page.say(f"and {wording.counted(len(run.findings) - len(shown), 'finding')} more (--max-findings 0 shows all)")
    page.blank()
    if run.not_judged:
        _not_judged(page, run, verbose)
    if verbose:
        _context(page, run)
    page.say(wording.coverage(run), "read", INDENT)
    page.say(wording.summary(run))
    if page.console.is_terminal and run.findings:
        page.say(f"higgs-logscan explain {run.findings[0].rule}")


# -- the answer -------------------------------------------------------------------------------------


def _verdict(page: _Page, run: Run) -> None:
    from rich.cells import cell_len

    word, path, extent = run.verdict.upper(), page.safe(run.path), page.safe(wording.extent(run))
    indent = max(len(word) + 2, INDENT)
    gap = page.width - indent - cell_len(path) - len(extent)
    fits = gap >= 2
    page.say(path + " " * gap + extent if fits and extent else path, word, indent, STYLES.get(run.verdict, "bold"))
    if extent and not fits:
        page.say(extent, indent=indent)


def _answer(page: _Page, run: Run, verbose: bool) -> None:
    """The first root cause and what to do, or what the losses amount to."""
    if not run.root_causes or run.verdict == "pass":
        page.say(f"{wording.worst(run)} {wording.state(run)}".lstrip(), indent=INDENT)
        if run.root_causes:
            page.say(wording.noted(run), indent=INDENT)
        return
    first, *others = run.root_causes
    page.say(wording.cause(run, first), indent=INDENT)
    page.say(first.next, "Fix:", INDENT + 5, "bold", INDENT)
    if verbose or first.confidence in ("medium", "low"):
        page.say(first.settles, "To be sure:", INDENT + 12, "bold", INDENT)
    if verbose:
        page.say(", ".join(first.for_) or "nothing", "For:", INDENT + 5, "bold", INDENT)
        page.say(", ".join(first.against) or "nothing", "Against:", INDENT + 9, "bold", INDENT)
    if others:
        causes = [f"{cause.cause} ({cause.confidence})" for cause in (others if verbose else others[:OPENING])]
        more = len(others) - len(causes)
        page.say(f"Also: {', '.join(causes)}{f' and {more} more' if more else ''}.", indent=INDENT)
    if early := wording.at_chance(run):
        page.say(early, indent=INDENT)


# -- the areas --------------------------------------------------------------------------------------


def _areas(page: _Page, run: Run) -> None:
    curves = run.context.curves
    total = curves.finest("loss")
    if total and not any(curves.finest(column) for column, _ in wording.LOSSES.values()):
        _loss(page, "summed loss", "-", total, "", math.inf)
    for area in (area for area in run.areas if area.rules):
        verdict = "-" if area.verdict == "unknown" else area.verdict
        column, _ = wording.LOSSES.get(area.area, ("", ""))
        if curve := curves.finest(column):
            _loss(page, area.area, verdict, curve, wording.chance(run, area.area), wording.chance_level(run, area.area))
        else:
            _row(page, area.area, verdict, figure(run, area))


def _loss(page: _Page, name: str, verdict: str, curve: Curve, chance: str, level: float) -> None:
    """An area's loss: where it ends, its chance level, its course. `|` stands where it passes chance."""
    first, last = wording.nats(curve.first), wording.nats(wording.ending(curve))
    words = f"{last}, {chance}" if chance else last
    figure = max(FIGURE, len(words))
    room = page.width - 2 - NAME - WORD - figure - 8 - len(last) - 1
    values = wording.points(curve, min(SPARK, room - 1))
    drawn = sparkline(values, ASCII if page.narrow else BLOCKS)
    passed = next((i for i in range(1, len(values)) if values[i] < level <= values[i - 1]), 0)
    if passed and wording.falls(curve):
        drawn, words = f"{drawn[:passed]}|{drawn[passed:]}", words.replace("chance ", "chance | ", 1)
    _row(page, name, verdict, f"{words:<{figure}}{first:>7} {drawn} {last}")


def _row(page: _Page, name: str, verdict: str, words: str) -> None:
    """One line, elided where it does not fit: the whole message stands with the finding."""
    from rich.text import Text

    head = Text("  ").append(name.ljust(NAME)).append(verdict, STYLES.get(verdict, ""))
    head.append(" " * (WORD - len(verdict)) + page.cut(words, page.width - 2 - NAME - WORD))
    page.console.print(head, soft_wrap=True)


# -- findings ---------------------------------------------------------------------------------------


def _finding(page: _Page, run: Run, finding: Finding) -> None:
    where = f"{run.path}:{finding.first.line}" if finding.first else run.path
    words = f"{finding.rule}  {where}  {wording.place(finding)}".rstrip()
    page.say(words, finding.severity, len(finding.severity) + 2, STYLES[finding.severity])
    page.say(finding.message, indent=2)
    for label, value in _parts(finding):
        page.say(value, label, 12, "bold", 2)
    if finding.first and finding.first.text.strip():
        number = f"  {finding.first.line} | "
        quote = page.fitted(finding.first.text.rstrip(), QUOTED * (page.width - len(number)))
        page.say(quote, number, len(number))


def _parts(finding: Finding) -> Iterator[tuple[str, str]]:
    for label, value in (
        ("measured", wording.measures(finding.measured)),
        ("likely", finding.likely),
        ("next", finding.next),
    ):
        if value:
            yield label, value


def _context(page: _Page, run: Run) -> None:
    """What kind of log this is, and what that rests on."""
    page.say("context, and what it rests on:")
    for name, words in wording.context(run):
        page.say(words, name, 20, left=2)
    page.blank()


# -- what was not judged ----------------------------------------------------------------------------


def _not_judged(page: _Page, run: Run, verbose: bool) -> None:
    rules = len(run.judgements)
    if verbose:
        page.say(f"{len(run.not_judged)} of {rules} rules not judged:")
        for unjudged in run.not_judged:
            page.say(f"{unjudged.rule}: {unjudged.reason}; needs {unjudged.needs}", "-", 4, left=2)
    else:
        page.say(
            f"{len(run.not_judged)} of {rules} rules not judged (--verbose lists them). To judge more, print "
            "what higgs-logscan explain evidence shows, above all"
        )
        for needs, opened in wording.opening(run)[:OPENING]:
            page.say(f"{needs} ({', '.join(opened[:2])}{', …' if len(opened) > 2 else ''})", "-", 4, left=2)
    page.blank()
