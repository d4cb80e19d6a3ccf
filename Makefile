# `make demo` and `make test` are all a newcomer needs; both make their own environment first.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Bytecode is kept, whatever the machine says: without it each process compiles its libraries anew (vLLM: 34 s, not 13).
export PYTHONDONTWRITEBYTECODE :=

DATA := $(or $(POSTKORB_DATA_DIR),.postkorb)
UV := $(DATA)/uv/bin/uv
BIN := .venv/bin
VARIANT ?= cpu
LOCKS := deploy/locks
LIBRARIES := load-tests/bench/libraries

.PHONY: help env demo test faults guards bench gains long orders calibrate learn place-signals record sentences hostile unread check format lock clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

env: .venv/installed ## Make the environment, hash-locked (VARIANT=cpu or gpu)

demo: env ## Watch documents go through Kafka, vLLM and PostgreSQL (ALL=1: all samples; KEEP=1 leaves it running)
	@$(BIN)/postkorb demo $(if $(ALL),--samples samples) $(if $(KEEP),--keep)

test: env check ## Everything that must hold, with the real broker and the real database
	@$(BIN)/pytest -m "not alone" --ignore tests/engine --ignore tests/e2e --ignore tests/faults --numprocesses logical --maxprocesses 4 --dist loadfile --quiet
	@$(BIN)/pytest -m alone --ignore tests/faults --numprocesses 2 --dist loadfile
	@$(BIN)/pytest tests/faults --numprocesses 2

faults: env ## Kill, stop and cut everything, and count documents (LONG=1: 20 seeds; FAULT=3 SEED=7: one)
	@$(BIN)/pytest tests/faults --fault-table $(or $(TABLE),/dev/null) $(if $(LONG),--long --seeds 20) $(if $(SEED),--first-seed $(SEED) --seeds 1) $(if $(FAULT),--fault $(FAULT))

guards: env ## Take out each guard against a trap, and see its tests fail (GUARD=seek: one of them)
	@PYTHONPATH=.:tests $(BIN)/python tests/guards/take_out.py $(GUARD)

bench: env ## Measure how fast it is and what limits it (PART=ceiling: one of six; PART=delivery: what safety costs; LONG=1)
	@PYTHONPATH=.:tests:load-tests $(BIN)/python $(if $(filter delivery,$(PART)),load-tests/delivery_cost.py,-m bench $(if $(PART),--part $(PART)) $(if $(LONG),--long) $(if $(RAY),--ray) $(if $(APART),--apart))

gains: env ## Measure what cheap gains bring to the engine, in turns (VARIANTS="eager compiled", DOCUMENTS=12, ROUNDS=2)
	@PYTHONPATH=.:tests:load-tests $(BIN)/python load-tests/engine_gains.py $(if $(VARIANTS),--variants $(VARIANTS)) $(if $(DOCUMENTS),--documents $(DOCUMENTS)) $(if $(ROUNDS),--rounds $(ROUNDS))

long: env ## Measure what the model makes of long documents, and what their pages cost (PAGES="5 20")
	@PYTHONPATH=.:tests:load-tests $(BIN)/python load-tests/long_documents.py $(if $(PAGES),--pages $(PAGES))

orders: env ## Measure which order of instruction and document is cheapest at equal answers (DOCUMENTS=8, ROUNDS=1, FOLDER=, LABELS=, ORDERS=)
	@PYTHONPATH=.:tests:load-tests $(BIN)/python load-tests/prompt_orders.py $(if $(FOLDER),--folder "$(FOLDER)") $(if $(LABELS),--labels "$(LABELS)") $(if $(DOCUMENTS),--documents $(DOCUMENTS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ORDERS),--orders $(ORDERS))

calibrate: env ## Fit the confidences that ship to all documents made for development (MODEL=name, ANEW=1)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/calibrate.py $(if $(MODEL),--model "$(MODEL)") $(if $(ANEW),--anew)

learn: env ## Learn the words and places that ship from samples (two minutes; no model is asked)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/learn.py

place-signals: env ## Say anew how well places speak for the answers of kept first readings (10 minutes; no model is asked)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/place_signals.py

record: env ## Note the demo's model's answers to the samples, and their figures, to which tests hold the code (ANEW=1, WORSE=1)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/record.py $(if $(ANEW),--anew) $(if $(WORSE),--worse)
	@$(BIN)/python docs/generate.py

sentences: env ## Note which sentences of the corpus code answers right, after a change of words (WORSE=1: wrong ones that were right, too)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/sentences.py $(if $(WORSE),--worse)

unread: env ## Measure the configured model on letters that nobody tuned on (SET=second: older ones, ANEW=1: ask all, NOTE=1: a first reading)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/unread.py $(if $(SET),--set "$(SET)") $(if $(ANEW),--anew) $(if $(NOTE),--note)

hostile: env ## Measure how often hostile text changes an answer, with our guards and without (KIND=order, LIMIT=20)
	@PYTHONPATH=.:tests $(BIN)/python load-tests/hostile_text.py $(if $(KIND),--kind "$(KIND)") $(if $(LIMIT),--limit $(LIMIT))

check: env ## Formatting, lints, types, import rules
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > /tmp/postkorb-imports.$$$$ || { cat /tmp/postkorb-imports.$$$$; exit 1; }; rm -f /tmp/postkorb-imports.$$$$

format: env ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

$(UV): $(LOCKS)/uv.txt
	@deploy/prerequisites.sh
	@echo "making the environment (once; a few minutes on a slow network)"
	@python3 -m venv $(DATA)/uv
	@$(DATA)/uv/bin/python -m pip install --quiet --require-hashes --requirement $(LOCKS)/uv.txt
	@touch $@

.venv/installed: $(UV) $(LOCKS)/$(VARIANT).txt $(LOCKS)/dev.txt pyproject.toml
	@[ -x $(BIN)/python ] || $(UV) venv --quiet --python python3 .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(LOCKS)/$(VARIANT).txt $(LOCKS)/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

COMPILE := $(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

lock: $(UV) ## Resolve the dependencies anew
	@$(COMPILE) pyproject.toml --extra cpu --extra evaluation --extra s3 --overrides $(LOCKS)/overrides.txt --output-file $(LOCKS)/cpu.txt
	@$(COMPILE) pyproject.toml --extra gpu --extra evaluation --extra s3 --output-file $(LOCKS)/gpu.txt
	@$(COMPILE) pyproject.toml --extra s3 --constraints $(LOCKS)/cpu.txt --output-file $(LOCKS)/core.txt
	@$(COMPILE) $(LOCKS)/dev.in --constraints $(LOCKS)/cpu.txt --output-file $(LOCKS)/dev.txt
	@$(COMPILE) $(LOCKS)/uv.in --output-file $(LOCKS)/uv.txt
	@$(COMPILE) $(LIBRARIES)/libraries.in --output-file $(LIBRARIES)/libraries.txt
	@$(COMPILE) $(LIBRARIES)/ray.in --overrides $(LOCKS)/overrides.txt --overrides $(LIBRARIES)/ray-overrides.txt --output-file $(LIBRARIES)/ray.txt

clean: ## Remove the environment and everything this checkout stored (models too)
	@$(BIN)/postkorb down || true
	@rm -rf .venv $(DATA)
