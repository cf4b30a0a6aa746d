"""The JSON contract of a report, as JSON Schema (draft 2020-12).

Closed where the contract is closed: a key that is not listed here is an error of the writer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from higgs_logscan.context import Basis
from higgs_logscan.diagnosis import Confidence
from higgs_logscan.finding import AREAS, Severity, Verdict
from higgs_logscan.report import SCHEMA_VERSION, SERIES
from higgs_logscan.table import KINDS

#: What `cause` may be: a closed list, whatever the catalogue of causes holds today.
CAUSES = (
    "label-leak", "memorisation", "double-shift", "labels-misaligned", "missing-audio-inputs",
    "missing-audio-labels", "audio-over-masked", "text-over-masked", "text-under-masked", "bos-supervised",
    "eos-never-supervised", "bos-eos-swapped", "delay-pattern-absent", "delay-pattern-wrong",
    "code-out-of-range", "codebook-count", "learning-rate-zero", "learning-rate-too-high", "non-finite",
    "frozen-head", "audio-not-trained", "text-not-trained", "no-gradient", "not-learning", "crashed",
    "truncated", "restarted",
)  # fmt: skip
_CONTEXT = (
    "vocabulary", "audio_vocabulary", "codebooks", "shift", "layout", "flavour", "cadence", "ranks", "accumulation",
    "validation", "quantised", "aggregation", "trainer", "trainer_versions", "seconds", "steps_per_second",
)  # fmt: skip

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_ID = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_STEP = {"type": ["integer", "null"]}
_SCALAR = {"type": ["number", "string", "boolean", "null"]}
#: Names of the numbers that are null because they are not finite.
_NONFINITE = {"type": "object", "additionalProperties": {"enum": ["nan", "inf", "-inf"]}, "minProperties": 1}


def schema() -> dict[str, Any]:
    """The schema of the document that `--format json` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "higgs-logscan report",
        **_closed(
            schema_version={"const": SCHEMA_VERSION},
            tool=_closed(name={"const": "higgs-logscan"}, version=_TEXT),
            verdict=_one_of(get_args(Verdict)),
            runs=_list_of({"$ref": "#/$defs/run"}),
        ),
        "$defs": {
            "run": _run(),
            "measured": _MEASURED,
            "series": _SERIES,
            "root_cause": _root_cause(),
            "finding": _finding(),
            "evidence": _closed(line=_COUNT, byte=_COUNT, step=_STEP, rank=_STEP, text=_TEXT),
        },
    }


#: Measures are the rules' own: scalars or short lists of numbers.
_MEASURED = {
    "type": "object",
    "properties": {"nonfinite": _NONFINITE},
    "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": {"type": ["number", "null"]}}]},
}
_SERIES = {
    "type": "object",
    "properties": {
        **{name: {"type": ["number", "null"]} for name in ("first", "last", "min", "max")},
        "count": {"type": "integer", "minimum": 1},
        "nonfinite_count": _COUNT,
        "nonfinite": _NONFINITE,
    },
    "required": ["count", "first", "last", "min", "max", "nonfinite_count"],
    "additionalProperties": False,
}


def _run() -> dict[str, Any]:
    return _closed(
        path=_TEXT,
        bytes=_COUNT,
        lines=_COUNT,
        verdict=_one_of(get_args(Verdict)),
        context=_closed(**dict.fromkeys(_CONTEXT, _known())),
        coverage=_closed(recognised=_COUNT, segments=_COUNT, share={"type": "number", "minimum": 0, "maximum": 1}),
        read=_closed(records=_some(dict.fromkeys(KINDS, _COUNT)), losses=_COUNT, arrays=_COUNT, integers=_COUNT),
        areas={
            **_list_of(
                _closed(
                    area=_one_of(AREAS),
                    verdict=_one_of(get_args(Verdict)),
                    measured={"type": "object", "additionalProperties": {"$ref": "#/$defs/measured"}},
                )
            ),
            "minItems": len(AREAS),
            "maxItems": len(AREAS),
        },
        series=_some({name: {"$ref": "#/$defs/series"} for name in SERIES}),
        root_causes=_list_of({"$ref": "#/$defs/root_cause"}),
        findings=_list_of({"$ref": "#/$defs/finding"}),
        not_judged=_list_of(_closed(rule=_ID, reason=_TEXT, needs=_TEXT)),
    )


def _known() -> dict[str, Any]:
    """A fact of the context, with its line where one shows it."""
    fact = _some({"value": _SCALAR, "basis": _one_of(get_args(Basis)), "line": _COUNT})
    return {**fact, "required": ["value", "basis"]}


def _root_cause() -> dict[str, Any]:
    return _closed(
        cause=_one_of(CAUSES),
        detail=_TEXT,
        confidence=_one_of(get_args(Confidence)),
        since={"anyOf": [_closed(step=_STEP, line=_COUNT, byte=_COUNT), {"type": "null"}]},
        healthy_until=_STEP,
        seconds={"type": ["number", "null"]},
        **{"for": {**_list_of(_ID), "minItems": 1}, "against": _list_of(_ID)},
        settles=_TEXT,
        next=_TEXT,
    )


def _finding() -> dict[str, Any]:
    evidence = {"anyOf": [{"$ref": "#/$defs/evidence"}, {"type": "null"}]}
    return _closed(
        rule=_ID,
        area=_one_of(AREAS),
        severity=_one_of(get_args(Severity)),
        message=_TEXT,
        measured={"$ref": "#/$defs/measured"},
        likely=_TEXT,
        next=_TEXT,
        count=_COUNT,
        first=evidence,
        last=evidence,
    )


def _closed(**properties: Any) -> dict[str, Any]:
    """An object with exactly these keys."""
    return {**_some(properties), "required": list(properties)}


def _some(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with some of these keys and no other."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_of(values: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(values)}
