package cluster

import (
	"fmt"
	"testing"
	"time"
)

// partition is a way in which machines that are all alive can lose each other.
type partition struct {
	name    string
	changes bool // another primary is to be expected
	during  bool // the clients are served meanwhile
	cut     func(w *network, m *machines, primary int, others []int)
}

// The services of a member.
const (
	postgresPort = 5432
	etcdPort     = 2379
	etcdPeers    = 2380
)

var partitions = []partition{
	{"primary alone", true, true, func(w *network, _ *machines, p int, others []int) {
		w.part([]int{p}, append(others, townsNet))
	}},
	{"primary cut from the other members, clients reach all", true, true, func(w *network, _ *machines, p int, others []int) {
		w.part([]int{p}, others)
	}},
	{"primary and clients on one side, the others on the other", true, false, func(w *network, _ *machines, p int, others []int) {
		w.part([]int{p, townsNet}, others)
	}},
	{"one way: nobody hears the primary", true, true, func(w *network, _ *machines, p int, others []int) {
		for _, o := range append(others, townsNet) {
			w.drop(p, o)
		}
	}},
	{"one way: the primary hears nobody", true, true, func(w *network, _ *machines, p int, others []int) {
		for _, o := range append(others, townsNet) {
			w.drop(o, p)
		}
	}},
	{"primary cut from etcd only", false, true, func(w *network, _ *machines, p int, others []int) {
		for _, o := range others {
			for _, port := range []int{etcdPort, etcdPeers} {
				w.drop(p, o, port)
				w.drop(o, p, port)
			}
		}
	}},
	{"primary cut from its standbys only, etcd whole", false, false, func(w *network, _ *machines, p int, others []int) {
		for _, o := range others {
			w.drop(o, p, postgresPort)
		}
	}},
	{"clients cut from the primary only", false, false, func(w *network, _ *machines, p int, _ []int) {
		w.part([]int{p}, []int{townsNet})
	}},
	{"synchronous standby alone", false, true, func(w *network, m *machines, p int, others []int) {
		n := m.synchronous()
		var rest []int
		for _, o := range append(others, p) {
			if o != n {
				rest = append(rest, o)
			}
		}
		w.part([]int{n}, append(rest, townsNet))
	}},
	{"all three apart", false, false, func(w *network, _ *machines, p int, others []int) {
		w.part([]int{p}, others)
		w.part(others[:1], others[1:])
	}},
}

// apart is how long machines stay apart: longer than ttl, so that the cluster must decide.
const apart = 32 * time.Second

// TestNothingAcknowledgedIsLostOrDoubledWhenMachinesLoseEachOther cuts the network between machines that go on working, under strict synchronous replication: two nodes, sixteen clients. What would
// hurt: two primaries that both acknowledge.
func TestNothingAcknowledgedIsLostOrDoubledWhenMachinesLoseEachOther(t *testing.T) {
	needDrills(t)
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	if !ownNetwork(t) {
		return
	}
	net := newNetwork(t)
	m := startOn(t, net, true)
	w, l := settle(t, m)
	began := time.Now()
	l.flows(t, 500, time.Minute)
	t.Logf("%-8s %-60s %8s %8s %9s %7s %6s", "at", "cut", "primary", "no ack", "acks", "again", "twice")
	for _, n := range chosenOf(t, "CITYPOST_PARTITIONS", len(partitions)) {
		lose(t, net, m, l, partitions[n])
	}
	conclude(t, w, l, began)
}

// lose parts machines under load, joins them again, and waits until the cluster is whole.
func lose(t *testing.T, net *network, m *machines, l *load, p partition) {
	t.Helper()
	m.whole(3 * time.Minute)
	l.flows(t, 200, 2*time.Minute)
	primary := m.primary(0)
	var others []int
	for n := 1; n <= members; n++ {
		if n != primary {
			others = append(others, n)
		}
	}
	acks, again, twice, began := l.count(), l.again.Load(), l.twice.Load(), time.Now()
	p.cut(net, m, primary, others)
	visible := "same"
	if p.changes {
		await(t, 2*time.Minute, func() bool { return m.primary(primary) != 0 }, func() string { return p.name + ": no new primary\n" + m.logs() })
		visible = fmt.Sprintf("%.1f s", time.Since(began).Seconds())
	}
	if p.during {
		l.flows(t, 200, 2*time.Minute)
	}
	<-time.After(time.Until(began.Add(apart))) // the length of the cut is the drill
	net.heal()
	l.flows(t, 200, 3*time.Minute)
	gap := l.gap(began)
	m.whole(3 * time.Minute)
	if now := m.primary(0); !p.changes && now != primary {
		visible = fmt.Sprintf("n%d", now)
	}
	l.flows(t, 200, time.Minute)
	t.Logf("%s %-60s %8s %6.1f s %9d %7d %6d", began.Format("15:04:05"), p.name, visible, gap.Seconds(), l.count()-acks, l.again.Load()-again, l.twice.Load()-twice)
}
