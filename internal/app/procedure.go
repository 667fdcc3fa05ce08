package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"citypost/internal/booking"
	"citypost/internal/desk"
	"citypost/internal/dossier"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/procedure"
	"citypost/internal/report"
	"citypost/internal/web"
)

// openProcedures reads the catalogue of administrative procedures and opens the bookings of dossiers.
func (h *House) openProcedures(ctx context.Context) error {
	h.Procedures = &procedure.Store{DB: h.DB, Now: h.Now}
	if err := h.Procedures.Reload(ctx); err != nil {
		return err
	}
	h.Bookings = &booking.Service{
		DB: h.DB, Vault: h.Vault, Calendar: h.Calendar, Places: h.Places, People: &people{accounts: h.Accounts}, Procedures: byPost{h.Procedures}, Prices: bookingPrices{h},
		Now: h.Now, Secure: h.Secure, Limit: booking.PublicLimit(), Guide: procedure.Path, Intake: dossier.NewPath,
	}
	return nil
}

// besideDesk are the pages of bookings, to which the desk's boards lead, and what else its scan field opens.
func (h *House) besideDesk() desk.Beside {
	return desk.Beside{
		Find:  h.findBeside,
		Of:    h.dossierOf,
		Board: []web.Link{{Path: booking.StaffPath, VI: "Hẹn nhận hồ sơ tại nhà", EN: "Pick-ups of dossiers at home"}},
		Round: []web.Link{{Path: booking.PickupsPath, VI: "Nhận hồ sơ tại nhà", EN: "Pick-ups of dossiers"}},
	}
}

// mostUsedSince is how far back the guide looks for what people send most.
const mostUsedSince = 365 * 24 * time.Hour

// usedKept is how long that list is taken from memory: it adds up a year, and everyone may ask for it.
const usedKept = 10 * time.Minute

// usedMost is the list of the procedures that are used most, as it was last added up.
type usedMost struct {
	house *House

	mu   sync.Mutex
	at   time.Time
	list []procedure.Code
}

// most gives it. When it cannot be added up the former one stays until the next time.
func (u *usedMost) most(ctx context.Context, most int) ([]procedure.Code, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.house.Now()
	if !u.at.IsZero() && now.Sub(u.at) < usedKept && !now.Before(u.at) {
		return u.list[:min(len(u.list), most)], nil
	}
	u.at = now
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), namesWait)
	defer done()
	list, err := u.house.mostUsed(ctx, most)
	if err != nil {
		u.house.Log.Warn("procedures used most", "err", err)
		return u.list[:min(len(u.list), most)], nil
	}
	u.list = list
	return list, nil
}

// mostUsed lists the procedures of which most dossiers were taken in during the last year.
func (h *House) mostUsed(ctx context.Context, most int) ([]procedure.Code, error) {
	list, err := (&report.Store{DB: h.DB}).MostUsed(ctx, postal.Millis(h.Now().Add(-mostUsedSince)), most)
	codes := make([]procedure.Code, len(list))
	for n, c := range list {
		codes[n] = procedure.Code(c)
	}
	return codes, err
}

// dossierOf gives the page of the dossier that an item carries something of; ok is false when it is of none.
func (h *House) dossierOf(ctx context.Context, n postal.ItemNumber) (page web.Link, ok bool, err error) {
	v := h.Ledger.View(ctx)
	d, _, ok := dossier.Of(v, n)
	if !ok {
		return page, false, v.Err()
	}
	code := dossier.Grouped(d.Code)
	return web.Link{Path: dossier.PathOf(d.Code), VI: "Hồ sơ " + code, EN: "Dossier " + code}, true, nil
}

// findBeside finds the page of a dossier by its code, of a booking by its reference; "" when there is none.
func (h *House) findBeside(ctx context.Context, text string) (path string, err error) {
	if code, err := postal.ParseDossierNumber(text); err == nil {
		v := h.Ledger.View(ctx)
		_, err := dossier.Find(v, code)
		if err == nil {
			return dossier.PathOf(code), nil
		}
		if err := v.Err(); err != nil {
			return "", err
		}
	}
	if ref, err := booking.ParseRef(text); err == nil {
		_, err := h.Bookings.Find(ctx, ref)
		if err == nil {
			return booking.StaffPath + "/" + string(ref), nil
		}
		if !fault.Is(err, fault.NotFound) {
			return "", err
		}
	}
	return "", nil
}

// mountProcedures puts the guide to procedures, the pages of their catalogue and the bookings on the mux.
func (h *House) mountProcedures() {
	(&procedure.Pages{Store: h.Procedures, Now: h.Now, Base: h.Base, Book: h.Book, Province: h.Province, InUse: h.ProcedureInUse, MostUsed: (&usedMost{house: h}).most, Send: booking.SendPath}).Mount(h.Mux)
	h.Bookings.Mount(h.Mux)
}

// ProcedureInUse says whether something still depends on a procedure: it must not vanish then.
func (h *House) ProcedureInUse(ctx context.Context, code procedure.Code) (used bool, why string, err error) {
	n, err := h.Bookings.UsesProcedure(ctx, string(code))
	if err != nil {
		return false, "", err
	}
	under, err := (&report.Store{DB: h.DB}).UnderWay(ctx, string(code))
	if err != nil || n+under == 0 {
		return false, "", err
	}
	return true, fmt.Sprintf("%d lịch hẹn / bookings, %d hồ sơ / dossiers", n, under), nil
}

// byPost tells the bookings what may be sent by post.
type byPost struct{ store *procedure.Store }

// Procedure gives a procedure that is accepted by post on a day.
func (p byPost) Procedure(code string, day postal.Day) (booking.Procedure, error) {
	c, err := procedure.ParseCode(code)
	if err != nil {
		return booking.Procedure{}, err
	}
	v, err := p.store.Catalogue().On(c, day)
	if err != nil {
		return booking.Procedure{}, err
	}
	if !v.Accepts(procedure.Postal) {
		return booking.Procedure{}, fault.New(fault.Conflict, "app.not_by_post", "Thủ tục “%[1]s” không nhận hồ sơ qua bưu điện. Hãy nộp tại cơ quan hoặc trực tuyến.",
			"The procedure “%[1]s” takes no dossiers by post. File it at the agency or online.", v.Name)
	}
	out := booking.Procedure{Code: string(v.Code), Name: v.Name}
	for _, c := range v.Checklist(procedure.Postal) {
		out.Papers = append(out.Papers, booking.Paper{ID: c.ID, Name: c.Name, CountVI: c.CountText("vi"), CountEN: c.CountText("en"), Open: c.Open})
	}
	return out, nil
}
