# Everything a contributor runs. `make check` is what continuous integration runs (.ci/run).

GO      ?= go
PKGS    ?= ./...
# Tools are pinned in tools.mod, apart from the module's own requirements.
LINT    := $(GO) tool -modfile=tools.mod golangci-lint
STAT    := $(GO) tool -modfile=tools.mod benchstat
# Runs a command beside a private PostgreSQL that all packages' tests share.
WITHPG  := $(GO) run ./sqllogic/testdb/withpostgres --
CORPORA ?= ../shared/corpora
# How long each fuzz target runs in `make fuzz`, and how many statements of the differential test run in PostgreSQL.
FUZZTIME ?= 30s
FUZZCALLS ?= 100000
# The differential test of `make check`: the first seed, and how long it is at it.
SEED     ?= 1
DIFFTIME ?= 60s
# How long each race of `make isolation` lasts; `make test` gives them two seconds.
ISOLATIONTIME ?= 60s

# How many calls of TPC-C and TATP `make workloads` compares with PostgreSQL.
CALLS    ?= 5000

.PHONY: help build test differential race isolation lint fmt generate generated slt tpch fuzz bench check fleet workloads

help: ## List the targets.
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 12

build: ## Compile every package and command.
	$(GO) build ./...

test: ## Run the tests but the differential, with a private PostgreSQL and private redis-servers.
	$(WITHPG) $(GO) test -timeout 20m -skip '^TestDifferential$$' $(PKGS)

differential: ## Compare random programs with PostgreSQL for DIFFTIME, from SEED on.
	PREQUEL_FUZZ_SEED=$(SEED) PREQUEL_FUZZ_TIME=$(DIFFTIME) $(WITHPG) $(GO) test -count 1 -v -run '^TestDifferential$$' .

race: ## Run the tests under the race detector (PKGS=./runtime/... for a part).
	$(WITHPG) $(GO) test -race -timeout 40m $(PKGS)

isolation: ## Race clients for the same rows and check histories for linearizability, for ISOLATIONTIME on each engine.
	PREQUEL_ISOLATION_TIME=$(ISOLATIONTIME) $(GO) test -count 1 -v -timeout 30m ./runtime/isolation

lint: ## Run the linters and check the formatting.
	$(LINT) run $(PKGS)

fmt: ## Format the Go files.
	$(LINT) fmt

generate: ## Rebuild every generated file.
	$(WITHPG) $(GO) generate ./...

generated: ## Fail when a generated file is not what its generator writes.
	$(WITHPG) .ci/generated

slt: ## Run the public sqllogictest corpora through the pipeline, judged by PostgreSQL.
	$(WITHPG) sh -c '$(GO) run ./cmd/prequel slt --refused=skip --score --oracle="$$PREQUEL_TEST_PG" $(CORPORA)/risinglight $(CORPORA)/risingwave $(CORPORA)/sqlite-slt/test/evidence'

tpch: ## Compare TPC-H's queries with PostgreSQL after every refresh, at a larger scale than the tests do.
	PREQUEL_TPCH_SCALE=0.001 $(WITHPG) $(GO) test -count 1 -timeout 60m -v -run '^TestTPCH$$' .

fuzz: ## Run FUZZCALLS statements of random programs, and every fuzz target for FUZZTIME.
	FUZZTIME=$(FUZZTIME) FUZZCALLS=$(FUZZCALLS) $(WITHPG) .ci/fuzz

bench: ## Run the benchmarks six times and print their statistics; docs/benchmarks.md says what they are.
	@redis-server --version; uname -sr; nproc
	$(GO) test -timeout 60m -run '^$$' -bench . -skip '^BenchmarkMemory$$' -count 6 $(PKGS) | tee bench.txt
	$(STAT) bench.txt
	$(GO) test -run '^$$' -bench '^BenchmarkMemory$$' -benchtime 1x .

check: build lint generated test differential ## What continuous integration runs.
	$(MAKE) race PKGS=./runtime/...

workloads: ## Compare CALLS calls of TPC-C and TATP with PostgreSQL.
	$(WITHPG) $(GO) test -count 1 -timeout 60m -run TestPostgres ./examples/tpcc ./examples/tatp -args -calls $(CALLS)

fleet: ## Compile, hydrate and call the fleet example on the embedded engine.
	$(GO) run ./examples/fleet
