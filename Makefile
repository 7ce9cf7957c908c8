# make verify   decide every claim of the quick profile       make test      the whole test suite
# make quick    a part of it from every room, for the loop of work
# make nightly  the suite with fresh random examples, fuzzing  make bench     time and accuracy beside scipy and mpmath
# make mutation  do the fast tests notice random wrong lines?  make fuzz      coverage-guided texts for the grammar
# make lint     imports, lint, format and types: the rules of the house, which `make test` holds, too
# make docs     the pages of docs/ with a search box, and the reference    make clean     remove what make and the tests made

# The first interpreter that is new enough; `make PYTHON=/path/to/python verify` overrides the search.
PYTHON =
VENV = .venv
PIP_INSTALL = $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

verify: $(VENV)/installed
	$(VENV)/bin/spectral-bias verify --profile quick

test: $(VENV)/installed-test
	$(VENV)/bin/python -m pytest -q -n 2 --dist worksteal

# The rules of the house but for types, then the folders and files that tests/quick.txt names.
quick: $(VENV)/installed-test
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/ruff format --quiet --check .
	$(VENV)/bin/lint-imports --no-logo > /dev/null || $(VENV)/bin/lint-imports
	$(VENV)/bin/python -m pytest -q -n 2 --dist worksteal @tests/quick.txt

lint: $(VENV)/installed-test
	$(VENV)/bin/lint-imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# 300 random wrong lines against the fast tests, an hour; `make mutation MUTANTS=20 SEED=7` for fewer.
# What is found is kept below results/: the same command with the same SEED goes on where it ended.
MUTANTS = 300
SEED =
mutation: $(VENV)/installed-mutation
	$(VENV)/bin/python -m tests.mutation $(MUTANTS) $(SEED)

nightly: $(VENV)/installed-test fuzz
	HYPOTHESIS_PROFILE=nightly FUZZ_FACTOR=8 $(VENV)/bin/python -m pytest -q -n 2 --dist worksteal

# Texts that coverage guides, for so many seconds; Atheris has wheels for Linux and macOS.
FUZZ_SECONDS = 600
fuzz: $(VENV)/installed-fuzz
	$(VENV)/bin/python -m tests.fuzz $(FUZZ_SECONDS)

# Benchmarks with ratios and targets asserted, then tables in Markdown, as in the README; some minutes.
bench: $(VENV)/installed-bench
	$(VENV)/bin/python -m pytest -q -c tests/bench/pytest.ini tests/bench

# Pages that open from disk: build/site/index.html.
docs: $(VENV)/installed-docs
	$(VENV)/bin/python -m mkdocs build --strict --quiet

$(VENV)/bin/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
	    if command -v $$python >/dev/null && \
	       $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        $$python -m venv $(VENV) >&2 && exit 0; \
	        rm -rf $(VENV); \
	        echo "make: $$python cannot create a virtual environment: install its venv module" >&2; exit 1; \
	    fi; \
	done; \
	echo "make: Python 3.11 or newer is needed, found: $$(python3 --version 2>&1)" >&2; exit 1

# Without build isolation the build backend, too, comes from constraints.txt.
$(VENV)/installed: pyproject.toml constraints.txt $(VENV)/bin/python
	@echo "installing into $(VENV): several minutes the first time" >&2
	@$(PIP_INSTALL) hatchling editables
	@$(PIP_INSTALL) --no-build-isolation --editable '.[networks,report]'
	@touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt $(VENV)/bin/python
	@echo "installing into $(VENV), with the test tools: several minutes the first time" >&2
	@$(PIP_INSTALL) hatchling editables
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test]'
	@touch $(VENV)/installed $@

$(VENV)/installed-mutation: $(VENV)/installed-test
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test,mutation]'
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed-test
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test,bench]'
	@touch $@

$(VENV)/installed-docs: $(VENV)/installed
	@$(PIP_INSTALL) --no-build-isolation --editable '.[networks,report,docs]'
	@touch $@

$(VENV)/installed-fuzz: $(VENV)/installed-test
	@$(PIP_INSTALL) --no-build-isolation --editable '.[test,fuzz]'
	@touch $@

clean:
	rm -rf $(VENV) build dist results .*_cache .hypothesis
	find theory numerics verify tests -name __pycache__ -type d -prune -exec rm -rf {} +


.PHONY: verify test quick lint mutation nightly fuzz bench docs clean
