// Package cluster tries what happens to the whole program when it runs as several processes on one PostgreSQL, when that PostgreSQL is a cluster whose machines
// die, and when its disk fails or is full.
//
// It holds tests only: the program is built and started as an operator starts it, driven over HTTP by clients that send again as docs/operations.md says, and
// judged by the clients' own list of acknowledgements. Its promise: what is reported as lost or doubled was, and a control without synchronous replication
// shows that it would be seen. It leans on Debian's patroni, etcd-server and postgresql for the drills and says so when it skips; docs/reliability.md has
// the results. Start with failover_test.go.
package cluster
