"""What goes wrong, whoever trains: tracebacks, memory, collectives, killed processes."""

from higgs_logscan.dialect import Dialect, Foreign, Line, Sign, Span

INCIDENT = Dialect(
    id="incident",
    summary="tracebacks, out of memory, NCCL, torchrun, killed, device-side asserts",
    lines=(
        Line("Killed{end}", "Killed", {}, "incident", begins="incident", incident="killed"),
        Line("exitcode : -9 {message}", "  exitcode  : -9 (pid: 28479)", {"message": "(pid: 28479)"}, "incident", begins="incident", incident="killed"),
    ),
    spans=(
        Span(
            "traceback",
            opens=r"(?:Traceback: |\s*\+ Exception Group )?Traceback \(most recent call last\):",
            continues=r"\s+\S",
            closes=r"[A-Za-z_][\w.]*(?::|$)",
            sample="Traceback (most recent call last):",
            says="Traceback (most recent call last):",
            incident="traceback",
        ),
        Span(
            "child-failed",
            opens=r"={20,}$|-{20,}$",
            continues=r"[-=]{20,}$|\S+ FAILED$|Failures:$|Root Cause|\[\d+\]:$|  (?:time|host|rank|exitcode|error_file|traceback)\s*:|  <NO_OTHER",
            sample="============================================================",
            says="============================================================",
            kind=None,
        ),
    ),
    signs=(
        Sign("CUDA out of memory", "out-of-memory", "ERROR: CUDA out of memory. Tried to allocate 1.45 GiB. GPU 0 has 43.36 GiB in use."),
        Sign("CUDA OOM during", "out-of-memory", "CUDA OOM during training step 12. Attempting recovery..."),
        Sign("can't allocate memory", "out-of-memory", "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."),
        Sign("not enough memory: you tried", "out-of-memory", "DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
        Sign("oom-kill", "out-of-memory", "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.0."),
        Sign("Watchdog caught collective operation timeout", "nccl-timeout", "[Rank 6] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=47)"),
        Sign("NCCL error", "nccl-error", "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1269"),
        Sign("before timing out", "nccl-timeout", "WorkNCCL(SeqNum=41, OpType=ALLREDUCE, Timeout(ms)=600000) ran for 600041 milliseconds before timing out."),
        Sign("device-side assert triggered", "device-side-assert", "RuntimeError: CUDA error: device-side assert triggered"),
        Sign("CUDA error:", "cuda-error", "RuntimeError: CUDA error: an illegal memory access was encountered"),
        Sign("enforce fail at alloc_cpu.cpp", "out-of-memory", "RuntimeError: [enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: out of room"),
        Sign("MemoryError", "out-of-memory", "ERROR:__main__:MemoryError while loading the data set"),
        Sign("is out of bounds", "out-of-bounds", "ERROR:__main__:Loss computation failed: Target 1030 is out of bounds."),
        Sign("Signal 9 (SIGKILL)", "killed", "Signal 9 (SIGKILL) received by PID 4711"),
        Sign(" Killed ", "killed", "train.sh: line 3:  4711 Killed                  python trainer.py"),
        Sign("Segmentation fault", "killed", "Segmentation fault (core dumped)"),
        Sign("DUE TO TIME LIMIT", "killed", "slurmstepd: error: *** JOB 1 ON n1 CANCELLED AT 2025-08-28T12:00:00 DUE TO TIME LIMIT ***"),
        Sign("DataLoader worker", "dataloader-worker", "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error."),
        Sign("No space left on device", "disk-full", "OSError: [Errno 28] No space left on device"),
        Sign("ChildFailedError", "child-failed", "torch.distributed.elastic.multiprocessing.errors.ChildFailedError:"),
        Sign("Loss computation failed", "step-failed", "ERROR:__main__:Loss computation failed: mat1 and mat2 shapes cannot be multiplied"),
        Sign("AssertionError: ", "error", "AssertionError: No inf checks were recorded for this optimizer."),
        Sign("RuntimeError: ", "error", "ERROR: RuntimeError: Index put requires the source and destination dtypes match"),
        Sign("IndexError: ", "error", "IndexError: list index out of range"),
    ),
    foreign=(
        Foreign(r"During handling of the above exception", "During handling of the above exception, another exception occurred:"),
        Foreign(r"The above exception was the direct cause", "The above exception was the direct cause of the following exception:"),
    ),
)  # fmt: skip
