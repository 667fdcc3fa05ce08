#!/usr/bin/env bash
# Starts a throw-away PostgreSQL on a free loopback port, runs the command given, and takes the server away again.
# The command finds the server's address in CITYPOST_TEST_POSTGRES. Needs Debian's postgresql package. CITYPOST_POSTGRES_OPTIONS are more settings for it ("-c fsync=off"); without them it is as durable
# as any, for measuring.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed (apt-get install postgresql)" >&2; exit 1; }
dir=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as=(runuser -u postgres --); fi
stop() { "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap stop EXIT
"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 1; }
rm -f "$dir.log"
for try in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 20000))
  if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=300 ${CITYPOST_POSTGRES_OPTIONS-}" start >/dev/null; then break; fi
  [ "$try" = 5 ] && { cat "$dir/log" >&2; exit 1; }
done
export CITYPOST_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
"$@"
