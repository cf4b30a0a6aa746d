from higgs_logscan.lines import Lines
from higgs_logscan.program import Step

def has_avx2() -> bool: ...

class Shapes:
    heads: int
    def teach(
        self,
        shape: bytes,
        head: bool,
        kind: int,
        plan: int,
        dialect: int,
        rank: int,
        stamp: tuple[int, int],
        certain: bool,
        steps: tuple[Step, ...],
    ) -> None: ...
    def teach_stem(
        self,
        shape: bytes,
        fixed: int,
        kind: int,
        plan: int,
        dialect: int,
        rank: int,
        stamp: tuple[int, int],
        steps: tuple[Step, ...],
    ) -> None: ...
    def heads_since(self, heads: int) -> int: ...
    def ahead(self, descriptor: int, byte: int, block: int) -> Ahead: ...
    def scan(self, lines: Lines, strict: bool = False) -> None: ...

class Ahead:
    room: int
    waiting: int
    def put(self, lines: Lines) -> None: ...
    def get(self) -> Lines | None: ...
    def work(self) -> None: ...
    def end(self) -> None: ...
