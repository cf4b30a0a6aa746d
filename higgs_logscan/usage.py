"""How the command is used: what its help says, and the error for words that it cannot take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

#: What can be written, in the order of `--help`: each a renderer of that name.
Format = Literal[
    "text", "concise", "json", "jsonl", "markdown", "junit", "sarif", "github", "gitlab", "azure", "rdjson"
]
FORMATS: tuple[str, ...] = get_args(Format)
#: What no argument at all prints.
SHORT = """\
higgs-logscan reads the training log of a Higgs Audio model and says whether it
learns text, whether it learns audio, and if not, why not.

  higgs-logscan train.log                     judge a log
  higgs-logscan --json train.log | jq .verdict

higgs-logscan --help shows all commands, higgs-logscan scan --help all options.
"""
#: What stands below the options of `--help`.
EPILOG = """\
\b
Examples:
  higgs-logscan train.log                       judge a log (short for: scan train.log)
  higgs-logscan run1.log run2.log.gz            several, compressed too
  ssh host cat train.log | higgs-logscan -      standard input
  higgs-logscan runs/                           all logs below a directory
  higgs-logscan --fail-on warning train.log     gate a CI job
  higgs-logscan --expect 'audio_loss<5.5@500' --require evaluation train.log
  higgs-logscan --json train.log | jq .verdict  for programs
  higgs-logscan -o junit=report.xml -o json=saved.json train.log
  higgs-logscan report saved.json --format markdown
  higgs-logscan records train.log --kind step   what was read, one JSON object a line
  higgs-logscan explain label-leak              the manual of a rule or a cause
  higgs-logscan explain evidence                what a training loop should print

\b
Exit status:
  0    pass, or warn (unless --fail-on warning)
  1    the verdict is fail: an error, or an expectation that does not hold
  2    usage or configuration error
  3    no verdict: unreadable, nothing recognised, below --min-coverage,
       or a gate that the log cannot answer
  4    internal error
  130  interrupted (Ctrl-C), 143 terminated
  With several logs the first that applies of 4, 2, 1, 3, 0.
"""
#: What stands below the options of `explain --help`.
EXPLAINED = """\
\b
Examples:
  higgs-logscan explain audio-loss-zero     the manual of a rule
  higgs-logscan explain memorisation        the manual of a root cause
  higgs-logscan explain label-leak          a cause and a rule: both manuals
  higgs-logscan explain causes              the causes that a report can name
  higgs-logscan explain evidence            what a training loop should print
  higgs-logscan explain --json label-leak   {"id", "cause", "rule"} as it is both
"""


def suggestion(name: str, names: Iterable[str]) -> str:
    """` Did you mean 'x'?`, if one is near."""
    from difflib import get_close_matches

    close = get_close_matches(name, tuple(names), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


class UsageError(Exception):
    """An option or argument that cannot be meant so, and why."""
