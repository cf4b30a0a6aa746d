"""Every declared wording is proved by its sample; every captured excerpt is read."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tables import table_of

from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.dialect import Foreign, Line, Sign, Span
from higgs_logscan.lines import Lines
from higgs_logscan.plan import Plan
from higgs_logscan.prefix import any_digits, prefix
from higgs_logscan.reader import Reader
from higgs_logscan.table import Record
from higgs_logscan.tokens import numbers
from higgs_logscan.vocabulary import COLUMNS, KINDS, MODALITIES, ROLES

CAPTURED = Path(__file__).resolve().parents[2] / "shared" / "captured"

LINES = [(dialect.id, line) for dialect in DIALECTS for line in dialect.lines]
SPANS = [(dialect.id, span) for dialect in DIALECTS for span in dialect.spans]
SIGNS = [(dialect.id, sign) for dialect in DIALECTS for sign in dialect.signs]
FOREIGN = [(dialect.id, foreign) for dialect in DIALECTS for foreign in dialect.foreign]


def _ids(declared: list[tuple[str, Any]]) -> list[str]:
    return [f"{dialect}: {what.sample[:60]}" for dialect, what in declared]


def _read(sample: str) -> tuple[Plan, Any]:
    """How the reader reads one line alone: who reads it, and what it says; of a span or sign, its words."""
    reader = Reader(DIALECTS)
    parts = [*reader.feed(sample.encode() + b"\n"), *reader.finish()]
    assert reader.coverage.recognised == reader.coverage.segments == 1, f"not read: {sample}"
    for lines in parts:
        if lines.count:
            plan = reader.plans.all[lines.plan[0]]
            return plan, _said(plan, lines)
    return next(plan for plan in reader.plans.by_shape.values() if plan.what), {}


def _records(text: bytes) -> list[Record]:
    return list(table_of([text]).records())


def _said(plan: Plan, lines: Lines) -> Any:
    if not isinstance(plan.what, Line):
        return lines.objects[lines.whole[0]]
    line, said = plan.what, dict(plan.what.states)
    if plan.values:  # a bar is read when it is asked for
        _, groups = plan.values(lines.text(0))
        return {name: read(group) for (name, read), group in zip(line.converters, groups, strict=True)}
    for slot, ((name, read), kind) in enumerate(zip(line.converters, line.kinds, strict=True)):
        value = _value(kind, read, lines, slot)
        if name == "mapping":
            said |= {line.keys[key]: number for key, number in value.items() if key in line.keys}
        else:
            said[name] = value
    return said


def _value(kind: str, read: Callable[[bytes], Any], lines: Lines, slot: int) -> Any:
    first, size = int(lines.whole[slot]), int(lines.size[slot])
    if kind in ("integers", "shape"):
        items = lines.items[first : first + size].tolist()
        return tuple(items) if kind == "shape" else items
    if kind in ("number", "percent"):
        return float(lines.real[slot])
    if kind == "integer":
        return first
    return read(bytes(lines.data[first : first + size])) if size else lines.objects[first]


@pytest.mark.parametrize(("dialect", "line"), LINES, ids=_ids(LINES))
def test_line_reads_its_sample(dialect: str, line: Line) -> None:
    plan, said = _read(line.sample)
    assert isinstance(plan.what, Line)
    assert (plan.what.declared or plan.what) is line, f"claimed by {plan.what}"
    assert plan.dialect == dialect
    assert said == {name: numbers(value) if isinstance(value, bytes) else value for name, value in line.says.items()}


@pytest.mark.parametrize(("dialect", "span"), SPANS, ids=_ids(SPANS))
def test_span_reads_its_sample(dialect: str, span: Span) -> None:
    plan, words = _read(span.sample)
    assert plan.what is span
    assert words.decode() == span.says


@pytest.mark.parametrize(("dialect", "sign"), SIGNS, ids=_ids(SIGNS))
def test_sign_reads_its_sample(dialect: str, sign: Sign) -> None:
    assert _read(sign.sample)[0].what is sign
    assert [record.values["incident"] for record in _records(sign.sample.encode())] == [sign.incident]


@pytest.mark.parametrize(("dialect", "foreign"), FOREIGN, ids=_ids(FOREIGN))
def test_foreign_reads_its_sample(dialect: str, foreign: Foreign) -> None:
    assert _read(foreign.sample)[0].what is foreign


def test_ids_are_unique_and_kebab_case() -> None:
    ids = [dialect.id for dialect in DIALECTS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in ids)


def test_a_spelling_has_one_owner() -> None:
    spellings = Counter((line.spelling, line.needs) for _, line in LINES)
    assert [spelling for spelling, count in spellings.items() if count > 1] == []


def test_what_lines_state_has_a_column_or_hole() -> None:
    for _, line in LINES:
        assert set(line.states) <= {*COLUMNS, "codebook", "sample"}
        assert not line.warns or line.kind
        assert re.fullmatch(r"[a-z]*(-[a-z]+)*", line.warns + line.incident)


# -- blocks -------------------------------------------------------------------------------------

METRICS = """\
2025-08-25 15:53:22,417 - INFO -  STEP 10 TRAINING METRICS
2025-08-25 15:53:22,417 - INFO -    Total Loss: 13.5
2025-08-25 15:53:22,417 - INFO -    Text Loss: 7.25
2025-08-25 15:53:22,417 - INFO -    Audio Loss: 6.25
2025-08-25 15:53:22,417 - INFO -  TEXT ANALYSIS:
2025-08-25 15:53:22,417 - INFO -    Accuracy: 12.5%
2025-08-25 15:53:22,417 - INFO -    Valid tokens: 16
2025-08-25 15:53:22,417 - INFO -    Text logits shape: torch.Size([2, 60, 4096])
2025-08-25 15:53:22,417 - INFO -      FIRST 10 - Pred: [11, 12]
2025-08-25 15:53:22,417 - INFO -      FIRST 10 - Label: [11, 13]
2025-08-25 15:53:22,417 - INFO -  AUDIO ANALYSIS:
2025-08-25 15:53:22,417 - INFO -    Accuracy: 50.0%
2025-08-25 15:53:22,417 - INFO -    Valid tokens: 500
2025-08-25 15:53:22,417 - INFO -      LAST 10 - Label: [930, 1025]
2025-08-25 15:53:22,417 - INFO -  TRAINING STATUS: LR=1.00e-06
"""


def test_section_headers_tell_text_from_audio() -> None:
    (record,) = _records((METRICS + METRICS.replace("STEP 10", "STEP 20")).encode())[:1]
    assert (KINDS[record.kind], record.step, record.mixed) == ("step", 10, False)
    assert record.values == {
        "loss": 13.5, "text_loss": 7.25, "audio_loss": 6.25, "text_accuracy": 0.125, "text_valid": 16,
        "text_logits_shape": (2, 60, 4096), "audio_accuracy": 0.5, "audio_valid": 500, "learning_rate": 1e-06,
    }  # fmt: skip
    arrays = [(MODALITIES[array.modality], ROLES[array.role], array.filtered) for array in record.arrays]
    assert arrays == [("text", "prediction", True), ("text", "label", True), ("audio", "label", True)]


DIAGNOSED = """\
2025-08-28 00:20:11 - INFO - 📈 TRAINING: Step 30 - Loss: 18.5000
2025-08-28 00:20:11 - INFO - === AUDIO TRAINING DIAGNOSTICS (Step 30) ===
2025-08-28 00:20:11 - INFO - Audio logits shape: torch.Size([0, 8, 1026])
2025-08-28 00:20:11 - INFO - Audio labels shape: None
2025-08-28 00:20:11 - WARNING - ⚠️  WARNING: CRITICAL: Audio logits are empty! This will cause zero audio loss.
2025-08-28 00:20:11 - INFO - Step 30 - Losses: Text=11.5000, Audio=0.0000, Total=11.5000
2025-08-28 00:20:11 - INFO - Audio Tokens - First 5 Pred: [11, 12] | First 5 Target: [11, 13]
2025-08-28 00:20:11 - WARNING - ⚠️  WARNING: NEAR-ZERO AUDIO LOSS DETECTED: 0.000500
2025-08-28 00:20:11 - WARNING - ⚠️  WARNING: NEAR-ZERO AUDIO LOSS DETECTED: 0.000500
"""


def test_diagnostics_belong_to_the_step_that_their_header_names() -> None:
    step, diagnosed, alone = sorted(_records(DIAGNOSED.encode()), key=lambda record: record.at[0])
    assert step.values == {"loss": 18.5}
    assert diagnosed.values == {
        "audio_logits_shape": (0, 8, 1026), "warning": "audio-logits-empty", "text_loss": 11.5, "audio_loss": 0.0, "loss": 11.5,
    }  # fmt: skip
    assert len(diagnosed.arrays) == 2
    assert (KINDS[alone.kind], alone.values) == (
        "micro-batch",
        {"audio_loss": 0.0005, "warning": "near-zero-audio-loss"},
    )


def test_a_line_that_names_another_step_is_another_record() -> None:
    text = "Step 200:\n  Total Loss: 2.5\n📈 Epoch 1, Step 250/4200 (6.0%) - Loss: 2.25, LR: 1.00e-04\n"
    assert [(record.step, record.values["loss"]) for record in _records(text.encode())] == [(200, 2.5), (250, 2.25)]


SAMPLE = """\
INFO:dataset:DEBUG SAMPLE 1 (idx=31):
INFO:dataset:  Last 10 label tokens: [3853, 3852]
INFO:dataset:  Text Label Stats: 41 masked, 18 unmasked, 59 total
"""
FORWARD = """\
INFO:__main__:✓ Using model's expanded_labels (optimal path)
INFO:__main__:✓ Text loss: 8.5000
INFO:__main__:  Audio Labels shape: torch.Size([8, 70])
INFO:__main__:  Audio Label Stats: 60 masked, 500 unmasked, 560 total
INFO:__main__:✓ TRAINING SUCCESSFUL - Total loss: 8.5000
"""
REST = """\
INFO:dataset:  Audio waveforms concat shape: torch.Size([58560])
INFO:dataset:  Audio Label Stats: 0 masked, 288 unmasked, 288 total
INFO:dataset:--------------------------------------------------
"""


def test_a_sample_that_a_worker_prints_meanwhile_stays_apart() -> None:
    records = {KINDS[record.kind]: record for record in _records((SAMPLE + FORWARD + REST + FORWARD).encode())}
    assert [masking[2:4] for masking in records["sample"].maskings] == [(18, 59), (288, 288)]
    assert [masking[2:4] for masking in records["micro-batch"].maskings] == [(500, 560)]


def test_warnings_before_the_first_loss_belong_to_the_forward_pass_they_stand_in() -> None:
    warned = "WARNING:__main__:⚠️  Using fallback text loss computation with original labels\nERROR:__main__:❌ Fallback alignment failed: 64 vs 60\n"
    first, second = _records((FORWARD + warned + FORWARD.split("\n", 1)[1]).encode())
    assert "warning" not in first.values
    assert (second.values["warning"], second.values["logits_length"]) == ("alignment-failed", 64)


def test_several_warnings_of_a_record_are_joined_once_each() -> None:
    lines = (
        "INFO:__main__:✓ Model will receive label_ids: False",
        "INFO:__main__:✓ Model will receive audio_out_ids: False",
        "WARNING:__main__:⚠️  Audio logits are empty - skipping audio loss",
        "WARNING:__main__:⚠️  Skipping text loss computation - insufficient data",
        "WARNING:__main__:⚠️  Audio logits are empty - skipping audio loss",
    )
    (record,) = _records("\n".join(lines).encode())
    assert record.values["warning"] == "audio-logits-empty, text-loss-skipped"
    assert record.values["missing"] == "label_ids, audio_out_ids"
    assert table_of(["\n".join(lines).encode()]).columns["warning"].at[0][0] == 3


def test_blocks_of_one_step_are_one_record() -> None:
    block = "=== Model Output Analysis - Step 100 ===\n├── Loss: 7.5\n=== Zero-Shot Capability Metrics - Step 100 ===\n├── Gradient Norm: 0.25 (HEALTHY)\n"
    records = _records(
        (block + "[2025-08-30 14:41:00] STRATEGIC LOG:\n" + block + block.replace("100", "200")).encode()
    )
    assert [(record.step, record.values) for record in records] == [
        (step, {"loss": 7.5, "grad_norm": 0.25}) for step in (100, 200)
    ]


# -- incidents ----------------------------------------------------------------------------------

TRACEBACK = """\
Traceback (most recent call last):
  File "trainer.py", line 10, in <module>
    main()
RuntimeError: CUDA out of memory. Tried to allocate 1.25 GiB.
CUDA kernel errors might be asynchronously reported at some other API call
"""


def test_a_sign_in_a_traceback_is_no_second_incident() -> None:
    (record,) = _records(TRACEBACK.encode())
    assert record.values["incident"] == "traceback"
    assert record.values["message"].startswith("RuntimeError: CUDA out of memory")


def test_the_report_of_torchrun_counts_the_killed_process_once() -> None:
    report = """\
Traceback (most recent call last):
  File "torchrun", line 6, in <module>
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2025-08-28_12:00:00
  host      : node1
  rank      : 0 (local_rank: 0)
  exitcode  : -9 (pid: 4711)
  error_file: <N/A>
  traceback : Signal 9 (SIGKILL) received by PID 4711
============================================================
"""
    reader = Reader(DIALECTS)
    reader.feed(report.encode())
    assert reader.coverage.share == 1.0
    incidents = [record.values["incident"] for record in _records(report.encode())]
    assert incidents == ["traceback", "killed"]


def test_a_tensor_that_wraps_is_one_span() -> None:
    reader = Reader(DIALECTS)
    reader.feed(b"Sample values: tensor([[21, 46, 45],\n        [ 0,  0,  0],\n        ...], device='cuda:0')\n")
    assert reader.coverage.share == 1.0


# -- real excerpts ------------------------------------------------------------------------------

#: Excerpt -> kind of its records -> what they must hold between them.
EXCERPTS: dict[str, tuple[str, int, set[str]]] = {
    "G01": ("step", 2, {"loss", "grad_norm", "learning_rate"}),
    "G02": ("step", 5, {"loss", "grad_norm"}),
    "R01": ("micro-batch", 3, {"text_loss", "audio_loss", "loss", "text_valid", "text_logits_shape", "arrays"}),
    "R02": ("sample", 3, {"maskings", "audio_labels_shape"}),
    "R03": ("micro-batch", 1, {"arrays"}),
    "R04": ("micro-batch", 1, {"arrays"}),
    "R05": ("micro-batch", 1, {"arrays"}),
    "R06": ("step", 1, {"arrays"}),
    "R07": ("micro-batch", 1, {"logits_length", "labels_length", "warning", "text_labels_shape"}),
    "R08": ("micro-batch", 1, {"text_input_shape", "audio_out_ids_shape"}),
    "R09": ("micro-batch", 1, {"text_loss", "audio_loss", "loss", "valid_codebooks"}),
    "R10": ("micro-batch", 2, {"audio_logits_shape", "loss", "logits_length"}),
    "R11": ("micro-batch", 1, {"text_logits_shape", "text_labels_shape", "logits_length"}),
    "R12": ("step", 1, {"loss", "grad_norm"}),
    "R13": ("incident", 1, {"incident"}),
    "R14": ("step", 3, {"loss", "learning_rate"}),
    "R18": ("micro-batch", 1, {"text_loss", "audio_loss", "loss"}),
    "R20": ("incident", 4, {"incident"}),
    "R24": ("micro-batch", 1, {"arrays"}),
    "R25": ("incident", 1, {"incident"}),
    "R26": ("sample", 1, {"audio_labels_shape"}),
}


@pytest.mark.parametrize("excerpt", sorted(EXCERPTS))
def test_captured_excerpts_are_read(excerpt: str) -> None:
    if not CAPTURED.is_dir():
        pytest.skip(f"no captured excerpts at {CAPTURED}")
    (path,) = CAPTURED.glob(f"{excerpt}_*.txt")
    kind, count, holds = EXCERPTS[excerpt]
    records = [record for record in _records(path.read_bytes()) if KINDS[record.kind] == kind]
    found: set[str] = set().union(*(record.values for record in records))
    found |= {name for name in ("arrays", "maskings") if any(getattr(record, name) for record in records)}
    assert len(records) >= count
    assert holds <= found
    numbers = [value for record in records for value in record.values.values() if isinstance(value, float)]
    assert not any(math.isnan(number) for number in numbers)


@pytest.mark.parametrize("codes", [(-9, -6, -9), (-6, -9, -6)])
def test_a_sign_with_a_number_is_that_number(codes: tuple[int, ...]) -> None:
    """Lines of other exit codes have the same shape."""
    log = "".join(f"failed (exitcode: {code}) local_rank: 0\n" for code in codes)
    assert len(_records(log.encode())) == codes.count(-9)


OTHERS = [(what.opens, what.sample) for _, what in SPANS] + [(what.pattern, what.sample) for _, what in FOREIGN]


@pytest.mark.parametrize(("pattern", "sample"), OTHERS, ids=[pattern for pattern, _ in OTHERS])
def test_a_pattern_with_any_digits_matches_a_sample_with_any(pattern: str, sample: str) -> None:
    """So a line that it does not match is of no such kind, however many digits its numbers have."""
    text = sample.encode()[prefix(sample.encode())[1] :]
    for number in (b"0", b"1234567"):
        assert re.match(any_digits(pattern).encode(), re.sub(rb"\d+", number, text))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b""])
@pytest.mark.parametrize("first", [b"2025-08-25 15:53:22,417 - INFO - ", b"[rank1]: ", b""])
@pytest.mark.parametrize("again", [b"2025-08-25 15:53:29,000 - INFO - ", b""])
def test_a_bar_is_read_as_it_is_however_the_first_one_of_its_line_began(first: bytes, again: bytes, end: bytes) -> None:
    begun, now = (
        b"Epoch 1:   3%|3 | 3/100 [00:01<00:32, 3.00it/s]",
        b"Epoch 1:  99%|9 | 99/100 [00:33<00:00, 3.00it/s]",
    )
    log = first + begun + b"\r" + again + now + end + b"2025-08-25 15:54:00,000 - INFO - Text loss: 5.1\n"
    *_, bar = (record for record in table_of([log], progress=True).records() if "position" in record.values)
    assert bar.values["position"] == 99
    assert bar.time == ("2025-08-25T15:53:29.000" if again else "")
    assert bar.at[2] == again + now
