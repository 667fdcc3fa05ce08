package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/jobs"
	"citypost/internal/postal"
)

// Policy says where deliveries may go.
type Policy struct {
	Private   bool // addresses of this machine and of inner networks too: for demonstrations and tests, or a receiver in the same house
	PlainHTTP bool // http:// too
}

// The headers of a delivery, as the Standard Webhooks specification names them (standardwebhooks.com). The signature is "v1," and the base64 of
// HMAC-SHA256, by the secret's bytes, over "<id>.<timestamp>.<body>". A receiver checks the signature, refuses timestamps more than five minutes off,
// and remembers ids, as a delivery may come twice.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp" // seconds since 1970
	HeaderSignature = "Webhook-Signature"
)

// Sign gives the signature of a delivery.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Message is the body of a delivery: one entry of the ledger, with the facts that were asked for.
type Message struct {
	ID         string    `json:"id"` // the same as in the header; the same again when it is sent again
	Hook       string    `json:"hook"`
	Seq        int64     `json:"seq"` // the order of all messages
	Act        string    `json:"act"`
	OccurredAt time.Time `json:"occurred_at"`
	RecordedAt time.Time `json:"recorded_at"`
	Office     string    `json:"office"`
	Facts      []Fact    `json:"facts"`
}

// Fact is one fact of a message.
type Fact struct {
	Fact string `json:"fact"`
	Data any    `json:"data"` // the fact; to an agency without what is the post's own affair
}

const (
	maxReply    = 4 << 10          // of an answer, which is read only so that the connection can be used again
	sendTimeout = 15 * time.Second // for the whole exchange
	dialTimeout = 5 * time.Second
)

// deliver sends one message. Whether it is tried again is decided by the error: see jobs.Never.
func (s *Service) deliver(ctx context.Context, j jobs.Job) error {
	var e errand
	if err := json.Unmarshal(j.Args, &e); err != nil {
		return jobs.Never(fmt.Errorf("read delivery: %w", err))
	}
	h, err := s.Find(ctx, e.Hook)
	if fault.Is(err, fault.NotFound) {
		return nil // unsubscribed
	}
	if err != nil {
		return err
	}
	if !h.Active {
		return jobs.Never(errors.New("the subscription is switched off"))
	}
	body, err := s.message(ctx, h, e.Seq)
	if err != nil || body == nil {
		return err // nil: nothing in the entry is the subscriber's affair
	}
	return s.post(ctx, h, messageID(h, e.Seq), body)
}

func messageID(h Hook, seq int64) string { return h.ID + "-" + strconv.FormatInt(seq, 10) }

func (s *Service) message(ctx context.Context, h Hook, seq int64) ([]byte, error) {
	entries, err := s.Ledger.Entries(ctx, []int64{seq})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, jobs.Never(fmt.Errorf("entry %d is not in the ledger", seq))
	}
	e := entries[0]
	m := Message{
		ID: messageID(h, seq), Hook: h.ID, Seq: seq, Act: e.Act.String(), Office: string(e.Office),
		OccurredAt: time.UnixMilli(e.OccurredMs).UTC(), RecordedAt: time.UnixMilli(e.RecordedMs).UTC(),
	}
	for _, f := range e.Facts {
		if !h.asksFor(f) || !h.mayKnow(f) {
			continue
		}
		others, err := s.ofOthers(ctx, &h, e, f)
		if err != nil {
			return nil, err
		}
		if others {
			continue
		}
		data, err := h.shows(f)
		if err != nil {
			return nil, err
		}
		m.Facts = append(m.Facts, Fact{f.Fact(), data})
	}
	if len(m.Facts) == 0 {
		return nil, nil
	}
	return json.Marshal(m)
}

// shows gives what the subscriber is told of a fact. An agency is not told which of the post's people had a thing in his hands, nor the hash by which a citizen's receipt is checked.
func (h *Hook) shows(f event.Fact) (any, error) {
	if h.Office.Agency() == "" {
		return f, nil
	}
	text, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write fact: %w", err)
	}
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // sums of money stay as they are
	if err := d.Decode(&members); err != nil {
		return nil, fmt.Errorf("read fact: %w", err)
	}
	delete(members, "receipt")
	for name, x := range members {
		if text, ok := x.(string); ok && strings.HasPrefix(text, carrierPrefix) {
			members[name] = strings.TrimSuffix(carrierPrefix, ":")
		}
	}
	return members, nil
}

// carrierPrefix begins a holder that is one of the post's people.
const carrierPrefix = "carrier:"

// ofOthers reports whether a fact of an entry is none of the subscribing agency's affairs: it names another agency's dossier, or no dossier of its own.
func (s *Service) ofOthers(ctx context.Context, h *Hook, e event.Entry, f event.Fact) (bool, error) {
	mine := h.Office.Agency()
	if mine == "" {
		return false, nil
	}
	if s.Agencies == nil {
		return true, nil
	}
	e.Facts = []event.Fact{f}
	list, err := s.Agencies(ctx, &e)
	return len(list) == 0 || slices.ContainsFunc(list, func(a postal.AgencyCode) bool { return a != mine }), err
}

func (s *Service) post(ctx context.Context, h Hook, id string, body []byte) error {
	secret, err := s.House.Open("webhook:"+h.ID, h.secret)
	if err != nil {
		return fmt.Errorf("open secret of %s: %w", h.ID, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return jobs.Never(errors.New("the address cannot be used"))
	}
	now := s.Now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "citypost-webhook/1")
	r.Header.Set(HeaderID, id)
	r.Header.Set(HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(HeaderSignature, Sign(secret, id, now, body))
	resp, err := s.client.Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address, which may hold a key of the receiver
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, maxReply)
	return s.judge(ctx, h, resp.StatusCode)
}

// judge says what an answer means. What the receiver writes in it is not kept: it may hold anything.
func (s *Service) judge(ctx context.Context, h Hook, status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGone:
		h.Active = false
		s.log().WarnContext(ctx, "webhook switched off: the receiver is gone", "hook", h.ID)
		if err := s.one(ctx, `UPDATE webhook SET active = $2 WHERE id = $1`, h.ID, false); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return jobs.Never(errors.New("HTTP 410: the receiver is gone, the subscription was switched off"))
	case status >= 300 && status < 400:
		return fmt.Errorf("HTTP %d: redirects are not followed", status)
	}
	return fmt.Errorf("HTTP %d", status)
}

func newClient(p Policy) *http.Client {
	d := net.Dialer{Timeout: dialTimeout}
	if !p.Private {
		d.Control = refuseInner
	}
	return &http.Client{
		Timeout:       sendTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ // no proxy: it would connect in our stead, past the check
			DialContext: d.DialContext, TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: sendTimeout, ForceAttemptHTTP2: true,
			MaxIdleConns: 50, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 8, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 16 << 10,
		},
	}
}

var errInner = errors.New("the address lies in an inner network, where deliveries do not go")

// refuseInner looks at the address that is really about to be connected to, so that a name cannot be turned to another address after a check.
func refuseInner(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !public(at.Addr()) {
		return errInner
	}
	return nil
}

// inner are the networks that are nobody's in public, beside those that netip knows (RFC 6890 and its registries), and those that carry an IPv4
// address inside them.
var inner = func() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10", "::/96",
	} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}()

func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inner {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
