#!/usr/bin/env bash
# The test suite: everything once, then, under the race detector, every package that starts goroutines or shares memory between them, and those that are
# driven by many people at once. Whoever adds such a package adds it to the second run by that.
set -euo pipefail
cd "$(dirname "$0")/.."
go test -vet=off -timeout 15m ./... # scripts/check.sh vets
shares=$(git grep -lE '"sync"|"sync/atomic"|errgroup|\bgo func|\bgo [a-z.]+\(' -- 'internal/**.go' ':!**_test.go' ':!internal/bench' ':!internal/demo' ':!internal/web/webtest' | xargs -n1 dirname | sort -u | sed 's#^#./#')
[ -n "$shares" ] || { echo "no package shares memory? look at the pattern above" >&2; exit 1; }
# shellcheck disable=SC2086 # one word per package
CGO_ENABLED=1 go test -vet=off -race -short -timeout 15m $shares ./internal/custody/... ./internal/privacy/... ./internal/tracking ./internal/api/...
