#!/bin/sh
# Other people's programs against our tree: Tessera's fsck reads it, torchwood's litewitness and the omniwitness cosign it.
#
#   scripts/interop.sh                   against a tree that the tests make, and against a running citypost serve, on loopback
#   scripts/interop.sh URL VKEY_FILE     and fsck against a running ledger: the address below which /checkpoint lies, and its public key
#
# The programs are installed as ordinary Go modules, at fixed versions, into bin/interop; nothing of the system is touched.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/bin/interop
mkdir -p "$bin"

install() {
	[ -x "$bin/$1" ] || (cd "$bin" && GOBIN=$bin GOWORK=off GOFLAGS= go install "$2")
}
install fsck github.com/transparency-dev/tessera/cmd/fsck@v1.0.4
install litewitness filippo.io/torchwood/cmd/litewitness@v0.9.0 # v0.10.0 needs Go 1.27
install omniwitness github.com/transparency-dev/witness/cmd/omniwitness@v0.0.0-20260720115447-2e1c6971d19e

go build -trimpath -o "$bin/citypost" ./cmd/citypost

CITYPOST_INTEROP=$bin go test -count=1 -v -run 'TestTheFsck|TestLitewitness|TestOmniwitness|TestStrangers' ./internal/ledger/tree ./internal/e2e

[ $# -eq 2 ] || exit 0
said=$("$bin/fsck" -storage_url "${1%/}/" -public_key "$2" -N 4 -ui=false -logtostderr -v 1 2>&1) || { echo "$said"; exit 1; }
case $said in # fsck ends with 0 even when it found something
*"fsck failed"*) echo "$said"; exit 1 ;;
*"Completed ranges"*) echo "fsck: $1 is right" ;;
*) echo "$said"; exit 1 ;;
esac
