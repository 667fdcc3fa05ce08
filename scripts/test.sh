#!/usr/bin/env bash
# Every check and test of the project. On Debian it installs what they need; the tests that would need more say that they skip and why.
set -euo pipefail
cd "$(dirname "$0")/.."

sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
need=()
# The Chromium without windows takes half of the processor's time of the other; where it is not to be had, the other does.
if [ ! -x /usr/lib/chromium/chromium-headless-shell ]; then
  echo "installing: chromium-headless-shell"
  if ! "${sudo[@]}" timeout 180 sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium-headless-shell' >/dev/null 2>&1; then
    echo "it is not to be had: pages are looked at in chromium, which takes longer"
    command -v chromium >/dev/null || need+=(chromium)
  fi
fi
[ -d /usr/lib/postgresql ] || need+=(postgresql)
command -v zbarimg >/dev/null || need+=(zbar-tools)
command -v dmtxread >/dev/null || need+=(dmtx-utils)
command -v pdftoppm >/dev/null || need+=(poppler-utils)
command -v gcc >/dev/null || need+=(gcc libc6-dev)
command -v hledger >/dev/null || need+=(hledger)
command -v ledger >/dev/null || need+=(ledger)
command -v bean-check >/dev/null || need+=(beancount)
if [ ${#need[@]} -gt 0 ]; then
  echo "installing: ${need[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

scripts/check.sh --no-test
go mod verify >/dev/null
if command -v npm >/dev/null; then make -s assets-check; else echo "npm is not here: assets are checked by their recorded hashes only"; fi
# What tests write lives for seconds: a disk would only make them wait. What is said about power cuts and full disks is tested below the files, or on disks made for it.
export CITYPOST_POSTGRES_OPTIONS="-c fsync=off -c full_page_writes=off"
if [ "$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 8000000 ] 2>/dev/null; then
  export GOTMPDIR="${GOTMPDIR:-${TMPDIR:-/tmp}}" TMPDIR=/dev/shm
fi
scripts/postgres.sh scripts/suite.sh
