"""The configuration: which source wins, what is found, what is refused and in which words, and that it shows itself whole."""

from __future__ import annotations

import datetime
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from higgs_logscan.catalogue import RULES
from higgs_logscan.checks import LAST_STEP, OF_FLAGS
from higgs_logscan.config import Config, resolve
from higgs_logscan.config_toml import shown, shown_json
from higgs_logscan.path_glob import anchored, matches
from higgs_logscan.profile import PROFILES, Profile
from higgs_logscan.settings import Place, RuleSettings, Settings, flag, keys, options, variable
from higgs_logscan.suppression import Suppression
from higgs_logscan.tables import OwnProfile, SettingsTable
from higgs_logscan.usage import UsageError

FORMATS = ("text", "concise", "json", "jsonl")
PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"


def resolved(
    folder: Path,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
    isolated: bool = False,
) -> Config:
    return resolve(
        flags or {}, environment=environment or {}, folder=folder, formats=FORMATS, file=file, isolated=isolated
    )


def of(folder: Path, text: str) -> Config:
    """What a higgs-logscan.toml in the working directory amounts to."""
    written(folder / "higgs-logscan.toml", text)
    return resolved(folder)


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str = "", **given: Any) -> list[str]:
    """The lines of the error, without the head line that counts them."""
    written(folder / "higgs-logscan.toml", text)
    with pytest.raises(UsageError) as caught:
        resolved(folder, **given)
    head, *lines = str(caught.value).split("\n")
    if not lines:
        return [head]
    assert head == f"{len(lines)} mistakes in the configuration:"
    assert all(line.startswith("  ") for line in lines)
    return [line.strip() for line in lines]


# -- which source wins ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sources", [*product([False, True], repeat=4)], ids=str)
def test_later_sources_win(tmp_path: Path, sources: tuple[bool, ...]) -> None:
    in_file, in_override, in_environment, in_flag = sources
    text = "min-steps = 1\n" if in_file else ""
    text += f"[[overrides]]\npaths = ['*.log']\n{'min-steps = 2' if in_override else ''}\n"
    written(tmp_path / "higgs-logscan.toml", text)
    config = resolved(
        tmp_path,
        {"min-steps": 4 if in_flag else None},
        {"HIGGS_LOGSCAN_MIN_STEPS": "3"} if in_environment else {},
    )
    assert config.for_log("a.log").min_steps == max(n * number for n, number in zip(sources, (1, 2, 3, 4), strict=True))
    assert config.settings == config.for_log("a.txt")
    names = ("higgs-logscan.toml", "HIGGS_LOGSCAN_MIN_STEPS", "--min-steps")
    set_by = [name for name, on in zip(names, (in_file, in_environment, in_flag), strict=True) if on]
    assert config.sources["min-steps"] == (set_by or ["default"])[-1]


def test_defaults(tmp_path: Path) -> None:
    config = resolved(tmp_path, isolated=True)
    assert config.settings == Settings() == config.for_log("train.log")
    assert set(config.sources.values()) == {"default"}
    assert config.file is None and config.suppressions == () and config.profiles == PROFILES
    assert config.settings.glob[0] == "*.log" and config.settings.profile == Profile().name


def test_a_list_replaces_the_one_before(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", 'select = ["masking", "shapes"]\nignore = ["crash"]\n')
    config = resolved(tmp_path, {"select": ["balance, label-leak", "reading"]}, {"HIGGS_LOGSCAN_IGNORE": ""})
    assert config.settings.select == ("balance", "label-leak", "reading")
    assert config.settings.ignore == ("crash",)


def test_the_environment_is_written_as_strings(tmp_path: Path) -> None:
    environment = {
        "HIGGS_LOGSCAN_SELECT": "masking, label-leak",
        "HIGGS_LOGSCAN_MIN_COVERAGE": "0.5",
        "HIGGS_LOGSCAN_TEXT_VOCAB": "32000",
        "HIGGS_LOGSCAN_QUOTES": "0",
        "HIGGS_LOGSCAN_PROGRESS": "true",
        "HIGGS_LOGSCAN_MODEL_CONFIG": "config.json",
        "HIGGS_LOGSCAN_STEPS": "10:",
        "HIGGS_LOGSCAN_OUTPUT": "json=a.json,jsonl=b.jsonl",
        "HIGGS_LOGSCAN_FAIL_ON": "",
        "HOME": "/root",
    }
    found = resolved(tmp_path, environment=environment).settings
    assert found.select == ("masking", "label-leak") and found.output == ("json=a.json", "jsonl=b.jsonl")
    assert (found.min_coverage, found.text_vocab, found.quotes, found.progress) == (0.5, 32000, False, True)
    assert found.model_configuration == tmp_path / "config.json"
    assert found.steps == (10, LAST_STEP) and found.fail_on == "error"


def test_a_switch_that_is_off_is_from_its_negated_flag(tmp_path: Path) -> None:
    sources = resolved(tmp_path, {"quotes": False, "progress": True}).sources
    assert (sources["quotes"], sources["progress"]) == ("--no-quotes", "--progress")


# -- which file -------------------------------------------------------------------------------------------


def test_the_nearest_file_is_read(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "min-steps = 1")
    written(tmp_path / "a" / "pyproject.toml", "[tool.higgs-logscan]\nmin-steps = 2")
    written(tmp_path / "a" / "b" / "pyproject.toml", "[tool.ruff]\nline-length = 120")
    written(tmp_path / "a" / "b" / "c" / "tool.toml", "")
    config = resolved(tmp_path / "a" / "b" / "c")
    assert config.settings.min_steps == 2 and config.file == tmp_path / "a" / "pyproject.toml"
    assert config.sources["min-steps"] == str(tmp_path / "a" / "pyproject.toml")
    assert resolved(tmp_path / "a").sources["min-steps"] == "pyproject.toml"


def test_own_file_wins_beside_a_pyproject(tmp_path: Path) -> None:
    written(tmp_path / "pyproject.toml", "[tool.higgs-logscan]\nmin-steps = 2\nmax-findings = 3")
    assert of(tmp_path, "min-steps = 1").settings == Settings(min_steps=1)


def test_the_search_ends_with_the_repository(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "min-steps = 1")
    written(tmp_path / "repository" / ".git", "gitdir: elsewhere")
    (tmp_path / "repository" / "src").mkdir()
    assert resolved(tmp_path / "repository" / "src").file is None
    own = written(tmp_path / "repository" / "higgs-logscan.toml", "min-steps = 2")
    assert resolved(tmp_path / "repository" / "src").file == own


def test_a_file_that_the_shell_has_just_made_is_passed_over(tmp_path: Path) -> None:
    """`higgs-logscan config show > higgs-logscan.toml` makes it before the program runs."""
    written(tmp_path / "pyproject.toml", "[tool.higgs-logscan]\nmin-steps = 2")
    assert of(tmp_path, "").settings.min_steps == 2


def test_a_named_file_is_read_instead(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "min-steps = 1")
    written(tmp_path / "ci" / "strict.toml", "min-steps = 2\nmodel-config = 'm.json'")
    named = {"HIGGS_LOGSCAN_CONFIG": "ci/strict.toml"}
    by_variable = resolved(tmp_path, environment=named)
    assert by_variable.settings.min_steps == 2 and by_variable.sources["min-steps"] == "ci/strict.toml"
    assert by_variable.settings.model_configuration == tmp_path / "ci" / "m.json"
    assert resolved(tmp_path, file=Path("ci/strict.toml")).settings == by_variable.settings
    assert resolved(tmp_path, environment=named, file=tmp_path / "higgs-logscan.toml").settings.min_steps == 1
    assert resolved(tmp_path, environment={"HIGGS_LOGSCAN_CONFIG": ""}).settings.min_steps == 1


def test_isolated_reads_no_file_but_the_environment(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "min-steps = 1\nmax-findings = 3")
    environment = {"HIGGS_LOGSCAN_CONFIG": "missing.toml", "HIGGS_LOGSCAN_MIN_STEPS": "7"}
    config = resolved(tmp_path, environment=environment, isolated=True)
    assert config.settings == Settings(min_steps=7) and config.file is None
    with pytest.raises(UsageError, match="--isolated reads no file: leave out --config"):
        resolved(tmp_path, file=tmp_path / "higgs-logscan.toml", isolated=True)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.toml", None, "--config: cannot read missing.toml: No such file or directory"),
        ("own.toml", b"a = \n", "--config: own.toml is not TOML: Invalid value (at line 1, column 5)"),
        ("own.toml", b"until = 2026-13-01", "--config: own.toml is not TOML: .*line 1"),
        ("own.toml", b"a = '\xff'", "--config: own.toml is not UTF-8: byte 5"),
        ("pyproject.toml", b"[tool.ruff]", "--config: pyproject.toml has no [tool.higgs-logscan]"),
        ("pyproject.toml", b"tool = 3", "--config: pyproject.toml has no [tool.higgs-logscan]"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        resolved(tmp_path, file=Path(name))
    assert re.fullmatch(re.escape(said).replace(r"\.\*", ".*") + ".*", str(caught.value))
    variable = {"HIGGS_LOGSCAN_CONFIG": name}
    with pytest.raises(UsageError, match=f"^HIGGS_LOGSCAN_CONFIG: .*{re.escape(name)}"):
        resolved(tmp_path, environment=variable)


def test_a_broken_file_on_the_way_is_no_traceback(tmp_path: Path) -> None:
    written(tmp_path / "pyproject.toml", "[tool.higgs-logscan")
    with pytest.raises(UsageError, match=r"^pyproject\.toml is not TOML: "):
        resolved(tmp_path)


# -- mistakes ---------------------------------------------------------------------------------------------

LABEL_LEAK = "label-leak has " + ", ".join(
    name for rule in RULES if rule.id == "label-leak" for name in rule.thresholds()
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail_on = 'error'", "fail_on: no such setting. Did you mean 'fail-on'?"),
        ("zzz = 1", "zzz: no such setting."),
        ("'a b' = 1", '"a b": no such setting.'),
        ("fail-on = 'warn'", "fail-on: expected 'error', 'warning' or 'never', not 'warn'. Did you mean 'warning'?"),
        ("fail-on = 3", "fail-on: expected 'error', 'warning' or 'never', not 3"),
        ("require = ['serie']", "require[0]: expected 'dialect', 'series' or 'evaluation', not 'serie'. Did you mean"),
        ("color = 'no'", "color: expected 'auto', 'always' or 'never', not 'no'"),
        ("min-coverage = 1.5", "min-coverage: must be 1 or less, not 1.5"),
        ("min-coverage = nan", "min-coverage: expected a finite number, not nan"),
        ("min-coverage = '0.5'", "min-coverage: expected a number, not '0.5'"),
        ("min-steps = -1", "min-steps: must be 0 or more, not -1"),
        ("min-steps = 1.5", "min-steps: expected a whole number, not 1.5"),
        ("min-steps = true", "min-steps: expected a whole number, not true"),
        ("text-vocab = 0", "text-vocab: must be positive, not 0"),
        ("quotes = 'yes'", "quotes: expected true or false, not 'yes'"),
        ("select = 'masking'", "select: expected a list, not 'masking'"),
        ("select = ['shapes', 'masknig']", "select[1]: no rule or area 'masknig'. Did you mean 'masking'?"),
        ("ignore = ['label-leek']", "ignore[0]: no rule or area 'label-leek'. Did you mean 'label-leak'?"),
        ("ignore = [3]", "ignore[0]: expected a string, not 3"),
        ("profile = 'higgs-v9'", "profile: no profile 'higgs-v9'. Did you mean 'higgs-v"),
        ("format = 'jsn'", "format: no format 'jsn'. Did you mean 'json'? (formats: text, concise, json, jsonl)"),
        ("output = ['report.json']", "output[0]: expected FORMAT=PATH, not 'report.json'"),
        ("output = ['jsn=a']", "output[0]: no format 'jsn'. Did you mean 'json'?"),
        ("output = ['json=']", "output[0]: expected FORMAT=PATH, not 'json='"),
        ("glob = [' ']", "glob[0]: must not be blank"),
        ("steps = '10'", "steps: expected A:B, two step numbers of which one may be left out, not '10'"),
        ("steps = 10", "steps: expected A:B, two step numbers of which one may be left out, not 10"),
        ("steps = '20:10'", "steps: '20:10' ends before it begins"),
        ("model-config = ''", "model-config: expected the path of a file"),
        ("baseline = 3", "baseline: expected the path of a file, not 3"),
        ("rules = 3", "rules: expected a table, not 3"),
        ("rules.label-leek.lag_match = 1", "rules.label-leek: no such rule. Did you mean 'label-leak'?"),
        ("rules.label-leak = 1", "rules.label-leak: expected a table, not 1"),
        ("rules.label-leak.lag_matches = 1", f"rules.label-leak.lag_matches: no such threshold. Did you mean 'lag_match'? ({LABEL_LEAK})"),
        ("rules.label-leak.lag_match = true", "rules.label-leak.lag_match: expected a number, not true"),
        ("rules.label-leak.lag_match = inf", "rules.label-leak.lag_match: expected a finite number, not inf"),
        ("rules.label-leak.lag_match = -0.1", "rules.label-leak.lag_match: must be 0 or more, not -0.1"),
        ("rules.label-leak.pairs = 1.5", "rules.label-leak.pairs: expected a whole number, not 1.5"),
        ("rules.crash.severity = 'fatal'", "rules.crash.severity: expected 'error', 'warning' or 'note', not 'fatal'"),
        ("overrides = 3", "overrides: expected a list, not 3"),
        ("[overrides]\nfail-on = 'never'", "overrides: expected a list, not a table"),
        ("[[overrides]]\nfail-on = 'never'", "overrides[0].paths: is missing"),
        ("[[overrides]]\npaths = []", "overrides[0].paths: is empty"),
        ("[[overrides]]\npaths = ['']", "overrides[0].paths[0]: must not be blank"),
        ("[[overrides]]\npaths = ['a']\nformat = 'json'", "overrides[0].format: cannot differ from log to log. (select,"),
        ("[[overrides]]\npaths = ['a']\npath = 3", "overrides[0].path: no such setting. Did you mean 'paths'?"),
        ("[[overrides]]\npaths = ['a']\nrules.crash.x = 3", "overrides[0].rules.crash.x: no such threshold."),
        ("[[overrides]]\npaths = ['a']\nprofile = 'b'", "overrides[0].profile: no profile 'b'."),
        ("profiles.mine = 3", "profiles.mine: expected a table, not 3"),
        ("profiles.mine.base = 'higgs-v9'", "profiles.mine.base: no built-in profile 'higgs-v9'."),
        ("profiles.mine.codebook = 4", "profiles.mine.codebook: no such constant. Did you mean 'codebooks'? (base, "),
        ("profiles.rules.codebook = 4", "profiles.rules.codebook: no such constant."),
        ("profiles.mine.codebooks = 0", "profiles.mine.codebooks: must be positive, not 0"),
        ("profiles.mine.turn-ends = [-1]", "profiles.mine.turn-ends[0]: must be 0 or more, not -1"),
        ("profiles.higgs-v2.codebooks = 4", "profiles.higgs-v2: 'higgs-v2' is a built-in profile: choose another name"),
        ("profiles.'my own'.x = 4", 'profiles."my own".x: no such constant.'),
        ("[[suppressions]]\nrule = 'crash'", "suppressions[0].reason: is missing"),
        ("[[suppressions]]\nrule = 'crash'\nreason = ' '", "suppressions[0].reason: must not be blank"),
        ("[[suppressions]]\nreason = 'a'\nrule = 'incidents'", "suppressions[0].rule: no rule 'incidents'."),
        ("[[suppressions]]\nreason = 'a'\nrule = 'crsh'", "suppressions[0].rule: no rule 'crsh'. Did you mean 'crash'?"),
        ("[[suppressions]]\nreason = 'a'\nrule = 'crash'\nfor = 3", "suppressions[0].for: no such key. (rule, reason,"),
        (
            "[[suppressions]]\nreason = 'a'\nrule = 'crash'\nuntil = '2027-01-01'",
            "suppressions[0].until: expected a date such as 2026-12-31, without quotes, not '2027-01-01'",
        ),
        (
            "[[suppressions]]\nreason = 'a'\nrule = 'crash'\nuntil = 2027-01-01T10:00:00",
            "suppressions[0].until: expected a date such as 2026-12-31, without quotes, not 2027-01-01 10:00:00",
        ),
        ("[[suppressions]]\nreason = 'a'\nrule = 'crash'\nsteps = '9:1'", "suppressions[0].steps: '9:1' ends before"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    [line] = mistakes(tmp_path, text)
    assert line.startswith(f"higgs-logscan.toml: {said}")


def test_an_expectation_is_checked_at_once(tmp_path: Path) -> None:
    [line] = mistakes(tmp_path, "expect = ['audio_los<5']")
    assert line.startswith("higgs-logscan.toml: expect[0]: ") and "Did you mean 'audio_loss'?" in line


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = (
        "fail_on = 'error'\nmin-steps = -1\n[rules.label-leak]\nlag_match = 'x'\nlag = 2\n[[overrides]]\nsteps = 'a'\n"
    )
    environment = {"HIGGS_LOGSCAN_FAILON": "error", "HIGGS_LOGSCAN_QUOTES": "perhaps", "HIGGS_LOGSCAN_CONFG": "x"}
    lines = mistakes(tmp_path, text, environment=environment, flags={"select": ["crsh,masking"], "text-vocab": 0})
    places = [line.rpartition("higgs-logscan.toml: ")[2].partition(": ")[0] for line in lines]
    assert sorted(places) == sorted([
        "fail_on", "min-steps", "rules.label-leak.lag_match", "rules.label-leak.lag", "overrides[0].steps",
        "overrides[0].paths", "HIGGS_LOGSCAN_FAILON", "HIGGS_LOGSCAN_QUOTES", "HIGGS_LOGSCAN_CONFG", "--select",
        "--text-vocab",
    ])  # fmt: skip
    assert "HIGGS_LOGSCAN_FAILON: no such variable. Did you mean 'HIGGS_LOGSCAN_FAIL_ON'?" in lines
    assert "HIGGS_LOGSCAN_CONFG: no such variable. Did you mean 'HIGGS_LOGSCAN_CONFIG'?" in lines


def test_an_own_profile_is_known_to_every_source(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "profiles.mine.codebooks = 4")
    assert resolved(tmp_path, {"profile": "mine"}).settings.profile == "mine"
    assert resolved(tmp_path, environment={"HIGGS_LOGSCAN_PROFILE": "mine"}).settings.profile == "mine"
    [line] = mistakes(tmp_path, "profile = 'mine'\nprofiles.mine.codebooks = 0")
    assert "profiles.mine.codebooks" in line


# -- paths, overrides -------------------------------------------------------------------------------------


def test_paths_start_from_the_folder_of_their_source(tmp_path: Path) -> None:
    written(tmp_path / "higgs-logscan.toml", "model-config = 'm.json'\nbaseline = '/b.json'\noutput = ['json=o.json']")
    (tmp_path / "runs").mkdir()
    found = resolved(tmp_path / "runs").settings
    assert found.model_configuration == tmp_path / "m.json" and found.baseline == Path("/b.json")
    assert found.output == ("json=o.json",)
    flagged = resolved(tmp_path / "runs", {"model-config": Path("m.json")}, {"HIGGS_LOGSCAN_BASELINE": "b.json"})
    assert flagged.settings.model_configuration == tmp_path / "runs" / "m.json"
    assert flagged.settings.baseline == tmp_path / "runs" / "b.json"


def test_overrides_are_matched_from_the_folder_of_the_file(tmp_path: Path) -> None:
    root = tmp_path / "with [brackets] and *"
    written(root / "higgs-logscan.toml", "[[overrides]]\npaths = ['runs/*/a.log', '-']\nmin-steps = 1")
    (root / "runs" / "x").mkdir(parents=True)
    config = resolved(root / "runs")
    meant = ["x/a.log", "./y/../x/a.log", str(root / "runs" / "x" / "a.log"), "-"]
    assert [config.for_log(path).min_steps for path in meant] == [1] * 4
    other = ["a.log", "../runs/a.log", "x/y/a.log", "x/b.log", "./-", str(tmp_path / "runs" / "x" / "a.log")]
    assert [config.for_log(path).min_steps for path in other] == [0] * 6


def test_later_overrides_win_and_rules_add_up(tmp_path: Path) -> None:
    config = of(
        tmp_path,
        """
        select = ["masking"]
        rules.label-leak = { lag_match = 1, pairs = 7 }
        rules.crash.severity = "note"
        [[overrides]]
        paths = ["a/**"]
        select = ["shapes"]
        rules.label-leak = { severity = "warning", pairs = 8 }
        [[overrides]]
        paths = ["a/b/**"]
        select = []
        rules.label-leak.pairs = 9
        rules.stalled.minutes = 5
        """,
    )
    assert config.for_log("c").rules == config.settings.rules
    assert config.settings.rules == {
        "label-leak": RuleSettings(None, {"lag_match": 1.0, "pairs": 7}),
        "crash": RuleSettings("note"),
    }
    assert config.for_log("a/c").rules["label-leak"] == RuleSettings("warning", {"lag_match": 1.0, "pairs": 8})
    both = config.for_log("a/b/c")
    assert both.rules["label-leak"] == RuleSettings("warning", {"lag_match": 1.0, "pairs": 9})
    assert both.rules["crash"] == RuleSettings("note") and both.rules["stalled"].thresholds == {"minutes": 5.0}
    assert (config.settings.select, config.for_log("a/c").select, both.select) == (("masking",), ("shapes",), ())


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.thresholds()], ids=lambda rule: rule.id)
def test_every_threshold_can_be_set(tmp_path: Path, rule: Any) -> None:
    written(
        tmp_path / "higgs-logscan.toml",
        tomlkit.dumps({"rules": {rule.id: {name: one.default for name, one in rule.thresholds().items()}}}),
    )
    thresholds = resolved(tmp_path).settings.rules[rule.id].thresholds
    assert rule(**thresholds) == rule()
    assert {name: type(value) for name, value in thresholds.items()} == {
        name: type(one.default) for name, one in rule.thresholds().items()
    }


@pytest.mark.parametrize(
    ("pattern", "path", "match"),
    [
        ("/a/*.log", "/a/b.log", True),
        ("/a/*.log", "/a/b/c.log", False),
        ("/a/?.log", "/a/b.log", True),
        ("/a/[!b].log", "/a/b.log", False),
        ("/a/[b-d].log", "/a/c.log", True),
        ("/a/**/c.log", "/a/c.log", True),
        ("/a/**/c.log", "/a/b/b/c.log", True),
        ("/a/**/c.log", "/b/c.log", False),
        ("/a/**", "/a/b/c.log", True),
        ("/a/**", "/ab/c.log", False),
        ("/**/b/**/d", "/a/b/c/b/d", True),
        ("/**/b/**/d", "/a/c/d", False),
        ("/a/b", "/a/b/c", False),
        ("/a/b/c", "/a/b", False),
        ("/a/x**y", "/a/xzy", True),
        ("/a/x**y", "/a/x/y", False),
        ("/a/B", "/a/b", False),
        ("/a/a\nb", "/a/a\nb", True),
        ("-", "-", True),
        ("/**", "-", False),
        ("**", "-", False),
        ("-", "/a/-", False),
    ],
)  # fmt: skip
def test_path_globs(pattern: str, path: str, match: bool) -> None:
    assert matches(pattern, path) is match


def _matches_slowly(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    head, *rest = pattern
    if head == "**":
        return any(_matches_slowly(rest, path[n:]) for n in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], head) and _matches_slowly(rest, path[1:])


@given(
    st.lists(st.sampled_from(["**", "*", "a", "b", "a*"]), max_size=5),
    st.lists(st.sampled_from(["a", "b", "ab"]), max_size=6),
)
def test_path_globs_are_what_they_are_said_to_be(pattern: list[str], path: list[str]) -> None:
    assert matches("/" + "/".join(pattern), "/" + "/".join(path)) == _matches_slowly(
        "/".join(pattern).split("/"), "/".join(path).split("/")
    )


def test_many_stars_cost_no_more_than_one() -> None:
    assert not matches("/" + "**/" * 60 + "b", "/" + "a/" * 200 + "a")


def test_a_folder_is_no_pattern() -> None:
    assert matches(anchored("*.log", "/a[b]/c*"), "/a[b]/c*/d.log")
    assert not matches(anchored("*.log", "/a[b]/c*"), "/ab/cd/d.log")


# -- profiles, suppressions -------------------------------------------------------------------------------


def test_own_profiles(tmp_path: Path) -> None:
    config = of(
        tmp_path,
        """
        [profiles.small]
        codebooks = 4
        turn-ends = [5, 6]
        ignore-index = -1
        [profiles.wide]
        base = "higgs-v3"
        codebook-size = 2048
        [profiles.odd]
        codebook-size = 2048
        audio-bos = 3000
        """,
    )
    small, wide, odd = (config.profiles[name] for name in ("small", "wide", "odd"))
    assert (small.name, small.codebooks, small.turn_ends, small.ignore_index) == ("small", 4, (5, 6), -1)
    assert small.given == {"codebooks", "turn_ends", "ignore_index"}
    assert small.text_vocabulary == Profile().text_vocabulary
    assert (wide.codebook_size, wide.audio_bos, wide.audio_eos, wide.audio_vocabulary) == (2048, 2048, 2049, 2050)
    assert wide.given == {"codebook_size", "audio_bos", "audio_eos"}
    assert (odd.audio_bos, odd.audio_eos) == (3000, 2049)
    assert {name: config.profiles[name] for name in PROFILES} == PROFILES


def test_a_profile_of_your_own_can_have_every_constant() -> None:
    assert set(OwnProfile.model_fields) - {"base"} == {*Profile.__match_args__} - {"name", "given"}


def test_suppressions(tmp_path: Path) -> None:
    config = of(
        tmp_path,
        """
        [[suppressions]]
        rule = "crash"
        reason = "known"
        [[suppressions]]
        rule = "stalled"
        reason = "slow disk"
        until = 2027-03-31
        path = "runs/*.log"
        steps = ":100"
        """,
    )
    assert config.suppressions == (
        Suppression("crash", "known"),
        Suppression("stalled", "slow disk", datetime.date(2027, 3, 31), f"{tmp_path}/runs/*.log", (0, 100)),
    )


# -- showing ----------------------------------------------------------------------------------------------


def test_shown_says_values_and_sources(tmp_path: Path) -> None:
    written(tmp_path / "pyproject.toml", "[tool.higgs-logscan]\nfail-on = 'warning'\nrules.crash.severity = 'note'")
    text = shown(resolved(tmp_path, {"progress": False}, {"HIGGS_LOGSCAN_MIN_COVERAGE": "0.5"}))
    lines = text.splitlines()
    for line in (
        'fail-on = "warning"  # pyproject.toml',
        "min-coverage = 0.5  # HIGGS_LOGSCAN_MIN_COVERAGE",
        "progress = false  # --no-progress",
        "max-findings = 50  # default",
        "# text-vocab is not set",
        "[rules.crash]",
    ):
        assert line in lines
    assert all(any(key in line for line in lines) for key in options())


def test_shown_json(tmp_path: Path) -> None:
    written(
        tmp_path / "pyproject.toml",
        "[tool.higgs-logscan]\nsteps = '5:'\nmodel-config = 'm'\n[[tool.higgs-logscan.suppressions]]\nrule = 'crash'\nreason = 'a'\nuntil = 2027-01-01",
    )
    found = json.loads(json.dumps(shown_json(resolved(tmp_path, {"select": ["masking"]})), allow_nan=False))
    assert set(found) == {*keys(Settings), "overrides", "profiles", "suppressions"}
    assert found["steps"] == {"value": "5:", "source": "pyproject.toml"}
    assert found["select"] == {"value": ["masking"], "source": "--select"}
    assert found["model-config"]["value"] == str(tmp_path / "m")
    assert found["text-vocab"] == {"value": None, "source": "default"}
    assert found["suppressions"]["value"] == [{"rule": "crash", "reason": "a", "until": "2027-01-01"}]
    assert found["profiles"] == {"value": {}, "source": "default"}


def test_bytes_of_a_path_that_are_not_utf8_can_be_shown(tmp_path: Path) -> None:
    text = shown(resolved(tmp_path, {"model-config": Path(os.fsdecode(b"/m\xff"))}))
    assert tomllib.loads(text)["model-config"] == "/m\ufffd"


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)
FILES = WORDS.filter(lambda text: Path(text) != Path())
NAMES = st.lists(st.sampled_from(["masking", "label-leak", "shapes", "crash"]), max_size=3)
SPANS = st.tuples(st.integers(0, 99), st.integers(99, 10**17)).map(lambda pair: f"{pair[0]}:{pair[1]}")
STEPS = st.one_of(SPANS, st.sampled_from([":", "3:", ":3", "007:9"]))
SEVERITIES = st.sampled_from(["error", "warning", "note"])
FINITE = st.floats(0, allow_infinity=False)
OWN = st.fixed_dictionaries(
    {},
    optional={
        "base": st.sampled_from([*PROFILES]),
        "codebooks": st.integers(1, 99),
        "codebook-size": st.integers(1, 10**6),
        "ignore-index": st.integers(-(10**9), 10**9),
        "turn-ends": st.lists(st.integers(0, 10**6), max_size=3),
    },
)
RULE_TABLES = st.fixed_dictionaries(
    {},
    optional={
        "label-leak": st.fixed_dictionaries({}, optional={"severity": SEVERITIES, "lag_match": FINITE, "pairs": st.integers(0)}),
        "stalled": st.fixed_dictionaries({}, optional={"severity": SEVERITIES, "minutes": FINITE | st.integers(0, 10**9)}),
    },
)  # fmt: skip
JUDGING = {
    "select": NAMES,
    "ignore": NAMES,
    "fail-on": st.sampled_from(["error", "warning", "never"]),
    "min-coverage": st.floats(0, 1) | st.integers(0, 1),
    "min-steps": st.integers(0),
    "expect": st.lists(st.sampled_from(["audio_loss<5.5@500", "eval_loss < 6"]), max_size=2),
    "require": st.lists(st.sampled_from(["dialect", "series", "evaluation"]), max_size=2),
    "profile": st.sampled_from([*PROFILES]),
    "model-config": FILES,
    "text-vocab": st.integers(1),
    "steps": STEPS,
    "rules": RULE_TABLES,
}
PATTERNS = st.lists(WORDS | st.sampled_from(["-", "**/*.log", "/logs/*", "a/**"]), min_size=1, max_size=3)
SUPPRESSED = st.fixed_dictionaries(
    {"rule": st.sampled_from(["crash", "stalled"]), "reason": WORDS},
    optional={"until": st.dates(datetime.date(1, 1, 1)), "path": WORDS, "steps": STEPS},
)
WHOLE = {
    **JUDGING,
    "format": st.sampled_from(FORMATS),
    "output": st.lists(WORDS.map(lambda path: f"json={path}"), max_size=2),
    "glob": st.lists(WORDS, max_size=3),
    "quotes": st.booleans(),
    "max-findings": st.integers(0),
    "color": st.sampled_from(["auto", "always", "never"]),
    "progress": st.booleans(),
    "baseline": FILES,
}
TABLES = st.fixed_dictionaries(
    {},
    optional={
        **WHOLE,
        "overrides": st.lists(st.fixed_dictionaries({"paths": PATTERNS}, optional=JUDGING), max_size=3),
        "profiles": st.dictionaries(WORDS.filter(lambda name: name not in PROFILES), OWN, max_size=3),
        "suppressions": st.lists(SUPPRESSED, max_size=3),
    },
)
FLAGS = st.fixed_dictionaries({}, optional={key: one for key, one in WHOLE.items() if key != "rules"})


@settings(deadline=None, max_examples=150)
@given(TABLES, FLAGS, st.sampled_from(["pyproject.toml", "higgs-logscan.toml"]))
def test_what_is_shown_is_the_same_configuration(tables: dict[str, Any], flags: dict[str, Any], name: str) -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        document = {"tool": {"higgs-logscan": tables}} if name == "pyproject.toml" else tables
        written(Path(first) / name, tomlkit.dumps(document))
        before = resolved(Path(first), flags)
        after = of(Path(second), shown(before))
        assert after.settings == before.settings
        assert after.profiles == before.profiles
        assert after.suppressions == before.suppressions
        for path in ("-", "/logs/a", f"{first}/a/b.log", f"{first}/x"):
            assert after.for_log(path) == before.for_log(path)
        assert tomllib.loads(shown(after)) == tomllib.loads(shown(before))


#: What typer may make of a word, right or wrong.
TYPED = {
    "min-coverage": st.floats(),
    "text-vocab": st.integers(),
    "baseline": FILES.map(Path) | st.just(Path()),
    "model-config": FILES.map(Path) | st.just(Path()),
    "profile": WORDS,
    "steps": STEPS | WORDS,
    **{key: st.integers() for key in ("min-steps", "max-findings", "jobs")},
    **{key: st.booleans() for key in ("quotes", "progress")},
    **{key: WORDS | WHOLE[key] for key in ("format", "fail-on", "color")},
    **{
        key: WHOLE[key] | st.lists(WORDS | st.just(" "), max_size=2)
        for key in ("select", "ignore", "expect", "require", "output", "glob")
    },
}


@settings(deadline=None, max_examples=1000)
@given(st.sampled_from([*TYPED]).flatmap(lambda key: st.tuples(st.just(key), TYPED[key])))
def test_what_a_flag_says_is_checked_as_in_a_file(given: tuple[str, Any]) -> None:
    key, value = given
    place = Place(Path("/logs"), FORMATS, frozenset(PROFILES))
    try:
        in_a_file = SettingsTable.model_validate({key: value}, context=place).given()
    except ValidationError:
        with pytest.raises(ValueError):
            OF_FLAGS[key](value, place)
    else:
        assert in_a_file == {keys()[key]: OF_FLAGS[key](value, place)}


def test_every_flag_has_a_check() -> None:
    assert OF_FLAGS.keys() == {*options()} == TYPED.keys()


JUNK = st.recursive(
    st.none().map(lambda _: "") | st.booleans() | st.integers() | st.floats() | WORDS | st.dates() | st.datetimes(),
    lambda one: st.lists(one, max_size=3)
    | st.dictionaries(st.sampled_from(["severity", "lag_match", "label-leak", "paths", "rules", "base", "x\ny"]), one, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from([*WHOLE, "overrides", "profiles", "suppressions", "junk"]), JUNK, max_size=4))
def test_junk_is_refused_in_our_words(tables: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = tomlkit.dumps(tables)
        assume(text)
        written(Path(folder) / "higgs-logscan.toml", text)
        try:
            resolved(Path(folder))
        except UsageError as error:
            head, *lines = str(error).split("\n")
            assert not lines or head == f"{len(lines)} mistakes in the configuration:"
            for line in lines or [head]:
                assert line.strip().startswith("higgs-logscan.toml: ")
                assert line.isprintable()
                assert "Input" not in line and "Value error" not in line and "pydantic" not in line


# -- the page ---------------------------------------------------------------------------------------------


def test_the_example_of_the_page_is_a_configuration(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    config = of(tmp_path, example)
    assert config.for_log("runs/a/smoke/train.log").fail_on == "error"
    assert config.for_log("runs/small-2/train.log").profile == "higgs-small"
    assert config.profiles["higgs-small"].codebooks == 4
    assert [one.rule for one in config.suppressions] == ["run-restarted"]


def test_the_page_lists_every_setting() -> None:
    rows = re.findall(
        r"^\| `([a-z-]+)` \| .* \| (.*) \| (.*) \| `(\w+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [key for key, *_ in rows] == [*options()]
    for key, default, flags, name in rows:
        value = getattr(Settings, keys()[key])
        listed = list(value) if isinstance(value, tuple) else value
        assert default == ("not set" if value is None else f"`{json.dumps(listed)}`")
        both = [flag(key), flag(key, False)] if isinstance(value, bool) else [flag(key)]
        assert flags == ", ".join(f"`{one}`" for one in both)
        assert name == variable(key)


def test_the_page_shows_what_is_said(tmp_path: Path) -> None:
    [said] = re.findall(r"```text\nhiggs-logscan: (.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    written(tmp_path / "higgs-logscan.toml", "fail_on = 'error'\n[rules.low-coverage]\nshares = 0.9")
    with pytest.raises(UsageError) as caught:
        resolved(tmp_path, environment={"HIGGS_LOGSCAN_MIN_STEPS": "many"})
    assert str(caught.value) == said.strip()


def test_the_page_lists_every_constant_of_a_profile() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## Profiles")[2].partition("## Suppressions")[0]
    assert {*keys(OwnProfile)} <= set(re.findall(r"`([a-z-]+)`", text))
