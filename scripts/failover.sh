#!/usr/bin/env bash
# The drills on a PostgreSQL cluster: Patroni with etcd, three members, made from nothing in a temporary folder and taken away again, however the drills end.
# Machines are killed and frozen under load, on 127.0.1.1 to 127.0.1.3 (ports 2379, 2380, 5432 and 8008 of those must be free); then, as root, each gets a network of its own and they lose each
# other. The clients' own list of acknowledgements is the judge. Half an hour, 1.5 GB of memory.
#
#   scripts/failover.sh                         all drills, the control without synchronous replication, the freeze without a watchdog, the partitions
#   CITYPOST_DRILLS=0,1 scripts/failover.sh     some of the drills, by their place in internal/cluster/failover_test.go
#   CITYPOST_PARTITIONS=0 scripts/failover.sh   some of the partitions, by their place in internal/cluster/partition_test.go
set -euo pipefail
cd "$(dirname "$0")/.."
need=()
command -v patroni >/dev/null || need+=(patroni)
command -v etcd >/dev/null || need+=(etcd-server)
command -v ip >/dev/null || need+=(iproute2)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || need+=(postgresql)
if [ ${#need[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || { echo "needed and not here: ${need[*]}" >&2; exit 1; }
  echo "installing: ${need[*]}"
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi
CITYPOST_FAILOVER=1 go test -count=1 -v -timeout 90m ./internal/cluster -run 'MachinesDie|Control|Watchdog|Router|LoseEachOther'
