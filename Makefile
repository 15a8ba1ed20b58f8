# make ask Q="…" | app | test | gate | foreign | setup | lint | bench      (Windows without make: see README.md)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: ask app test gate foreign setup setup-app setup-all lint bench clean
export Q

ask: setup
	@$(BIN)/regional-dx ask "$$Q"

app: setup-app
	@$(BIN)/regional-dx app

test: setup-all
	@$(BIN)/python -m pytest -n 2 --dist loadfile
	@$(BIN)/python -m evals gate

gate: setup-all
	@$(BIN)/python -m evals gate

# On texts and questions of others: needs the samples (REGIONAL_DX_SAMPLES) and about half an hour.
foreign: setup-all
	@$(BIN)/python -m evals evidence "$$REGIONAL_DX_SAMPLES" --work build/foreign
	@$(BIN)/python -m evals library "$$REGIONAL_DX_SAMPLES" --work build/foreign

lint: setup-all
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m evals lock
	@$(BIN)/lint-imports --no-cache > $(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }

bench: setup-all
	@$(BIN)/python -m evals bench-speed

# A stamp is written only after its installation succeeded, so an interrupted one is taken up again.
setup: $(VENV)/installed
setup-app: $(VENV)/installed-app
setup-all: $(VENV)/installed-all

$(VENV)/installed: pyproject.toml constraints.txt
	@echo "必要なソフトウェアを準備しています(初回は数分かかります)…" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -e .
	@touch $@

$(VENV)/installed-app: $(VENV)/installed
	@echo "画面のソフトウェアを準備しています…" >&2
	@$(INSTALL) -e ".[app]"
	@touch $@

$(VENV)/installed-all: $(VENV)/installed
	@echo "開発用のソフトウェアを準備しています…" >&2
	@$(INSTALL) -e ".[app,dev,evals,ocr]"
	@touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
