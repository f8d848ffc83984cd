# Everything runs from .venv, which `make install` builds once. Needs: Python 3.11 or newer with venv, make,
# gnupg, git. Another interpreter: make PYTHON=python3.12 install
PYTHON ?= python3
# Test processes, see CONTRIBUTING, "Tests".
JOBS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test test-long test-sqlserver lint bench clean

help:
	@grep -hE '^## ' Makefile | sed 's/^## //'

## install    build .venv with everything the project needs (about 1.3 GB, once)
install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is missing or older than 3.11: name a newer one with make PYTHON=python3.12 install" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) has no venv module: install it (Debian: apt-get install python3-venv) and repeat" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing into .venv (about 1.3 GB, some minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

## run        land, build, check and publish the sample sources, which it makes first if missing
run: install
	@test -e var/sample/warehouse.env || $(BIN)/warehouse sample
	WAREHOUSE_ENV_FILE=var/sample/warehouse.env $(BIN)/warehouse run

## test       all tests with small counts, in two processes (JOBS=1: one)
test: install
	$(BIN)/pytest $(if $(filter-out 1,$(JOBS)),-n $(JOBS) --no-loadscope-reorder) $(ARGS)

## test-long  the same with full counts (kill points, generated cases, row numbers)
test-long: install
	WAREHOUSE_TEST_LONG=1 $(BIN)/pytest $(ARGS)

## test-sqlserver  what only a server can show, on the SQL Server of WAREHOUSE_TEST_SQLSERVER_URL (it is emptied)
test-sqlserver: install
	$(BIN)/pytest tests/sqlserver tests/dbt_project/test_dialect_on_sqlserver.py $(ARGS)

## lint       style, types, import rules, sizes, SQL, generated pages
# What takes seconds comes first; the rest runs two at a time, each one's lines together when it ends.
lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python scripts/lint_sizes.py
	$(BIN)/warehouse settings --check docs/settings.md
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(SLOW_LINTS)

SLOW_LINTS := lint-tsql lint-types lint-metrics lint-sql
.PHONY: $(SLOW_LINTS)
lint-tsql:
	$(BIN)/python -m scripts.lint_tsql
lint-types:
	$(BIN)/mypy
lint-metrics:
	$(BIN)/python -m scripts.metrics --check docs/metrics.md
lint-sql:
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project

## bench      speed and memory as ratios (minutes); ENGINE=sqlserver: ways into the server of WAREHOUSE_TEST_SQLSERVER_URL
bench: install
	$(BIN)/python -m scripts.bench $(if $(ENGINE),--engine $(ENGINE)) $(ARGS)

## clean      remove .venv and the tools' caches; var/ (warehouse, sample) stays
clean:
	rm -rf .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf target logs dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
