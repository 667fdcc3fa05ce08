package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"citypost/internal/jobs"
)

// SMTP sends e-mail through a mail server (RFC 5321). The server's yes means that it took the message, not that it arrived: SMTP reports no more.
type SMTP struct {
	Server   string // host:port
	From     mail.Address
	User     string // empty: without sign-in
	Password string
	Plain    bool        // without TLS: only for a server on this machine
	TLS      *tls.Config // nil: the system's roots and the server's name
}

// mailTimeout bounds the whole exchange with the mail server.
const mailTimeout = 25 * time.Second

// ParseSMTP reads "smtp://user@mail.example:587?from=Bưu điện <tin@mail.example>"; the password comes apart. A server that is not on this machine must offer TLS.
func ParseSMTP(address, password string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" {
		return nil, errors.New("the mail server is written smtp://user@host:587?from=ADDRESS")
	}
	from, err := mail.ParseAddress(u.Query().Get("from"))
	if err != nil {
		return nil, errors.New("from=… must be an e-mail address, as in smtp://user@host:587?from=tin@host")
	}
	port := u.Port()
	if port == "" {
		port = "587"
	}
	ip := net.ParseIP(u.Hostname())
	return &SMTP{
		Server: net.JoinHostPort(u.Hostname(), port), From: *from, User: u.User.Username(), Password: password,
		Plain: u.Hostname() == "localhost" || ip != nil && ip.IsLoopback(),
	}, nil
}

// Name is "email".
func (*SMTP) Name() string { return "email" }

// To is the e-mail address.
func (*SMTP) To(r Reach) string { return r.Email }

// Send gives the message to the mail server.
func (s *SMTP) Send(ctx context.Context, m Message) (string, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return "", jobs.Never(errors.New("no e-mail address")) // without the text: it is somebody's
	}
	body, err := s.letter(m, to)
	if err != nil {
		return "", jobs.Never(err)
	}
	return "", answered(s.send(ctx, to.Address, body))
}

func (s *SMTP) send(ctx context.Context, to string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Server)
	if err != nil {
		return err
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return err
		}
	}
	host, _, err := net.SplitHostPort(s.Server)
	if err != nil {
		return err
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := s.greet(c, host); err != nil {
		return err
	}
	if err := c.Mail(s.From.Address); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the server has the message: a farewell that fails changes nothing
	return nil
}

// greet turns TLS on and signs in.
func (s *SMTP) greet(c *smtp.Client, host string) error {
	if ok, _ := c.Extension("STARTTLS"); ok {
		t := s.TLS
		if t == nil {
			t = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
		}
		if err := c.StartTLS(t); err != nil {
			return err
		}
	} else if !s.Plain {
		return errors.New("the mail server offers no TLS")
	}
	if s.User == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", s.User, s.Password, host))
}

// answered keeps of an error what tells nothing about a person: servers like to repeat the address they refuse.
func answered(err error) error {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		said := fmt.Errorf("SMTP %d", e.Code)
		if e.Code >= 500 {
			return jobs.Never(said)
		}
		return said
	}
	if e, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("mail server: %s: %w", e.Op, e.Err)
	}
	return err
}

// letter writes the message (RFC 5322). The same notification has the same Message-ID, so that a copy sent twice is shown once.
func (s *SMTP) letter(m Message, to *mail.Address) ([]byte, error) {
	domain := s.From.Address[strings.LastIndexByte(s.From.Address, '@')+1:]
	var b bytes.Buffer
	head := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	head("From", s.From.String())
	head("To", to.String())
	head("Subject", mime.QEncoding.Encode("utf-8", strings.Map(oneLine, m.Subject)))
	head("Date", m.At.Format(time.RFC1123Z))
	head("Message-ID", "<"+m.ID+"@"+domain+">")
	head("Content-Language", m.Lang)
	head("Auto-Submitted", "auto-generated")
	head("MIME-Version", "1.0")
	head("Content-Type", `text/plain; charset="utf-8"`)
	head("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	if _, err := q.Write([]byte(strings.ReplaceAll(m.Body, "\n", "\r\n"))); err != nil {
		return nil, err
	}
	return b.Bytes(), q.Close()
}

func oneLine(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}
