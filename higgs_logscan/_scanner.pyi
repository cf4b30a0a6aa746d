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
    def scan(self, lines: Lines, strict: bool = False) -> None: ...
