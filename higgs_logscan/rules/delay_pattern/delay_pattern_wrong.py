from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.course import TailRule
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.rule import Example
from higgs_logscan.tally import label_windows
from higgs_logscan.vocabulary import WINDOWS

_WINDOW = """
✓ Text loss: 2.5000
Audio Codebook {codebook} Prediction vs Label Comparison:
  First 10 Audio Labels:      [{labels}]
✓ TRAINING SUCCESSFUL - Total loss: 6.6000
"""


class DelayPatternWrong(TailRule):
    """The audio labels of a codebook begin later or earlier than the delay pattern has it.

    Codebook k begins with k + 1 masked places, k behind the shift. Codebook 0 with seven or
    eight is the pattern reversed (codebook 7 leads); with two, shifted by one; later codebooks
    with 2k + 1, applied twice; with one, not at all.

    False positives: where the first segment is context, whole windows are masked: only windows
    of masks followed by labels alone are judged. Over-masking at random leaves no such windows.

    What to do: compare with the output of `build_delay_pattern_mask` on the codes framed by BOS
    and EOS; its first result is the one to use.
    """

    id = "delay-pattern-wrong"
    area = "delay-pattern"
    severity = "warning"
    carries = ("R13",)
    needs = "the first ten labels of a codebook, better of several: `First 10 Audio Labels: […]`"
    absent = "no printed window shows where a codebook begins"
    message = "codebooks begin behind {lead:.0f} masked labels where the delay pattern has {expected:.0f}, in {count} of {seen} windows"
    likely = "The delay pattern is reversed, applied twice, or begins one place late."
    next = "Print the first ten labels of codebooks 0, 1 and 7: 1, 2 and 8 masked places are expected, one less behind the shift."

    examples = (
        Example(
            "\n".join([_WINDOW.format(codebook=0, labels=", ".join(["-100"] * 8 + ["12", "77"]))] * 3), offends=True
        ),
        Example(
            "\n".join([_WINDOW.format(codebook=0, labels="-100, 636, 355, 171, 872, 842, 504, 579, 110, 215")] * 3),
            offends=False,
        ),
        Example(
            "\n".join([_WINDOW.format(codebook=2, labels="-100, -100, -100, 171, 872, 842, 504, 579, 110, 215")] * 3),
            offends=False,
        ),
    )

    def keeps(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        first = label_windows(rows, "audio", least=2) & rows.equal("window", WINDOWS.index("first"))
        # Masks, then nothing but labels: the end of an untrained segment would be longer.
        return np.asarray(first & (rows["lead_masked"] + rows["valid"] == rows["length"]))

    def offends(self, rows: Rows, profile: Profile) -> NDArray[np.bool_]:
        begin, codebook = rows["lead_masked"] + rows["lead_bos"], np.maximum(rows["codebook"], 0)
        return np.asarray((begin < codebook) | (begin > codebook + 1))

    def measures(self, rows: Rows, profile: Profile) -> dict[str, float]:
        return {
            "lead": rows.sums("lead_masked")[0] + rows.sums("lead_bos")[0],
            "expected": int((np.maximum(rows["codebook"], 0) + 1).sum()),
        }
