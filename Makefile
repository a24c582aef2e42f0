# make demo   napari with the widget docked, run on a photograph
# make test   the whole test suite, the window tests under Xvfb included
# make lint   ruff and mypy
# make bench  one table of times and errors, next to the peers'
# make interop  our files opened by other programs: GIMP, Krita, LibreOffice, ... (Debian, as root)
# make docs   the pages of the documentation, with the gallery, in docs/_build/html
#
# Every target sets up what it needs: a virtual environment in .venv, the package with its extras,
# and, on Linux, missing system libraries through apt where that is allowed.

SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# A virtual screen. -s: a size at which a window is not cut off, with OpenGL.
XVFB := $(if $(filter Linux,$(shell uname)),xvfb-run -a -s "-screen 0 1920x1200x24 +extension GLX +render -noreset")
HAS_DISPLAY := $(if $(filter-out Linux,$(shell uname)),yes,$(if $(DISPLAY)$(WAYLAND_DISPLAY),yes))

.PRECIOUS: $(VENV)/.%
.PHONY: help venv demo test lint format bench interop docs system clean
.DEFAULT_GOAL := help

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

venv: $(VENV)/.dev

# A stamp per extra with which .venv was filled (.all, .dev, .bench, .docs); filled again when the metadata change.
$(VENV)/.%: setup.cfg pyproject.toml | system
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 5 -e '.[$*]'
	@touch $@

system:
	@PYTHON=$(PYTHON) tools/system_libraries $(if $(WINDOW),--display)

ifeq ($(HAS_DISPLAY),yes)
demo: WINDOW := yes
demo: $(VENV)/.all
	$(BIN)/python -m napari_colorquant._plugin.demo
else
demo: $(VENV)/.all
	$(XVFB) $(BIN)/python -m napari_colorquant._plugin.demo --save demo.png
endif

# PYTEST_ARGS="tests/palette -x" runs a part. Two processes, each with its own virtual screen.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# BENCH_ARGS="folder-of-images" adds a folder.
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

INTEROP := gimp gifsicle imagemagick krita libreoffice-draw libtiff-tools pngcheck scribus
INTEROP += python3-pyqt5 python3-sip python3-uno  # Krita's and LibreOffice's Python
interop: $(VENV)/.dev $(VENV)/.interop
	dpkg -s $(INTEROP) >/dev/null 2>&1 || { apt-get -q update && \
	    DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $(INTEROP); }
	$(BIN)/python -m pytest interop

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -b html -W --keep-going docs docs/_build/html

clean:
	rm -rf $(VENV) build dist docs/_build docs/_static/gallery demo.png .mypy_cache .ruff_cache .pytest_cache src/*.egg-info
