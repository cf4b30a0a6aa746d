"""No log and no name of one breaks an output, or says something in its name, in any format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hostile_logs import NAMES, TEXTS, log

from higgs_logscan import cli
from higgs_logscan.usage import FORMATS

ROOT = Path(__file__).parent.parent
#: What the program writes itself, of HTML.
OWN_TAGS = ("<details>", "</details>", "<summary>")
#: Every text and every name at least once, each in the company of another one every time.
PAIRS = [*islice(zip(TEXTS, cycle(NAMES), strict=False), len(TEXTS)), *zip(reversed([*TEXTS]), NAMES, strict=False)]


# -- what each format must be -----------------------------------------------------------------------


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def parsed(words: str) -> Any:
    """JSON as the strictest reader takes it: without NaN, keys that stand twice, and halves of characters."""
    document = json.loads(words, object_pairs_hook=once, parse_constant=no_constant)
    json.dumps(document, ensure_ascii=False).encode()
    return document


def strings(document: Any, *without: str) -> Iterator[str]:
    """All strings of a document but those below these keys: they are quoted as they are."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for one in document:
            yield from strings(one, *without)
    elif isinstance(document, dict):
        for key, one in document.items():
            if key not in without:
                yield from strings(one, *without)


def is_text(words: str) -> None:
    for line in words.split("\n"):
        assert line.isprintable(), line[:200]


def is_concise(words: str) -> None:
    is_text(words)
    for line in words.removesuffix("\n").split("\n"):
        assert any(f": {severity} " in line for severity in ("error", "warning", "note")), line[:200]


def is_json(words: str) -> None:
    [run] = parsed(words)["runs"]
    assert "crash" in {finding["rule"] for finding in run["findings"]}


def is_jsonl(words: str) -> None:
    lines = [parsed(line) for line in words.removesuffix("\n").split("\n")]
    assert [line["type"] for line in lines] == ["run", *["finding"] * (len(lines) - 2), "summary"]
    assert len(words.splitlines()) == len(lines) or "\u2028" in words or "\x85" in words


def is_markdown(words: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    is_text(words)
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(words)
    inline = [child for token in tokens for child in token.children or ()]
    for token in (*tokens, *inline):
        assert token.type not in ("link_open", "image", "s_open", "em_open", "hr", "code_block", "lheading_open")
        if token.type in ("html_block", "html_inline"):
            assert all(line.startswith(OWN_TAGS) for line in token.content.strip().split("\n")), token.content
        if token.type == "text":
            assert "@" not in token.content, token.content
        if token.type == "heading_open":
            assert token.tag == "h2"
    widths = {line.count("|") for line in words.split("\n") if line.startswith(("| ", "|-"))}
    assert all(width in (3, 4, 5) for width in widths), widths


def is_junit(words: str) -> None:
    root = ElementTree.fromstring(words.encode())
    assert {element.tag for element in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "properties", "property", "failure", "skipped", "error", "system-out",
    }  # fmt: skip
    for element in root.iter():
        is_text("\n".join([element.text or "", *element.attrib.values()]))


def is_sarif(words: str) -> None:
    [run] = parsed(words)["runs"]
    for message in strings([result["message"] for result in run["results"]]):
        is_text(message)
        assert "](" not in message
    for uri in (artifact["location"]["uri"] for artifact in run["artifacts"]):
        assert uri.isascii() and not set(uri) & set(' <>"{}|\\^`\n')


def is_github(words: str) -> None:
    is_text(words)
    for line in words.removesuffix("\n").split("\n"):
        assert line.startswith(("::error ", "::warning ", "::notice ")), line[:200]
        properties = line.split(" ", 1)[1].split("::", 1)[0]
        assert [part.partition("=")[0] for part in properties.split(",")] in (["title"], ["file", "line", "title"])


def is_gitlab(words: str) -> None:
    for one in parsed(words):
        assert {"description", "check_name", "fingerprint", "severity", "location"} == one.keys()
        is_text(one["description"])


def is_azure(words: str) -> None:
    is_text(words)
    for line in words.removesuffix("\n").split("\n"):
        command = line.partition("]")[0]
        if line.startswith("##"):
            assert command.startswith("##vso[task.logissue type=")
            names = [part.partition("=")[0] for part in command.split(" ", 1)[1].strip(";").split(";")]
            assert names in (["type", "code"], ["type", "sourcepath", "linenumber", "code"]), line[:200]
        else:
            assert "##vso[" not in line and "##[" not in line, line[:200]


def is_rdjson(words: str) -> None:
    for one in strings(parsed(words)):
        is_text(one)


CHECKS: Mapping[str, Callable[[str], None]] = {format: globals()[f"is_{format}"] for format in FORMATS}


# -- every log in every format ----------------------------------------------------------------------


def scanned(folder: Path, name: str, *options: str) -> int:
    """The status of a scan of one log from its folder, which leaves a file a format."""
    outputs = [word for format in FORMATS for word in ("-o", f"{format}={folder}/out.{format}")]
    return cli.run([*outputs, "--max-findings", "0", *options, "--", name])


@pytest.mark.parametrize(("text", "name"), PAIRS)
def test_no_output_is_broken(
    text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logs" / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(log(TEXTS[text]))
    monkeypatch.chdir(tmp_path / "logs")
    assert scanned(tmp_path, name if name != "-" else "./-") == 1
    printed, said = capfd.readouterr()
    is_text(printed)
    is_text(said)
    for format, check in CHECKS.items():
        data = (tmp_path / f"out.{format}").read_bytes()
        assert len(data) < 1_000_000
        words = data.decode("utf-8")
        check(words)
        assert "crash" in words, format
        assert "audio-loss-zero" in words, format


@pytest.mark.parametrize("text", TEXTS)
def test_no_record_is_broken(text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.log").write_bytes(log(TEXTS[text]))
    assert cli.run(["records", str(tmp_path / "train.log")]) == 0
    lines = capfd.readouterr().out.removesuffix("\n").split("\n")
    assert len(lines) >= 40
    assert all("kind" in parsed(line) for line in lines)
    assert cli.run(["explain-parse", str(tmp_path / "train.log")]) == 0
    is_text(capfd.readouterr().out)


# -- names ------------------------------------------------------------------------------------------


def test_names_that_look_like_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-rf.log", "--json", "-o", "--help", "--", "records", "--fail-on=never"):
        (tmp_path / name).write_bytes(log("x"))
        for words in (["--", name], ["scan", "--", name], [f"./{name}"], ["scan", f"./{name}"]):
            assert (
                cli.run(["--format", "concise", *words] if words[0] != "scan" else [*words[:1], "-q", *words[1:]]) == 1
            ), words
            assert name in capfd.readouterr().out
    for name in ("-d", "--json.d", "-"):
        (tmp_path / "logs" / name).mkdir(parents=True)
        (tmp_path / "logs" / name / "-x.log").write_bytes(log("x"))
    assert cli.run(["--json", "logs"]) == 1
    paths = [run["path"] for run in json.loads(capfd.readouterr().out)["runs"]]
    assert paths == ["logs/-/-x.log", "logs/--json.d/-x.log", "logs/-d/-x.log"]


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_log_is_named_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert scanned(tmp_path, f"./{name}") == 3
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    is_text(said)
    for format in ("markdown", "junit", "github", "azure", "gitlab", "rdjson", "sarif"):
        words = (tmp_path / f"out.{format}").read_text(encoding="utf-8")
        if format in ("github", "azure", "markdown", "junit"):
            CHECKS[format](words)
        else:
            parsed(words)


# -- bounds -----------------------------------------------------------------------------------------

ENDLESS = {
    "a word": b"x",
    "digits": b"9",
    "a list": b"1024, ",
    "brackets": b"[{(",
    "carriage returns": b"drawn again and again, " * 4 + b"\r",
    "escapes": b"\x1b]0;",
    "a bar": b"\r  1%|#         | 1/100 [00:01<01:39,  1.00s/it]",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read by ru_maxrss in kilobytes")
@pytest.mark.parametrize("name", ENDLESS)
def test_a_line_of_64_megabytes_is_bounded(name: str, tmp_path: Path) -> None:
    piece = ENDLESS[name]
    with open(tmp_path / "train.log", "wb") as file:
        file.write(log("x") + b"Text labels: [")
        for _ in range(64):
            file.write((piece * (1 + (1 << 20) // len(piece)))[: 1 << 20])
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode)"
    )
    command = [sys.executable, "-c", program, sys.executable, "-m", "higgs_logscan", "--json", "train.log"]
    begun = time.monotonic()
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    kilobytes, status = map(int, done.stdout.split())
    assert status == 1
    assert kilobytes < 400 << 10
    assert time.monotonic() - begun < 10
