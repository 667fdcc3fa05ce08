package sqldb

import (
	"context"
	"io"
	"net"
	"syscall"
	"testing"
)

// TestAConnectionGivesUpASilentServer looks at the limits of a connection where the system keeps them. That they end a question to a machine that is cut off is shown by the partitions of make failover.
func TestAConnectionGivesUpASilentServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		if c, err := ln.Accept(); err == nil {
			_, _ = io.Copy(io.Discard, c)
			_ = c.Close()
		}
	}()
	c, err := dialer.DialContext(context.Background(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	option := func(level, name int) (n int) {
		if err := raw.Control(func(fd uintptr) { n, err = syscall.GetsockoptInt(int(fd), level, name) }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if ms := option(syscall.IPPROTO_TCP, tcpUserTimeout); ms != 10_000 {
		t.Errorf("data may stay unanswered for %d ms", ms)
	}
	if option(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE) == 0 || option(syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE) != 5 || option(syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL) != 2 {
		t.Error("a silent server is not asked whether it is there")
	}
}
