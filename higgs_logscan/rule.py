"""The rule contract.

A rule is a value: its thresholds are what may differ, its docstring is its manual, its examples
are tests and documentation at once. It has two pure functions: `summarise` says what
must be known of one stretch of records, `judge` what a whole run's summary amounts to.
Summaries support `a + b`, "a's stretch, followed by b's": associative, not commutative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from math import isfinite, isnan
from typing import Any, ClassVar, NamedTuple

from higgs_logscan.context import Context
from higgs_logscan.finding import LOSS_OF, Evidence, Finding, Judgement, Measures, NotJudged, Severity
from higgs_logscan.stretch import Stretch
from higgs_logscan.value import Value

_LOST = "the loss is not finite where it would be judged"


class Example(Value):
    """A short log, and whether the rule offends on it. `<-` ends a line that its finding must point to."""

    log: str
    offends: bool
    why: str = ""
    thresholds: dict[str, Any] = field(default_factory=dict)


class Threshold(NamedTuple):
    """A number that a rule compares with. `estimate`: it is not measured on real weights."""

    default: Any
    about: str
    estimate: bool = False


def threshold(default: Any, about: str, estimate: bool = False) -> Any:
    """A `Threshold`, as the class declares it: on a rule it is its value."""
    return Threshold(default, about, estimate)


class ByName(Value):
    """Summaries of several columns or modalities; each adds up with its own."""

    parts: Mapping[str, Any]

    def __add__(self, later: ByName) -> ByName:
        merged = dict(self.parts)
        for name, part in later.parts.items():
            merged[name] = merged[name] + part if name in merged else part
        return ByName(merged)


class Rule:
    """What every rule declares. Subclasses set the class attributes and write the two functions.

    No dataclass: the code that it writes for each of the rules would be most of what importing them takes.
    """

    #: Kebab-case, names the problem; the file is the same in snake case, the class in camel case.
    id: ClassVar[str]
    area: ClassVar[str]
    severity: ClassVar[Severity]
    #: The rules of `docs/semantics.md` that it carries.
    carries: ClassVar[tuple[str, ...]] = ()
    #: The line that a trainer has to print for the rule to judge.
    needs: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]] = ()
    #: The pieces that it judges, for rules that judge pieces of one kind.
    over: ClassVar[str] = ""
    #: Whether its summary rests on windows of tokens, as that of a rule over windows does: another thread measures them
    #: while the other rules are asked.
    windowed: ClassVar[bool] = False
    _thresholds: ClassVar[Mapping[str, Threshold]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Threshold)}
        cls._thresholds = {**cls._thresholds, **own}
        cls.windowed = vars(cls).get("windowed", cls.over == "windows")
        for name, declared in own.items():
            setattr(cls, name, declared.default)

    def __init__(self, **thresholds: Any) -> None:
        unknown = thresholds.keys() - self._thresholds.keys()
        if unknown:
            raise TypeError(f"{self.id} has no threshold {', '.join(sorted(unknown))}")
        vars(self).update(thresholds)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{self.id} does not change: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._thresholds)

    def summarise(self, stretch: Stretch) -> Any:
        """What must be known of a stretch. None where it says nothing to this rule."""
        return None

    def judge(self, summary: Any, context: Context) -> Judgement:
        """What the summary of a run amounts to; None if no stretch said anything. Changes nothing."""
        raise NotImplementedError

    # -- what a judgement is built with ---------------------------------------------------------

    def passes(self, **measured: Any) -> Judgement:
        return Judgement(self.id, self.area, measured)

    def unjudged(self, reason: str, needs: str = "", measured: Measures | None = None) -> Judgement:
        return Judgement(self.id, self.area, measured or {}, (), NotJudged(self.id, reason, needs or self.needs))

    def unless_lost(self, judgement: Judgement, context: Context) -> Judgement:
        """The judgement; but nothing passes in the area of a loss that the run ended without: NaN is no pass."""
        curve = context.curves.finest(LOSS_OF.get(self.area, ""))
        if judgement.findings or judgement.not_judged or curve is None or isfinite(curve.last):
            return judgement
        return self.unjudged(_LOST, measured=judgement.measured)

    def offends_with(
        self,
        message: str,
        first: Evidence | None,
        last: Evidence | None = None,
        *,
        count: int = 1,
        measured: Measures,
        likely: str = "",
        next: str = "",
        severity: Severity | None = None,
        late: bool = False,
        mechanism: str = "",
        quote: str = "",
    ) -> Judgement:
        finding = Finding(
            self.id, self.area, severity or self.severity, message, first, last or first, count, measured, likely,
            next, late, mechanism, quote,
        )  # fmt: skip
        return Judgement(self.id, self.area, measured, (finding,))

    @classmethod
    def summary(cls) -> str:
        """What is wrong, in one line: the first of the manual."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def thresholds(cls) -> Mapping[str, Threshold]:
        """Name → default, what it is about, whether it is an estimate."""
        return cls._thresholds


class CurveRule(Rule):
    """A rule over the curves of the run, which the context holds for all rules: no summary of its own."""

    def judge(self, summary: None, context: Context) -> Judgement:
        judgement = self.judge_curves(context)
        if not judgement.findings and any(isinstance(v, float) and isnan(v) for v in judgement.measured.values()):
            return self.unjudged(_LOST, measured=judgement.measured)
        return self.unless_lost(judgement, context)

    def judge_curves(self, context: Context) -> Judgement:
        raise NotImplementedError
