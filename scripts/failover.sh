#!/usr/bin/env bash
# The drills on a PostgreSQL cluster: Patroni with etcd, three members on 127.0.1.1 to 127.0.1.3, made from nothing in a temporary folder and taken away again.
# Machines are killed and frozen under load; the clients' own list of acknowledgements is the judge. A quarter of an hour, 1.5 GB of memory; ports 2379, 2380, 5432 and 8008 of those addresses must be free.
#
#   scripts/failover.sh                     all drills, the control without synchronous replication, the freeze without a watchdog
#   CITYPOST_DRILLS=0,1 scripts/failover.sh some of them, by their place in internal/cluster/failover_test.go
set -euo pipefail
cd "$(dirname "$0")/.."
need=()
command -v patroni >/dev/null || need+=(patroni)
command -v etcd >/dev/null || need+=(etcd-server)
[ -d /usr/lib/postgresql ] || need+=(postgresql)
if [ ${#need[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "needed and not here: ${need[*]}" >&2; exit 1; }
  echo "installing: ${need[*]}"
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi
CITYPOST_FAILOVER=1 go test -count=1 -v -timeout 45m ./internal/cluster -run 'MachinesDie|Control|Watchdog'
