package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"citypost/internal/web"
)

const scansPath = "/api/v1/scans"

// ScansBody is the body of a scans request; decode.go reads it.
type ScansBody struct {
	Scans []Scan `json:"scans" maxItems:"200"`
	Facts bool   `json:"facts,omitempty" doc:"Answer with the facts that each act made"`
}

// ScansAnswer answers a batch, in its order; scans.go writes it.
type ScansAnswer struct {
	Results []ScanAnswer `json:"results"`
}

// ScanAnswer is what became of one scan.
type ScanAnswer struct {
	ID             string   `json:"id" doc:"The scan's id; empty when what was sent is none"`
	Status         string   `json:"status" enum:"recorded,repeated,refused"`
	Seq            int64    `json:"seq,omitempty" doc:"Where it stands in the ledger"`
	RecordedAt     string   `json:"recorded_at,omitempty" format:"date-time"`
	Thing          string   `json:"thing,omitempty" doc:"The code of what the act made: item, bag or dispatch"`
	Irregularities []string `json:"irregularities,omitempty" doc:"What the act raised for a person to settle"`
	Facts          []Fact   `json:"facts,omitempty"`
	Code           string   `json:"code,omitempty" doc:"Why it was refused; stable for ever"`
	Message        string   `json:"message,omitempty"`
	MessageVI      string   `json:"message_vi,omitempty"`
	MessageEN      string   `json:"message_en,omitempty"`
	Field          string   `json:"field,omitempty"`
	Retry          bool     `json:"retry,omitempty" doc:"The trouble is ours: send it again later"`
}

// addScans adds the scans route. huma describes it only: reading by reflection would cost more than the ledger's own work.
func (s *Service) addScans() {
	reg := s.huma.OpenAPI().Components.Schemas
	in := reg.Schema(reflect.TypeFor[ScansBody](), true, "ScansBody")
	out := reg.Schema(reflect.TypeFor[ScansAnswer](), true, "ScansAnswer")
	problem := reg.Schema(reflect.TypeFor[Problem](), true, "Problem")
	names := reg.Map()["Scan"].Properties["act"]
	for _, n := range actNames() {
		names.Enum = append(names.Enum, n)
	}
	op := huma.Operation{
		OperationID: "scans", Method: http.MethodPost, Path: scansPath, Tags: []string{"acts"},
		Summary: "Record a batch of acts",
		Description: "At most 200 scans and 1 MB. Every scan is answered for itself, in order: one scan's refusal never fails its neighbours. " +
			"Only what cannot be read as JSON, is too much, or comes while the ledger cannot write is refused as a whole; then nothing was recorded, or send all again to know.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: in}}},
		Responses: map[string]*huma.Response{
			"200":     {Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: out}}},
			"default": {Description: "Error", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}},
		},
	}
	right := anyMover + "|" + web.Supervisor
	describe(&op, right)
	s.huma.OpenAPI().AddOperation(&op)
	s.route(op.Method, op.Path, right, s.scans)
}
