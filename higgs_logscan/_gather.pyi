from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.lines import Lines

def address(memory: bytes | bytearray | NDArray[Any]) -> int: ...
def table(parts: Sequence[Lines]) -> NDArray[np.int64]: ...
def locate(
    places: NDArray[np.int64], parts: NDArray[np.int64], quote: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16], NDArray[np.int64], NDArray[np.int32]]: ...
def gather(address: NDArray[np.int64], size: NDArray[np.int16], byte: NDArray[np.int64], descriptor: int) -> bytes: ...
