# `make demo` shows what silos does; `make test` is what CI runs. Both need Python 3.11 or newer and nothing else.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= out
LOWEST ?= .venv-lowest
# What depends on other people's versions; the pages, the notebooks and the benchmarks do not.
TESTS  ?= tests/readers tests/ties tests/store tests/measures tests/inference tests/analysis tests/plots tests/report tests/test_cli.py

.PHONY: demo test test-long test-spark test-lowest lint sample docs site benchmark fuzz clean

demo: $(VENV)/.installed
	$(BIN)/silos analyze data/sample/interactions.csv data/sample/affiliations.csv --roster data/sample/roster.csv -o $(OUT)
	@echo "The report: file://$(abspath $(OUT))/report.html"

# A file's tests share what they set up: two workers with some of them each would set it up twice.
test: $(VENV)/.developing lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

# What would take `make test` beyond ten minutes.
test-long: $(VENV)/.developing
	$(BIN)/python -m pytest -n 2 -m long

# Needs Java 17 or newer, which `.ci/install` installs where it may.
test-spark: $(VENV)/.sparking
	$(BIN)/python -m pytest -m spark tests

# With the oldest versions that pyproject.toml allows, in an environment of its own. Run it when a bound has changed.
test-lowest: $(LOWEST)/.developing
	$(LOWEST)/bin/python -m pytest -n 2 $(TESTS)

# What `.pre-commit-config.yaml` runs before each commit.
lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg

# The sample company, from its seed.
sample: $(VENV)/.installed
	rm -rf data/sample
	$(BIN)/silos simulate -o data/sample

# The pages that are made from the code, and the catalogues of all languages; tests compare them.
docs: $(VENV)/.developing
	$(BIN)/python docs/make_measures.py
	$(BIN)/python docs/make_formats.py
	$(BIN)/python docs/make_layout.py
	$(BIN)/python docs/make_thresholds.py
	$(BIN)/python docs/make_output.py
	$(BIN)/python docs/make_scaling.py
	$(BIN)/python docs/make_catalogues.py

# The pages as a site, in site/: a broken link or a name without a docstring is an error.
site: $(VENV)/.writing
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# Some hours at full size: SIZES="1e5 1e6" for less. Stopped, it goes on where it was.
benchmark: $(VENV)/.developing
	$(BIN)/python benchmarks/speed.py $(if $(SIZES),--sizes $(SIZES))
	$(BIN)/python docs/make_scaling.py

# Damaged inputs for every reader, for MINUTES (30); the last lines say how many were read, refused and failed.
fuzz: $(VENV)/.developing
	$(BIN)/python benchmarks/fuzz_readers.py --minutes $(or $(MINUTES),30)

clean:
	rm -rf $(VENV) $(LOWEST) $(OUT) build dist *.egg-info

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt $(shell find silos -type f -not -name '*.pyc' 2>/dev/null)
	test -e $(VENV)/.developing || $(BIN)/python -m pip install --quiet -c constraints.txt .
	touch $@

# By itself, as PySpark is large, and as pandas works otherwise where pyarrow is installed: all else must do without.
$(VENV)/.sparking: $(VENV)/.developing
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev,spark]"
	touch $@

$(VENV)/.writing: $(VENV)/.developing
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev,docs]"
	touch $@

$(VENV)/.developing: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

$(LOWEST)/.developing: pyproject.toml
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution=lowest-direct -e ".[dev]"
	touch $@
