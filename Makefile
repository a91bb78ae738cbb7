# Two entrances: `make demo` shows the whole pipeline at work, `make test` proves it. All else serves these.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
# the oldest DuckDB that pyproject.toml admits: tests hold it against the locked one, on the same files
OLDER_DUCKDB := 1.5.5
COMPILE := .uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
# written last: what was interrupted starts over. ENV runs the system, DEV also tests it
ENV := .venv/.made
DEV := .venv/.dev

.PHONY: demo test test-stack up env lint types unit lock docs fmt clean

demo: $(ENV)  ## the demo news web, crawled and loaded through the Airflow DAGs
	@$(BIN)/ingest demo --airflow

test: lint types unit  ## linters, types, import contracts and all tests

test-stack: $(DEV)  ## docker-compose.yml with Celery, under a Docker engine, end to end: see tests/stack/README.md
	@$(BIN)/python tests/stack/run.py

up: $(ENV)  ## Airflow UI on http://127.0.0.1:8080 with the real sources
	@$(BIN)/python -m ingest.demo.standalone

env: $(DEV)  ## .venv with every version of requirements-dev.lock; in .uv/ an older DuckDB, and a bucket to test with

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV)
	$(BIN)/mypy

# a file's tests stay in one process, since they share what they build
unit: $(DEV)
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

lock: .uv/bin/uv  ## resolve anew: every version with hashes, no host names
	$(COMPILE) --upgrade --extra airflow --extra celery --extra metrics --extra report --extra checkout --extra dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) --upgrade --extra airflow --extra celery --extra metrics --extra report --extra checkout -c requirements-dev.lock -o requirements.lock pyproject.toml
	echo "duckdb==$(OLDER_DUCKDB)" | $(COMPILE) --no-annotate -o requirements-duckdb.txt -
	echo "moto[s3,server]" | $(COMPILE) --upgrade --no-annotate -o requirements-bucket.txt -

docs: $(ENV)  ## the data dictionary, from the warehouse's own comments
	$(BIN)/python -m ingest.warehouse.dictionary

fmt: $(DEV)
	$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .

clean:
	rm -rf .venv .uv

$(ENV): requirements.lock pyproject.toml .uv/bin/uv
	@echo "making .venv from requirements.lock"
	@.uv/bin/uv venv -q --clear --python "$$(command -v $(PYTHON))" .venv
	@.uv/bin/uv pip sync -q --python $(BIN)/python --require-hashes requirements.lock
	@.uv/bin/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(ENV) requirements-dev.lock requirements-duckdb.txt requirements-bucket.txt
	@echo "adding what requirements-dev.lock tests with"
	@.uv/bin/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@rm -rf .uv/duckdb
	@.uv/bin/uv pip install -q --python $(BIN)/python --target .uv/duckdb --require-hashes -r requirements-duckdb.txt
	@.uv/bin/uv venv -q --clear --python $(BIN)/python .uv/bucket
	@.uv/bin/uv pip sync -q --python .uv/bucket/bin/python --require-hashes requirements-bucket.txt
	@touch $@

.uv/bin/uv:
	@echo "fetching uv into .uv"
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) has no pip: apt-get install python3-pip"; exit 1; }
	@$(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .uv uv==$(UV_VERSION)
