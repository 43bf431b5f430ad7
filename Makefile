# Two commands do everything on a fresh machine: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.PHONY: run test setup lint bench score trials

# Our own modules are compiled beforehand, as pip does with what it installs: where Python may not write
# its cache (PYTHONDONTWRITEBYTECODE), every command would compile them anew.
COMPILE := -m compileall -q cli.py db pipeline schemas

setup: $(VENV)/.ready
	@$(BIN)/python $(COMPILE)

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@$(BIN)/python -c "import trafilatura, spacy, duckdb, cli"
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -c "import pytest, hypothesis, ruff, mypy"
	@touch $@

run: setup
	@mkdir -p $(OUT)
	@$(BIN)/costline ingest examples --db $(OUT)/costline.duckdb
	@for f in csv json parquet md html svg png; do $(BIN)/costline timeline --db $(OUT)/costline.duckdb --format $$f --output $(OUT)/timeline.$$f; done
	@$(BIN)/costline timeline --db $(OUT)/costline.duckdb
	@echo
	@echo "database    $(OUT)/costline.duckdb   (costline query \"select …\" --db $(OUT)/costline.duckdb)"
	@echo "picture     $(OUT)/timeline.svg, $(OUT)/timeline.png"
	@echo "exported    $(OUT)/timeline.csv .json .parquet .md .html"

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

score: setup
	@$(BIN)/python -m benchmarks.score_all

# The peers live in an environment of their own: users never install them. Their wish for
# "lxml[html_clean]" needs a pip newer than the one that Python 3.11 bundles.
bench: .venv-bench/.ready
	@.venv-bench/bin/python $(COMPILE)
	@.venv-bench/bin/python -m benchmarks.bench

.venv-bench/.ready: pyproject.toml constraints.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -q --upgrade pip
	@.venv-bench/bin/python -m pip install -q -c constraints.txt -e '.[bench]'
	@touch $@

trials: $(VENV)/.ready-dev
	@$(BIN)/python -m benchmarks.trials_kill 100
	@$(BIN)/python -m benchmarks.trials_kill 20 --migration
	@$(BIN)/python -m benchmarks.trials_kill --disk
	@$(BIN)/python -m benchmarks.faults
