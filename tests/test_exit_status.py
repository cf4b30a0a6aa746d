"""Every cause of an exit status, as docs/exit-status.md lists them; signals, broken pipes, internal errors.

The commands of the document are run as they stand there. A process that has imported the program forks for
each of them, so that each has its own beginning and its own end, and all of them take seconds.
"""

from __future__ import annotations

import fcntl
import gzip
import itertools
import json
import os
import re
import select
import shlex
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from higgs_logscan.outcome import first
from higgs_logscan.usage import EPILOG, FORMATS

if sys.platform != "linux":
    pytest.skip("needs /dev/full, and to see when a pipe is empty", allow_module_level=True)

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "exit-status.md"
#: Seconds after which a process that should have ended hangs.
PATIENCE = 10

#: The program, waiting to be forked. A log called explodes.log meets an error that nobody foresaw. Signals are
#: let through when the command begins: before that they would meet this text, and not the program.
WARM = """
import gc, io, json, os, signal, socket, sys
from higgs_logscan import api, cli, config, inspection, outputs, progress, record_table, saved_report, usage
from higgs_logscan.rules.audio_learning.audio_loss_zero import AudioLossZero

document = api.scan(sys.argv[2]).to_dict()
for format in usage.FORMATS:
    outputs.render(format, document, io.StringIO(), outputs.Look())

def explode(rule, summary, context, judge=AudioLossZero.judge):
    if context.reading.path.endswith("explodes.log"):
        raise ZeroDivisionError("a bug\\n\\x1b[31m of the test")
    return judge(rule, summary, context)

def begin(words, invoke=cli._invoke):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    return invoke(words)

AudioLossZero.judge, cli._invoke = explode, begin
SIGNALS = signal.SIGINT, signal.SIGTERM
signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
signal.signal(signal.SIGINT, signal.default_int_handler)
server = socket.socket(fileno=int(sys.argv[1]))
gc.freeze()
while True:
    asked, files, _, _ = socket.recv_fds(server, 1 << 20, 3)
    if not asked:
        os._exit(0)
    child = os.fork()
    if not child:
        break
    for file in files:
        os.close(file)
    server.send(b"%d" % child)
    server.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
server.close()
for number, file in enumerate(files):
    os.dup2(file, number)
    os.close(file)
folder, environment, words = json.loads(asked)
os.chdir(folder)
os.environ.update(environment)
sys.argv = ["higgs-logscan", *words]
cli.main()
"""


class Warm:
    """The program, imported once. `start` begins a command of it, `status` waits for its end."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", WARM, str(number), str(ROOT / "sample_logs" / "killed.log")]
        # A pipe, as its children have: a stream remembers whether it can be sought in.
        self._process = subprocess.Popen(command, pass_fds=[number], env=environment, stdout=subprocess.PIPE)
        theirs.close()

    def start(self, folder: Path, words: Sequence[str], files: Sequence[int], env: Mapping[str, str]) -> int:
        """Begin a command with these files as 0, 1, 2. Returns the process id."""
        asked = json.dumps([str(folder), env, words]).encode()
        socket.send_fds(self._socket, [asked], files)
        return int(self._answer())

    def status(self) -> int:
        return int(self._answer())

    def _answer(self) -> bytes:
        if not select.select([self._socket], [], [], PATIENCE)[0]:
            pytest.fail("the command hangs")
        return self._socket.recv(100)

    def close(self) -> None:
        self._socket.close()
        self._process.communicate()


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    one = Warm()
    yield one
    one.close()


@dataclass(frozen=True)
class Done:
    status: int
    out: bytes
    err: str


class Running:
    """A command that runs. `read` takes bytes from its standard output, `close` stops reading it."""

    def __init__(
        self,
        warm: Warm,
        folder: Path,
        words: Sequence[str],
        stdin: int | None = None,
        stdout: int | None = None,
        env: Mapping[str, str] | None = None,
        room: int = 0,
    ) -> None:
        """`room`: bytes that its standard output takes before somebody reads, 0 for any number."""
        self._warm, self._out, self._gathered = warm, bytearray(), False
        self._err = os.memfd_create("stderr")
        nothing = os.open(os.devnull, os.O_RDONLY)
        self._reader, writer = os.pipe()
        if room:
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, room)
        self._open = True
        files = [nothing if stdin is None else stdin, writer if stdout is None else stdout, self._err]
        self.pid = warm.start(folder, words, files, env or {})
        os.close(nothing)
        os.close(writer)

    def read(self, length: int) -> None:
        while len(self._out) < length and (data := self._read(length - len(self._out))):
            self._out += data

    def _read(self, length: int) -> bytes:
        if not select.select([self._reader], [], [], PATIENCE)[0]:
            self.signal(signal.SIGKILL)
            self._warm.status()
            pytest.fail("the command hangs")
        return os.read(self._reader, length)

    def close(self) -> None:
        if self._open:
            os.close(self._reader)
        self._open = False

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # it has ended
            os.kill(self.pid, number)

    def done(self) -> Done:
        """Read the rest, wait for the end."""
        if self._open:
            while data := self._read(1 << 16):
                self._out += data
        self.close()
        status = self._warm.status()
        os.lseek(self._err, 0, os.SEEK_SET)
        with open(self._err, "rb") as file:
            err = file.read().decode()
        assert "Exception ignored" not in err, err
        return Done(status, bytes(self._out), err)


# -- the logs ---------------------------------------------------------------------------------------


def losses(audio: float, steps: int = 120) -> bytes:
    """A loss of text that falls, and one of audio that falls to this value, or is it."""
    return b"".join(
        b"INFO:__main__:Step %d - Train Loss: {'text_loss': %.4f, 'audio_loss': %.4f, 'total_loss': %.4f}\n"
        % (step, 2 + 9 / step, audio + (3.4 / step if audio else 0), 2 + 9 / step + audio)
        for step in range(1, steps + 1)
    )


PASSES, FAILS = losses(3.5), losses(0)
FOREIGN = b"".join(b"GET /index.html HTTP/1.1 200 %d\n" % i for i in range(50))
FILES = {
    "passes.log": PASSES,
    "warns.log": PASSES + FOREIGN * 4,
    "fails.log": FAILS,
    "explodes.log": FAILS,
    "foreign.log": FOREIGN,
    "empty.log": b"",
    "cut.log.gz": gzip.compress(FAILS)[:-200],
    "runs/passes.log": PASSES,
    "unknown-key.toml": b"fail_on = 'warning'\n",
    "bad-value.toml": b"min-coverage = 'half'\n",
    "broken.toml": b"fail-on = \n",
    "no-json.json": b"{",
    "other-version.json": b'{"schema_version": "0"}',
    "baseline.json": b'{"version": 1, "logs": {"fails.log": {"audio-loss-zero": 120}}}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """What the commands of the document find in their working directory."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "nothing").mkdir()
    (tmp_path / ".git").mkdir()  # no configuration above it is looked for
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(tmp_path)  # the path of a socket is short
        listening.bind("socket")
        os.chdir(ROOT)
        yield tmp_path


@pytest.fixture(scope="module")
def report(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A report of passes.log, saved as JSON."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "passes.log").write_bytes(PASSES)
    return Running(warm, folder, ["--json", "passes.log"]).done().out


#: Standard output is closed behind a line of jsonl that could not be written.


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.tmp")]


# -- the document -----------------------------------------------------------------------------------


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the document; one that is code as a whole, without its backticks."""
    section = DOCUMENT.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.split("\n|---")[1].splitlines() if line.startswith("| ")]
    return [[re.sub("^`([^`]*)`$", r"\1", cell.strip()) for cell in line[1:-1].split("|")] for line in lines]


@dataclass(frozen=True)
class Case:
    """A row of the document: a command, and what is to be seen of it."""

    cause: str
    command: str
    status: int
    message: str

    def run(self, warm: Warm, folder: Path) -> Done:
        words = shlex.split(self.command)
        env = dict(itertools.takewhile(lambda pair: pair[1], (word.partition("=")[::2] for word in words)))
        words = words[len(env) + 1 :]
        files = {}
        for sign, flags in (("<", os.O_RDONLY), (">", os.O_WRONLY)):
            if sign in words:
                place = words.index(sign)
                files[sign] = os.open(folder / words[place + 1], flags)
                del words[place : place + 2]
        done = Running(warm, folder, words, files.get("<"), files.get(">"), env).done()
        for file in files.values():
            os.close(file)
        return done


CASES = [Case(cause, command, int(status), message) for cause, command, status, message in rows("As commands")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.cause)
def test_the_document(case: Case, warm: Warm, folder: Path, report: bytes) -> None:
    (folder / "report.json").write_bytes(report)
    done = case.run(warm, folder)
    assert done.status == case.status, done.err
    said = done.err.removeprefix("higgs-logscan: ")
    assert said.startswith(case.message) if case.message else not said
    assert "Traceback" not in done.err
    assert "\x1b" not in done.err
    if done.status == 2:
        assert done.out == b""
    assert not leftovers(folder)


def test_the_document_has_every_status_that_help_has() -> None:
    section = EPILOG.split("Exit status:")[1]
    printed = {int(number) for number in re.findall(r"\b\d+\b(?=  )|(?<=, )\d+(?= terminated)", section)}
    documented = {int(row[0]) for row in rows("In one word")}
    assert printed == documented == {case.status for case in CASES} | {130, 143}


def test_the_document_asks_every_kind_of_mistake_of_every_command_that_reads() -> None:
    asked = {shlex.split(case.command.split("higgs-logscan ", 1)[1])[0] for case in CASES if case.status == 2}
    assert {"records", "report", "explain", "config"} <= asked


# -- several logs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [*itertools.product(range(5), repeat=2)])
def test_the_worst_of_two_statuses(pair: tuple[int, int]) -> None:
    assert first(pair) == next(status for status in (4, 2, 1, 3, 0) if status in pair)


@pytest.mark.parametrize("format", ["text", "jsonl"])
def test_the_worst_of_two_logs(format: str, warm: Warm, folder: Path) -> None:
    logs = {"explodes.log": 4, "fails.log": 1, "foreign.log": 3, "missing.log": 3, "passes.log": 0}
    for pair in itertools.permutations(logs, 2):
        done = Running(warm, folder, ["--format", format, *pair]).done()
        assert done.status == next(s for s in (4, 1, 3, 0) if s in (logs[pair[0]], logs[pair[1]])), pair
        done = Running(warm, folder, ["--format", format, "--min-steps", "-1", *pair]).done()
        assert (done.status, done.out) == (2, b""), pair


# -- an internal error ------------------------------------------------------------------------------


def test_an_internal_error_is_reported_and_the_others_are_judged(warm: Warm, folder: Path) -> None:
    logs = ["passes.log", "explodes.log", "fails.log"]
    done = Running(warm, folder, ["--json", *logs]).done()
    assert done.status == 4
    assert done.err == (
        "higgs-logscan: internal error: ZeroDivisionError: a bug\\n\\x1b[31m of the test. "
        "Please report it as a bug, with what --verbose prints.\n"
    )
    document = json.loads(done.out)
    assert [run["path"] for run in document["runs"]] == ["passes.log", "fails.log"]
    assert document["unread"] == [{"path": "explodes.log", "reason": "internal error: ZeroDivisionError"}]
    assert b"explodes.log" in Running(warm, folder, logs).done().out
    lines = Running(warm, folder, ["--format", "jsonl", *logs]).done().out.splitlines()
    assert [one["path"] for one in map(json.loads, lines) if one["type"] == "run"] == ["passes.log", "fails.log"]
    for flag in ("--verbose", "-v"):
        done = Running(warm, folder, [flag, *logs]).done()
        assert done.status == 4
        assert "Please report it as a bug, with these lines.\nTraceback (most recent call last):\n" in done.err
        assert "\nZeroDivisionError: a bug\n" in done.err


# -- before a log is read ---------------------------------------------------------------------------

MISTAKES = [
    case.command
    for case in CASES
    if case.status == 2 and case.command.endswith(".log") and not case.message.endswith("is the log itself")
]


@pytest.mark.parametrize("command", MISTAKES)
def test_a_mistake_is_found_before_the_log_is_read(command: str, warm: Warm, folder: Path) -> None:
    """The log is a pipe that nobody writes to: who opens it waits for ever."""
    log = folder / shlex.split(command)[-1]
    log.unlink()
    os.mkfifo(log)
    begun = time.monotonic()
    done = Case("", command, 2, "").run(warm, folder)
    assert (done.status, done.out) == (2, b"")
    assert time.monotonic() - begun < PATIENCE / 2


# -- broken pipes -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two logs under a path so long that the least output is more than a pipe holds."""
    folder = tmp_path_factory.mktemp("broken")
    below = folder.joinpath(*(["d" * 200] * 17))
    os.makedirs(below)
    for name in ("a.log", "b.log"):
        (below / name).write_bytes(FAILS)
    return folder


def some(length: int) -> list[int]:
    """How many bytes of an output are read before the pipe is closed."""
    return sorted({0, 1, 100, 4095, 4096, 4097, length // 3, length // 2, length - 4097, length - 1} & {*range(length)})


@pytest.mark.parametrize("format", FORMATS)
def test_a_pipe_breaks_anywhere(format: str, warm: Warm, deep: Path, tmp_path: Path) -> None:
    words = ["--format", format, "-o", f"json={tmp_path}/a.json", "-o", f"junit={tmp_path}/a.xml", "."]
    whole = Running(warm, deep, words).done()
    assert (whole.status, whole.err) == (1, "")
    assert len(whole.out) > 4096
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for length in some(len(whole.out)):
        for path in tmp_path.iterdir():
            path.unlink()
        running = Running(warm, deep, words, room=4096)
        running.read(length)
        running.close()
        done = running.done()
        assert (done.status, done.err) == (1, ""), length
        assert done.out == whole.out[:length]
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files, length


@pytest.mark.parametrize(
    "words",
    [["records"], ["records", "--format", "csv"], ["explain-parse"], ["rules"], ["explain", "--all"], ["schema"]],
    ids=" ".join,
)
def test_the_pipe_of_another_command_breaks_anywhere(words: Sequence[str], warm: Warm, folder: Path) -> None:
    words = [*words, "passes.log"] if words[0] in ("records", "explain-parse") else words
    whole = Running(warm, folder, words).done()
    assert (whole.status, whole.err) == (0, "")
    for length in some(len(whole.out)):
        running = Running(warm, folder, words, room=4096)
        running.read(length)
        running.close()
        assert running.done() == Done(0, whole.out[:length], ""), length


def test_a_stream_of_logs_goes_on_when_nobody_reads(warm: Warm, folder: Path) -> None:
    logs = ["passes.log", "fails.log", "foreign.log", "warns.log"]
    running = Running(warm, folder, ["--format", "jsonl", "-o", "json=whole.json", *logs], room=4096)
    running.read(1)
    running.close()
    done = running.done()
    assert done.status == 1
    assert done.err == "higgs-logscan: foreign.log: no verdict: nothing in it was recognised\n"
    document = json.loads((folder / "whole.json").read_bytes())
    assert [run["path"] for run in document["runs"]] == logs
    assert document["unread"] == []


def test_nobody_reads_the_messages(warm: Warm, folder: Path) -> None:
    for command, status in (("missing.log", 3), ("--jsno fails.log", 2), ("fails.log missing.log", 1)):
        for stderr in (os.open("/dev/full", os.O_WRONLY), broken_pipe()):
            nothing = os.open(os.devnull, os.O_RDWR)
            warm.start(folder, command.split(), [nothing, nothing, stderr], {})
            os.close(stderr)
            os.close(nothing)
            assert warm.status() == status, command


def broken_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_no_fault_of_a_log(format: str, warm: Warm, folder: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    words = ["--format", format, "-o", "json=whole.json", "fails.log", "passes.log"]
    done = Running(warm, folder, words, stdout=full).done()
    os.close(full)
    assert done.status == 4
    assert {*done.err.splitlines()} == {"higgs-logscan: cannot write: No space left on device"}
    document = json.loads((folder / "whole.json").read_bytes())
    assert ([run["path"] for run in document["runs"]], document["unread"]) == (["fails.log", "passes.log"], [])


# -- signals ----------------------------------------------------------------------------------------

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
COMMANDS = [
    [], ["--json"], ["--format", "jsonl"], ["-o", "json=report.json", "-o", "text=report.txt"], ["records"],
    ["records", "-o", "records.jsonl"], ["explain-parse"], ["--write-baseline", "new.json"],
]  # fmt: skip


def wait_until_read(pipe: int, process: int) -> None:
    """Until the process has read what is in the pipe, and sleeps until there is more."""
    until = time.monotonic() + PATIENCE
    while struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4)) != (0,) or not sleeps(process):
        assert time.monotonic() < until
        time.sleep(0.002)


def sleeps(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "S"


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_signal_while_a_pipe_is_read(
    words: Sequence[str], times: int, number: signal.Signals, warm: Warm, tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.write(writer, FAILS[:4000])
    running = Running(warm, tmp_path, [*words, "-"], stdin=reader)
    os.close(reader)
    wait_until_read(writer, running.pid)
    for _ in range(times):
        running.signal(number)
    done = running.done()
    os.close(writer)
    assert done == Done(SIGNALS[number], b"", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_the_command_and_no_log_is_read_behind_it(
    number: signal.Signals, warm: Warm, folder: Path
) -> None:
    """The lines of logs that were judged before it stay."""
    reader, writer = os.pipe()
    os.write(writer, FAILS[:4000])
    running = Running(warm, folder, ["--format", "jsonl", "fails.log", "-", "passes.log"], stdin=reader)
    os.close(reader)
    wait_until_read(writer, running.pid)
    running.signal(number)
    done = running.done()
    os.close(writer)
    assert (done.status, done.err) == (SIGNALS[number], "")
    assert [json.loads(line)["type"] for line in done.out.splitlines()] == ["run", "finding"]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("words", [["--format", "sarif", "fails.log"], ["records", "passes.log"]], ids=" ".join)
def test_a_signal_while_nobody_reads(words: Sequence[str], number: signal.Signals, warm: Warm, folder: Path) -> None:
    """What waits to be written keeps no command alive."""
    running = Running(warm, folder, words, room=4096)
    running.read(1)
    time.sleep(0.2)
    running.signal(number)
    status = warm.status()
    running.close()
    assert status == SIGNALS[number]


@pytest.mark.parametrize("numbers", [(2,), (15,), (2, 2), (2, 15), (15, 2), (2, 2, 2)], ids=str)
def test_a_signal_at_any_moment(numbers: Sequence[int], warm: Warm, folder: Path) -> None:
    """Either it comes too late, or what is printed and written is whole or absent."""
    words = ["--json", "-o", "json=a.json", "-o", "junit=a.xml", "fails.log", "passes.log"]
    expected = Running(warm, folder, words).done()
    files = {name: (folder / name).read_bytes() for name in ("a.json", "a.xml")}
    ended = 0
    for moment in range(20):
        for name in files:
            (folder / name).unlink(missing_ok=True)
        running = Running(warm, folder, words)
        time.sleep(0.004 * moment)
        for number in numbers:
            running.signal(number)
        done = running.done()
        status = 128 - done.status if done.status < 0 else done.status  # as a shell says it
        assert done.err == "", (moment, done)
        assert status in (1, 130, 143)
        assert done.out == expected.out or (done.out == b"" and status != 1)
        assert all((folder / name).read_bytes() == files[name] for name in files if (folder / name).exists())
        assert not leftovers(folder)
        ended += status != 1
    assert ended
