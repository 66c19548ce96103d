# make verify and make test need Python >= 3.11 and nothing else: they make .venv themselves.
PYTHON ?= python3
BIN := .venv/bin
REPORT ?= build/report

.PHONY: docs verify test deep fuzz mutants coq bench gpu lint readme clean

verify: .venv/plain
	$(BIN)/ufm verify --report $(REPORT)

test: .venv/test
	$(BIN)/python -m pytest -n auto --dist worksteal

# Random statements of the deep tests; a campaign that was stopped goes on where it was (build/campaign.json).
STATEMENTS ?= 100000
deep: .venv/test
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n auto --dist worksteal
	mkdir -p build
	$(BIN)/python -m tests.tools.campaign 0 $(STATEMENTS) --resume build/campaign.json

fuzz: .venv/fuzz
	for target in statement toml command_line idx; do $(BIN)/python -m tests.tools.fuzz $$target || exit 1; done

# SAMPLE mutants of each module of the kernel, the checker, the search and the engines (0: all of them).
SAMPLE ?= 15
mutants: .venv/mutants
	rm -rf build/mutants
	$(BIN)/python -m tests.tools.code_mutants --sample $(SAMPLE)

coq: .venv/plain
	$(BIN)/python -m proofs.coq

bench: .venv/bench
	$(BIN)/python -m pytest tests/benchmarks --benchmark-only
	$(BIN)/python -m tests.benchmarks.ratios

# Ten minutes of a CUDA device: speed, agreement with the CPU, the predictions and the full experiment, into build/gpu.
gpu: .venv/test
	$(BIN)/python -m tests.tools.gpu build/gpu

lint: .venv/lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

readme: .venv/plain
	$(BIN)/python -m proofs.documents.readme

docs: .venv/docs
	$(BIN)/python -m sphinx -W --keep-going -n -q -b html docs build/docs

clean:
	rm -rf .venv build

.venv/plain: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: set PYTHON=")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/%: .venv/plain
	$(BIN)/python -m pip install --quiet --editable '.[$*]'
	@touch $@
