package desk

import (
	"context"
	"embed"
	"net/http"
	"time"

	"citypost/internal/event"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

//go:embed schema
var schema embed.FS

// Migrate brings the desk's tables up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error { return sqldb.Migrate(ctx, db, "desk", schema) }

// Places answers where things are. The pictures it gives do not change while they are held.
type Places interface {
	Gazetteer() *gazetteer.Gazetteer
	Directory() *gazetteer.Directory
	// DeliveryOffice is the office that delivers in a commune; ok is false when none is set.
	DeliveryOffice(unit postal.UnitCode) (o postal.OfficeCode, ok bool)
}

// Due is when a first delivery attempt is due, by which rule.
type Due struct {
	At       time.Time `json:"at,omitzero"`
	Rule     string    `json:"rule,omitempty"`
	Basis    string    `json:"basis,omitempty"`
	Verified bool      `json:"verified,omitempty"`
}

// Clock gives the due time of an item accepted at a moment. A case without rule gives the zero Due.
type Clock interface {
	Due(ctx context.Context, s event.Service, from, to postal.UnitCode, accepted time.Time) (Due, error)
}

// Signer checks a second person who signs on the first one's screen: login, password and a code where the second factor is on, with the brakes of
// the sign-in. The person comes back with all roles in force and none in use.
type Signer interface {
	Sign(r *http.Request, login, password, code string) (web.Person, error)
}

// Staff names the people of an office, for choosing a carrier or driver; names are for staff screens only.
type Staff interface {
	Holding(ctx context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error)
	Name(ctx context.Context, id postal.StaffID) string
}

// Service is the desk of one house.
type Service struct {
	Ledger  *ledger.Ledger
	DB      *sqldb.DB
	Vault   *privacy.Vault
	Places  Places
	Till    Till                               // nil: prices from the paper list, and no money
	Rules   string                             // where a rule is explained, followed by its key and "#" and its id; "": rules are named, not linked
	Say     func(f event.Fact) (vi, en string) // names facts of others in a history; nil: by their code
	Clock   Clock
	Signer  Signer
	Staff   Staff
	Now     func() time.Time
	Base    string                                         // the public address, for QR codes: "https://buudien.example"
	MadeUp  bool                                           // a demonstration: prints say so
	Beside  Beside                                         // pages of others, to which ours lead
	MayShow func(ctx context.Context, t event.Thing) error // refuses when the people of a thing are no longer shown; nil: all are
}

// Beside are pages of other capabilities that belong to the same work and have no place of their own in a full list of jobs.
type Beside struct {
	// Find gives the page of what a code of others names (a dossier, a booking), "" when it names nothing; nil: there is nothing else.
	Find  func(ctx context.Context, text string) (path string, err error)
	Board []web.Link // under the board of an office
	Round []web.Link // under the day of a postman
}

// newAct makes an id for a form that is being drawn.
func (s *Service) newAct() string { return postal.NewActID(s.Now()).String() }

// do writes an act in the name of the person behind the request, at his office, under the id the form carries.
func (s *Service) do(r *http.Request, act ledger.Act) (ledger.Receipt, error) {
	return s.doAs(r, web.PersonOf(r), act)
}

// doAs is do in the name of another person who has just proved himself on this screen; the act takes place at the office of the screen.
func (s *Service) doAs(r *http.Request, who web.Person, act ledger.Act) (ledger.Receipt, error) {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return ledger.Receipt{}, err
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	e := ledger.Envelope{Act: id, OccurredMs: postal.Millis(s.Now()), Office: office, Actor: who.ID}
	return s.Ledger.Append(r.Context(), e, act)
}
