# What a developer runs. `just` lists it; `pip install rust-just` installs the program.

python := env("PYTHON", "python3")
venv := env("VENV", ".venv")
# Real logs with known faults, which live beside the project.
logs := env("LOGS", "../shared/real_logs")

# Show this list.
[private]
default:
    @just --list --unsorted

# A virtual environment, made anew when what it depends on has changed.
[private]
venv:
    @[ {{ venv }} -nt pyproject.toml ] || \
        { {{ python }} -m venv {{ venv }} && {{ venv }}/bin/pip install -q -e '.[test]' && touch {{ venv }}; }

# Run the whole suite on two cores.
test: venv
    {{ venv }}/bin/pytest -n 2

# ruff and mypy --strict, as CI runs them.
lint: venv
    {{ venv }}/bin/ruff check . && {{ venv }}/bin/ruff format --check higgs_logscan tests bench fuzz && {{ venv }}/bin/mypy

# Speed and peak memory on dense and sparse logs, as ratios; `just bench --help` says what else.
bench *options: venv
    {{ venv }}/bin/python bench/speed.py {{ options }}

# Instructions of a scan for each byte of a log; fails when they are over 10 % more than the reference.
instructions *options="--check": venv
    {{ venv }}/bin/python bench/instructions.py {{ options }}

# Fuzz the compiled modules with sanitizers: an hour, or `just fuzz 10`. Needs clang and libclang-rt-14-dev.
fuzz minutes="60": venv
    fuzz/build {{ venv }}/bin/python
    {{ venv }}/bin/python fuzz/fuzz.py --minutes {{ minutes }}

# Faults found, named and dated on real logs; fails below the bars.
diagnosis: venv
    {{ venv }}/bin/python bench/diagnosis.py {{ logs }} --check

# 1,000 random re-cuts of real logs: no false error, faults stay found.
recuts: venv
    {{ venv }}/bin/python bench/recuts.py {{ logs }}

# Other linters of training runs on the same real logs; installs them from PyPI.
neighbours: venv
    {{ venv }}/bin/python bench/neighbours.py {{ logs }} --markdown docs/neighbours.md

# Write docs/rules, docs/causes and docs/evidence.md from what `explain` says.
docs: venv
    {{ venv }}/bin/python docs/generate.py

# Rewrite the expected output of the scenarios and the README; review it with git diff.
update: venv
    UPDATE_SCENARIOS=1 {{ venv }}/bin/pytest tests/test_scenarios.py tests/test_readme.py tests/test_jq.py
