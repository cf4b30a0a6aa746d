"""The report for a person at a terminal: the verdict first, then what it rests on.

Nothing here decides anything; the words are `wording`'s, this is their layout. Colour repeats
what the words say, in pairs of foreground and background that read on light and dark alike.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TextIO

from higgs_logscan import wording
from higgs_logscan.escape import ascii_only, defused, escaped
from higgs_logscan.sparkline import ASCII, BLOCKS, resampled, sparkline
from higgs_logscan.value import Value

if TYPE_CHECKING:
    from rich.console import Console

    from higgs_logscan.document import Curve, Document, Finding, Run

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
#: Columns of an area's name, verdict and loss; the narrowest page.
NAME, WORD, FIGURE, NARROW = 16, 6, 28, 60
#: Lines that are shown of what was not judged, and further causes, unless all are asked for.
OPENING = 3
#: Lines of the page, about, that a quoted line of the log may take.
QUOTED = 2


class _Page(Value):
    """Where lines go: everything that is written is escaped and wrapped here."""

    console: Console
    narrow: bool

    @property
    def width(self) -> int:
        return self.console.width

    def safe(self, words: str) -> str:
        return defused(escaped(words, self.narrow))

    def say(self, words: str, label: str = "", indent: int = 0, style: str = "", left: int = 0) -> None:
        """Wrapped words, after a label where there is one; further lines begin at the column `indent`."""
        from rich.text import Text

        head = Text(" " * left).append(self.safe(label), style)
        for line in Text(self.safe(words)).wrap(self.console, self.width - indent):
            line.rstrip()
            head.append(" " * (indent - len(head))).append(defused(line.plain))
            self.console.print(head, soft_wrap=True)
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
    document: Document,
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
    for number, run in enumerate(document["runs"]):
        if number and not quiet:
            page.blank()
        _verdict(page, run)
        if not quiet:
            _section(page, run, verbose, max_findings)
    if len(document["runs"]) + len(document["unread"]) > 1 and not quiet:
        page.blank()
        _overview(page, document)


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
    shown = run["findings"][: max_findings or None]
    for finding in shown:
        page.blank()
        _finding(page, run, finding)
    if len(shown) < len(run["findings"]):
        page.blank()
        more = wording.counted(len(run["findings"]) - len(shown), "finding")
        page.say(f"and {more} more (--max-findings 0 shows all)")
    page.blank()
    _suppressed(page, run, verbose)
    if run["not_judged"]:
        _not_judged(page, run, verbose)
    if verbose:
        _context(page, run)
    page.say(wording.coverage(run), "read", INDENT)
    page.say(wording.summary(run))
    if page.console.is_terminal and run["findings"]:
        page.say(f"higgs-logscan explain {run['findings'][0]['rule']}")


# -- the answer -------------------------------------------------------------------------------------


def _verdict(page: _Page, run: Run) -> None:
    from rich.cells import cell_len

    word, path, extent = run["verdict"].upper(), page.safe(run["path"]), page.safe(run["extent"])
    indent = max(len(word) + 2, INDENT)
    gap = page.width - indent - cell_len(path) - len(extent)
    fits = gap >= 2
    page.say(path + " " * gap + extent if fits and extent else path, word, indent, STYLES.get(run["verdict"], "bold"))
    if extent and not fits:
        page.say(extent, indent=indent)


def _answer(page: _Page, run: Run, verbose: bool) -> None:
    """The first root cause and what to do, or what the losses amount to; then what was asked and does not hold."""
    page.say(wording.answer(run), indent=INDENT)
    if run["root_causes"] and wording.is_faulty(run):
        _cause(page, run, verbose)
    elif run["root_causes"]:
        page.say(wording.noted(run), indent=INDENT)
    for gate in run["gates"]:
        if verbose or gate["verdict"] != "pass":
            held = f"{wording.held(gate)}:"
            style = STYLES["error"] if gate["verdict"] == "fail" else "bold"
            page.say(wording.gate(gate), held, INDENT + len(held) + 1, style, INDENT)


def _cause(page: _Page, run: Run, verbose: bool) -> None:
    """How to mend the first root cause, how to be sure of it, what else it may be."""
    first, *others = run["root_causes"]
    page.say(first["next"], "Fix:", INDENT + 5, "bold", INDENT)
    if verbose or first["confidence"] in ("medium", "low"):
        page.say(first["settles"], "To be sure:", INDENT + 12, "bold", INDENT)
    if verbose:
        page.say(", ".join(first["for"]) or "nothing", "For:", INDENT + 5, "bold", INDENT)
        page.say(", ".join(first["against"]) or "nothing", "Against:", INDENT + 9, "bold", INDENT)
    if others:
        causes = [wording.sureness(cause) for cause in (others if verbose else others[:OPENING])]
        more = len(others) - len(causes)
        page.say(f"Also: {', '.join(causes)}{f' and {more} more' if more else ''}.", indent=INDENT)
    if run["at_chance"]:
        page.say(run["state"], indent=INDENT)


# -- the areas --------------------------------------------------------------------------------------


def _areas(page: _Page, run: Run) -> None:
    curves = run["curves"]
    if list(curves) == ["loss"]:
        _loss(page, "summed loss", "-", curves["loss"])
    for area, curve in wording.areas(run):
        verdict = "-" if area["verdict"] == "unknown" else area["verdict"]
        if curve:
            _loss(page, area["area"], verdict, curve)
        else:
            _row(page, area["area"], verdict, area["figure"])


def _loss(page: _Page, name: str, verdict: str, curve: Curve) -> None:
    """An area's loss: where it ends, its chance level, its course. `|` stands where it passes chance."""
    first, last = wording.ends(curve)
    words = f"{last}, {wording.chance(curve['chance'], curve['assumed'])}" if curve["chance"] is not None else last
    figure = max(FIGURE, len(words))
    room = page.width - 2 - NAME - WORD - figure - 8 - len(last) - 1
    values = resampled(curve["points"], room - 1)
    drawn = sparkline(values, ASCII if page.narrow else BLOCKS)
    level = math.inf if curve["chance"] is None else curve["chance"]
    passed = next((i for i in range(1, len(values)) if values[i] < level <= values[i - 1]), 0)
    if passed and curve["falls"]:
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
    first = finding["first"]
    words = f"{finding['rule']}  {wording.where(run, finding)}  {wording.place(finding)}".rstrip()
    severity = finding["severity"]
    page.say(words, severity, len(severity) + 2, STYLES[severity])
    page.say(finding["message"], indent=2)
    for label, value in wording.parts(finding):
        page.say(value, label, 12, "bold", 2)
    if first and first["text"].strip():
        number = f"  {first['line']} | "
        quote = page.fitted(first["text"].rstrip(), QUOTED * (page.width - len(number)))
        page.say(quote, number, len(number))


def _suppressed(page: _Page, run: Run, verbose: bool) -> None:
    """What was found and does not count, in a line, or each with its reason."""
    if not run["suppressed"]:
        return
    if verbose:
        page.say(f"{wording.counted(len(run['suppressed']), 'finding')} suppressed:")
        for one in run["suppressed"]:
            finding = one["finding"]
            page.say(f"{finding['rule']} ({finding['severity']}): {one['by']}, {one['reason']}", "-", 4, left=2)
    else:
        rules = ", ".join(dict.fromkeys(one["finding"]["rule"] for one in run["suppressed"]))
        page.say(f"{len(run['suppressed'])} suppressed (--verbose says why): {rules}")
    page.blank()


def _context(page: _Page, run: Run) -> None:
    """What kind of log this is, and what that rests on."""
    page.say("context, and what it rests on:")
    for name, words in wording.context(run):
        page.say(words, name, 20, left=2)
    page.blank()


# -- what was not judged ----------------------------------------------------------------------------


def _not_judged(page: _Page, run: Run, verbose: bool) -> None:
    unjudged, rules = run["not_judged"], wording.rules_asked(run)
    if verbose:
        page.say(f"{len(unjudged)} of {rules} rules not judged:")
        for one in unjudged:
            page.say(f"{one['rule']}: {one['reason']}; needs {one['needs']}", "-", 4, left=2)
    else:
        page.say(
            f"{len(unjudged)} of {rules} rules not judged (--verbose lists them). To judge more, print "
            "what higgs-logscan explain evidence shows, above all"
        )
        for needs, opened in wording.opening(run)[:OPENING]:
            page.say(f"{needs} ({', '.join(opened[:2])}{', …' if len(opened) > 2 else ''})", "-", 4, left=2)
    page.blank()


# -- several logs -----------------------------------------------------------------------------------


def _overview(page: _Page, document: Document) -> None:
    """A line per log, worst first, and one over all of them."""
    from rich.cells import cell_len

    rows = wording.overview(document)
    room = page.width - INDENT - 2
    width = min(max(cell_len(page.safe(path)) for _, path, _ in rows), room // 2)
    for verdict, path, words in rows:
        left = page.fitted(path, width)
        left += " " * (width - cell_len(left))
        _line(page, verdict, f"{left}  {page.cut(words, room - width)}")
    page.blank()
    page.say(wording.summary_of(document))


def _line(page: _Page, verdict: str, words: str) -> None:
    from rich.text import Text

    label = {"unknown": "?", "unread": "-"}.get(verdict, verdict.upper())
    head = Text(label, STYLES.get(verdict, "bold")).append(" " * (INDENT - len(label)) + words)
    page.console.print(head, soft_wrap=True)
