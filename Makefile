# Two entrances: `make demo` shows the whole pipeline at work, `make test` proves it. All else serves these.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
# written last: an interrupted `make env` starts over
ENV := .venv/.made

.PHONY: demo test up env lint types unit lock docs fmt clean

demo: $(ENV)  ## the demo news web, crawled and loaded through the Airflow DAGs
	@$(BIN)/ingest demo --airflow

test: lint types unit  ## linters, types, import contracts and all tests

up: $(ENV)  ## Airflow UI on http://127.0.0.1:8080 with the real sources
	@$(BIN)/python -m ingest.demo.standalone

env: $(ENV)  ## .venv with every version of requirements.lock

lint: $(ENV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(ENV)
	$(BIN)/mypy

unit: $(ENV)
	$(BIN)/pytest

lock: .uv/bin/uv  ## resolve anew: every version with hashes, no host names
	.uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
	  --extra airflow --extra dev -o requirements.lock pyproject.toml

docs: $(ENV)  ## the data dictionary, from the warehouse's own comments
	$(BIN)/python -m ingest.warehouse.dictionary

fmt: $(ENV)
	$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

clean:
	rm -rf .venv .uv

$(ENV): requirements.lock pyproject.toml .uv/bin/uv
	@echo "making .venv from requirements.lock"
	@.uv/bin/uv venv -q --clear --python "$$(command -v $(PYTHON))" .venv
	@.uv/bin/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock
	@.uv/bin/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.uv/bin/uv:
	@echo "fetching uv into .uv"
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) has no pip: apt-get install python3-pip"; exit 1; }
	@$(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .uv uv==$(UV_VERSION)
