"""The benchmarks: the logs they generate, the figures they make of runs, the tables they print."""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import higgs_logscan

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import instructions
import speed
from measure import Table, run
from workload import KINDS, generate, repeat


@pytest.fixture(scope="module", params=KINDS)
def generated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    path = tmp_path_factory.mktemp("generated") / "log.txt"
    generate(path, 4, request.param)
    yield request.param, path


def test_a_generated_log_has_its_share_of_lines_that_say_something(generated: tuple[str, Path]) -> None:
    kind, path = generated
    content = path.read_bytes()
    pieces = [line for line in re.split(rb"[\r\n]", content) if line]
    said = [line for line in pieces if re.search(speed.VALUES.encode(), line)]
    if kind == "dense":
        assert sum(map(len, said)) / len(content) == pytest.approx(0.6, abs=0.02)
    else:
        assert len(said) / len(pieces) == pytest.approx(0.02, abs=0.01)
    assert b"]2025-" in content, "a line is glued to the end of a bar"
    assert not re.search(rb"[\1-\6#]", content), "a mark was left"


def test_a_generated_log_goes_on_and_is_the_same_each_time(generated: tuple[str, Path], tmp_path: Path) -> None:
    kind, path = generated
    again = tmp_path / "again.txt"
    generate(again, 4, kind)
    assert again.read_bytes() == path.read_bytes()
    times = re.findall(rb"^(2025-\S+ \S+) - ", path.read_bytes(), flags=re.MULTILINE)
    assert times == sorted(times)
    epochs = [record["epoch"] for record in higgs_logscan.records(path, kinds=["step"])]
    assert epochs == sorted(epochs) and len(set(epochs)) > 1


def test_steps_that_come_again_are_not_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("workload.POOL", 20_000)
    generate(tmp_path / "log.txt", 0.5, "dense")
    content = (tmp_path / "log.txt").read_bytes()
    windows, losses = (re.findall(pattern, content) for pattern in (rb"Labels: .*", rb"Text loss: .*"))
    assert Counter(windows).most_common(1)[0][1] > 1
    assert Counter(losses).most_common(1)[0][1] == 1


def test_a_log_is_repeated_whole(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 400_000)
    repeat(tmp_path / "one", tmp_path / "many", 1)
    assert (tmp_path / "many").stat().st_size == 1_200_000


def test_a_log_is_cut_behind_a_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(b"0123456789\n" * 300_000)
    speed.cut(log, 3)
    assert log.stat().st_size == 3_000_000 // 11 * 11


def test_the_exponent_of_growth() -> None:
    assert speed.exponent({64: 1.0, 256: 4.0, 1024: 16.0}) == pytest.approx(1)
    assert speed.exponent({64: 1.0, 256: 16.0}) == pytest.approx(2)
    assert speed.exponent({64: 1.0}) is None
    assert speed.exponent({64: -0.1, 256: 1.0}) is None


def test_a_command_that_fails_ends_the_benchmark() -> None:
    assert run("echo said").output == b"said\n"
    with pytest.raises(SystemExit, match=r"status 2: echo why >&2; exit 2\nwhy"):
        run("echo why >&2; exit 2")


def test_tables(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("a log", ("", "seconds", "MB/s"))
    table.add("cat", (0.5, 2), (200, 0))
    table.add("start-up", (12.25, 2), (None, 0))
    table.print(markdown=False)
    table.print(markdown=True)
    assert capsys.readouterr().out == (
        "\na log\n          seconds  MB/s\ncat          0.50   200\nstart-up    12.25\n"
        "\n### a log\n\n|  | seconds | MB/s |\n| --- | --: | --: |\n| cat | 0.50 | 200 |\n| start-up | 12.25 |  |\n"
    )


@pytest.mark.parametrize("mode", [[], ["--compressed"], ["--growth", "1,2"]], ids=" ".join)
def test_every_table_is_made(
    mode: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["speed.py", "--size", "1", "--rounds", "1", "--markdown", *mode])
    speed.main()
    shown = capsys.readouterr().out
    assert shown.count("### dense.log") == shown.count("### sparse.log") == 1
    if not mode and shutil.which("rg") and shutil.which("mawk"):
        assert "| rg -o, mawk adds up |" in shown


def test_work_of_threads_beside_loops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program"
    program.write_text("""#!/bin/sh\nprintf '{"runs": [{"bytes": %d}]}' "$(wc -c <"$1")"\n""", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(speed, "PROGRAM", str(program))
    monkeypatch.setattr(speed, "LOOP", "pass")
    monkeypatch.setattr(sys, "argv", ["speed.py", "--jobs", "1,2", "--size", "1", "--rounds", "1"])
    speed.main()
    names = re.findall(r"^(--jobs \d|\d loops at once) .* (\d\.\d\d)$", capsys.readouterr().out, flags=re.MULTILINE)
    assert [name for name, _ in names[:4]] == ["--jobs 1", "--jobs 2", "1 loops at once", "2 loops at once"]
    assert [work for _, work in names[:4:2]] == ["1.00", "1.00"]
    monkeypatch.setattr(speed, "scan", lambda log, *options: """echo '{"runs": [{"bytes": 7}]}'""")
    with pytest.raises(SystemExit, match=r"^dense\.log: 7 of \d+ bytes were read$"):
        speed.main()


#: The format of callgrind: `main` calls `scan`, which takes 70 of its 100 instructions itself and calls itself once.
CALLGRIND = """\
events: Ir

ob=(1) /usr/lib/libc.so.6
fn=(1) memchr
0 30

ob=(2) /x/higgs_logscan/_scanner.cpython-311-x86_64-linux-gnu.so
fl=(1) ???
fn=(2) scan
0 60
cob=(1)
cfn=(1)
calls=1 0
0 30

fn=(3) scan'2
+3 10

ob=(3) /usr/bin/python3.11
fn=(4) main
0 5
cob=(2)
cfn=(2)
calls=1 0
* 100
"""


def test_instructions_are_those_of_a_function_itself() -> None:
    counts = instructions.counted(CALLGRIND.splitlines())
    ours = "/x/higgs_logscan/_scanner.cpython-311-x86_64-linux-gnu.so"
    assert counts == {("/usr/lib/libc.so.6", "memchr"): 30, (ours, "scan"): 70, ("/usr/bin/python3.11", "main"): 5}
    shown, figures = instructions.table("dense", counts, size=10)
    assert figures == {"all": 10.5, "compiled modules": 7.0}
    assert shown.rows == [
        ("all", "10.50"),
        ("compiled modules", "7.00"),
        ("  scan", "7.00"),
        ("everything else", "3.50"),
        ("  libc.so.6", "3.00"),
        ("  python3.11", "0.50"),
    ]


def test_figures_over_a_tenth_worse_are_named() -> None:
    reference = {"instructions per byte": {"dense": {"all": 10.0, "compiled modules": 5.0}}}
    assert instructions.worse({"dense": {"all": 10.9, "compiled modules": 5.0}}, reference) == []
    assert instructions.worse({"dense": {"all": 8.0, "compiled modules": 6.0}}, reference) == [
        "dense, compiled modules: 6.00 instructions per byte, +20% against 5.00"
    ]
