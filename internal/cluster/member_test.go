package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// members is how many machines there are; each has a loopback address of its own and stands for one.
const members = 3

// machines is a PostgreSQL cluster under Patroni with etcd, made from nothing in a folder of its own: on 127.0.1.1 to 127.0.1.3, or each member in a network of its own.
type machines struct {
	t       *testing.T
	net     *network // nil: all on loopback addresses
	dir     string
	bin     string // of PostgreSQL
	sync    bool
	etcd    [members + 1]*process
	patroni [members + 1]*process
}

// settings are those that docs/operations.md tells operators to use; only the addresses, the trust and the folder are the test's.
const settings = `scope: city
name: n%[1]d
restapi: {listen: "%[6]s:8008", connect_address: "%[6]s:8008"}
etcd: {hosts: ["%[7]s:2379", "%[8]s:2379", "%[9]s:2379"]}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 9
    primary_start_timeout: 0
    failsafe_mode: true
    maximum_lag_on_failover: %[4]d
    synchronous_mode: %[3]t
    synchronous_mode_strict: %[3]t
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {wal_log_hints: "on", synchronous_commit: "on", max_connections: 200, wal_sender_timeout: 10s}
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
  pg_hba: ["local all all trust", "host replication all 127.0.0.0/8 trust", "host all all 127.0.0.0/8 trust", "host replication all 10.77.0.0/16 trust", "host all all 10.77.0.0/16 trust"]
postgresql:
  listen: "%[6]s:5432"
  connect_address: "%[6]s:5432"
  data_dir: %[2]s/pg%[1]d
  bin_dir: %[5]s
  remove_data_directory_on_rewind_failure: true
  basebackup: [{checkpoint: fast}]
  authentication:
    replication: {username: replicator, password: replicator}
    superuser: {username: postgres, password: postgres}
    rewind: {username: rewinder, password: rewinder}
  parameters: {unix_socket_directories: %[2]s/socket%[1]d}
`

// start makes a cluster on loopback addresses and waits until it is whole.
func start(t *testing.T, synchronous bool) *machines {
	t.Helper()
	return startOn(t, nil, synchronous)
}

// startOn makes a cluster on a network and waits until it is whole.
func startOn(t *testing.T, net *network, synchronous bool) *machines {
	t.Helper()
	m := &machines{t: t, net: net, sync: synchronous, bin: postgresBin(t)}
	for _, tool := range []string{"patroni", "etcd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (Debian: apt-get install patroni etcd-server postgresql)", tool)
		}
	}
	var err error
	if m.dir, err = os.MkdirTemp("", "citypost-cluster-"); err != nil {
		t.Fatal(err)
	}
	release := guard(t, m.dir)
	t.Cleanup(func() {
		m.end()
		if keep := os.Getenv("CITYPOST_CLUSTER_LOGS"); keep != "" { // a folder in which the logs outlive the test
			files, _ := filepath.Glob(m.path("*.log"))
			_ = exec.Command("cp", append(files, keep)...).Run()
		}
		release() // takes the folder away
	})
	for n := 1; n <= members; n++ {
		text := fmt.Sprintf(settings, n, m.dir, synchronous, 64<<20, m.bin, m.addr(n), m.addr(1), m.addr(2), m.addr(3))
		if err := os.WriteFile(m.path("patroni%d.yml", n), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(m.path("socket%d", n), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if u := postgresUser(); u != nil {
		if err := exec.Command("chown", "-R", fmt.Sprintf("%d:%d", u.Uid, u.Gid), m.dir).Run(); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	for n := 1; n <= members; n++ {
		m.startEtcd(n)
	}
	for n := 1; n <= members; n++ {
		m.startPatroni(n)
	}
	m.whole(3 * time.Minute)
	t.Logf("three members, %s, from nothing in %.1f s", m.mode(), time.Since(began).Seconds())
	return m
}

// addr is the address of a member.
func (m *machines) addr(n int) string {
	if m.net != nil {
		return m.net.addr(n)
	}
	return fmt.Sprintf("127.0.1.%d", n)
}

// url is what a member, or one of its services, answers at.
func (m *machines) url(n, port int, path string) string {
	return fmt.Sprintf("http://%s:%d%s", m.addr(n), port, path)
}

// dsn names all members, or one.
func (m *machines) dsn(database string, only ...int) string {
	if len(only) == 0 {
		only = []int{1, 2, 3}
	}
	var hosts []string
	for _, n := range only {
		hosts = append(hosts, m.addr(n)+":5432")
	}
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", strings.Join(hosts, ","), database)
}

func (m *machines) mode() string {
	if m.sync {
		return "strictly synchronous"
	}
	return "asynchronous"
}

func (m *machines) path(format string, args ...any) string {
	return filepath.Join(m.dir, fmt.Sprintf(format, args...))
}

func postgresBin(t *testing.T) string {
	t.Helper()
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(dirs) == 0 {
		t.Skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	slices.Sort(dirs)
	return dirs[len(dirs)-1]
}

// postgresUser is who runs the database when we are root: it refuses to run as root.
func postgresUser() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (m *machines) startEtcd(n int) {
	m.etcd[n] = m.run(n, fmt.Sprintf("etcd%d", n), "etcd", "--name", fmt.Sprintf("e%d", n), "--data-dir", m.path("etcd%d", n),
		"--listen-peer-urls", m.url(n, 2380, ""), "--initial-advertise-peer-urls", m.url(n, 2380, ""),
		"--listen-client-urls", m.url(n, 2379, ""), "--advertise-client-urls", m.url(n, 2379, ""),
		"--initial-cluster", fmt.Sprintf("e1=%s,e2=%s,e3=%s", m.url(1, 2380, ""), m.url(2, 2380, ""), m.url(3, 2380, "")),
		"--heartbeat-interval", "100", "--election-timeout", "1000", "--enable-v2")
}

func (m *machines) startPatroni(n int) {
	m.patroni[n] = m.run(n, fmt.Sprintf("patroni%d", n), "patroni", m.path("patroni%d.yml", n))
}

// run starts a program of a member, as the database's user and in the member's network.
func (m *machines) run(n int, name, program string, args ...string) *process {
	if m.net == nil {
		return launch(m.t, m.path("%s.log", name), postgresUser(), m.dir, program, args...)
	}
	return launch(m.t, m.path("%s.log", name), nil, m.dir, "nsenter", append(m.net.enter(n, postgresUser()), append([]string{program}, args...)...)...)
}

// postmaster is the process id of a member's PostgreSQL; 0 when it does not run.
func (m *machines) postmaster(n int) int {
	text, err := os.ReadFile(m.path("pg%d/postmaster.pid", n))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(line)
	if pid <= 0 || syscall.Kill(pid, 0) != nil {
		return 0
	}
	return pid
}

// killMachine ends everything of a member at once, as a power cut does.
func (m *machines) killMachine(n int) {
	pid := m.postmaster(n)
	doomed := append(children(pid), pid)
	m.patroni[n].signal(syscall.SIGKILL)
	signalAll(syscall.SIGKILL, doomed...)
	m.patroni[n].wait()
}

// end ends everything that works in the cluster's folder.
func (m *machines) end() {
	endAllIn(m.dir)
	for n := 1; n <= members; n++ {
		m.patroni[n].wait()
		m.etcd[n].wait()
	}
}

// seen is a member as the cluster sees it.
type seen struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	State    string `json:"state"`
	Timeline int    `json:"timeline"`
}

// view asks the members in turn how the cluster is.
func (m *machines) view() []seen {
	for n := 1; n <= members; n++ {
		if list := m.viewOf(n); len(list) > 0 {
			return list
		}
	}
	return nil
}

// viewOf asks one member how the cluster is. One that was cut off tells for a moment what was true before.
func (m *machines) viewOf(n int) []seen {
	var out struct {
		Members []seen `json:"members"`
	}
	if getJSON(m.url(n, 8008, "/cluster"), &out) != nil {
		return nil
	}
	return out.Members
}

// primary is the member that says that it takes writes, other than not; 0 when none does.
func (m *machines) primary(not int) int {
	for n := 1; n <= members; n++ {
		if n == not {
			continue
		}
		res, err := quick.Get(m.url(n, 8008, "/primary"))
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return n
		}
	}
	return 0
}

func (m *machines) synchronous() int {
	for _, s := range m.view() {
		if s.Role == "sync_standby" {
			n, _ := strconv.Atoi(strings.TrimPrefix(s.Name, "n"))
			return n
		}
	}
	return 0
}

// whole waits until all members run and, when it is to be so, one is synchronous, in the eyes of each of them.
func (m *machines) whole(limit time.Duration) {
	m.t.Helper()
	await(m.t, limit, func() bool {
		for n := 1; n <= members; n++ {
			if !m.isWhole(m.viewOf(n)) {
				return false
			}
		}
		return true
	}, func() string { return fmt.Sprintf("the cluster is not whole: %+v\n%s", m.view(), m.logs()) })
}

func (m *machines) isWhole(list []seen) bool {
	leaders, standbys, syncs := 0, 0, 0
	for _, s := range list {
		switch up := (s.State == "running" || s.State == "streaming") && s.Timeline == list[0].Timeline; { // one that is still to be rewound runs on an older one
		case !up:
		case s.Role == "leader":
			leaders++
		case s.Role == "sync_standby":
			syncs++
			standbys++
		default:
			standbys++
		}
	}
	return leaders == 1 && standbys == members-1 && (syncs > 0) == m.sync
}

// etcdLeader is the etcd that leads.
func (m *machines) etcdLeader() int {
	for n := 1; n <= members; n++ {
		var out struct {
			Leader string `json:"leader"`
			Header struct {
				Member string `json:"member_id"`
			} `json:"header"`
		}
		if postJSON(m.url(n, 2379, "/v3/maintenance/status"), "{}", &out) == nil && out.Leader != "" && out.Leader == out.Header.Member {
			return n
		}
	}
	return 0
}

// switchover hands the primary's part over in an orderly way, as before maintenance.
func (m *machines) switchover(from int) error {
	res, err := http.Post(m.url(from, 8008, "/switchover"), "application/json", strings.NewReader(fmt.Sprintf(`{"leader":"n%d"}`, from)))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 300))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("switchover: %s: %s", res.Status, said)
	}
	return nil
}

// senders are the processes by which a primary sends to its standbys what it writes.
func (m *machines) senders(primary int) (pids []int) {
	for _, pid := range children(m.postmaster(primary)) {
		if title, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && bytes.Contains(title, []byte("walsender")) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// logs gives the ends of all logs, for a test that failed.
func (m *machines) logs() string {
	var b strings.Builder
	files, _ := filepath.Glob(m.path("patroni*.log"))
	for _, f := range files {
		text, _ := os.ReadFile(f)
		fmt.Fprintf(&b, "--- %s\n%s\n", filepath.Base(f), text[max(0, len(text)-1500):])
	}
	return b.String()
}

// quick asks what must answer at once.
var quick = &http.Client{Timeout: 2 * time.Second}

func getJSON(url string, into any) error {
	res, err := quick.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(into)
}

func postJSON(url, body string, into any) error {
	res, err := quick.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(into)
}
