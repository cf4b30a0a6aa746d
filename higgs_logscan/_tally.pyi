from typing import Any

import numpy as np
from numpy.typing import NDArray

from higgs_logscan.profile import Profile

COLUMNS: tuple[str, ...]
BY_LAG: tuple[str, ...]
VALUES: tuple[str, ...]

def measure(
    items: NDArray[np.int32],
    first: NDArray[np.int64],
    size: NDArray[np.int64],
    label: NDArray[np.int64],
    prediction: NDArray[np.int64],
    audio: NDArray[np.uint8],
    profile: Profile,
    kind: np.dtype[np.signedinteger[Any]],
    nothing: int,
) -> tuple[NDArray[Any], NDArray[np.int32]]: ...
