"""The package where nothing could be compiled: the same reports and records, from the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from higgs_logscan import reader

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "sample_logs").glob("*.log"))
REAL_LOGS = ROOT.parent / "shared" / "real_logs"
REAL = ("dt-4c63043__healthy__seed0.log", "jm-ed1c71e__healthy__seed0.log", "cm-058a8bb__v4k_double_shift__seed1.log")

pytestmark = pytest.mark.skipif(reader.compiled_shapes is None, reason="nothing is compiled here: there is one way")


@pytest.fixture(scope="module")
def uncompiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as it is without a compiler."""
    folder = tmp_path_factory.mktemp("uncompiled")
    ignored = shutil.ignore_patterns("*.so", "*.pyd", "*.c", "__pycache__")
    shutil.copytree(ROOT / "higgs_logscan", folder / "higgs_logscan", ignore=ignored)
    # An editable install finds the kernels wherever the package lies.
    kernels = [path.stem for path in (folder / "higgs_logscan").glob("_*.pyx")]
    hidden = "".join(f"sys.modules['higgs_logscan.{name}'] = None\n" for name in kernels)
    (folder / "sitecustomize.py").write_text(f"import sys\n{hidden}")
    return folder


def said(folder: Path, *words: str | Path) -> tuple[int, bytes, bytes]:
    command = [sys.executable, "-m", "higgs_logscan", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(command, capture_output=True, env=environment, cwd=ROOT)
    return done.returncode, done.stdout, done.stderr


def logs() -> list[Path]:
    return [*SAMPLES, *(REAL_LOGS / name for name in REAL if (REAL_LOGS / name).exists())]


def test_reports_are_the_same(uncompiled: Path) -> None:
    words = (*logs(), "--json", "--fail-on", "never", "--isolated", "--no-progress")
    compiled = said(ROOT, *words)
    assert compiled[0] in (0, 3)
    assert said(uncompiled, *words) == compiled


def test_records_are_the_same(uncompiled: Path) -> None:
    for log in logs()[:6]:
        assert said(uncompiled, "records", log) == said(ROOT, "records", log)


def test_verbose_says_so_once(uncompiled: Path) -> None:
    _, _, errors = said(uncompiled, SAMPLES[0], SAMPLES[1], "--verbose", "--isolated")
    assert errors.decode().count("is not compiled") == 1
    assert b"is not compiled" not in said(ROOT, SAMPLES[0], "--verbose", "--isolated")[2]
    assert b"is not compiled" not in said(uncompiled, SAMPLES[0], "--isolated")[2]
