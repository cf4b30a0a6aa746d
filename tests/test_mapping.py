"""Dicts that are spelled out say what they say key by key."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import table_of

from higgs_logscan import mapping
from higgs_logscan.catalogue import DIALECTS
from higgs_logscan.plan import Plans
from higgs_logscan.record_json import record_dict

NUMBERS = st.sampled_from(
    ["7.25", "5e-06", "0", "-3", "1.", "nan", "inf", "NaN", "12345678901234567890", "1_0", "1,234"]
)
VALUES = NUMBERS | st.sampled_from(["'2.5'", '"0.1"', "None", "null", "'5m 2s'", "[]", "[1, 2]", "{'loss': 3}", "{1}"])
VALUES |= st.sampled_from(["'10/100'", "10/100", "1.5.3", "'1-2'", "'±3'", "{x}", "''", "1-2", "3e"])
KEYS = st.sampled_from(["loss", "text_loss", "eval_loss", "grad_norm", "epoch", "step", "global_step/max_steps"])
KEYS |= st.sampled_from(["train_runtime", "train_loss", "cb0_loss", "memory(GiB)", "a1"])
HEADS = st.sampled_from(["", "", "Step 3: ", "Results: ", "[rank1]:", "INFO:root:"])


@st.composite
def dicts(draw: st.DrawFn) -> str:
    mark, between = draw(st.sampled_from("'\"")), draw(st.sampled_from([": ", ":"]))
    pairs = draw(st.lists(st.tuples(KEYS, VALUES), max_size=5))
    text = draw(st.sampled_from([", ", ","])).join(f"{mark}{key}{mark}{between}{value}" for key, value in pairs)
    return draw(HEADS) + "{" + text + "}" + draw(st.sampled_from(["", "", "", " }", " and more 5"]))


def records(lines: list[str]) -> list[object]:
    return [record_dict(record) for record in table_of(["\n".join([*lines, ""]).encode()]).records()]


@settings(deadline=None, max_examples=300)
@given(st.lists(dicts(), max_size=6))
def test_spelled_out_dicts_say_what_their_keys_say(lines: list[str]) -> None:
    read = records(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapping.Mappings, "LIMIT", 0)
        assert records(lines) == read


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("{'loss': 7.25, 'epoch': '0.01'}", "{'loss': {loss}, 'epoch': '{epoch}'}"),
        ("{'loss': 7.25, 'cb0': 3, 'time': '5m 2s'}", "{'loss': {loss}, 'cb{integer}': {number}, 'time': '{integer}m {integer}s'}"),
        ('{"loss":7.25,"step":30}', '{"loss":{loss},"step":{step}}'),
        ("Step 5: {'text_loss': 1, 'lr': 1}", "Step {step}: {'text_loss': {text_loss}, 'lr': {number}}"),
        ("{'loss': 7.25, 'step': 30.0}", "{mapping}"),
        ("{'loss': 7.25, 'loss': 3}", "{mapping}"),
        ("{'loss': 7.25, 'set': {x}}", "{mapping}"),
        ("{'loss': 7.25, " + "'a': 1, " * 1000 + "'b': 2}", "{mapping}"),
    ],
)  # fmt: skip
def test_how_a_dict_is_spelled(text: str, spelling: str) -> None:
    plan, found = Plans(DIALECTS).find(text.encode())
    assert found and plan.what.spelling == spelling


def test_dicts_that_all_differ_are_read_all_the_same() -> None:
    """Each has words of its own: no more of them are spelled out than `LIMIT`."""
    lines = [f"{{'loss': 7.25, '{'x' * number}': 1}}" for number in range(1, 400)]
    assert len(records(lines)) == len(lines)
