# Two targets are enough: `make app` and `make test`. Both build .venv first.
# Plain rules only: macOS still ships GNU make 3.81.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
PY   := $(VENV)/bin/python
# A stamp is touched when its install has succeeded, so an interrupted install
# is done again and a finished one costs nothing.
APP  := $(VENV)/.installed-app
DEV  := $(VENV)/.installed-dev
PIP  := $(PY) -m pip install -q --disable-pip-version-check
# One worker a core, at most eight. Each has a browser and a server of its own and starts with a run
# of neighbouring tests, which share both; who is done early takes half of what another has left.
PYTEST := $(PY) -m pytest -n auto --maxprocesses 8 --dist worksteal
# Other orders of adding, as on processors without AVX: no test may hang on the last bits of one.
OTHER_KERNELS := ATEN_CPU_CAPABILITY=default MKL_ENABLE_INSTRUCTIONS=SSE4_2 ONEDNN_MAX_CPU_ISA=SSE41

# The oldest Python that the pinned packages support.
MINOR := 11
# Tried in this order when PYTHON is not given.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
# Debian's python3 can lack ensurepip. Such a Python cannot build a venv, so it
# does not count.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $(MINOR)))

# A .venv without a working Python (it was upgraded or removed) is built again.
WORKS := $(shell $(PY) -c "import sys; print(sys.version_info >= (3, $(MINOR)))" 2>/dev/null)
ifneq ($(WORKS),True)
$(APP) $(DEV): venv
endif

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PORT=8600             the port of make app (8501 when not given)"
	@echo "  ARGS=\"-k attention\"   more arguments for pytest"
	@echo "  PYTHON=python3.12     the Python to build .venv from (read when .venv is made)"

.PHONY: app
app: $(APP) ## open the dashboard; sets everything up the first time
	@$(PY) -m streamlit run app.py $(if $(PORT),--server.port $(PORT))

.PHONY: test
test: lint ## lint, then all tests; sets everything up the first time
	@$(PYTEST) $(ARGS)

.PHONY: quick
quick: $(DEV) ## the tests of the everyday loop: no browser, no training, three cases each
	@$(PYTEST) -m "not browser and not slow" $(ARGS)

.PHONY: test-hard
test-hard: $(DEV) ## ten thousand hostile texts, links, files and messages (make test tries a few)
	@S2S_HARD=1 $(PYTEST) tests/hard $(ARGS)

.PHONY: kernels
kernels: $(DEV) ## all tests without a browser, with the arithmetic of another processor
	@$(OTHER_KERNELS) $(PYTEST) -m "not browser" $(ARGS)

.PHONY: lint
lint: $(DEV) ## check style and format with ruff, types with mypy
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m mypy --no-error-summary

.PHONY: setup
setup: $(DEV) ## only set up .venv, with the tools for the tests

.PHONY: clean
clean: ## remove .venv and the caches; models and runs stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: venv
venv:
	@found=; \
	for python in $(or $(PYTHON),$(PYTHONS)); do \
	    if "$$python" -c "$(USABLE)" 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "No usable Python found. Tried: $(or $(PYTHON),$(PYTHONS))." >&2; \
	    echo "This needs Python 3.$(MINOR) or newer, with its venv module" >&2; \
	    echo "(Debian and Ubuntu: apt install python3-venv)." >&2; \
	    echo "If you have one elsewhere: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	echo "Building $(VENV) with $$("$$found" --version) ..."; \
	"$$found" -m venv --clear $(VENV)

$(APP): requirements.txt
	@echo "Installing requirements.txt (minutes the first time) ..."
	@$(PIP) -r requirements.txt
	@touch $@

# These include requirements.txt, so the app's stamp is fresh as well.
$(DEV): requirements.txt requirements-dev.txt
	@echo "Installing requirements-dev.txt (minutes the first time) ..."
	@$(PIP) -r requirements-dev.txt
	@touch $(APP) $@
