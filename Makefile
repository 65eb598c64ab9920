# Every target works from a fresh clone with python3 and make alone: tools live in a private .venv.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
RIVALS := .work/benchmarks/tools/.ready

.PHONY: help demo test check docs format ecosystem hard bench counts

help:  ## show the targets
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' Makefile

demo: $(READY)  ## check the example shop
	$(BIN)/cachelint check --fail-on never --statistics examples/shop

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest

check: $(READY)  ## format, lint, types, layers, generated documents: all that must be clean
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

docs: $(READY)  ## rewrite the generated parts of README.md and docs/rules.md
	$(BIN)/python docs/generate.py

format: $(READY)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ecosystem: $(READY)  ## rewrite tests/ecosystem/*.txt: the findings in real projects
	$(BIN)/python tests/ecosystem/run.py

hard: $(READY)  ## run the tests that take long: hostile projects in full, parsers' own tests, 200 kills
	CACHELINT_HARD=1 $(BIN)/python -m pytest tests/test_hostile.py tests/test_hard_corpora.py tests/test_hard_places.py

bench: $(READY) $(RIVALS)  ## measure speed, side by side with the alternatives
	$(BIN)/python benchmarks/run.py --write

counts: $(READY)  ## renew benchmarks/counts.json: how much work a check is
	$(BIN)/python benchmarks/counts.py --renew

$(RIVALS): benchmarks/requirements.txt
	$(PYTHON) -m venv .work/benchmarks/tools
	.work/benchmarks/tools/bin/python -m pip install --quiet --disable-pip-version-check --no-input -r $<
	@touch $@

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input -e '.[dev]'
	@touch $(READY)
