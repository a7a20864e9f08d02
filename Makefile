# Two commands matter: make demo, make test. Each does all of its own set-up and may be run again at any time.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
DATA_DIR ?= var/demo
# Extra words for pytest, e.g. make test ARGS="-x -k plan"
ARGS ?=
BIN := .venv/bin
# One process a core, four at most: each makes its own databases. A file's tests stay together.
SPREAD := -n auto --maxprocesses 4 --dist loadfile

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## The demo province on http://127.0.0.1:8000 (PORT=, DATA_DIR=); Ctrl-C ends it
	@.ci/setup runtime
	@$(BIN)/thenchot demo --port "$(PORT)" --data-dir "$(DATA_DIR)"

.PHONY: test
test: ## Everything: lint, types, import contracts, tests on both databases, tests in a browser
	@.ci/setup dev
	@.ci/setup system
	@$(MAKE) lint
	$(BIN)/pytest --ignore=tests/browser $(SPREAD) $(ARGS)
	$(BIN)/pytest tests/browser $(ARGS)

.PHONY: lint
lint: ## Only what needs no test run: ruff, format, mypy, import contracts
	@.ci/setup dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: ## Mend what ruff can mend by itself
	@.ci/setup dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: deep
deep: ## The long runs of the property tests (hours are well spent here, not in make test)
	@.ci/setup dev
	@.ci/setup system
	$(BIN)/pytest --hypothesis-profile=deep --ignore=tests/browser $(SPREAD) $(ARGS)

.PHONY: bench
bench: ## Each figure of the README beside its floor, measured in one interleaved run
	@.ci/setup runtime
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lock
lock: ## Write both locks anew from pyproject.toml
	@.ci/setup dev
	$(BIN)/uv pip compile $(COMPILE) --group build --output-file requirements.lock
	$(BIN)/uv pip compile $(COMPILE) --group build --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock

COMPILE := pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
