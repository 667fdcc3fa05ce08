package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"citypost/internal/api/webhook"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Hook is one subscription to facts.
type Hook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events" doc:"Names of facts; empty for all"`
	Office string   `json:"office,omitempty" doc:"Acts of this office only"`
	Active bool     `json:"active"`
	MadeAt string   `json:"made_at" format:"date-time"`
	MadeBy string   `json:"made_by"`
	Secret string   `json:"secret,omitempty" doc:"Shown in answer to the request that made it, never again. The bytes after whsec_, base64, are the key of HMAC-SHA256"`
}

// DeadLetter is a delivery that was given up.
type DeadLetter struct {
	Job      int64  `json:"job"`
	Hook     string `json:"hook"`
	Seq      int64  `json:"seq" doc:"The entry that was to be told"`
	Attempts int    `json:"attempts"`
	Error    string `json:"error"`
	DeadAt   string `json:"dead_at" format:"date-time"`
}

type (
	hookIn struct {
		Keyed
		Body struct {
			URL    string   `json:"url" maxLength:"500" example:"https://example.org/citypost"`
			Events []string `json:"events,omitempty" maxItems:"60" doc:"Names of facts; all when left out"`
			Office string   `json:"office,omitempty" pattern:"^([0-9]{6}|agency:.+)$" maxLength:"47" doc:"Acts of this office only, or what concerns the dossiers of this agency"`
		}
	}
	hookOut struct {
		Status int
		Body   Hook
	}
	hookPatch struct {
		ID   string `path:"id" maxLength:"20"`
		Body struct {
			URL    *string   `json:"url,omitempty" maxLength:"500"`
			Events *[]string `json:"events,omitempty" maxItems:"60"`
			Office *string   `json:"office,omitempty" maxLength:"47"`
			Active *bool     `json:"active,omitempty"`
		}
	}
	hookID struct {
		ID string `path:"id" maxLength:"20"`
	}
	jobID struct {
		Job int64 `path:"job" minimum:"1"`
	}
	pageIn struct{ Paging }
	empty  struct{}
)

const hooksText = `A delivery is a POST of one ledger entry as JSON with the headers Webhook-Id, Webhook-Timestamp (seconds) and Webhook-Signature, which is "v1," and the base64 of
HMAC-SHA256 over "<id>.<timestamp>.<body>" (Standard Webhooks). Answer 2xx within 15 seconds. Anything else is tried again with growing waits, about six hours in all; then
the delivery is dead and an administrator can have it retried. 410 ends the subscription. Redirects are not followed. A delivery may come twice, and not in order: use id and seq.`

func (s *Service) addHooks() {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: "/api/v1/webhooks" + path, Summary: summary, Tags: []string{"webhooks"}}
	}
	makeOp := op("makeWebhook", http.MethodPost, "", "Subscribe to facts from now on")
	makeOp.Description, makeOp.DefaultStatus = hooksText, http.StatusCreated
	add(s, web.Admin, makeOp, s.makeHook)
	add(s, web.Admin, op("webhooks", http.MethodGet, "", "All subscriptions"), s.listHooks)
	add(s, web.Admin, op("changeWebhook", http.MethodPatch, "/{id}", "Change a subscription, or switch it off and on"), s.changeHook)
	add(s, web.Admin, op("deleteWebhook", http.MethodDelete, "/{id}", "End a subscription"), s.deleteHook)
	add(s, web.Admin, op("deadLetters", http.MethodGet, "/dead", "Deliveries that were given up, newest first"), s.deadLetters)
	retry := op("retryDelivery", http.MethodPost, "/dead/{job}/retry", "Try a delivery anew")
	retry.DefaultStatus = http.StatusNoContent
	add(s, web.Admin, retry, s.retryDelivery)
	add(s, web.Admin, op("discardDelivery", http.MethodDelete, "/dead/{job}", "Give a delivery up for good"), s.discardDelivery)
}

var errNoHooks = fault.New(fault.Unavailable, "api.no_webhooks", "Hệ thống này không gửi tin cho hệ thống khác.", "This installation sends no webhooks.")

func (s *Service) hooks() (*webhook.Service, error) {
	if s.Hooks == nil {
		return nil, errNoHooks
	}
	return s.Hooks, nil
}

func hookView(h webhook.Hook) Hook {
	events := h.Events
	if events == nil {
		events = []string{}
	}
	return Hook{ID: h.ID, URL: h.URL, Events: events, Office: string(h.Office), Active: h.Active, MadeAt: stamp(h.MadeAtMs), MadeBy: string(h.MadeBy)}
}

func (s *Service) makeHook(ctx context.Context, c *call, in *hookIn) (*hookOut, error) {
	hooks, err := s.hooks()
	if err != nil {
		return nil, err
	}
	key, err := postal.ParseActID(in.Key)
	if err != nil {
		return nil, err
	}
	h, secret, repeated, err := hooks.Add(ctx, c.person.ID, key, webhook.Hook{URL: in.Body.URL, Events: in.Body.Events, Office: postal.OfficeCode(in.Body.Office)})
	if err != nil {
		return nil, err
	}
	out := &hookOut{Status: http.StatusCreated, Body: hookView(h)}
	out.Body.Secret = secret
	if repeated {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (s *Service) listHooks(ctx context.Context, _ *call, _ *empty) (*body[Page[Hook]], error) {
	hooks, err := s.hooks()
	if err != nil {
		return nil, err
	}
	list, err := hooks.List(ctx)
	if err != nil {
		return nil, err
	}
	out := Page[Hook]{Entries: make([]Hook, len(list))}
	for n, h := range list {
		out.Entries[n] = hookView(h)
	}
	return &body[Page[Hook]]{out}, nil
}

func (s *Service) changeHook(ctx context.Context, _ *call, in *hookPatch) (*body[Hook], error) {
	hooks, err := s.hooks()
	if err != nil {
		return nil, err
	}
	h, err := hooks.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	if b.URL != nil {
		h.URL = *b.URL
	}
	if b.Events != nil {
		h.Events = *b.Events
	}
	if b.Office != nil {
		h.Office = postal.OfficeCode(*b.Office)
	}
	if b.Active != nil {
		h.Active = *b.Active
	}
	if err := hooks.Change(ctx, h); err != nil {
		return nil, err
	}
	return &body[Hook]{hookView(h)}, nil
}

func (s *Service) deleteHook(ctx context.Context, _ *call, in *hookID) (*empty, error) {
	hooks, err := s.hooks()
	if err == nil {
		err = hooks.Delete(ctx, in.ID)
	}
	return &empty{}, err
}

func (s *Service) deadLetters(ctx context.Context, _ *call, in *pageIn) (*body[Page[DeadLetter]], error) {
	hooks, err := s.hooks()
	if err != nil {
		return nil, err
	}
	before, err := readJobCursor(in.After)
	if err != nil {
		return nil, err
	}
	dead, err := hooks.Dead(ctx, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	var out Page[DeadLetter]
	if len(dead) > in.Limit {
		dead = dead[:in.Limit]
		out.Next = base64.RawURLEncoding.EncodeToString(strconv.AppendInt([]byte("j:"), dead[len(dead)-1].Job, 10))
	}
	out.Entries = make([]DeadLetter, len(dead))
	for n, d := range dead {
		out.Entries[n] = DeadLetter{Job: d.Job, Hook: d.Hook, Seq: d.Seq, Attempts: d.Attempts, Error: d.Error, DeadAt: stamp(d.DeadAtMs)}
	}
	return &body[Page[DeadLetter]]{out}, nil
}

func readJobCursor(text string) (int64, error) {
	k, err := readCursor(text, 'j')
	if err != nil || k == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(string(k[2:]), 10, 64)
	if err != nil || n <= 0 {
		return 0, errCursor
	}
	return n, nil
}

func (s *Service) retryDelivery(ctx context.Context, _ *call, in *jobID) (*empty, error) {
	hooks, err := s.hooks()
	if err == nil {
		err = hooks.Retry(ctx, in.Job)
	}
	return &empty{}, err
}

func (s *Service) discardDelivery(ctx context.Context, _ *call, in *jobID) (*empty, error) {
	hooks, err := s.hooks()
	if err == nil {
		err = hooks.Discard(ctx, in.Job)
	}
	return &empty{}, err
}
