"""Fuzz the compiled modules: `python fuzz/fuzz.py --minutes 60`, after fuzz/build.

What is found lies in build/fuzz/found, and is tried again with `--replay FILE`. Logs that reach something new are kept
in build/fuzz/TARGET for the next time; `--keep` adds to fuzz/corpus the few that it needs to reach all of it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent / "build" / "fuzz"
CORPUS, FOUND = HERE / "corpus", BUILT / "found"
#: The targets, and their parts of the time.
TARGETS = {"scanner": 0.3, "run": 0.7}
LONGEST = 12_000


def environment(name: str) -> dict[str, str]:
    """The sanitizer before all else; for the scanner every object of Python's in memory of its own, which it guards."""
    import atheris

    return {
        **os.environ,
        "LD_PRELOAD": str(Path(atheris.path()) / "asan_with_fuzzer.so"),
        "PYTHONMALLOC": "malloc" if name == "scanner" else "pymalloc",
        "PYTHONPATH": str(BUILT / "compiled"),
        "ASAN_OPTIONS": "detect_leaks=0:malloc_context_size=5:quarantine_size_mb=32",
    }


def target(name: str, *options: object) -> int:
    command = [sys.executable, HERE / "target.py", name, *options]
    return subprocess.run([str(part) for part in command], env=environment(name)).returncode


def prepare() -> None:
    for folder in (FOUND, CORPUS, *(BUILT / name for name in TARGETS)):
        folder.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PYTHONPATH": str(BUILT / "plain")}
    subprocess.run([sys.executable, HERE / "mutation.py", BUILT], env=env, check=True)


def fuzz(minutes: float) -> int:
    """For so long, or up to the first finding."""
    options = [f"-dict={BUILT}/words.dict", f"-artifact_prefix={FOUND}/", f"-max_len={LONGEST}", "-timeout=60"]
    options += ["-rss_limit_mb=3000", "-print_final_stats=1", "-reload=0"]
    for name, share in TARGETS.items():
        seconds = max(1, int(60 * minutes * share))
        if target(name, BUILT / name, CORPUS, BUILT / "seeds", f"-max_total_time={seconds}", *options):
            print(f"{name}: a finding in {FOUND}; again: {sys.argv[0]} --replay FILE", file=sys.stderr)
            return 1
    return 0


def keep() -> int:
    """Add to the corpus what reaches an edge that nothing in it does."""
    options = ("-merge=1", "-use_counters=0", f"-max_len={LONGEST}")
    return max(target(name, CORPUS, BUILT / name, BUILT / "seeds", *options) for name in TARGETS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--replay", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    if not (BUILT / "compiled").exists():
        parser.error("run fuzz/build first")
    prepare()
    if asked.replay:
        return max(target(name, *asked.replay) for name in TARGETS)
    return keep() if asked.keep else fuzz(asked.minutes)


if __name__ == "__main__":
    sys.exit(main())
