# Every target works on a machine that has Python 3.11 to 3.13 and make, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := $(wildcard emulator tests bench examples)
# Many tests wait for phones and sockets: there is work for more of them than there are processors.
# Each worker begins with tests that stand together, and what they share is made once.
WORKERS = $(shell $(BIN)/python -c 'import os; print(max(2, os.cpu_count() * 3 // 2))')

.PHONY: help install demo test explore bench soak lint format lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(READY) ## Build .venv with the locked development dependencies

$(READY): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit( \
		"Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(READY) ## Start a call center and let a customer and an agent talk
	$(BIN)/emulator demo

test: $(READY) ## Run the tests; fails under 90 % coverage of the switch and the store
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov $(ARGS)

explore: $(READY) ## Run the property tests with examples that no run has tried before
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m hypothesis --hypothesis-profile=exploring $(ARGS)

bench: $(READY) ## Measure throughput, latency and queueing against theory
	$(BIN)/python -m bench $(ARGS)

soak: $(READY) ## Run under load for a long time and watch for leaks
	$(BIN)/python -m bench.soak $(ARGS)
	$(BIN)/python -m bench.steady
	$(BIN)/python -m bench.realtime
	$(BIN)/python -m bench.sip_soak

lint: $(READY) ## Check style and types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

format: $(READY) ## Put the code in shape
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

lock: ## Resolve the development dependencies anew, for every supported Python
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
		--output-file requirements-dev.lock

clean: ## Remove what the other targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage build dist *.egg-info
