# difang 地方. `make` prints what there is; `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Tests run side by side in so many processes; a file's tests, and the slow ones that start Airflow, stay together.
PROCESSES ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test slow-test fast-test lint airflow clean constraints

help:  ## print this list
	@echo "difang 地方: regional news, from the publisher's page to a SQL row"
	@echo
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.demo  ## set up, then crawl, land and query two bundled newspapers, offline
	$(BIN)/difang --home difang-home/demo demo

test: $(VENV)/.test lint  ## set up, then check and test everything but the slow tests
	$(BIN)/python -m pytest -m "not slow" -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

slow-test: $(VENV)/.test  ## the slow tests: a day in a local Airflow, thirty kills, PostgreSQL
	$(BIN)/python -m pytest -m slow -n $(PROCESSES) --dist loadgroup --no-loadscope-reorder

fast-test: $(VENV)/.test  ## the tests that take no more than seconds each
	$(BIN)/python -m pytest -m "not slow and not airflow" -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.test  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

airflow: $(VENV)/.test  ## set up, then run a local Airflow with the DAGs (Ctrl-C stops it)
	$(BIN)/difang airflow

constraints: $(VENV)/.test  ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-annotate --no-header \
	  --no-emit-index-url pyproject.toml -o constraints.txt

clean:  ## remove the virtual environment and everything that was built or crawled here
	rm -rf $(VENV) difang-home build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(f"difang needs Python 3.11 or newer, and {sys.executable} is {v}: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

# Compiled bytecode halves the time to import Airflow, also where PYTHONDONTWRITEBYTECODE is set.
$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true
	@touch $@ $(VENV)/.demo
