"""Logs that are written to break a report or to speak in its name, and names of logs that do.

A hostile text stands where the program quotes what it reads: in the line of an exception, before losses, in a key,
between brackets. The largest are made here, so that none lies in the repository.
"""

from __future__ import annotations

#: What a format, or a program that reads it, could take for its own. `bytes` are no UTF-8.
TEXTS: dict[str, str | bytes] = {
    "workflow command": "::error::injected",
    "workflow command on a line of its own": "x\n::error file=a.py,line=1::injected\n::stop-commands::token",
    "escaped workflow command": "%0A::error::injected%0D%0A::set-output name=a::b",
    "logging command": "##vso[task.complete result=Succeeded;]injected",
    "logging command on a line of its own": "x\n##vso[task.setvariable variable=a]injected\n##[error]injected",
    "logging issue": "]injected ##[error]x %AZP25 %3B ; ]",
    "end of CDATA": "]]><injected/>",
    "script": "</script><script>alert('injected')</script>",
    "comment": "<!-- injected --> <!-- open",
    "elements": "</details></summary><img src=x onerror=alert(1)><b>injected</b> &lt;&#x3c;&amp;",
    "entity": '<!DOCTYPE x [<!ENTITY injected SYSTEM "file:///etc/passwd">]> &injected;',
    "table": "| injected | break |\n| --- | --- |",
    "backticks": "` `` ``` ```` injected `````` \n```\n# injected\n~~~",
    "image": "![injected](http://example.com/x.png) ![a][b]",
    "links": "[injected](javascript:alert(1)) [a]: http://example.com <http://example.com> https://example.com",
    "mentions": "@everyone @here #1 !1 GH-1 user/repo#1 /close",
    "markup": "# injected\n> quote\n- item\n***\n=== \n**bold** _it_ ~~s~~ $x$",
    "title of a terminal": "\x1b]0;injected\x07 \x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\",
    "terminal sequences": "\x1b[2J\x1b[H\x1b[31minjected\x1b[0m \x9b31m \x90q\x9c \x1bc \x07\x08\x7f",
    "bidi controls": "\u202a\u202b\u202c\u202d\u202einjected\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "nothing to see": "in\u200bject\u200ced\u2060\ufeff\u00ad\u180e\u034f\U000e0041",
    "separators": "x\u2028injected\u2029y\x85z\x0b\x0c\x1c\x1d\x1e",
    "NUL": "in\0jected\0",
    "carriage return": "x\rinjected\r\r\n::error::injected",
    "no UTF-8": b"\xff\xfe injected \xc3\x28 \xed\xa0\x80 \xf8\x88\x80\x80\x80 \xc0\xaf",
    "no characters": "\ufdd0\ufffe\uffff\U0010ffff\ue000 injected",
    "templates": "{{ injected }} ${{ github.token }} ${HOME} $(id) `id` %s %n {0} {self.__class__}",
    "formula": "=cmd|'/C calc'!A0,+1,-1,@SUM(1)\t\"injected\"",
    "statement": "'; DROP TABLE injected; -- \\' \\\" \\\\",
    "console markup": "[bold red]injected[/] [link=http://example.com]x[/link] :warning: [/]",
    "JSON": '{"loss": NaN, "loss": Infinity, "loss": 1e999, "__proto__": {}, "injected": "\\ud800"}\n"}]},',
    "long": "injected " + "x" * (1 << 20),
    "long digits": "injected [" + "9" * (1 << 20) + "]",
    "long spaces": "injected" + " " * (1 << 20) + "x%|",
    "long list": "injected [" + "1024, " * 100_000 + "1]",
    "deep": "[" * 50_000 + "injected" + "{" * 50_000,
}  # fmt: skip

#: Names of logs, as paths from the working directory.
NAMES = (
    "-rf.log", "--json", "-o", "-", "a b.log", "::error::injected.log", "x\n::error::injected.log", "x\r##[error].log",
    "名.log", "<b>injected.log", "]]>.log", "`a`|b.log", "![a](b).log", "\u202egol.txt", "\x1b]0;injected\x07.log",
    "no-\udcff-utf8.log", "'; rm -rf $HOME.log", "%0A::error::.log", "a:1:2.log", "@user #1.log", "=1+1.log", "{{x}}.log",
    "[bold]x[/].log", "--output=json", "scan", "d\n::error::/x.log", "-d/-x.log", "C:\\a\\b.log", "file:///a%2Fb?c#d",
)  # fmt: skip


def log(text: str | bytes) -> bytes:
    """A log of a run that learns no audio and ends in an exception, with the text wherever it may be quoted."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    step = b"INFO:__main__:Step %d - Train Loss: {'text_loss': %.4f, 'audio_loss': 0.0, 'total_loss': %.4f}\n"
    return b"".join(
        [
            *(step % (number, 2 + 9 / number, 2 + 9 / number) for number in range(1, 41)),
            data + b" Step 41 - Losses: Text=2.2, Audio=0.0, Total=2.2\n",
            b"Step 42 - Losses: Text=2.2, Audio=0.0, Total=2.2 " + data + b"\n",
            b"{'loss': 2.2, 'grad_norm': nan, '" + data + b"': 1}\n",
            b"Sample 0 - Audio labels (first 10): [" + data + b"]\n",
            b"WARNING: " + data + b"\n",
            b'Traceback (most recent call last):\n  File "train.py", line 1, in <module>\n    ' + data + b"\n",
            b"RuntimeError: " + data + b"\n",
        ]
    )
