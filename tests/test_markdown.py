"""The Markdown report: its shape, and that no text of a log becomes markup, a link, or a reference."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from hostile import AREAS, SNIPPETS, document, documents, evidence, finding, run
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import TypeAdapter

from higgs_logscan import wording
from higgs_logscan.document import Document
from higgs_logscan.escape import escaped
from higgs_logscan.renderers import markdown

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: What GitHub or GitLab would look for in text outside of code.
REFERENCE = re.compile(
    r"@|#\w|!\d|&\d|~\w|\$|%\w|\^|://|www\.|:[\w+-]+:|\bG[HL]-\d|\b[0-9a-f]{7,40}\b|[\[\]{}<>*_|\\`]", re.I
)
OPENED = re.compile(r"<details>\n<summary>[\d,]+ (findings? suppressed|of [\d,]+ rules not judged)</summary>\n")
#: Tokens that make up a page: no links, no images, no HTML within a line.
KNOWN = {
    "heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close", "bullet_list_open",
    "bullet_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close",
    "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "fence",
    "html_block", "text", "code_inline", "strong_open", "strong_close",
}  # fmt: skip


def rendered(of: Any, **options: Any) -> str:
    out = io.StringIO()
    markdown.render(of, out, **options)
    return out.getvalue()


def tables(tokens: list[Token]) -> list[list[list[str]]]:
    """The tables of a page: rows of cells, as text."""
    made: list[list[list[str]]] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            made.append([])
        elif token.type == "tr_open":
            made[-1].append([])
        elif token.type in ("th_open", "td_open"):
            assert following
            made[-1][-1].append(said(following))
    return made


def said(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def bare(words: str) -> str:
    """Words, of a log or of the page, without blanks, and without backticks, which may have made code."""
    return escaped(words).replace("`", "").replace(" ", "")


def check(of: Any, text: str) -> list[Token]:
    """The tokens of a page on which nothing is markup, link or reference but what the renderer wrote."""
    assert text.endswith("\n")
    tokens = PARSER.parse(text)
    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert {token.type for token in every} <= KNOWN
    for token in every:
        if token.type == "html_block":
            assert OPENED.fullmatch(token.content) or token.content == "</details>\n"
        if token.type == "text":
            assert not REFERENCE.search(token.content.replace(" | ", "").replace("|", "")), token.content
        if token.type in ("text", "code_inline"):
            assert token.content.isprintable()
        # A line break would let a word of a log begin a line, where GitLab looks for commands.
        assert token.type not in ("softbreak", "hardbreak")
    return tokens


CAUSE = {
    "cause": "label-leak", "detail": "", "summary": "The model is shown the answer.", "confidence": "high",
    "since": {"step": 40, "line": 812, "byte": 0}, "healthy_until": None, "seconds": 7740.0, "for": ["label-leak"],
    "against": [], "settles": "Print `a | b`.", "next": "Compare logits[t] with labels[t+1].",
}  # fmt: skip
DEAD = run(
    "logs/dead.log", "fail", extent="to step 1,240, 2 h 14 min", root_causes=[CAUSE, {**CAUSE, "cause": "memorisation"}],
    findings=[
        finding(
            message="98 % of predictions equal the label fed in", measured={"pairs": 612, "equal": 0.98},
            likely="The loss is not shifted.", next="Shift once.", count=1200,
            first=evidence(812, "First 10 Audio Labels: [-100, 636]", 40),
        ),
    ],
    gates=[{"gate": "min-steps", "asked": "500", "verdict": "pass", "message": "the log ends at step 1240"}],
    areas=[
        {"area": area, "verdict": verdict, "figure": "8 codebooks", "passed": ["a"] if verdict != "unknown" else [], "measured": {}}
        for area, verdict in zip(AREAS, ("pass", "fail", "pass", *["unknown"] * 9), strict=True)
    ],
    curves={
        "audio_loss": {
            "records": 100, "first": 6.94, "ending": 0.0028, "chance": 6.93, "assumed": True, "falls": True,
            "points": [6.94, 3.0, 1.0, None, 0.0028],
        }
    },
    not_judged=[{"rule": "mask-odd", "area": "masking", "reason": "no counts are printed", "needs": "`Label Stats: …`"}],
    suppressed=[{"by": "baseline", "reason": "known", "finding": finding("warning", rule="crash")}],
)  # fmt: skip
GOLDEN = """\
## Fail: `logs/dead.log`, to step 1,240, 2 h 14 min ❌

**label-leak (high)**: the model is shown the answer. 98 % of predictions equal the label fed in. Since step 40, \
line 812; 2 h 9 min of this run.

- **Fix**: Compare `logits[t]` with `labels[t+1]`.
- **To be sure**: Print `a `&#124;` b`.
- **Also**: memorisation (high)
- **Holds**: min-steps 500: the log ends at step 1240.

| Area | Verdict | Figure |
| :-- | :-- | :-- |
| text-learning | pass | 8 codebooks |
| audio-learning | **fail** | 6.94 `█▄▂!▁` 0.0028; chance 6.93, assumed |
| masking | pass | 8 codebooks |
| alignment | not judged | 8 codebooks |

**error** `label-leak` (line 812, step 40, 1,200 times): 98 % of predictions equal the label fed in.

- **Measured**: pairs 612, equal 0.98
- **Likely**: The loss is not shifted.
- **Next**: Shift once.

```text
812 | First 10 Audio Labels: [-100, 636]
```

<details>
<summary>1 finding suppressed</summary>

| Rule | Severity | Finding | Accepted by |
| :-- | :-- | :-- | :-- |
| `crash` | warning | it is wrong | baseline: known |

</details>

<details>
<summary>1 of 6 rules not judged</summary>

| Rule | Why | It needs |
| :-- | :-- | :-- |
| `mask-odd` | no counts are printed | `Label Stats: …` |

</details>

Read: 0 lines, 100 % of 0 pieces understood. Found: 1 error, 1 suppressed.

higgs-logscan 0.1.0
"""


def test_the_report_of_a_log() -> None:
    assert rendered(document(DEAD)) == GOLDEN


def test_several_logs_stand_in_a_table_worst_first() -> None:
    of = document(run("a.log"), DEAD, run("c.log", "unknown"), unread=[{"path": "d.log", "reason": "no such file"}])
    tokens = check(of, rendered(of))
    head, *rows = tables(tokens)[0]
    assert head == ["Verdict", "Log", "What"]
    assert [row[:2] for row in rows] == [
        ["fail", "logs/dead.log"],
        ["unread", "d.log"],
        ["unknown", "c.log"],
        ["pass", "a.log"],
    ]
    headings = [said(tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == [
        "Fail: 4 logs, 1 fail, 1 pass, 1 unknown, 1 not read ❌",
        "Fail: logs/dead.log, to step 1,240, 2 h 14 min ❌",
        "Unknown: c.log ❔",
        "Pass: a.log ✅",
    ]


def test_a_log_that_is_not_read_is_said() -> None:
    text = rendered(document(unread=[{"path": "d.log", "reason": "no such file"}]))
    assert "| unread | `d.log` | no such file |" in text


def test_notes_and_what_no_longer_fits_are_said() -> None:
    log = run(findings=[finding("note")], root_causes=[CAUSE])
    stale = [{"path": "a.log", "rule": "crash", "recorded": 2, "found": 1}]
    unused = {"rule": "crash", "reason": "known", "until": None, "status": "expired", "findings": 0}
    text = rendered(document(log, stale=stale, suppressions=[unused, {**unused, "status": "used"}]))
    assert "Losses: No loss was read from it.\n" in text
    assert "- **Noted**: Notes, no fault by themselves, point to: label-leak (high)." in text
    assert "- **Suppression expired**: crash: known\n- **Baseline stale**: crash of a.log: 1 of 2 found\n" in text


def test_ascii_where_the_stream_takes_no_more() -> None:
    binary = io.BytesIO()
    out = io.TextIOWrapper(binary, "ascii")
    markdown.render(document(DEAD, run("é.log")), out)
    out.flush()
    assert b"`\\xe9.log`" in binary.getvalue()
    assert b"6.94 `@" in binary.getvalue()


@pytest.mark.parametrize("words", SNIPPETS)
def test_no_snippet_is_markup(words: str) -> None:
    path = words or "-"
    shown = finding(message=f"see {words} there", likely=words, first=evidence(text=words), measured={words: words})
    of = document(run(path, "fail", findings=[shown]), run(f"{words}a.log"))
    tokens = check(of, rendered(of))
    assert tables(tokens)[0][1][1] == escaped(path)
    assert [token.content for token in tokens if token.type == "fence"] == (
        [f"7 | {escaped(words.rstrip())}\n"] if words.strip() else []
    )


def test_the_fence_is_longer_than_what_it_holds() -> None:
    of = document(run(verdict="fail", findings=[finding(first=evidence(text="````` ```"))]))
    assert "\n``````text\n7 | ````` ```\n``````\n" in rendered(of)


@settings(deadline=None, max_examples=60)
@given(documents)
def test_a_hostile_document_is_a_document(of: Any) -> None:
    TypeAdapter(Document).validate_python(of, strict=True)


@settings(deadline=None, max_examples=60)
@given(documents)
def test_hostile_documents_keep_the_shape_of_the_page(of: Any) -> None:
    tokens = check(of, rendered(of))
    runs = sorted(of["runs"], key=lambda one: ("fail", "unknown", "warn", "pass").index(one["verdict"]))
    several = len(runs) + len(of["unread"]) != 1 or not runs
    assert sum(token.type == "heading_open" for token in tokens) == len(runs) + several
    assert sum(token.type == "fence" for token in tokens) == sum(
        bool(put["first"] and put["first"]["text"].rstrip()) for one in runs for put in one["findings"]
    )
    made = tables(tokens)
    assert all(len(row) == len(rows[0]) for rows in made for row in rows)
    if several:
        overview = [[verdict, escaped(path), bare(words)] for verdict, path, words in wording.overview(of)]
        assert [[row[0], row[1], bare(row[2])] for row in made.pop(0)[1:]] == overview
    for one in runs:
        heads = [rows[0][0:2] for rows in made]
        if heads and heads[0] == ["Area", "Verdict"]:
            made.pop(0)
        if one["suppressed"]:
            rows = made.pop(0)[1:]
            assert [bare(row[2]) for row in rows] == [bare(s["finding"]["message"]) for s in one["suppressed"]]
        if one["not_judged"]:
            rows = made.pop(0)[1:]
            assert [[bare(row[1]), bare(row[2])] for row in rows] == [
                [bare(unjudged["reason"]), bare(unjudged["needs"])] for unjudged in one["not_judged"]
            ]
    assert not made
    page = bare("".join(said(token) for token in tokens if token.type == "inline"))
    for put in (put for one in runs for put in one["findings"]):
        for words in (put["message"], put["likely"], put["next"], wording.measures(put["measured"])):
            assert bare(words) in page


# -- the limit --------------------------------------------------------------------------------------


def size(text: str) -> int:
    return len(text.encode())


def test_what_does_not_fit_is_left_out_best_log_first() -> None:
    logs = [run(f"{number}.log", "warn" if number % 2 else "fail", findings=[finding()]) for number in range(4)]
    of = document(*logs)
    whole = rendered(of)
    assert rendered(of, limit=size(whole)) == whole
    less = rendered(of, limit=size(whole) - 1)
    assert "To keep within" in less
    assert "the details of 1 of 4 logs are left out." in less
    assert [text.count("**error**") for text in less.split("### ")[1:]] == [1, 1, 1, 0]
    answers = rendered(of, limit=850)
    assert "### Fail: `0.log`" in answers
    assert "the details of 4 of 4 logs are left out." in answers
    least = rendered(of, limit=500)
    assert "### Warn: `3.log`" not in least
    assert "`3.log`" in least


def test_a_single_log_keeps_its_verdict_and_cause() -> None:
    text = rendered(document(DEAD), limit=700)
    assert text.startswith("## Fail: `logs/dead.log`")
    assert "**label-leak (high)**" in text
    assert "the details of 1 of 1 log are left out." in text
    assert "<details>" not in text


@settings(deadline=None, max_examples=60)
@given(documents, st.integers(0, 3000))
def test_the_limit_is_kept_and_lines_are_whole(of: Any, limit: int) -> None:
    whole, text = rendered(of), rendered(of, limit=limit)
    assert size(text) <= limit
    assert text == "" or text.endswith("\n")
    if size(whole) <= limit:
        assert text == whole
    elif text:
        check(of, text)
        lines = whole.split("\n")
        assert text.startswith(lines[0])
        assert all(line in lines or line.startswith("To keep within") for line in text.split("\n"))


def test_many_logs_are_cut_within_a_moment() -> None:
    of = document(*(run(f"{number}.log", "fail", findings=[finding()]) for number in range(3000)))
    assert size(rendered(of, limit=2**20)) <= 2**20
    assert size(rendered(of, limit=20_000)) <= 20_000
