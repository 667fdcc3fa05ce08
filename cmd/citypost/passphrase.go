package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"citypost/internal/fault"

	"golang.org/x/sys/unix"
)

// passphrase reads a secret line: from a file, typed without echo, or from standard input.
func (f closedFlags) passphrase(e env, ask string) (string, error) {
	if f.PassphraseFile != "" {
		return firstLineOf(f.PassphraseFile)
	}
	if !isTerminal(os.Stdin) {
		return firstLine(stdin)
	}
	fmt.Fprint(e.Diag, ask)
	defer fmt.Fprintln(e.Diag)
	return typed(os.Stdin)
}

// stdin is read through one buffer: what one question leaves is the next one's answer.
var stdin = bufio.NewReader(os.Stdin)

// newPassphrase reads a new passphrase; typed, it is asked twice.
func (f closedFlags) newPassphrase(e env) (string, error) {
	first, err := f.passphrase(e, "Mật khẩu mở khoá mới / new passphrase: ")
	if err != nil || f.PassphraseFile != "" || !isTerminal(os.Stdin) {
		return first, err
	}
	again, err := f.passphrase(e, "Gõ lại / again: ")
	if err == nil && again != first {
		err = fault.New(fault.Invalid, "closed.not_the_same", "Hai lần gõ không giống nhau. Chưa đổi gì.", "The two were not the same. Nothing was changed.")
	}
	return first, err
}

func firstLineOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return firstLine(bufio.NewReader(f))
}

func firstLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// typed reads a line from a terminal that does not show it.
func typed(terminal *os.File) (string, error) {
	fd := int(terminal.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil { // a device, but nobody types there
		return firstLine(stdin)
	}
	quiet := *before
	quiet.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &quiet); err != nil {
		return "", err
	}
	line, err := firstLine(bufio.NewReader(terminal))
	return line, errors.Join(err, unix.IoctlSetTermios(fd, unix.TCSETS, before))
}

// withTLS wraps a listener, and gives its certificate.
func withTLS(ln net.Listener, cert, key string) (net.Listener, *x509.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("certificate: %w", err), ln.Close())
	}
	return tls.NewListener(ln, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}}), pair.Leaf, nil
}
