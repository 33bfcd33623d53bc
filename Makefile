# `make serve` and `make test` do everything on a fresh machine.

PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check
# nltk refuses hard-linked files, which is what uv makes by default.
export UV_LINK_MODE = copy
TSC = tests/web/node_modules/.bin/tsc

.PHONY: setup serve samples samples-for-clients test test-all test-clients check check-widget lock format

setup: .venv/ready

# uv if it is there, else the pinned one, installed into the environment.
.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Dateline needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\]$$/p' requirements.txt > .venv/uv.txt
	command -v uv >/dev/null || $(PIP) install --quiet --require-hashes -r .venv/uv.txt
	$$(command -v uv || echo .venv/bin/uv) pip sync --quiet --require-hashes --compile-bytecode \
		--python .venv/bin/python requirements.txt
	touch .venv/ready

serve: setup
	test -e data/record.sqlite -a ! -e data/.samples-unfinished || $(MAKE) --no-print-directory samples
	.venv/bin/python app.py $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

# The sample articles, into an empty data directory; a run that was killed is taken up again.
samples: setup
	mkdir -p data && touch data/.samples-unfinished
	cp evals/suites/sample/examples.txt data/examples.txt
	test -e data/sites.toml || cp evals/suites/sample/sites.toml data/sites.toml
	.venv/bin/python -m ingest evals/suites/sample/articles --data data
	rm data/.samples-unfinished

# Three at a time: most tests wait for servers and browsers. By file, so that each file's servers start once.
PYTEST = .venv/bin/python -m pytest -n 3 --dist loadfile

test: setup
	$(PYTEST)

# Other people's clients, in environments of their own; writes the table of docs/api.md.
test-clients: setup samples-for-clients .clients/ready
	.venv/bin/python -m tests.clients.table --data .clients/data

.clients/ready: tests/clients/requirements.txt tests/clients/package.json
	$(PYTHON) -m venv .clients
	$$(command -v uv || echo .venv/bin/uv) pip install --quiet --python .clients/bin/python -r tests/clients/requirements.txt
	npm install --prefix tests/clients --no-package-lock --ignore-scripts --no-audit --no-fund --silent
	touch .clients/ready

samples-for-clients: setup
	.venv/bin/python -m ingest evals/suites/sample/articles --data .clients/data

test-all: setup
	$(PYTEST) -m 'slow or not slow'

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(MAKE) --no-print-directory check-widget

# The widget's JavaScript needs no build; its types are checked where `npm ci --prefix tests/web` has been run.
check-widget:
	test ! -e $(TSC) && echo "the widget's types are not checked: no $(TSC); npm ci --prefix tests/web installs it" \
		|| $(TSC) -p tests/web/tsconfig.json

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/python -m docs.drawing

# Versions with hashes, for every platform; no registry's address is written.
lock:
	$$(command -v uv || echo .venv/bin/uv) pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt
