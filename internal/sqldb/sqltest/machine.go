package sqltest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Machine stands before a PostgreSQL server as a machine of a cluster: it can freeze and be down. Frozen, its system still takes connections and bytes, and nobody answers.
type Machine struct {
	Asked  atomic.Int64 // how often it was asked to cancel a question
	ln     net.Listener
	server string
	mu     sync.Mutex
	mode   mode
	open   map[net.Conn]net.Conn // from client to server
}

type mode int

const (
	up mode = iota
	frozen
	down
)

// Machines gives n machines before one fresh database, all but the first down, and the address that names them all.
func Machines(t testing.TB, n int) (dsn string, list []*Machine) {
	t.Helper()
	u, err := url.Parse(PostgresDSN(t))
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for i := range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		m := &Machine{ln: ln, server: u.Host, open: map[net.Conn]net.Conn{}}
		if i > 0 {
			m.mode = down
		}
		go m.serve()
		t.Cleanup(func() { _ = m.ln.Close(); m.Stop() }) // nobody connects any more
		hosts, list = append(hosts, ln.Addr().String()), append(list, m)
	}
	u.Host = strings.Join(hosts, ",")
	return u.String(), list
}

// Freeze makes it silent. What the server had begun for it ends as on a machine that another one replaces: without a word to the client.
func (m *Machine) Freeze() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mode = frozen
	for _, server := range m.open {
		_ = server.Close() // frozen
	}
}

// Start makes it answer who connects from now on; who was connected when it froze hears nothing more.
func (m *Machine) Start() { m.set(up) }

// Stop ends all its connections and refuses new ones.
func (m *Machine) Stop() {
	m.set(down)
	m.mu.Lock()
	defer m.mu.Unlock()
	for client, server := range m.open {
		_, _ = client.Close(), server.Close() // down
	}
	clear(m.open)
}

func (m *Machine) set(now mode) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mode = now
}

func (m *Machine) serve() {
	for {
		client, err := m.ln.Accept()
		if err != nil {
			return
		}
		go m.pass(client)
	}
}

// cancelRequest begins the message by which a client asks to cancel a question.
var cancelRequest = []byte{0, 0, 0, 16, 4, 210, 22, 46}

// pass carries bytes both ways as long as the machine is up.
func (m *Machine) pass(client net.Conn) {
	server, err := net.Dial("tcp", m.server)
	if err != nil {
		_ = client.Close() // there is nobody to speak to
		return
	}
	m.mu.Lock()
	now := m.mode
	if now != down {
		m.open[client] = server
	}
	m.mu.Unlock()
	if now != up {
		_ = server.Close() // it stands still
	}
	if now == down {
		_ = client.Close() // nobody is there
		return
	}
	go m.copy(client, server, client)
	m.copy(server, client, client)
}

func (m *Machine) copy(from, to, client net.Conn) {
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		m.mu.Lock()
		still := m.mode == up && m.open[client] != nil
		m.mu.Unlock()
		if still && from == client && bytes.HasPrefix(b[:n], cancelRequest) {
			m.Asked.Add(1)
		}
		if still && n > 0 {
			if _, werr := to.Write(b[:n]); werr != nil {
				still = false
			}
		}
		switch {
		case err != nil && from == client: // the client has left
			_, _ = client.Close(), to.Close()
			m.mu.Lock()
			delete(m.open, client)
			m.mu.Unlock()
			return
		case err != nil:
			if still && err == io.EOF {
				_ = client.Close() // the server has left
			}
			return
		}
	}
}
