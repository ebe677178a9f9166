PYTHON ?= python3
TESTS ?=
BENCH ?=
SIDE_BY_SIDE = -n auto --maxprocesses 4
SOAK ?= 2h
UV = var/lock-tools/bin/uv
COMPILE = $(UV) pip compile pyproject.toml - --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak setup setup-test lock
MAKEFLAGS += --no-print-directory

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## start the service beside a simulated WeCom and show phones in the browser
	@exec .venv/bin/zhian demo

test: setup-test ## run the whole test suite; TESTS=tests/core runs a part
	@exec .venv/bin/python -m pytest $(or $(TESTS),$(SIDE_BY_SIDE))

check: setup-test ## what CI runs: lint, format, types, then the whole test suite
	@echo "Lint"; .venv/bin/ruff check --quiet
	@echo "Format"; .venv/bin/ruff format --check --quiet
	@echo "Types"; .venv/bin/mypy --no-error-summary
	@echo "Tests"; $(MAKE) test

bench: ## measure the service beside its parts and its peers; BENCH="a b --quick" measures less
	@$(PYTHON) deploy/setup.py bench
	@exec .venv/bin/python -m benchmarks $(BENCH)

soak: setup-test ## load, kills and faults for long, then the large suites; SOAK=30m, SOAK="2m --suites 0s"
	@exec .venv/bin/python -m tests.reliability.soak $(SOAK)

setup: ## install what the service needs into .venv/ and node_modules/
	@$(PYTHON) deploy/setup.py run

setup-test: ## the same, and what its tests need (Chromium and PostgreSQL from Debian)
	@$(PYTHON) deploy/setup.py test

lock: ## write the lock files anew after a change of pyproject.toml or package.json
	@test -x $(UV) || ($(PYTHON) -m venv var/lock-tools && var/lock-tools/bin/pip install --quiet uv==0.13.8)
	@sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(COMPILE) --output-file requirements.lock
	@sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(COMPILE) --extra dev -c requirements.lock --output-file requirements-dev.lock
	@sed -n 's/^requires = \["\(.*\)"\]/\1/p' pyproject.toml | $(COMPILE) --extra bench -c requirements.lock --output-file requirements-bench.lock
	@npm install --package-lock-only --ignore-scripts
	@npm install --package-lock-only --ignore-scripts --prefix benchmarks
	@.venv/bin/python -c 'import re, sys; path = sys.argv[1]; text = open(path).read(); open(path, "w").write(re.sub(r",\n +\"funding\": (\{[^}]*\}|\[[^]]*\])", "", text))' benchmarks/package-lock.json
