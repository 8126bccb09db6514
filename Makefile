# Everything works from a fresh clone with Python 3.11 or newer: setting up is part of each target.
PORT ?= 8501
# Only this computer; HOST=0.0.0.0 lets a class room in. Not ?=, as some shells export a HOST.
HOST := 127.0.0.1
PYTHON := .venv/bin/python

.PHONY: help run test check fix bench clean

help:
	@echo "make run     the app on http://localhost:8501 (PORT=8600 for another)"
	@echo "             HOST=0.0.0.0 lets a class room in, RBM_LIBRARY=file keeps its runs,"
	@echo "             RBM_DATABASE=url its studies, RBM_CLUSTER=tcp://host:8786 trains elsewhere"
	@echo "make test    all tests, those in a real browser too (ARGS='-k name' for some)"
	@echo "make check   style, types and the one arrow of imports; changes nothing"
	@echo "make fix     repair style and formatting"
	@echo "make bench   speed and quality, measured here (JSON=1, QUICK=1)"
	@echo "make clean   remove everything that was set up"

run: .venv/app.stamp
	$(PYTHON) -m streamlit run app.py --server.address $(HOST) --server.port $(PORT)

test: .venv/dev.stamp .venv/browser.stamp .venv/database.stamp
	$(PYTHON) -m pytest $(ARGS)

check: .venv/dev.stamp
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

fix: .venv/dev.stamp
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

bench: .venv/dev.stamp .venv/browser.stamp
	$(PYTHON) -m benchmarks $(if $(JSON),--json) $(if $(QUICK),--quick)

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find rbm pages tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# A stamp is as old as the last set-up, so nothing is repeated until the lists change.
.venv/app.stamp: requirements.txt pyproject.toml
	sh tools/setup.sh requirements.txt
	touch $@

.venv/dev.stamp: requirements-dev.txt requirements-cluster.txt requirements.txt pyproject.toml
	sh tools/setup.sh requirements-dev.txt
	touch $@ .venv/app.stamp

.venv/browser.stamp: .venv/dev.stamp
	sh tools/browser.sh
	touch $@

.venv/database.stamp: .venv/dev.stamp
	sh tools/database.sh
	touch $@
