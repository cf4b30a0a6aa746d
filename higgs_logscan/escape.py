"""What a log says, made safe to write: logs are untrusted input, and streams differ in what they take."""

from __future__ import annotations

import json
import re
from typing import Any, TextIO

#: Before a legacy command of GitHub's runner, and a command of Azure's agent.
_COMMAND = re.compile(r"##(?=#*(?:vso)?\[)")


def ascii_only(out: TextIO) -> bool:
    """Whether a stream may be unable to write more than ASCII. One without an encoding holds text as it is."""
    return (out.encoding or "utf-8").lower().replace("-", "").replace("_", "") not in ("utf8", "utf8sig")


def escaped(text: str, ascii_only: bool = False) -> str:
    r"""The text in one line of printable characters; all others are written as `\x1b`, `\n`, `\u202e`.

    Escaped are control characters, so that no terminal sequence survives, line separators,
    format characters (bidi controls, zero-width joiners), and what Unicode does not assign.
    `ascii_only` escapes all that is not ASCII, too; an ellipsis is spelled out.
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    if ascii_only and not text.isascii():
        text = text.replace("…", "...").encode("ascii", "backslashreplace").decode("ascii")
    return text


def defused(line: str) -> str:
    r"""The line so that no CI service takes it for a command, wherever a log's own words stand in it.

    GitHub's runner looks for `::command` at the first word of a line and for `##[command]` anywhere, the
    agent of Azure Pipelines for `##vso[command]` anywhere.
    """
    head = line[: len(line) - len(line.lstrip())]
    line = _COMMAND.sub(r"#\\x23", line)
    return f"{head}\\x3a{line[len(head) + 1 :]}" if line.startswith("::", len(head)) else line


def json_text(value: Any, out: TextIO, indent: int | None = None) -> str:
    """The value as JSON that the stream can write. Bytes of a path that are not UTF-8 become U+FFFD."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only(out), allow_nan=False)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
