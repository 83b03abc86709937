# Everything a person types. On a fresh machine each target first makes what it needs.
.PHONY: install help run unit test test-all lint page bench endings eval lock clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WEBUI  := .venv-openwebui
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Hashes for everything, nothing resolved anew: the one package that declares torch
# (for weights that need none) does not get its wish. uv takes seconds where pip takes
# minutes; pip is there for where uv does not reach (a mirror that only pip knows of).
LOCKED := --quiet --no-deps --require-hashes
define install_locked
$(BIN)/uv pip install --system-certs --python $(2)/bin/python $(LOCKED) -r $(1) || $(PIP) --python $(2)/bin/python install $(LOCKED) -r $(1)
endef

install: $(VENV)/.installed  ## the environment, from the locks

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 10

$(VENV)/.installed: requirements/runtime.lock requirements/installer.lock pyproject.toml packages/rag_stream/pyproject.toml
	@test -x $(BIN)/python || requirements/make-venv $(PYTHON) $(VENV)
	@echo "installing from requirements/runtime.lock into $(VENV) ..."
	@$(PIP) install $(LOCKED) -r requirements/installer.lock
	@$(call install_locked,requirements/runtime.lock,$(VENV))
	@$(PIP) install --quiet --no-deps --no-build-isolation -e packages/rag_stream -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.lock
	@echo "installing from requirements/dev.lock into $(VENV) ..."
	@$(call install_locked,requirements/dev.lock,$(VENV))
	@touch $@

run: install  ## serve on HOST:PORT, with the sample where nothing has been ingested yet
	@$(BIN)/python -m ingest --sample --if-empty
	@exec $(BIN)/python -m app

# Files side by side. Each process has an index server of its own, and they do nothing but wait
# for one another where there are more than cores.
JOBS ?= auto
SIDE_BY_SIDE := -n $(JOBS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder
# Not of a part of the tests.
COVERAGE := $(if $(ARGS),,--cov --cov-fail-under=94)

unit: $(VENV)/.installed-dev  ## the tests that need no browser and no server of another kind
	@$(BIN)/python -m pytest -m "not services" $(SIDE_BY_SIDE) $(ARGS)

test: $(VENV)/.installed-dev  ## all tests, with what they cover; installs a browser and servers
	@tests/prepare
	@$(BIN)/python -m pytest $(COVERAGE) $(SIDE_BY_SIDE) $(ARGS)

# What pytest is not to find by itself: each needs an environment of its own.
test-all: test $(WEBUI)/.installed  ## these, and a browser in Open WebUI from its wheel (2 GB)
	@$(BIN)/python -m pytest tests/heavy/openwebui.py

# It takes no newer Python. Without torch, whose weights nothing here needs: 5 GB less.
$(WEBUI)/.installed: requirements/openwebui.lock $(VENV)/.installed-dev
	@echo "installing from requirements/openwebui.lock into $(WEBUI) ..."
	@$(BIN)/uv venv --quiet --clear --no-python-downloads --python '>=3.11,<3.13' $(WEBUI)
	@$(call install_locked,requirements/openwebui.lock,$(WEBUI))
	@touch $@

lint: $(VENV)/.installed-dev  ## ruff, its format, mypy
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

PAGE := app/page/source
page: $(PAGE)/node_modules/.lock-of-tests  ## the page's built files, from its sources; needs Node
	@cd $(PAGE) && node_modules/.bin/tsc && node build.mjs

# The mark is the one that the tests know.
$(PAGE)/node_modules/.lock-of-tests: $(PAGE)/package-lock.json
	@cd $(PAGE) && npm ci --no-audit --no-fund --ignore-scripts --silent
	@cp $< $@

bench: install  ## the service beside its peers and the limit; 35 minutes on a quiet machine
	@$(BIN)/python -m bench $(ARGS)

endings: $(VENV)/.installed-dev  ## how streams end, and what hostile clients can do; 12 minutes
	@$(BIN)/python -m bench.endings $(ARGS)

# On ../shared/eval or a small sample; ARGS="--data FOLDER" for questions of your own, "--full"
# for all questions in all languages, "--anew" to take no vectors of earlier runs.
eval: install  ## what is retrieved and answered, in several languages; under 10 minutes
	@$(BIN)/python -m bench.eval $(ARGS)

# Takes newer releases only with `make lock UPGRADE=--upgrade`.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	--no-emit-package rag-stream
lock: install  ## the locks, after a change of a pyproject.toml
	$(COMPILE) $(UPGRADE) pyproject.toml packages/rag_stream/pyproject.toml \
	  --extra mcp --group pyproject.toml:build -o requirements/runtime.lock
	$(COMPILE) $(UPGRADE) --constraints requirements/runtime.lock --group pyproject.toml:test \
	  --group pyproject.toml:lint --group pyproject.toml:model-graph -o requirements/dev.lock
	cat requirements/model.lock >> requirements/runtime.lock
	for name in plain relay plot; do $(COMPILE) $(UPGRADE) --constraints requirements/runtime.lock \
	  --constraints requirements/dev.lock requirements/bench/$$name.in \
	  -o requirements/bench/$$name.txt; done
	for name in hayhooks llamaindex; do $(COMPILE) $(UPGRADE) requirements/bench/$$name.in \
	  -o requirements/bench/$$name.txt; done
	echo "torch; python_version < '3'" | $(COMPILE) $(UPGRADE) requirements/openwebui.in \
	  --override - -o requirements/openwebui.lock
	echo uv | $(COMPILE) $(UPGRADE) - -o requirements/installer.lock

clean:  ## take out all that was made
	rm -rf $(VENV) $(WEBUI) bench/.venvs bench/out .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/out
