"""What a record may say more than once, in columns: lists of tokens and their windows, counts, losses of codebooks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.ground import Standing
from higgs_logscan.value import Value


class Pieces(Value):
    """Rows of which each belongs to a record: `record` has its number."""

    record: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.record)


class Lists(Pieces):
    """Printed lists of tokens in columns: list i is `values[first[i]:first[i] + size[i]]`, of record `record[i]`."""

    #: Modality, role, window and whether it is filtered, as `fields.LIST_KIND` keeps them.
    kind: NDArray[np.int32]
    sample: NDArray[np.int32]
    codebook: NDArray[np.int32]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    at: Standing
    values: NDArray[np.int32]

    @property
    def modality(self) -> NDArray[np.int32]:
        return (self.kind & 3) - 1

    @property
    def window(self) -> NDArray[np.int32]:
        return self.kind >> 3 & 3

    @property
    def filtered(self) -> NDArray[np.bool_]:
        return self.kind >> 5 > 0


class Windows(Pieces):
    """Predictions and labels of one part of a record (modality, sample, codebook, place, filtered), in the order of
    records and parts: the numbers of their lists, -1 where one is not printed."""

    prediction: NDArray[np.int64]
    label: NDArray[np.int64]


class Maskings(Pieces):
    """Printed counts of masked labels in columns; sample -1 for the batch."""

    modality: NDArray[np.int64]
    sample: NDArray[np.int64]
    valid: NDArray[np.int64]
    total: NDArray[np.int64]
    at: Standing


class CodebookLosses(Pieces):
    """Losses of single codebooks in columns; the last of a record and codebook counts."""

    codebook: NDArray[np.int64]
    loss: NDArray[np.float64]
    at: Standing
