package sqldb

import (
	"context"
	"net"
	"strings"
	"syscall"
	"time"
)

// A machine that is cut off says nothing: it refuses no packet and closes no connection. Without limits of our own, a question that was sent to it waits until the system gives up, a quarter of an hour
// later. silence is how long a server may leave our packets, or our asking whether it is there, without an answer. A server that is only slow, or waits for its standby, answers both.
const silence = 10 * time.Second

// tcpUserTimeout is Linux's name for how long sent data may stay unanswered.
const tcpUserTimeout = 0x12

// dialer connects to servers that may go silent.
var dialer = net.Dialer{
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 2, Interval: silence / 5, Count: 3},
	ControlContext: func(_ context.Context, network, _ string, c syscall.RawConn) error {
		if !strings.HasPrefix(network, "tcp") {
			return nil
		}
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silence.Milliseconds()))
		})
		if err != nil {
			return err
		}
		return failed
	},
}
