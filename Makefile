# Every target works on a fresh clone with Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test check docs clean

serve: $(VENV)/.installed
	@$(BIN)/training-mock $(ARGS)

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/openapi-spec-validator spec/openapi.yaml

# What is made of the spec: the page, and files of ours to commit where they change.
docs: $(VENV)/.installed
	$(BIN)/python docs/readings.py
	$(BIN)/python docs/schemas.py
	$(BIN)/python -m mock_server.docs build/docs/index.html

# The stamp is younger than what it was made from, so a second run installs nothing.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
	@echo "Installing into $(VENV): half a minute, the first time only ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
