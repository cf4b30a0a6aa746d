# What a developer runs. `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
# Real logs with known faults, which live beside the project.
LOGS ?= ../shared/real_logs

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV): pyproject.toml
	$(PYTHON) -m venv $(VENV) && $(VENV)/bin/pip install -q -e '.[test]' && touch $(VENV)

test: $(VENV) ## Run the whole suite on two cores.
	$(VENV)/bin/pytest -n 2

lint: $(VENV) ## ruff and mypy --strict, as CI runs them.
	$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check higgs_logscan tests bench && $(VENV)/bin/mypy

bench: $(VENV) ## Speed and peak memory on dense and sparse logs, as ratios.
	$(VENV)/bin/python bench/speed.py

diagnosis: $(VENV) ## Faults found, named and dated on real logs; fails below the bars.
	$(VENV)/bin/python bench/diagnosis.py $(LOGS) --check

recuts: $(VENV) ## 1,000 random re-cuts of real logs: no false error, faults stay found.
	$(VENV)/bin/python bench/recuts.py $(LOGS)

neighbours: $(VENV) ## Other linters of training runs on the same real logs; installs them from PyPI.
	$(VENV)/bin/python bench/neighbours.py $(LOGS) --markdown docs/neighbours.md

docs: $(VENV) ## Write docs/rules, docs/causes and docs/evidence.md from what `explain` says.
	$(VENV)/bin/python docs/generate.py

update: $(VENV) ## Rewrite the expected output of the scenarios and the README; review it with git diff.
	UPDATE_SCENARIOS=1 $(VENV)/bin/pytest tests/test_scenarios.py tests/test_readme.py tests/test_jq.py

.PHONY: docs help test lint bench diagnosis recuts neighbours update
