package dossier

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/web"
)

// Service is dossiers as people work with them.
type Service struct {
	Ledger    *ledger.Ledger
	DB        *sqldb.DB
	Vault     *privacy.Vault
	Calendar  *calendar.Calendar
	Catalogue Catalogue
	Communes  Communes
	Places    Places
	Routes    Routes
	Money     Money
	Signer    Signer
	Bookings  Bookings                                            // nil: nothing is prepared beforehand
	Name      func(ctx context.Context, id postal.StaffID) string // of a person, for screens of staff
	Now       func() time.Time
	MayShow   func(ctx context.Context, t event.Thing) error // refuses when the people of a dossier are no longer shown; nil: all are
	Base      string                                         // the public address, for QR codes
	Hotline   string
	MadeUp    bool
	Limit     web.Limit // of strangers who follow a dossier

	asked  web.Limiter
	wrong  web.Limiter  // secrets, by the dossier that they were tried on
	tidied postal.ActID // Tidy has looked through the people of acts before this one
}

// Communes reads and offers communes by their names of now and before.
type Communes interface {
	Communes(p web.Page, query string) []web.Choice
	ReadCommune(p web.Page, f *web.Form, side string) postal.UnitCode
	CommuneLine(p web.Page, code postal.UnitCode) (line string, ok bool)
}

// Places answers where offices are and which of them delivers in a commune.
type Places interface {
	Directory() *gazetteer.Directory
	DeliveryOffice(unit postal.UnitCode) (o postal.OfficeCode, ok bool)
}

// Routes says how far something goes, by the rules of a day.
type Routes interface {
	Route(s calendar.Service, from, to postal.UnitCode, day postal.Day) (calendar.Route, error)
}

// PriceLine is one line of a price with the rule that gave it.
type PriceLine struct {
	VI       string     `json:"vi"`
	EN       string     `json:"en"`
	Amount   postal.VND `json:"amount"`
	Rule     string     `json:"rule,omitempty"`
	Basis    string     `json:"basis,omitempty"`
	BasisEN  string     `json:"basis_en,omitempty"`
	Verified bool       `json:"verified,omitempty"`
}

// Price is what the carriage costs. List is before relief, Total what the customer pays.
type Price struct {
	Lines       []PriceLine
	ListVND     postal.VND
	OperatorVND postal.VND // relief that the post bears
	ProvinceVND postal.VND // relief that the province pays
	TotalVND    postal.VND
	Rules       []string
	Grant       func(ledger.Act) ledger.Act // puts the relief around the act that accepts the item; nil when there is none
}

// PriceQuestion asks for a price.
type PriceQuestion struct {
	Service event.Service
	From    postal.UnitCode
	To      postal.UnitCode
	WeightG postal.Grams
	Online  bool // filed on a public service portal
	On      postal.Day
}

// Payment says how a customer pays, and what is collected for the agency with it.
type Payment struct {
	Drawer string            // "" takes no money now
	Item   postal.ItemNumber // "" for the item that the act accepts
	Means  string
	Agency postal.AgencyCode
	Dues   []event.StateFee // those that go through the post
	Book   string
}

// Money prices, and puts relief and payment around an act so that all happens or nothing.
type Money interface {
	Price(v *ledger.View, q PriceQuestion) (Price, error)
	// Drawer is the open drawer of a person at an office, "" when there is none.
	Drawer(v *ledger.View, o postal.OfficeCode, who postal.StaffID) string
	// FreeDrawers are those of an office that a shift can be opened for; Begin opens one with a float from the safe.
	FreeDrawers(v *ledger.View, o postal.OfficeCode) []string
	Begin(o postal.OfficeCode, drawer string, float postal.VND) ledger.Act
	// Book is a receipt book of the office with receipts left, "" when there is none.
	Book(v *ledger.View, o postal.OfficeCode) string
	Around(act ledger.Act, s event.Service, p Price, pay Payment) ledger.Act
	// Receipts are those given for the State fees that came with an item; none when nothing was collected or all was given back.
	Receipts(v *ledger.View, n postal.ItemNumber) []StateReceipt
	// Owed is what is still to be paid for an item that was accepted before: nothing once it is paid.
	Owed(v *ledger.View, i *custody.Item) Price
	// Paid is what the books hold of an item's money; ok is false when nothing was paid, or when it was given back.
	Paid(v *ledger.View, n postal.ItemNumber) (Takings, bool)
	// TakeBack is the act that takes a result back from the wrong person; what he paid goes back to him out of the drawer if it is the one that took it, in the same shift.
	TakeBack(act custody.TakeBack, drawer string) ledger.Act
	// Compensate is the act that pays for a lost or damaged item out of a drawer; amount includes the refund of postage.
	Compensate(drawer string, item postal.ItemNumber, amount postal.VND, times int64, rule, record string) ledger.Act
}

// Takings are the money of one item: postage, and what was collected for the agency with its receipts.
type Takings struct {
	ListVND    postal.VND // before relief
	PostageVND postal.VND
	Means      string
	Receipts   []FeeReceipt
	Page       string // where a supervisor gives it back
	Seq        int64  // the entry in which it was taken
	// CompensatedVND is what was paid out for its loss or damage.
	CompensatedVND postal.VND
}

// FeeReceipt is a fee of the agency with the number of its receipt.
type FeeReceipt struct {
	Kind      string
	AmountVND postal.VND
	Number    string
}

// Total is all that was paid.
func (r Takings) Total() postal.VND {
	sum := r.PostageVND
	for _, f := range r.Receipts {
		sum += f.AmountVND
	}
	return sum
}

// Booked is what a citizen prepared on the public page before the papers come to us.
type Booked struct {
	Ref       string
	Procedure string
	Sender    Person
	Have      []string // ids of the papers that the citizen said to have
}

// Bookings knows what citizens prepared.
type Bookings interface {
	// Take opens a booking for the person who takes the dossier in; one that is used, cancelled or unknown is refused.
	Take(ctx context.Context, ref string, who web.Person) (Booked, error)
	// Used tells what became of a booking in the hands of the person who took the dossier in; telling it again is harmless, the booking of another office is refused.
	Used(ctx context.Context, ref string, who web.Person, dossier string) error
}

// Signer knows who else there is: it checks a second person who signs on the first one's screen, and names those who could be asked.
type Signer interface {
	Sign(r *http.Request, login, password, code string) (web.Person, error)
	// Holding lists who holds a right at an office today, those who hold it everywhere included.
	Holding(ctx context.Context, right web.Right, office postal.OfficeCode) ([]web.Person, error)
}

// store gives the tables.
func (s *Service) store() *Store {
	return &Store{DB: s.DB, Vault: s.Vault, nowMs: func() int64 { return postal.Millis(s.Now()) }}
}

// KeepAgency adds an agency or changes it.
func (s *Service) KeepAgency(ctx context.Context, a Agency) error {
	return s.store().KeepAgency(ctx, a)
}

// Agencies lists the agencies.
func (s *Service) Agencies(ctx context.Context) ([]Agency, error) { return s.store().Agencies(ctx) }

func (s *Service) today() postal.Day { return postal.DayOf(s.Now()) }

// Who may do what: worker is whoever handles dossiers for the post, all also an agency's officer, who sees his own agency's only.
var (
	worker = web.AnyOf(web.Clerk, web.Carrier)
	all    = web.AnyOf(web.Clerk, web.Carrier, web.AgencyOfficer)
	reader = web.AnyOf(web.Clerk, web.Carrier, web.AgencyOfficer, web.Manager) // of one dossier: a manager approves what its record grants
	lister = web.AnyOf(web.Planner, web.Admin)                                 // of the agencies: they are the whole city's
)

// NewPath is where a dossier is taken in; ?booking=REF fills in what was prepared.
const NewPath = "/dossiers/new"

// The pages.
const (
	boardPath   = "/dossiers"
	casePath    = "/dossiers/case"
	newPath     = NewPath
	agencyPath  = "/dossiers/agencies"
	handingPath = "/dossiers/handovers"
	latePath    = "/dossiers/late"
	answersPath = "/dossiers/complaints"
	waitingPath = "/dossiers/compensations"
)

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	s.MountPublic(m)
	m.Job(web.Clerk, 22, boardPath, "Hồ sơ", "Dossiers")
	m.Job(web.Carrier, 22, boardPath, "Hồ sơ", "Dossiers")
	m.Job(web.AgencyOfficer, 10, boardPath, "Hồ sơ qua bưu điện", "Dossiers from the post")
	m.Job(web.Manager, 62, waitingPath, "Bồi thường chờ duyệt", "Compensations to approve")
	m.Job(web.Planner, 50, agencyPath, "Cơ quan", "Agencies")
	m.Job(web.Admin, 50, agencyPath, "Cơ quan", "Agencies")
	m.Get(boardPath, all, s.getBoard)
	m.Post(boardPath, all, s.postBoard)
	m.Get(newPath, worker, s.getNew)
	m.Post(newPath, worker, s.postNew)
	m.Get(newPath+"/missing", worker, s.getMissing)
	m.Get(newPath+"/list", worker, s.getList)
	m.Get(agencyPath, web.AnyOf(web.Clerk, web.Carrier, web.Planner, web.Admin), s.getAgencies)
	m.Post(agencyPath, lister, s.postAgency)
	m.Get(agencyPath+"/{agency}", worker, s.getBundle)
	m.Post(agencyPath+"/{agency}", worker, s.postBundle)
	m.Post(agencyPath+"/{agency}/scan", worker, s.postBundleScan)
	m.Post(agencyPath+"/{agency}/results", worker, s.postFetch)
	m.Get(handingPath+"/{code}", all, s.getHanding)
	m.Post(handingPath+"/{code}/scan", all, s.postHandingScan)
	m.Post(handingPath+"/{code}/compare", all, s.postCompare)
	m.Post(handingPath+"/{code}/sign", all, s.postSign)
	m.Post(handingPath+"/{code}/withdraw", all, s.postCallOff)
	m.Get(handingPath+"/{code}/record", all, s.getRecord)
	m.Get(latePath, web.AnyOf(web.Clerk, web.Manager), s.getLate)
	m.Get(answersPath, web.Clerk, s.getComplaints)
	m.Get(waitingPath, web.Manager, s.getWaiting)
	m.Get(casePath+"/{code}", reader, s.getCase)
	m.Post(casePath+"/{code}", reader, s.postCase)
	m.Get(casePath+"/{code}/liability", web.AnyOf(web.Clerk, web.Carrier, web.Manager), s.getLiability)
	m.Get(casePath+"/{code}/people", worker, s.getPeople)
	m.Post(casePath+"/{code}/people", worker, s.postPeople)
	m.Get(casePath+"/{code}/note", worker, s.getNote)
	m.Get(casePath+"/{code}/supplements/{item}", worker, s.getAdded)
	m.Get(casePath+"/{code}/receipt", worker, s.getReceipt)
	m.Get(casePath+"/{code}/paid", worker, s.getPaid)
	m.Get(casePath+"/{code}/pictures/{hash}", worker, s.getPicture)
}

// send writes an act in somebody's name at a desk, under the id that the form carries.
func (s *Service) send(r *http.Request, who postal.StaffID, at postal.OfficeCode, act ledger.Act) (ledger.Receipt, error) {
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.sendAs(r.Context(), id, who, at, act)
}

func (s *Service) sendAs(ctx context.Context, id postal.ActID, who postal.StaffID, at postal.OfficeCode, act ledger.Act, beside ...ledger.Beside) (ledger.Receipt, error) {
	return s.Ledger.Append(ctx, ledger.Envelope{Act: id, OccurredMs: postal.Millis(s.Now()), Office: at, Actor: who}, act, beside...)
}

// theCase finds the dossier of a page, if the person has anything to do with it: post staff see every dossier of the city, an officer his agency's.
func (s *Service) theCase(r *http.Request) (*ledger.View, *Dossier, error) {
	v := s.Ledger.View(r.Context())
	code, err := postal.ParseDossierNumber(r.PathValue("code"))
	if err != nil {
		return v, nil, err
	}
	d, err := Find(v, code)
	if err != nil {
		return v, nil, err
	}
	if a := web.PersonOf(r).Office().Agency(); a != "" && a != d.Agency {
		return v, nil, fault.New(fault.NotFound, "dossier.unknown", "Không có hồ sơ %s. Hãy kiểm tra lại mã trên bìa hồ sơ.", "There is no dossier %s. Check the code on the folder.", string(code))
	}
	return v, d, v.Err()
}

// pathOf is the page of a dossier.
func pathOf(n postal.DossierNumber) string { return casePath + "/" + string(n) }

// PathOf is the page of a dossier, Grouped its code as people read it out; both for others.
func PathOf(n postal.DossierNumber) string  { return pathOf(n) }
func Grouped(n postal.DossierNumber) string { return grouped(n) }

// on lists the dossiers of a board, the oldest first; at most most of them.
func on(v *ledger.View, place string) (list []*Dossier) {
	for _, k := range v.At(place, 'o') {
		if d, ok := ledger.Get[*Dossier](v, k); ok {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b *Dossier) int { return cmp.Compare(a.AcceptedMs, b.AcceptedMs) })
	return list
}

// unitOf is the commune where an office stands.
func (s *Service) unitOf(o postal.OfficeCode) postal.UnitCode {
	if at, ok := s.Places.Directory().Office(o); ok {
		return at.Unit
	}
	return ""
}

func (s *Service) officeName(o postal.OfficeCode) string {
	if at, ok := s.Places.Directory().Office(o); ok {
		return at.Name
	}
	return string(o)
}

// agencyName names an agency, by its code when it is not in the list.
func (s *Service) agencyName(ctx context.Context, p web.Page, code postal.AgencyCode) string {
	if a, err := s.store().Agency(ctx, code); err == nil {
		return a.In(p.Lang)
	}
	return string(code)
}

// sendDue is when a dossier accepted now must be with its agency; a case without rule has no due time.
func (s *Service) sendDue(form string, from, to postal.UnitCode, at time.Time) (calendar.Answer, error) {
	route, err := s.Routes.Route(calendar.DossierSend, from, to, postal.DayOf(at))
	if err != nil {
		return calendar.Answer{}, silent(err)
	}
	answer, err := SendDue(s.Calendar, route, form, at)
	return answer, silent(err)
}

func (s *Service) returnDue(from, to postal.UnitCode, at time.Time) (calendar.Answer, error) {
	route, err := s.Routes.Route(calendar.DossierReturn, from, to, postal.DayOf(at))
	if err != nil {
		return calendar.Answer{}, silent(err)
	}
	answer, err := ReturnDue(s.Calendar, route, at)
	return answer, silent(err)
}

// silent lets a dossier be taken in where the rules give no time: it then has none, and says so.
func silent(err error) error {
	if _, ok := fault.From(err); ok {
		return nil
	}
	return err
}

func dueMs(a calendar.Answer) int64 {
	if a.Due.IsZero() {
		return 0
	}
	return postal.Millis(a.Due)
}

func dueRules(a calendar.Answer) []string {
	if len(a.Basis) == 0 {
		return nil
	}
	return []string{a.Basis[0].RuleID} // the journey's own; the others only say how days are counted
}

// holderOf is whoever would act for a person: his office, or himself on the road.
func holderOf(p web.Person) event.Holder {
	if o := p.Office(); o != "" && !p.May(web.Clerk, o) && o.Agency() == "" {
		return custody.ByCarrier(p.ID)
	}
	if a := p.Office().Agency(); a != "" {
		return custody.AtAgency(a)
	}
	return custody.AtOffice(p.Office())
}
