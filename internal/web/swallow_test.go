package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citypost/internal/web/webtest"
)

// sendAll sends a request as a browser does: everything first, then it reads the answer.
func sendAll(t *testing.T, address, head string, body io.Reader) (answer string, err error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, head+"\r\n\r\n"); err != nil {
		return "", err
	}
	if _, err := io.Copy(conn, body); err != nil {
		return "", err
	}
	all, err := io.ReadAll(conn)
	return string(all), err
}

// slow lets a body come in over more than the half second that net/http lingers.
type slow struct {
	io.Reader
	perMB time.Duration
}

func (s slow) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	time.Sleep(s.perMB * time.Duration(n) >> 20)
	return n, err
}

// TestABrowserThatSendsALargeFileSeesThePageThatRefusesIt: it must not show a broken connection.
func TestABrowserThatSendsALargeFileSeesThePageThatRefusesIt(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	srv := httptest.NewServer(m)
	defer srv.Close()
	address := strings.TrimPrefix(srv.URL, "http://")
	for _, mb := range []int{2, 10, 50} {
		body := slow{bytes.NewReader(bytes.Repeat([]byte("x"), mb<<20)), 1200 * time.Millisecond / time.Duration(mb)}
		answer, err := sendAll(t, address, fmt.Sprintf("POST /accept HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d", address, mb<<20), body)
		if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 413 ") || !strings.Contains(answer, "1 MB") {
			t.Errorf("%d MB: %.200q, %v", mb, answer, err)
		}
	}
}

// TestWhoAsksBeforeHeSendsIsAnsweredAtOnce: he has sent nothing yet, and there is nothing to wait for.
func TestWhoAsksBeforeHeSendsIsAnsweredAtOnce(t *testing.T) {
	m, _ := site(webtest.Gate{Person: clerk})
	srv := httptest.NewServer(m)
	defer srv.Close()
	address := strings.TrimPrefix(srv.URL, "http://")
	began := time.Now()
	answer, err := sendAll(t, address, "POST /accept HTTP/1.1\r\nHost: "+address+"\r\nContent-Length: 50000000\r\nExpect: 100-continue", strings.NewReader(""))
	if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 413 ") || time.Since(began) > 10*time.Second {
		t.Errorf("%.100q, %v after %v", answer, err, time.Since(began))
	}
}
