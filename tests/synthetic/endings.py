"""What a console shows when a run dies."""

from __future__ import annotations


def traceback(error: str) -> tuple[str, ...]:
    return (
        "Traceback (most recent call last):",
        '  File "/app/train.py", line 71, in <module>',
        "    main()",
        '  File "/app/train.py", line 52, in step',
        "    loss.backward()",
        error,
    )


LOST_MEMORY = "[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 3221225472 bytes. Error code 12 (Cannot allocate memory)"
_AGENT = "torch/distributed/elastic/multiprocessing/"
RANK_KILLED = (
    f"W0312 04:11:09.512000 901 {_AGENT}api.py:900] Sending process 903 closing signal SIGTERM",
    f"E0312 04:11:10.020000 901 {_AGENT}api.py:874] failed (exitcode: -9) local_rank: 1 (pid: 904) of binary: /usr/bin/python3",
    "Traceback (most recent call last):",
    '  File "/usr/local/bin/torchrun", line 8, in <module>',
    "    sys.exit(main())",
    "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
    "=" * 60,
    "train.py FAILED",
    "-" * 60,
    "Failures:",
    "  <NO_OTHER_FAILURES>",
    "-" * 60,
    "Root Cause (first observed failure):",
    "[0]:",
    "  time      : 2025-03-12_04:11:09",
    "  host      : node7",
    "  rank      : 1 (local_rank: 1)",
    "  exitcode  : -9 (pid: 904)",
    "  error_file: <N/A>",
    "  traceback : Signal 9 (SIGKILL) received by PID 904",
    "=" * 60,
)
