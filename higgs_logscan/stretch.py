"""A stretch of consecutive records, and what is worked out of it once for all rules."""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np

from higgs_logscan.curves import Curves
from higgs_logscan.label_counts import audio_counts, text_counts
from higgs_logscan.masks import Layout, layouts
from higgs_logscan.meanwhile import Meanwhile
from higgs_logscan.profile import Profile
from higgs_logscan.rows import Rows
from higgs_logscan.table import Table
from higgs_logscan.tally import OfWindows

#: Windows that are worth a thread.
MANY = 4096


class Stretch:
    """Records as rules read them: the table, its token windows, its label counts, its curves.

    threads: the windows, which rules ask for last, are measured by another thread from the beginning.
    """

    def __init__(self, table: Table, profile: Profile, threads: bool = False) -> None:
        self.table, self.profile = table, profile
        measure = self._measure = partial(OfWindows, table, profile)  # not of this object: nobody collects rings
        self._measured = Meanwhile(lambda: measure().gathered()) if threads and len(table.windows) >= MANY else None

    @cached_property
    def windows(self) -> Rows:
        """One row a window of predictions and labels; columns as `OfWindows` documents them."""
        return self._measured.result() if self._measured else self._measure()

    @cached_property
    def maskings(self) -> Rows:
        """One row a printed count of masked labels: `modality`, `sample`, `valid`, `total`."""
        of = self.table.maskings
        columns = {"modality": of.modality, "sample": of.sample, "valid": of.valid, "total": of.total}
        return Rows(columns, {"masking": of.at}, {}, len(of), self.table.having(()), of.record)

    @cached_property
    def text_counts(self) -> Rows:
        """One row a forward pass that counts its text labels; columns as `label_counts.text_counts` documents them."""
        return text_counts(self.table)

    @cached_property
    def audio_counts(self) -> Rows:
        """The same of audio labels; `samples` is the batch that its text counts tell (0: none),
        `layout` what the masked labels fit (`masks.Layout`)."""
        text, audio = self.text_counts, audio_counts(self.table)
        batch = np.zeros(len(self.table), np.int64)
        batch[text["record"]] = text["batch"]
        audio.columns["samples"] = batch[audio["record"]]
        # Where nothing is masked, or it is not known what, there is no layout.
        some = (audio["valid"] > 0) & (audio["total"] > audio["valid"])
        audio.columns["layout"] = layout = np.full(len(audio), Layout.OTHER, np.int64)
        if some.any():
            layout[some] = layouts(audio.take(some), self.profile)
        return audio

    @cached_property
    def curves(self) -> Curves:
        return Curves.of(self.table)
