package api

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// get describes an operation that asks.
func get(id, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary, Tags: []string{tag}}
}

// Where says where a thing is.
type Where struct {
	Holder   string   `json:"holder" doc:"Who has it, or has the outermost container it is in" example:"office:180100"`
	Inside   []string `json:"inside" doc:"The containers it is in, innermost first"`
	Handover string   `json:"handover,omitempty" doc:"The open handover it is part of"`
}

// Item is an item with its whole custody.
type Item struct {
	Where
	Number         string        `json:"number"`
	Service        string        `json:"service"`
	Stage          custody.Stage `json:"stage"`
	Origin         string        `json:"origin"`
	ToUnit         string        `json:"to_unit"`
	ToOffice       string        `json:"to_office"`
	WeightG        int64         `json:"weight_g"`
	FeeVND         int64         `json:"fee_vnd"`
	AcceptedAt     string        `json:"accepted_at" format:"date-time"`
	DueAt          string        `json:"due_at,omitempty" format:"date-time" doc:"When a first delivery attempt is due"`
	AttemptedAt    string        `json:"attempted_at,omitempty" format:"date-time" doc:"The first attempt"`
	EndedAt        string        `json:"ended_at,omitempty" format:"date-time"`
	Attempts       int           `json:"attempts"`
	Reason         string        `json:"reason,omitempty" doc:"Of the last failed attempt"`
	Returning      string        `json:"returning,omitempty" doc:"Why it goes back to its sender"`
	HeldUntil      string        `json:"held_until,omitempty" format:"date-time"`
	Irregularities int           `json:"open_irregularities"`
	LastAct        string        `json:"last_act" doc:"The act that can be undone, when anything can"`
	History        []HistoryStep `json:"history" doc:"Oldest first"`
}

// HistoryStep is one entry of the ledger that concerned a thing, itself or through a container.
type HistoryStep struct {
	Seq        int64  `json:"seq"`
	Act        string `json:"act"`
	OccurredAt string `json:"occurred_at" format:"date-time"`
	RecordedAt string `json:"recorded_at" format:"date-time"`
	Office     string `json:"office"`
	Actor      string `json:"actor"`
	Via        string `json:"via,omitempty" doc:"The container through which it concerned the thing"`
	Facts      []Fact `json:"facts"`
}

// Bag is a mail bag with what is in it.
type Bag struct {
	Where
	Code           string            `json:"code"`
	From           string            `json:"from"`
	To             string            `json:"to"`
	Status         custody.BagStatus `json:"status"`
	Seal           string            `json:"seal,omitempty"`
	StartedAt      string            `json:"started_at" format:"date-time"`
	Count          int               `json:"count"`
	Items          []string          `json:"items"`
	Irregularities int               `json:"open_irregularities"`
}

// Dispatch is a dispatch with what is on it.
type Dispatch struct {
	Where
	Code      string                 `json:"code"`
	From      string                 `json:"from"`
	To        string                 `json:"to"`
	Status    custody.DispatchStatus `json:"status"`
	StartedAt string                 `json:"started_at" format:"date-time"`
	Count     int                    `json:"count"`
	Things    []string               `json:"things"`
}

// Handover is a handover with both accounts.
type Handover struct {
	Code       string                 `json:"code"`
	From       string                 `json:"from"`
	To         string                 `json:"to"`
	Purpose    string                 `json:"purpose,omitempty"`
	Office     string                 `json:"office"`
	Status     custody.HandoverStatus `json:"status"`
	OpenedAt   string                 `json:"opened_at" format:"date-time"`
	Dispatch   string                 `json:"dispatch,omitempty"`
	Things     []Counted              `json:"things" doc:"What the giver says"`
	Counts     []Counted              `json:"counts" doc:"What the taker has counted so far"`
	Giver      string                 `json:"giver,omitempty" doc:"Who signed for the giver"`
	Taker      string                 `json:"taker,omitempty"`
	Difference Difference             `json:"difference"`
}

// Counted is one thing of a handover.
type Counted struct {
	Thing     string `json:"thing"`
	Seal      string `json:"seal,omitempty"`
	Condition string `json:"condition,omitempty"`
}

// Difference is what the two accounts do not agree on. Who signs sends back the digest of the difference he saw.
type Difference struct {
	Digest    string    `json:"digest" doc:"Empty for none"`
	Short     []string  `json:"short"`
	Over      []string  `json:"over"`
	Damaged   []string  `json:"damaged"`
	WrongSeal []Counted `json:"wrong_seal"`
}

// Irregularity is two accounts of one thing that a person of its office must settle.
type Irregularity struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" example:"short"`
	Thing    string `json:"thing"`
	Office   string `json:"office"`
	Handover string `json:"handover,omitempty"`
	Says     string `json:"says,omitempty" doc:"The new account: a holder or a seal"`
	Ledger   string `json:"ledger,omitempty" doc:"The ledger's account at that time"`
	RaisedAt string `json:"raised_at" format:"date-time"`
	Seq      int64  `json:"seq"`
	Decision string `json:"decision,omitempty"`
	Reason   string `json:"reason,omitempty"`
	By       string `json:"by,omitempty"`
}

type (
	codeIn struct {
		Code string `path:"code" maxLength:"40"`
	}
	body[T any] struct{ Body T }
)

func (s *Service) addQuestions() {
	add(s, web.Staff, get("item", "/items/{code}", "An item with its whole custody history", "items"), s.item)
	add(s, web.Staff, get("bag", "/bags/{code}", "A bag with what is in it", "bags"), s.bag)
	add(s, web.Staff, get("dispatch", "/dispatches/{code}", "A dispatch with what is on it", "dispatches"), s.dispatch)
	add(s, web.Staff, get("handover", "/handovers/{code}", "A handover with both accounts and their difference", "handovers"), s.handover)
	add(s, web.Staff, get("act", "/acts/{code}", "Whether an act is in the ledger, and what it made", "acts"), s.act)
	s.addBoards()
	add(s, web.Public, get("track", "/tracking/{code}", "How far an item has come, for anyone who knows its number", "tracking"), s.track)
}

func unknown() error {
	return fault.New(fault.NotFound, "custody.unknown", "Không có mã này trong hệ thống. Hãy kiểm tra lại mã.", "This code is not in the system. Check it.")
}

// find gives the state of a thing, with the view to ask on.
func find[S ledger.State](ctx context.Context, s *Service, t event.Thing) (S, *ledger.View, error) {
	v := s.Ledger.View(ctx)
	state, ok := ledger.Get[S](v, custody.KeyOf(t))
	switch {
	case v.Err() != nil:
		return state, v, v.Err()
	case !ok:
		return state, v, unknown()
	}
	return state, v, nil
}

func whereOf(v *ledger.View, t event.Thing, p custody.Position) Where {
	h, inside := custody.Holder(v, t)
	return Where{Holder: string(h), Inside: texts(inside), Handover: string(p.Handover)}
}

// texts makes a list of plain texts, never nil: an empty list is [] in JSON.
func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for n, t := range list {
		out[n] = string(t)
	}
	return out
}

func (s *Service) item(ctx context.Context, _ *call, in *codeIn) (*body[Item], error) {
	n, err := itemNumber(in.Code)
	if err != nil {
		return nil, err
	}
	i, v, err := find[*custody.Item](ctx, s, event.Thing(n))
	if err != nil {
		return nil, err
	}
	steps, err := custody.History(ctx, s.Ledger, n)
	if err != nil {
		return nil, err
	}
	out := &body[Item]{Item{
		Where: whereOf(v, event.Thing(n), i.Position), Number: string(n), Service: string(i.Service), Stage: i.Stage,
		Origin: string(i.Origin), ToUnit: string(i.ToUnit), ToOffice: string(i.ToOffice), WeightG: int64(i.WeightG), FeeVND: int64(i.FeeVND),
		AcceptedAt: stamp(i.AcceptedMs), DueAt: stampOf(i.DueMs), AttemptedAt: stampOf(i.AttemptMs), EndedAt: stampOf(i.EndedMs),
		Attempts: i.Attempts, Reason: i.Reason, Returning: i.Returning, HeldUntil: stampOf(i.HeldUntilMs), Irregularities: i.Open,
		LastAct: i.Last.Act.String(), History: make([]HistoryStep, len(steps)),
	}}
	for n, st := range steps {
		e := st.Entry
		out.Body.History[n] = HistoryStep{
			Seq: e.Seq, Act: e.Act.String(), OccurredAt: stamp(e.OccurredMs), RecordedAt: stamp(e.RecordedMs),
			Office: string(e.Office), Actor: string(e.Actor), Via: string(st.Via), Facts: factsOf(e.Facts),
		}
	}
	return out, v.Err()
}

func (s *Service) bag(ctx context.Context, _ *call, in *codeIn) (*body[Bag], error) {
	code, err := postal.ParseBagNumber(in.Code)
	if err != nil {
		return nil, err
	}
	b, v, err := find[*custody.Bag](ctx, s, event.Thing(code))
	if err != nil {
		return nil, err
	}
	return &body[Bag]{Bag{
		Where: whereOf(v, b.Code, b.Position), Code: string(b.Code), From: string(b.From), To: string(b.To), Status: b.Status, Seal: b.Seal,
		StartedAt: stamp(b.StartedMs), Count: b.Count, Items: inside(v, b.Code, 'i'), Irregularities: b.Open,
	}}, v.Err()
}

// inside lists the codes of what lies in a container.
func inside(v *ledger.View, t event.Thing, letters ...byte) []string {
	out := []string{}
	for _, letter := range letters {
		for _, k := range v.At(string(custody.KeyOf(t)), letter) {
			out = append(out, string(k[2:]))
		}
	}
	return out
}

func (s *Service) dispatch(ctx context.Context, _ *call, in *codeIn) (*body[Dispatch], error) {
	code, err := postal.ParseDispatchNumber(in.Code)
	if err != nil {
		return nil, err
	}
	d, v, err := find[*custody.Dispatch](ctx, s, event.Thing(code))
	if err != nil {
		return nil, err
	}
	return &body[Dispatch]{Dispatch{
		Where: whereOf(v, d.Code, d.Position), Code: string(d.Code), From: string(d.From), To: string(d.To), Status: d.Status,
		StartedAt: stamp(d.StartedMs), Count: d.Count, Things: inside(v, d.Code, 'b', 'i'),
	}}, v.Err()
}

func (s *Service) handover(ctx context.Context, _ *call, in *codeIn) (*body[Handover], error) {
	code, err := postal.ParseHandoverNumber(in.Code)
	if err != nil {
		return nil, err
	}
	h, _, err := find[*custody.Handover](ctx, s, event.Thing(code))
	if err != nil {
		return nil, err
	}
	d := h.Difference()
	out := &body[Handover]{Handover{
		Code: string(h.Code), From: string(h.From), To: string(h.To), Purpose: h.Purpose, Office: string(h.Office), Status: h.Status,
		OpenedAt: stamp(h.OpenedMs), Dispatch: string(h.Dispatch), Things: make([]Counted, len(h.Things)), Counts: counted(h.Counts),
		Giver: string(h.Giver), Taker: string(h.Taker),
		Difference: Difference{Digest: d.Digest(), Short: texts(d.Short), Over: texts(d.Over), Damaged: texts(d.Damaged), WrongSeal: counted(d.WrongSeal)},
	}}
	for n, g := range h.Things {
		out.Body.Things[n] = Counted{Thing: string(g.Thing), Seal: g.Seal}
	}
	return out, nil
}

func counted(list []event.Count) []Counted {
	out := make([]Counted, len(list))
	for n, c := range list {
		out[n] = Counted{Thing: string(c.Thing), Seal: c.Seal, Condition: string(c.Condition)}
	}
	return out
}

func (s *Service) act(ctx context.Context, _ *call, in *codeIn) (*body[Recorded], error) {
	id, err := postal.ParseActID(in.Code)
	if err != nil {
		return nil, err
	}
	r, ok, err := s.Ledger.Find(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fault.New(fault.NotFound, "api.act_unknown", "Thao tác này chưa được ghi. Hãy gửi lại.", "This act is not in the ledger. Send it again.")
	}
	return &body[Recorded]{recorded(r).Body}, nil
}

// Paging is what every list asks for.
type Paging struct {
	After string `query:"after" maxLength:"120" doc:"The member next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type holdingsIn struct {
	Paging
	Code string `path:"code" pattern:"^[0-9]{6}$"`
	Kind string `query:"kind" enum:"item,bag,dispatch,handover" default:"item" doc:"Loose items, bags, dispatches, or open handovers"`
}

// Holding is one thing in an office's hands.
type Holding struct {
	Code           string `json:"code"`
	Status         string `json:"status" doc:"An item's stage, a bag's or dispatch's status"`
	ToOffice       string `json:"to_office,omitempty"`
	ToUnit         string `json:"to_unit,omitempty"`
	DueAt          string `json:"due_at,omitempty" format:"date-time"`
	Count          int    `json:"count,omitempty"`
	Handover       string `json:"handover,omitempty" doc:"The open handover it is part of"`
	Irregularities int    `json:"open_irregularities,omitempty"`
}

// Page is one page of a list.
type Page[T any] struct {
	Entries []T    `json:"entries"`
	Next    string `json:"next,omitempty" doc:"Send it as the parameter after for the next page; absent on the last one"`
}

type irregularitiesIn struct {
	Paging
	Office string `query:"office" pattern:"^[0-9]{6}$" doc:"The caller's own office when left out"`
}

func (s *Service) addBoards() {
	add(s, web.Staff, get("holdings", "/offices/{code}/holdings", "What an office has in its hands", "offices"), s.holdings)
	add(s, web.Staff, get("irregularities", "/irregularities", "What an office has to settle, by id", "irregularities"), s.irregularities)
	add(s, web.Staff, get("irregularity", "/irregularities/{code}", "An irregularity, settled or not", "irregularities"), s.irregularity)
}

var letters = map[string]byte{"item": 'i', "bag": 'b', "dispatch": 'd', "handover": 'h'}

func (s *Service) holdings(ctx context.Context, c *call, in *holdingsIn) (*body[Page[Holding]], error) {
	office, err := c.office(in.Code, web.Staff)
	if err != nil {
		return nil, err
	}
	v, keys, next, err := s.board(ctx, office, letters[in.Kind], in.Paging)
	if err != nil {
		return nil, err
	}
	out := Page[Holding]{Entries: make([]Holding, 0, len(keys)), Next: next}
	for _, k := range keys {
		out.Entries = append(out.Entries, holding(v, k))
	}
	return &body[Page[Holding]]{out}, v.Err()
}

func holding(v *ledger.View, k ledger.Key) Holding {
	h := Holding{Code: string(k[2:])}
	switch x := v.Get(k).(type) {
	case *custody.Item:
		h.Status, h.ToOffice, h.ToUnit, h.DueAt = string(x.Stage), string(x.ToOffice), string(x.ToUnit), stampOf(x.DueMs)
		h.Handover, h.Irregularities = string(x.Position.Handover), x.Open
	case *custody.Bag:
		h.Status, h.ToOffice, h.Count, h.Handover, h.Irregularities = string(x.Status), string(x.To), x.Count, string(x.Position.Handover), x.Open
	case *custody.Dispatch:
		h.Status, h.ToOffice, h.Count, h.Handover = string(x.Status), string(x.To), x.Count, string(x.Position.Handover)
	case *custody.Handover:
		h.Status, h.Count = string(x.Status), len(x.Things)
	}
	return h
}

// board reads one page of an office's board, with the states loaded.
func (s *Service) board(ctx context.Context, office postal.OfficeCode, letter byte, p Paging) (*ledger.View, []ledger.Key, string, error) {
	after, err := readCursor(p.After, letter)
	if err != nil {
		return nil, nil, "", err
	}
	keys, err := s.Ledger.Board(ctx, string(custody.AtOffice(office)), letter, after, p.Limit+1)
	if err != nil {
		return nil, nil, "", err
	}
	next := ""
	if len(keys) > p.Limit {
		keys = keys[:p.Limit]
		next = cursor(keys[len(keys)-1])
	}
	v := s.Ledger.View(ctx)
	v.Load(keys...)
	return v, keys, next, nil
}

// cursor is opaque to callers: where a page ended.
func cursor(k ledger.Key) string { return base64.RawURLEncoding.EncodeToString([]byte(k)) }

var errCursor = fault.New(fault.Invalid, "api.cursor", "Mốc trang không đúng. Hãy lấy lại từ trang đầu.", "The page mark is not ours. Start again from the first page.").At("after")

func readCursor(text string, letter byte) (ledger.Key, error) {
	if text == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 3 || b[0] != letter || b[1] != ':' {
		return "", errCursor
	}
	return ledger.Key(b), nil
}

func (s *Service) irregularities(ctx context.Context, c *call, in *irregularitiesIn) (*body[Page[Irregularity]], error) {
	office, err := c.office(in.Office, web.Staff)
	if err != nil {
		return nil, err
	}
	v, keys, next, err := s.board(ctx, office, 'x', in.Paging)
	if err != nil {
		return nil, err
	}
	out := Page[Irregularity]{Entries: make([]Irregularity, 0, len(keys)), Next: next}
	for _, k := range keys {
		if x, ok := ledger.Get[*custody.Irregularity](v, k); ok {
			out.Entries = append(out.Entries, irregularity(x))
		}
	}
	return &body[Page[Irregularity]]{out}, v.Err()
}

func irregularity(x *custody.Irregularity) Irregularity {
	return Irregularity{ID: x.ID, Kind: x.Kind, Thing: string(x.Thing), Office: string(x.Office), Handover: string(x.Handover), Says: x.Says, Ledger: x.Ledger,
		RaisedAt: stamp(x.RaisedMs), Seq: x.Seq, Decision: x.Decision, Reason: x.Reason, By: string(x.By)}
}

func (s *Service) irregularity(ctx context.Context, _ *call, in *codeIn) (*body[Irregularity], error) {
	v := s.Ledger.View(ctx)
	x, ok := ledger.Get[*custody.Irregularity](v, custody.IrregularityKey(in.Code))
	switch {
	case v.Err() != nil:
		return nil, v.Err()
	case !ok:
		return nil, unknown()
	}
	return &body[Irregularity]{irregularity(x)}, nil
}
