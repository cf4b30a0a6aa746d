from higgs_logscan.lines import Lines
from higgs_logscan.program import Step

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
        certain: bool,
        steps: tuple[Step, ...],
    ) -> None: ...
    def heads_since(self, heads: int) -> int: ...
    def scan(self, lines: Lines, strict: bool = False) -> None: ...
