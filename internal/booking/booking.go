package booking

import (
	"context"
	"fmt"
	"strings"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// Ref is what a citizen reads out at the counter: eight characters that no Vietnamese input method changes.
type Ref string

// refLetters has neither vowels, which take marks, nor D and W, which Telex turns into letters of its own, nor 0 and 1, which look like letters.
const refLetters = "23456789BCFGHJKMNPQRSTVXZ"

const refLen = 8

func newRef() Ref { return Ref(postal.RandomLetters(refLetters, refLen)) }

// ParseRef reads a reference as people write it, "bcfg-hjkm".
func ParseRef(s string) (Ref, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(s))
	if len(s) != refLen || strings.Trim(s, refLetters) != "" {
		return "", fault.New(fault.Invalid, "booking.ref", "Mã hẹn gồm 8 chữ và số, ví dụ BCFG-2345.", "A booking's reference has 8 letters and digits, for example BCFG-2345.")
	}
	return Ref(s), nil
}

// Grouped is the reference as it is shown: "BCFG-2345".
func (r Ref) Grouped() string {
	if len(r) != refLen {
		return string(r)
	}
	return string(r[:4] + "-" + r[4:])
}

// State says how far a booking has come.
type State string

// The states.
const (
	Draft     State = "draft"     // being prepared
	Counter   State = "counter"   // ready: the citizen brings it to a counter
	Asked     State = "asked"     // a pick-up is asked for, nobody is assigned
	Assigned  State = "assigned"  // a postman has it on his list
	Fetched   State = "fetched"   // the postman has the papers
	Failed    State = "failed"    // the postman came and could not take it
	Taken     State = "taken"     // the intake made a dossier of it
	Cancelled State = "cancelled" // by the citizen or the post
)

// Way is how the dossier reaches us.
type Way string

// The ways.
const (
	ByCounter Way = "counter"
	AtHome    Way = "home"
)

// Person is who sends the dossier: what the consignment note needs and nothing else.
type Person struct {
	Name    string       `json:"name"`
	Phone   postal.Phone `json:"phone"`
	Email   string       `json:"email,omitzero"`
	Address string       `json:"address,omitzero"` // house number and street
}

// Booking is one dossier under preparation.
type Booking struct {
	Ref       Ref
	State     State
	Procedure string
	Way       Way
	Unit      postal.UnitCode
	Office    postal.OfficeCode
	Day       postal.Day
	Window    Window
	Carrier   postal.StaffID
	Reason    Reason
	Item      string
	Have      []string // ids of the papers that the citizen says to have
	Created   time.Time
	Changed   time.Time

	version int64
	subject privacy.SubjectID
	sealed  []byte
}

// Known reports whether the booking says who sends it.
func (b *Booking) Known() bool { return len(b.sealed) > 0 }

// Window is a part of a day.
type Window struct{ Opens, Closes string }

func (w Window) String() string {
	if w.Opens == "" {
		return ""
	}
	return w.Opens + "–" + w.Closes
}

// Reason is why a visit failed or a booking was cancelled.
type Reason string

// The reasons for which a postman comes back without the dossier, and those for cancelling.
const (
	Absent     Reason = "absent"
	NotReady   Reason = "not_ready"
	NoAddress  Reason = "no_address"
	ChangeMind Reason = "change_of_mind"
	NoTime     Reason = "no_time"
	ByCitizen  Reason = "by_citizen"
	Impossible Reason = "impossible"
)

// Procedure is what booking has to know of a procedure.
type Procedure struct {
	Code, Name string
	Papers     []Paper
}

// Paper is one line of the list of papers by post.
type Paper struct {
	ID, Name         string
	CountVI, CountEN string
	Open             bool // the list does not demand it of everybody
}

// Procedures knows what may be sent by post.
type Procedures interface {
	// Procedure gives a procedure that is accepted by post on a day; otherwise it refuses with a fault that names it.
	Procedure(code string, day postal.Day) (Procedure, error)
}

// Places answers where things are. The pictures it gives do not change while they are held.
type Places interface {
	Gazetteer() *gazetteer.Gazetteer
	Directory() *gazetteer.Directory
	DeliveryOffice(unit postal.UnitCode) (o postal.OfficeCode, ok bool)
}

// People knows the staff.
type People interface {
	// Holding lists who holds a right at an office today.
	Holding(ctx context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error)
	Name(ctx context.Context, id postal.StaffID) string
}

// Service keeps the bookings of one house, with their pages.
type Service struct {
	DB         *sqldb.DB
	Vault      *privacy.Vault
	Calendar   *calendar.Calendar
	Places     Places
	People     People
	Procedures Procedures
	Prices     Prices // nil: what is to be brought is not told
	Now        func() time.Time
	Secure     bool      // reached by TLS: the cookie says so
	Limit      web.Limit // how many changes one network may send
	Guide      string    // path of the guide to procedures
	Intake     string    // path of the intake, to which ?booking=REF is added; empty: none

	limiter web.Limiter
}

// PublicLimit lets a household or an office prepare a few dossiers and stops a program that floods us: thirty changes at once, then one every five seconds.
func PublicLimit() web.Limit { return web.Limit{PerSecond: 0.2, Burst: 30} }

func (s *Service) today() postal.Day { return postal.DayOf(s.Now()) }

// days lists the days on which a postman may come: the working days from tomorrow on, as many as the rule allows.
func (s *Service) days() ([]postal.Day, error) {
	n, _, err := s.Calendar.Book().Int("booking.ahead", s.today())
	if err != nil {
		return nil, err
	}
	var list []postal.Day
	day := s.today()
	for range n {
		if day, err = s.Calendar.NextWorking(day); err != nil {
			return nil, err
		}
		list = append(list, day)
	}
	return list, nil
}

// windows lists the parts of a day in which a postman comes.
func (s *Service) windows() ([]Window, error) {
	table, _, err := s.Calendar.Book().Table("booking.window", s.today())
	if err != nil {
		return nil, err
	}
	var list []Window
	for i := range table.Len() {
		list = append(list, Window{table.Cell(i, "opens").String(), table.Cell(i, "closes").String()})
	}
	return list, nil
}

// keep says how many days a booking stays.
func (s *Service) keep(key string) (int, error) {
	n, _, err := s.Calendar.Book().Int(key, s.today())
	if err != nil {
		return 0, fmt.Errorf("how long to keep: %w", err)
	}
	return int(n), nil
}
