from higgs_logscan.reader import Reader
from higgs_logscan.tokens import Batch

def read_lines(reader: Reader, data: bytes, begin: int, batch: Batch, plain: bool) -> tuple[int, int]: ...
