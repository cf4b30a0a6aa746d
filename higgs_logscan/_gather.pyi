import numpy as np
from numpy.typing import NDArray

def gather(address: NDArray[np.int64], size: NDArray[np.int32], width: int) -> NDArray[np.bytes_]: ...
