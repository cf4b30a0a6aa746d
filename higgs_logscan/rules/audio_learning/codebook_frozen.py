from __future__ import annotations

from higgs_logscan.context import Context
from higgs_logscan.finding import Judgement
from higgs_logscan.rule import CurveRule, Example, threshold


class CodebookFrozen(CurveRule):
    """One codebook stays near chance while the others learn.

    The audio loss is a mean over codebooks, so that one dead head hides in it: its own loss
    stays above 6.4 nats while the median of the others is below 5.2.

    False positives: later codebooks are harder than the first by a nat or two, never at chance.
    """

    id = "codebook-frozen"
    area = "audio-learning"
    severity = "warning"
    carries = ("R28",)
    needs = "the loss of each codebook: `Codebook 3 loss: 4.1234`, at least 50 times"

    records: int = threshold(50, "records of each codebook's loss")
    high: float = threshold(6.4, "nats at which a codebook has learned nothing", estimate=True)
    low: float = threshold(5.2, "nats below which the others have learned", estimate=True)

    examples = (
        Example(
            "\n".join(
                "".join(f"Codebook {k} loss: {6.8 if k == 3 else 4.2}\n" for k in range(8)) + "Final loss: 9.0"
                for _ in range(60)
            ),
            offends=True,
        ),
        Example(
            "\n".join(
                "".join(f"Codebook {k} loss: {4 + k / 8}\n" for k in range(8)) + "Final loss: 9.0" for _ in range(60)
            ),
            offends=False,
        ),
    )

    def judge_curves(self, context: Context) -> Judgement:
        curves = dict(context.curves.codebooks())
        if len(curves) < 2:
            return self.unjudged("the log does not print losses by codebook")
        if min(map(len, curves.values())) < self.records:
            return self.unjudged(f"fewer than {self.records} losses by codebook")
        last = {codebook: curve.mean(0.9, 1) for codebook, curve in curves.items()}
        worst = max(last, key=lambda codebook: last[codebook])
        others = sorted(value for codebook, value in last.items() if codebook != worst)
        median = others[len(others) // 2]
        measured = {"losses": [last[codebook] for codebook in sorted(last)]}
        if not (last[worst] >= self.high and median <= self.low):
            return self.passes(**measured)
        return self.offends_with(
            f"codebook {worst} is at {last[worst]:.2f} while the median of the others is {median:.2f}",
            curves[worst].evidence(0),
            curves[worst].evidence(-1),
            measured=measured,
            likely="That codebook's head is frozen, or its labels are not its own.",
            next="Check the slice of the audio head and the row of the labels that this codebook uses.",
        )
