"""The key figure of each area: what its line in the report says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from higgs_logscan.run import Area, Run
from higgs_logscan.wording import counted, nats, number, understood


def figure(run: Run, area: Area) -> str:
    """The key figure of an area, in words."""
    found = [finding.message for finding in run.findings if finding.area == area.area]
    if found:
        return found[0]
    known = [one.finding.message for one in run.suppressed if one.finding.area == area.area]
    if known:
        return f"suppressed: {known[0]}"
    if area.verdict == "unknown":
        reasons = [j.not_judged.reason for j in run.judgements if j.area == area.area and j.not_judged]
        return reasons[0] if reasons else "no rule was asked"
    for words in FIGURES.get(area.area, ()):
        with suppress(KeyError):  # a rule that it rests on was not asked, or measured nothing
            return words(run, area.measured)
    return f"nothing found by {counted(len(area.passed), 'rule')}"


def _percent(part: float, whole: float) -> str:
    return f"{math.floor(100 * part / whole)} %" if whole else "none"


def _masked(run: Run, measured: Mapping[str, Any]) -> str:
    words = []
    if audio := measured.get("audio-over-masked"):
        words.append(f"{_percent(audio['audio_labels_masked'], audio['audio_labels'])} of audio labels masked")
    if text := measured.get("text-over-masked"):
        words.append(f"{number(round(text['labels'] / max(text['samples'], 1)))} text labels a sample")
    if words:
        return ", ".join(words)
    windows = measured["text-labels-masked"]
    if windows["windows"] != windows["windows_masked"]:
        raise KeyError
    return f"{windows['windows']:,} text windows, all -100: neither good nor bad"


def _specials(run: Run, measured: Mapping[str, Any]) -> str:
    bos, eos = measured["bos-in-labels"], measured["eos-missing"]
    begins, ends = (f"{of['offending']:,} of {counted(of['judged'], 'window')}" for of in (bos, eos))
    return f"BOS a label in {begins}, EOS missing in {ends.removesuffix('windows').removesuffix('window').rstrip()}"


def _delay(run: Run, measured: Mapping[str, Any]) -> str:
    ends = measured["delay-pattern-absent"]
    delayed = ends["judged"] - ends["offending"]
    return f"codebook 0 goes on behind its EOS in {delayed:,} of {counted(ends['judged'], 'window')}"


def _shapes(run: Run, measured: Mapping[str, Any]) -> str:
    codebooks = measured["codebook-count"]["codebooks"]
    if len(codebooks) != 1:
        raise KeyError
    width = measured.get("logits-width", {}).get("width")
    return f"{f'audio logits {width} wide, ' if width else ''}{codebooks[0]} codebooks, as expected"


def _alignment(run: Run, measured: Mapping[str, Any]) -> str:
    leak = measured["label-leak"]
    same = round(100 * leak["matches"][leak["lags"].index(0)])
    what = {"unshifted": "the label fed in", "shifted": "their label"}.get(leak["shift"], "the label in place")
    return f"{same} % of predictions equal {what} ({counted(leak['pairs'], 'pair')})"


def _total(run: Run, measured: Mapping[str, Any]) -> str:
    return f"the total ends at {nats(measured['total-leaves-no-audio']['last'])}: room for an audio loss"


def _balance(run: Run, measured: Mapping[str, Any]) -> str:
    return f"text and audio make the total in {counted(measured['loss-not-in-total']['records'], 'record')}"


def _inputs(run: Run, measured: Mapping[str, Any]) -> str:
    audio = measured["audio-logits-empty"]
    there = audio["judged"] - audio["offending"]
    return f"audio logits in {there:,} of {counted(audio['judged'], 'forward pass')}"


def _steered(run: Run, measured: Mapping[str, Any]) -> str:
    norm, rate = run.series.get("grad_norm"), run.series.get("learning_rate")
    words = [f"grad norm {number(norm.minimum)} to {number(norm.maximum)}"] if norm and not norm.nonfinite else []
    words += [f"learning rate {number(rate.first)} to {number(rate.last)}"] if rate else []
    if not words and any(measured["loss-not-finite"].values()):
        raise KeyError
    return ", ".join(words) or f"no loss is NaN or infinite{', none diverges' if 'divergence' in measured else ''}"


def _incidents(run: Run, measured: Mapping[str, Any]) -> str:
    bar = measured.get("log-truncated", {})
    done = f", {bar['position']:,} of {bar['planned']:,} steps done" if "position" in bar else ""
    return f"none{done}" if not run.context.records("incident") else f"no crash{done}"


def _coverage(run: Run, measured: Mapping[str, Any]) -> str:
    return understood(run.context.reading.share, run.context.reading.segments)


#: The key figure of an area that passed, by what its rules measured. An area needs no row here: one
#: that offends shows its worst finding, another one how many rules judged.
FIGURES: Mapping[str, Sequence[Callable[[Run, Mapping[str, Any]], str]]] = {
    "audio-learning": (_total,),
    "masking": (_masked,),
    "special-tokens": (_specials,),
    "delay-pattern": (_delay,),
    "shapes": (_shapes,),
    "alignment": (_alignment,),
    "balance": (_balance,),
    "input-pipeline": (_inputs,),
    "optimisation": (_steered,),
    "incidents": (_incidents,),
    "reading": (_coverage,),
}
