"""Documents with hostile text wherever a document takes text: for the laws of every output.

`finding`, `run` and `document` build small documents by hand; `documents` is a strategy of hostile ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from higgs_logscan.document import Document, Evidence, Finding, Run

AREAS = (
    "text-learning", "audio-learning", "masking", "special-tokens", "delay-pattern", "shapes", "alignment",
    "balance", "input-pipeline", "optimisation", "incidents", "reading",
)  # fmt: skip
CONTEXT = (
    "vocabulary", "audio_vocabulary", "codebooks", "shift", "layout", "flavour", "cadence", "ranks", "accumulation",
    "validation", "quantised", "aggregation", "trainer", "trainer_versions", "seconds", "steps_per_second",
)  # fmt: skip

#: Markup, commands, escapes and delimiters of the formats that are written, and of those who read them.
SNIPPETS = (
    "::error::x", "::stop-commands::t", "\n::set-output name=a::b", "##[error]x", "##vso[task.setvariable variable=a]b",
    "###vso[task.complete result=Failed;]", "%0A::error::", "%25", "%AZP25", "%3B]", "a,b:c;d=e", "\r\n", "\x1b[31m",
    "\x1b]8;;http://x\x07", "\x00", "\u202e", "\u200b", "\ufeff", "\u2028", "\x85", "\udcff", "\U0001f600", "é",
    "<script>alert(1)</script>", "<!--", "-->", "</details>", "</summary>", "&lt;&#64;", "<https://x.y>", "]]>",
    "https://example.com/a?b=c", "www.example.com", "a@b.cc", "@user", "#123", "GH-1", "!1", "~label", "%milestone",
    ":smile:", "0123abcdef0123abcdef0123abcdef0123abcdef", "$x$", "/close", "[a](http://b)", "![a](b)", "[x]: y", "[^1]",
    "`", "``", "```", "````text", "`a|b`", "|", "\\|", "\\", "\\`", "a | b", "| --- |", "---", "===", "***", "# h", "> q",
    "- i", "1. i", "    code", "**b**", "__b__", "~~s~~", "*", "_", "  ", " a ", '"', "'", "{{x}}", "${x}", "=1+1", "None",
)  # fmt: skip
words = st.text(max_size=20) | st.sampled_from(SNIPPETS)
texts = words | st.lists(words, max_size=6).map(" ".join) | st.lists(st.sampled_from(SNIPPETS), max_size=6).map("".join)
#: An empty path names no log.
paths = st.just("-") | st.tuples(st.sampled_from(("", "/", "./", "logs/", "../")), texts).map("".join).filter(bool)
ids = st.sampled_from(("label-leak", "audio-loss-zero", "a", "x1-2"))
counts = st.integers(0, 2**53)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63) | st.none()
losses = st.floats(-1e100, 1e100) | st.none()
scalars = texts | numbers | st.booleans()
keys = texts.filter(lambda key: key != "nonfinite")
measured = st.dictionaries(keys, scalars | st.lists(numbers, max_size=4), max_size=4)
severities = st.sampled_from(("error", "warning", "note"))


def evidence(
    line: int = 7, text: str = "", step: int | None = None, rank: int | None = None, column: int | None = None
) -> Evidence:
    return {"line": line, "byte": 70, "column": column, "step": step, "rank": rank, "text": text}


def finding(severity: Any = "error", message: str = "it is wrong", **changes: Any) -> Finding:
    made: Any = {
        "rule": "label-leak", "area": "alignment", "severity": severity, "message": message, "measured": {},
        "quote": "", "likely": "", "next": "", "count": 1, "first": evidence(), "last": None, **changes,
    }  # fmt: skip
    return made  # type: ignore[no-any-return]


def run(path: str = "train.log", verdict: Any = "pass", **changes: Any) -> Run:
    areas = [{"area": area, "verdict": "unknown", "figure": "", "passed": [], "measured": {}} for area in AREAS]
    made: Any = {
        "path": path, "bytes": 0, "lines": 0, "verdict": verdict, "extent": "", "state": "No loss was read from it.",
        "at_chance": False, "context": {name: {"value": None, "basis": "unknown"} for name in CONTEXT},
        "coverage": {"recognised": 0, "segments": 0, "share": 1.0}, "areas": areas, "series": {}, "curves": {},
        "read": {"records": {}, "losses": 0, "arrays": 0, "integers": 0}, "root_causes": [], "findings": [],
        "suppressed": [], "not_judged": [], "gates": [], **changes,
    }  # fmt: skip
    return made  # type: ignore[no-any-return]


def document(*runs: Run, **changes: Any) -> Document:
    worst = min((one["verdict"] for one in runs), key=("fail", "warn", "pass", "unknown").index, default="unknown")
    made: Any = {
        "schema_version": "1", "tool": {"name": "higgs-logscan", "version": "0.1.0"}, "verdict": worst,
        "runs": list(runs), "unread": [], "suppressions": [], "stale": [], **changes,
    }  # fmt: skip
    return made  # type: ignore[no-any-return]


steps = st.none() | st.integers(0, 10**9)
evidences = st.builds(evidence, line=counts, text=texts, step=steps, rank=st.none() | st.integers(0, 64))
findings = st.builds(
    finding, severity=severities, message=texts, rule=ids, area=st.sampled_from(AREAS), measured=measured, quote=texts, likely=texts,
    next=texts, count=counts, first=st.none() | evidences, last=st.none() | evidences,
)  # fmt: skip
found = st.lists(findings, max_size=3).map(
    lambda made: sorted(made, key=lambda one: ("error", "warning", "note").index(one["severity"]))
)
root_causes = st.fixed_dictionaries({
    "cause": st.sampled_from(("label-leak", "memorisation")), "detail": texts, "summary": texts,
    "confidence": st.sampled_from(("certain", "high", "medium", "low")),
    "since": st.none() | st.fixed_dictionaries({"step": steps, "line": counts, "byte": counts}),
    "healthy_until": steps, "seconds": st.none() | st.floats(0, 1e9), "for": st.lists(ids, min_size=1, max_size=3),
    "against": st.lists(ids, max_size=2), "settles": texts, "next": texts,
})  # fmt: skip
gates = st.fixed_dictionaries({
    "gate": st.sampled_from(("min-coverage", "min-steps", "expect", "require")), "asked": texts,
    "verdict": st.sampled_from(("pass", "fail", "unknown")), "message": texts,
})  # fmt: skip
suppressed = st.fixed_dictionaries(
    {"by": st.sampled_from(("baseline", "suppression")), "reason": texts, "finding": findings}
)
not_judged = st.fixed_dictionaries({"rule": ids, "area": st.sampled_from(AREAS), "reason": texts, "needs": texts})
curves = st.dictionaries(
    st.sampled_from(("text_loss", "audio_loss", "loss")),
    st.fixed_dictionaries(
        {
            "records": st.integers(1, 10**6), "first": losses, "ending": losses,
            "chance": st.none() | st.floats(0, 20), "assumed": st.booleans(), "falls": st.booleans(),
            "points": st.lists(losses, max_size=60),
        },
        optional={"nonfinite": st.dictionaries(st.sampled_from(("first", "ending")), st.sampled_from(("nan", "inf", "-inf")))},
    ),
)  # fmt: skip
areas = st.lists(
    st.fixed_dictionaries({
        "verdict": st.sampled_from(("pass", "warn", "fail", "unknown")), "figure": texts,
        "passed": st.lists(ids, max_size=1), "measured": st.just({}),
    }),
    min_size=3, max_size=3,
).map(lambda made: [{"area": area, **said} for area, said in zip(AREAS, made, strict=False)] + run()["areas"][3:])  # fmt: skip
runs = st.builds(
    run, path=paths, verdict=st.sampled_from(("pass", "warn", "fail", "unknown")), extent=texts, state=texts,
    at_chance=st.booleans(), lines=counts, areas=areas, curves=curves, root_causes=st.lists(root_causes, max_size=2),
    findings=found, suppressed=st.lists(suppressed, max_size=2), not_judged=st.lists(not_judged, max_size=2),
    gates=st.lists(gates, max_size=2),
)  # fmt: skip
suppressions = st.fixed_dictionaries({
    "rule": ids, "reason": texts, "until": st.none() | texts,
    "status": st.sampled_from(("used", "unused", "expired")), "findings": counts,
})  # fmt: skip
#: Hostile documents: a few logs, read or not.
documents = st.builds(
    lambda made, **changes: document(*made, **changes), st.lists(runs, max_size=3),
    verdict=st.sampled_from(("pass", "warn", "fail", "unknown")),
    unread=st.lists(st.fixed_dictionaries({"path": paths, "reason": texts}), max_size=2),
    suppressions=st.lists(suppressions, max_size=1),
    stale=st.lists(
        st.fixed_dictionaries({"path": paths, "rule": ids, "recorded": counts, "found": counts}), max_size=1
    ),
)  # fmt: skip
