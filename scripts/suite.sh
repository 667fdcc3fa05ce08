#!/usr/bin/env bash
# The test suite: everything once, then the packages where goroutines meet once more under the race detector.
set -euo pipefail
cd "$(dirname "$0")/.."
go test -timeout 15m ./...
CGO_ENABLED=1 go test -race -short -timeout 15m ./internal/ledger/... ./internal/custody/... ./internal/sqldb/... ./internal/account/... ./internal/privacy/... ./internal/jobs/... ./internal/api/... ./internal/web/
