# make            build .venv/ with chainrule and everything its tests need
# make demo       watch chainrule at work on a few broken losses
# make test       run the tests
# make lint       ruff and mypy
# make bench      measure speed and memory: analysis, language server, probe
# make readme     run the commands in README.md and put their output in
# make vsix       package the VS Code extension (needs Node.js)
# make test-vscode   drive it in a real VS Code; installs Chromium and code-server once (Debian, x64)
# make format     what ruff can set right
# make clean      remove what was built
#
# Needs Python >= 3.10, make and a Python package index. Building again costs nothing.

SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: build demo test lint format bench vsix test-vscode readme clean

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
CREATED := .venv/.created
DEVELOPMENT := .venv/.development
BUILT := .venv/.built
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

build: $(BUILT)

$(CREATED):
	@test -n "$(PYTHON)" || { echo "make: no Python >= 3.10 with venv found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "[1/3] creating .venv with $$($(PYTHON) --version)"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(CREATED)
	@echo "[2/3] installing PyTorch and the development set (once; some minutes on a slow line)"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

$(BUILT): pyproject.toml $(DEVELOPMENT)
	@echo "[3/3] installing chainrule from this checkout"
	@$(PIP) install --editable .
	@touch $@
	@echo "ready: $$($(BIN)/chainrule --version) is $(BIN)/chainrule"

demo: $(BUILT)
	@tests/examples/demo

test: $(BUILT)
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(ARGS)

lint: $(BUILT)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(BUILT)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(BUILT)
	@$(BIN)/python tests/benchmarks/bench_static.py batch torch
	@$(BIN)/python tests/benchmarks/bench_static.py command torch
	@$(BIN)/python tests/benchmarks/bench_static.py keystroke
	@for what in start keystroke memory; do $(BIN)/python tests/benchmarks/bench_server.py $$what || exit; done
	@$(BIN)/python tests/benchmarks/bench_probe.py

NODE_MODULES := vscode-client/node_modules/.package-lock.json

$(NODE_MODULES): vscode-client/package-lock.json
	@npm --prefix vscode-client ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

vsix: $(BUILT) $(NODE_MODULES)
	@PYTHON=$(abspath $(BIN)/python) npm --prefix vscode-client run --silent package

test-vscode: vsix
	@tests/vscode/setup.sh
	@npm --prefix tests/vscode run --silent test

readme: $(BUILT)
	@$(BIN)/python tests/cli/readme.py

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .chainrule_cache
	rm -rf vscode-client/{node_modules,bundled,out,chainrule.vsix} tests/vscode/{node_modules,screenshots}
	find . -name __pycache__ -prune -not -path '*/node_modules/*' -exec rm -rf {} +
