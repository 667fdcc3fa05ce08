package personal

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// The kinds of requests (Decree 13/2023, articles 9 and 14 to 16).
const (
	Provide  = "provide"  // tell what is kept
	Correct  = "correct"  // mend what is wrong
	Delete   = "delete"   // erase it
	Restrict = "restrict" // keep it, show it to nobody
	Object   = "object"   // send no more notifications
)

// Kinds of requests, as a form offers them.
var kinds = []string{Provide, Correct, Delete, Restrict, Object}

// vias are the ways by which a request comes in.
var vias = []string{"counter", "letter", "online"}

// maxThings bounds a request: a person who has more mail asks twice.
const maxThings = 50

// Request is one request and its clock.
type Request struct {
	Code      string
	Kind      string
	Things    []event.Thing
	Via       string
	Office    postal.OfficeCode
	AskedMs   int64
	DueMs     int64
	Rules     []string
	Decision  string // "" while it is open
	Reason    string
	DecidedMs int64
}

// openPlace is where open requests lie.
const openPlace = "personal:open"

// Place is among the open requests until it is decided.
func (r *Request) Place() string {
	if r.Decision == "" {
		return openPlace
	}
	return ""
}

// Encode writes the request.
func (r *Request) Encode(dst []byte) []byte { return ledger.Encode(dst, r.fields) }

// Decode reads the request.
func (r *Request) Decode(b []byte) error { return ledger.Decode(b, r.fields) }

func (r *Request) fields(c *ledger.Codec) {
	ledger.Str(c, &r.Code)
	ledger.Str(c, &r.Kind)
	ledger.List(c, &r.Things, func(t *event.Thing, c *ledger.Codec) { ledger.Str(c, t) })
	ledger.Str(c, &r.Via)
	ledger.Str(c, &r.Office)
	ledger.Int(c, &r.AskedMs)
	ledger.Int(c, &r.DueMs)
	ledger.List(c, &r.Rules, func(s *string, c *ledger.Codec) { ledger.Str(c, s) })
	ledger.Str(c, &r.Decision)
	ledger.Str(c, &r.Reason)
	ledger.Int(c, &r.DecidedMs)
}

// RequestKey is where a request is kept.
func RequestKey(code string) ledger.Key { return ledger.Key("l:" + code) }

// codeText has no letter that is read for another.
var codeText = base32.NewEncoding("23456789ABCDEFGHJKMNPQRSTUVWXYZ0").WithPadding(base32.NoPadding)

// CodeOf is the number of the request that an act makes: forty bits of the act's id, so that it needs no counter and tells nothing.
func CodeOf(act postal.ActID) string {
	sum := sha256.Sum256(act[:])
	return "YC" + codeText.EncodeToString(sum[:5])
}

// Ask takes a request in.
type Ask struct {
	Kind   string        `json:"kind"`
	Things []event.Thing `json:"things"`
	Via    string        `json:"via"`
	DueMs  int64         `json:"due_ms"`
	Rules  []string      `json:"rules"`
}

// Name of the act.
func (Ask) Name() string { return "personal.ask" }

// Touches nothing that is known before the act has an id.
func (Ask) Touches() []ledger.Key { return nil }

// Decide refuses what is no request.
func (a Ask) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	switch {
	case !slices.Contains(kinds, a.Kind):
		return nil, fault.New(fault.Invalid, "personal.kind", "Hãy chọn một loại yêu cầu.", "Choose a kind of request.").At("kind")
	case !slices.Contains(vias, a.Via):
		return nil, fault.New(fault.Invalid, "personal.via", "Hãy chọn cách yêu cầu đến.", "Choose how the request came in.").At("via")
	case len(a.Things) == 0 || len(a.Things) > maxThings:
		return nil, fault.New(fault.Invalid, "personal.things", "Hãy ghi từ 1 đến %d mã bưu gửi hoặc hồ sơ.", "Give 1 to %d codes of items or dossiers.", maxThings).At("things")
	case a.DueMs <= v.NowMs:
		return nil, fault.New(fault.Invalid, "personal.due", "Thời hạn trả lời đã qua.", "The time for an answer is over already.").At("due_ms")
	}
	code := CodeOf(e.Act)
	if _, taken := ledger.Get[*Request](v, RequestKey(code)); taken {
		return nil, fault.New(fault.Conflict, "personal.code_taken", "Trùng số yêu cầu. Hãy gửi lại.", "The number is taken. Send it again.")
	}
	return []event.Fact{event.PersonalAsked{Request: code, Kind: a.Kind, Things: a.Things, Via: a.Via, DueMs: a.DueMs, Rules: a.Rules}}, nil
}
