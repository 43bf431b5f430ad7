# Two commands do everything on a fresh machine: make run, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out

.PHONY: run test setup lint bench score clean-out

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e . 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c "import trafilatura, spacy, duckdb, cli"
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]' 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c "import pytest, hypothesis, ruff, mypy"
	@touch $@

run: setup
	@mkdir -p $(OUT)
	@$(BIN)/python -m benchmarks.first_run $(OUT)

test: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

score: setup
	@$(BIN)/python -m benchmarks.score_all

bench: setup
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/python -m benchmarks.bench
