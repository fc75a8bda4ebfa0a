# Two commands, for a machine with Python 3.11+, venv, pip and make:
#   make demo   install, then show what the product does, on local sandboxes
#   make test   install the development tools, then run every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: demo test check language format drills bench bench-long fuzz-sandbox clients lock clean

$(VENV)/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.run

demo: $(VENV)/.run
	$(BIN)/psosync run configs/acme.yaml
	@echo
	@echo "Again: the second run finds nothing to do."
	@echo
	$(BIN)/psosync run configs/acme.yaml
	@echo
	@echo "Next:"
	@echo "  . $(VENV)/bin/activate"
	@echo "  sync sandbox pay configs/acme.yaml INV-2026-0007   # pay an invoice as its customer would"
	@echo "  sync run configs/acme.yaml                         # the payment comes back"
	@echo "  sync init books                                    # start your own"

test: $(VENV)/.dev
	$(MAKE) check

# COVERAGE=1, as in .ci/run, also measures coverage and fails below the floor in pyproject.toml; the tests take half
# as long again.
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PYTEST) $(if $(COVERAGE),--cov)

# What depends most on the version of Python; .ci/run calls it with another PYTHON and VENV.
language: $(VENV)/.dev
	$(PYTEST) tests/engine/document tests/engine/config tests/engine/mapping tests/configs tests/mappings tests/cli

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

drills: $(VENV)/.dev
	SYNC_DRILLS=full $(PYTEST) tests/drills tests/properties

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

# 50,000 invoices; tests/bench/ says what is measured.
bench-long: $(VENV)/.dev
	$(BIN)/python -m tests.bench requests-long

# Other people's tools against the sandboxes, in an environment of their own: they slow the tests' start.
$(VENV)-quality/.done: quality.lock pyproject.toml
	test -x $(VENV)-quality/bin/python || $(PYTHON) -m venv $(VENV)-quality
	$(VENV)-quality/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r quality.lock
	$(VENV)-quality/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# A minute of requests that a schema fuzzer makes up.
fuzz-sandbox: $(VENV)-quality/.done
	$(VENV)-quality/bin/python -m tests.quality.fuzz_sandbox

# pyxero, and xero-node where npm is installed, unchanged.
clients: $(VENV)-quality/.done
	if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --prefix $(VENV)-quality/node xero-node@20.0.0; fi
	$(VENV)-quality/bin/python -m tests.quality.clients

# The locks carry hashes and no addresses; they are made with uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build --extra testing -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build --extra test --extra lint -o dev.lock pyproject.toml
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --extra build --extra quality -o quality.lock pyproject.toml

clean:
	rm -rf .venv .venv-newest .venv-quality .sync
