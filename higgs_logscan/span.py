"""Events of several lines: a traceback, a listing."""

from __future__ import annotations

from typing import Any

from higgs_logscan.dialect import Span
from higgs_logscan.plan import Plan
from higgs_logscan.tokens import At


class OpenSpan:
    """A span that has begun: what it says so far, and which lines still belong to it."""

    def __init__(self, plan: Plan, head: bytes, at: At) -> None:
        assert isinstance(plan.what, Span)
        #: What the assembler gets: the words of the head, until those of the closing line replace them.
        self.match: Any = (plan, (head,), at)
        self._span = plan.what
        self._lines = 1
        self._closed = False

    def takes(self, text: bytes) -> bool:
        """Whether the next line belongs to the span as well."""
        span = self._span
        self._lines += 1
        if self._lines > span.bound:
            return False
        if span.continuing.match(text):
            return True
        if span.closing and not self._closed and span.closing.match(text):
            self._closed = True
            plan, _, at = self.match
            self.match = (plan, (text,), at)
            return True
        return False
