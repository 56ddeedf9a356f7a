# The only door. Each target does all its own set-up; a second run starts at once.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
ENV := .venv/.ready
PACKAGES := node_modules/.ready
FRONT := node_modules/.built
FRONT_SOURCES := $(shell find anbu/desks/static_src -type f 2>/dev/null)
HOUSEHOLDS ?= 2000
SPEED ?= 60
PORT ?= 8000
BENCH ?= all
TESTS ?= tests
LAB ?= long
SEED ?= 1

.PHONY: help demo test lab check lint guard holes sbom types contracts bench sizes lock pictures states access retention detection-report build format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

demo: $(ENV) $(FRONT) ## a running city with people in it (HOUSEHOLDS=2000 SPEED=60 PORT=8000 FIXED=)
	@$(BIN)/anbu demo --households $(HOUSEHOLDS) --speed $(SPEED) --port $(PORT) $(if $(FIXED),--fixed)

test: $(ENV) $(FRONT) ## every test, browser and all (TESTS=tests/kernel for a part)
	@chromium=$$(sh tools/chromium.sh) && ANBU_CHROMIUM="$$chromium" sh tools/tests.sh $(TESTS)

lab: $(ENV) $(FRONT) ## break a throw-away city a thousand times, for hours (LAB=long SEED=1)
	@$(BIN)/anbu lab run $(LAB) --seed $(SEED)

check: lint guard types contracts test ## all that CI does: lint, holes, types, contracts, tests

lint: $(ENV) ## ruff: mistakes and layout
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

guard: $(ENV) ## bandit and our own semgrep rules: nothing unexplained
	@sh tools/guard.sh code

holes: $(ENV) ## known holes in what we stand on; a package not looked up fails
	@sh tools/guard.sh holes

sbom: $(ENV) ## build/sbom.json: what we stand on (CycloneDX)
	@sh tools/guard.sh sbom

types: $(ENV) $(PACKAGES) ## mypy and tsc
	@$(BIN)/mypy && sh tools/frontend.sh types

contracts: $(ENV) ## the order of the house
	@$(BIN)/lint-imports

bench: $(ENV) $(FRONT) ## measure this machine (BENCH=all)
	@$(BIN)/anbu bench $(BENCH)

sizes: $(ENV) $(FRONT) ## what the browser loads, and which files grow too long
	@sh tools/frontend.sh sizes
	@git ls-files -co --exclude-standard '*.py' '*.ts' '*.html' | xargs wc -l | awk '$$1 > 300 && $$2 != "total"' | sort -rn

pictures: $(ENV) $(FRONT) ## take the pictures of the docs anew, in a real browser
	@chromium=$$(sh tools/chromium.sh) && ANBU_CHROMIUM="$$chromium" ANBU_PICTURES=docs/pictures $(BIN)/python -m pytest tests/walks/test_answered_alarm.py

states: $(ENV) ## write docs/states.md from the state tables
	@$(BIN)/python tools/states.py

access: $(ENV) ## write docs/access.md from the table of rights
	@$(BIN)/python tools/access.py

retention: $(ENV) ## write docs/retention.md from the table of retention
	@$(BIN)/python tools/retention.py

detection-report: $(ENV) ## write docs/detection.md from recorded homes (LIFESIGNS=folder)
	@test -n "$(LIFESIGNS)" || { echo "anbu: say where the recordings are: LIFESIGNS=folder" >&2; exit 1; }
	@$(BIN)/python tools/detection_report.py "$(LIFESIGNS)"

lock: ## settle the versions anew (requirements*.lock, with hashes)
	@sh tools/lock.sh

build: $(ENV) $(FRONT) ## only the set-up: environment and what browsers load

format: $(ENV) ## let ruff lay out the code
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

clean: ## forget the environment and what was built; data in var/ stays
	@rm -rf .venv .venv-guard .uv node_modules anbu/desks/static/built

$(ENV): requirements-dev.lock pyproject.toml .python-version tools/environment.sh tools/uv.sh
	@sh tools/environment.sh && touch $@

$(PACKAGES): package.json package-lock.json .npmrc tools/frontend.sh $(ENV)
	@sh tools/frontend.sh packages && touch $@

$(FRONT): $(PACKAGES) $(FRONT_SOURCES)
	@echo "anbu: building what browsers load"
	@sh tools/frontend.sh build && touch $@
