package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"citypost/internal/jobs"
)

// SMS sends short messages through a gateway by HTTP: POST {"id", "to", "text"} with the token as bearer; 2xx with {"ref"} means that it was taken. The id is
// the same when a message is sent again, so that the gateway can leave a copy out. It reports later to /notifications/report (report.go).
type SMS struct {
	URL    string
	Token  string
	Client *http.Client // nil: one with a limit in time that follows no redirects
}

const (
	smsTimeout = 15 * time.Second
	maxAnswer  = 4 << 10
)

// NewSMS makes the channel; the gateway is reached by TLS, or lies on this machine.
func NewSMS(address, token string) (*SMS, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")) {
		return nil, errors.New("the SMS gateway is written https://host/path; the token comes apart")
	}
	return &SMS{URL: address, Token: token}, nil
}

// Name is "sms".
func (*SMS) Name() string { return "sms" }

// To is the telephone number, as ITU-T E.164 writes it.
func (*SMS) To(r Reach) string { return string(r.Phone) }

// Send gives the short text to the gateway.
func (s *SMS) Send(ctx context.Context, m Message) (string, error) {
	body, err := json.Marshal(map[string]string{"id": m.ID, "to": m.To, "text": m.Short})
	if err != nil {
		return "", jobs.Never(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(body))
	if err != nil {
		return "", jobs.Never(errors.New("the gateway's address cannot be used"))
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.Token)
	resp, err := s.client().Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address
		}
		return "", fmt.Errorf("SMS gateway: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("SMS gateway: %w", err)
	}
	return taken(resp.StatusCode, answer)
}

// taken reads the gateway's answer. What it may mend later is tried again: being busy, being away, a token that somebody will put right.
func taken(status int, answer []byte) (string, error) {
	switch {
	case status >= 200 && status < 300:
		var a struct {
			Ref string `json:"ref"`
		}
		_ = json.Unmarshal(answer, &a) // a gateway that names nothing reports nothing
		return a.Ref, nil
	case status == http.StatusBadRequest, status == http.StatusNotFound, status == http.StatusUnprocessableEntity:
		return "", jobs.Never(fmt.Errorf("SMS gateway: HTTP %d", status))
	}
	return "", fmt.Errorf("SMS gateway: HTTP %d", status)
}

func (s *SMS) client() *http.Client {
	if s.Client != nil {
		return s.Client
	}
	return &http.Client{Timeout: smsTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
