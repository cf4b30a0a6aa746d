import numpy as np
from numpy.typing import NDArray

def locate(
    index: NDArray[np.int64], parts: NDArray[np.int64], quote: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]: ...
def gather(address: NDArray[np.int64], size: NDArray[np.int32], width: int) -> NDArray[np.bytes_]: ...
