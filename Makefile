# make without a target lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
LONG_DIR ?= /var/tmp
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build the program into bin/citypost
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/citypost ./cmd/citypost

demo: build ## Make up a living city and serve it on http://127.0.0.1:8080
	./bin/citypost demo --listen 127.0.0.1:8080

test: ## Install what the tests need, start PostgreSQL, run every check and test
	scripts/test.sh

check: ## The quick checks before a push: format, vet, shape, short tests on SQLite
	scripts/check.sh

assets: ## Build style sheets and scripts anew (needs Node.js)
	cd internal/web/assets/src && npm ci --no-audit --no-fund && npm run build

assets-check: ## Prove that the committed assets are what their sources give (needs Node.js)
	cd internal/web/assets/src && npm ci --no-audit --no-fund && npm run check

templ: ## Generate the Go of changed pages
	go run github.com/a-h/templ/cmd/templ@v0.3.1001 generate

pages: ## Take a screenshot of every page into screens/
	CITYPOST_SHOTS=$(CURDIR)/screens CITYPOST_PAGES=1 go test -count=1 -timeout 30m ./internal/web/gallery ./internal/e2e/...

pictures: ## Take the README's pictures anew into docs/pictures
	mkdir -p docs/pictures
	CITYPOST_PICTURES=$(CURDIR)/docs/pictures go test -count=1 -run ThePicturesOfTheReadme ./internal/e2e

interop: ## Read a ledger with public tools (Tessera's fsck, litewitness, omniwitness)
	scripts/interop.sh

model: ## Drive 10,000 random sequences against the API and an independent model, on both databases
	CITYPOST_MODEL_SEQUENCES=10000 scripts/postgres.sh go test -count=1 -v -timeout 60m ./internal/model

kill: ## Kill the ledger -9 a thousand times and look for anything lost or doubled; then 100 times each under porcupine, with one node and two; then the counters while dossiers with pictures come in
	CITYPOST_KILLS=1000 go test -count=1 -timeout 60m -v -run TestNothingAcknowledgedIsLostWhenTheProcessIsKilled ./internal/ledger
	CITYPOST_KILLS=100 scripts/postgres.sh go test -count=1 -timeout 60m -v -run TestOneOrderExplains ./internal/ledger
	CITYPOST_KILLS=100 scripts/postgres.sh go test -count=1 -timeout 60m -v -run TestAKilledHouse ./internal/bench

faults: ## Let writes, syncs, whole disks and the power fail, thirty times each and more (needs strace; a small disk needs root; LazyFS where it is installed)
	CITYPOST_FAULTS=30 scripts/postgres.sh go test -count=1 -timeout 90m -v -run 'TestAFailed|TestAKeyThat|TestASmallDisk|TestEachStep|TestALostConnection|TestTheHouse|TestEveryTool|LazyFS' ./internal/ledger ./internal/cluster
	$(MAKE) powercut

powercut: ## Cut the power of the ledger 3,000 times on plain and 3,000 times on sealed files, and of one whose disk lies
	CITYPOST_POWERCUTS=3000 go test -count=1 -timeout 60m -v -run 'PowerIsCut|PowerCutsLoses' ./internal/ledger

failover: ## Let the machines of a PostgreSQL cluster die and lose each other under load (installs Patroni and etcd from Debian when missing)
	scripts/failover.sh

damage: ## Check 10,000 receipts and change 1,000 single bytes of the ledger's tables on either database, and of a sealed copy: all must be found
	CITYPOST_RECEIPTS=10000 go test -count=1 -timeout 30m -v -run TestEveryReceiptPasses ./internal/proof
	CITYPOST_DAMAGE=1000 scripts/postgres.sh go test -count=1 -timeout 60m -v -run TestAnySingleChangedByte ./internal/ledger
	CITYPOST_DAMAGE=1000 go test -count=1 -timeout 60m -v -run TestAByteAltered ./internal/app

long: build ## Measure ten minutes on end and 100 million entries (hours; 40 GB in LONG_DIR, /var/tmp by default)
	./bin/citypost bench scans --seconds 960 --dir $(LONG_DIR)
	./bin/citypost bench decay --entries 100000000 --append --reads --dir $(LONG_DIR)

bench: build ## Measure the program against the bare engine
	./bin/citypost bench scans --seconds 30

.PHONY: help build demo test check assets assets-check templ pages pictures interop model kill faults powercut failover damage long bench
