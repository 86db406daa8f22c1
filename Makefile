# Footfall's front door: every command that a person needs, with a line of help.

# Where `make run` listens and keeps its data: `make run PORT=8081 DATA=/var/tmp/footfall`.
PORT := $(or $(FOOTFALL_PORT),8080)
DATA := $(or $(FOOTFALL_DATA),./data)

# Which suites `make test` runs: `make test SUITES="tracker shell"`. All of them when empty.
SUITES :=

# What `make fuzz` feeds, and how many inputs.
TARGET :=
RUNS := 10000000

.DEFAULT_GOAL := help
# Recipes that share one build folder must not run beside each other.
.NOTPARALLEL:

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { sub("%", "NAME", $$1); printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Build, add a demo site and start the collector on 127.0.0.1 (PORT=8080 DATA=./data)
	@scripts/run.sh '$(PORT)' '$(DATA)'

.PHONY: build
build: ## Build the release binary into .build/release/footfall
	@scripts/install-needs.sh run
	swift build -c release --product footfall

.PHONY: static
static: ## Build one binary that needs no Swift where it runs, into .build/static/release/footfall
	@scripts/install-needs.sh run
	swift build -c release --product footfall --static-swift-stdlib --scratch-path .build/static
	strip .build/static/release/footfall

.PHONY: test
test: ## Run every suite and sum it up (SUITES="swift tracker shell fuzz acceptance journey")
	@scripts/test.sh $(SUITES)

.PHONY: test-long
test-long: ## Many seeds, thread and address sanitizers, simulated years (FOOTFALL_SEEDS=1000)
	@scripts/test.sh --long $(SUITES)

.PHONY: fuzz
fuzz: ## Feed made-up inputs to a parser (TARGET=beacon RUNS=10000000; every one without TARGET)
	@RUNS='$(RUNS)' scripts/fuzz.sh $(TARGET)

.PHONY: bench
bench: ## Run every benchmark of Benchmarks/
	@scripts/bench.sh

bench-%: ## Run one: bench-ingest is Benchmarks/ingest.sh
	@scripts/bench.sh $*

.PHONY: lint
lint: ## Check format, shell scripts and the files of deploy/
	@scripts/lint.sh

.PHONY: format
format: ## Put every Swift file into the house's format
	swift format --in-place --recursive --parallel Package.swift Sources Tests Plugins

.PHONY: clean
clean: ## Remove what was built; ./data stays
	rm -rf .build
