package proof

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
	"citypost/internal/web/code"
)

// FetchPath is where the holder of a paper receipt gets the proof of what was recorded since.
const FetchPath = "/receipt"

// Provable is one entry that the holder of a receipt may have proved.
type Provable struct {
	Seq    int64
	AtMs   int64
	VI, EN string
}

// Slips finds what the holder of an item's number and receipt code may have proved, oldest first. A wrong pair is refused with NotFound, and the refusal does not
// tell which of the two is wrong.
type Slips interface {
	Provable(ctx context.Context, number, secret string) (postal.ItemNumber, []Provable, error)
}

// How often a receipt code may be tried: six letters of 31 are 887 million, so at this pace one item withstands a thousand years of trying from everywhere.
var (
	perAddress = web.Limit{PerSecond: 0.5, Burst: 30}
	perItem    = web.Limit{PerSecond: 0.01, Burst: 10}
)

var errTooManyTries = fault.New(fault.TooMany, "proof.too_many",
	"Đã thử quá nhiều lần. Hãy đợi vài phút rồi thử lại, hoặc mang biên nhận đến bưu cục.",
	"There were too many tries. Wait a few minutes and try again, or bring the receipt to a post office.")

// fetchView is the page that gives out proofs.
type fetchView struct {
	web.Page
	form   *web.Form
	item   postal.ItemNumber
	proofs []fetched
}

// fetched is a proof as the page shows it.
type fetched struct {
	Provable
	text string
	code code.Drawing
}

// checkPath is the page that checks this proof. What stands after the # stays in the browser.
func (f fetched) checkPath() string {
	return verifyPath + "#" + f.text[strings.LastIndexByte(f.text, '/')+1:]
}

func (f fetched) fileName(item postal.ItemNumber) string {
	return fmt.Sprintf("bang-chung-%s-%d.txt", item, f.Seq)
}

func (s *Service) getFetch(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, fetchPage(fetchView{Page: fetchTitle(r)}))
}

func fetchTitle(r *http.Request) web.Page {
	return web.NewPage(r, "Lấy bằng chứng", "Get the proof")
}

// postFetch answers the holder of a receipt. The code comes in a form, never in an address, so that no log and no history keeps it.
func (s *Service) postFetch(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := fetchView{Page: fetchTitle(r), form: f}
	number, secret := tidy(f.Text("number", maxTyped)), tidy(f.Text("secret", maxTyped))
	if f.Err() == nil {
		now := time.Now()
		if s.strangers.Wait(perAddress, web.Network(web.AddressOf(r)), now) > 0 || s.numbers.Wait(perItem, number, now) > 0 {
			return errTooManyTries
		}
		item, list, err := s.Slips.Provable(r.Context(), number, secret)
		if err != nil && f.Refuse(err) != nil {
			return err
		}
		v.item = item
		if v.proofs, err = s.proofs(r.Context(), v.Page, item, list); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	status := http.StatusOK
	if f.Err() != nil {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, fetchPage(v))
}

// maxTyped bounds what is taken as a number or a receipt code.
const maxTyped = 64

// onScreen is the width of a module in mm: a phone reads it off a screen, and it fits the narrowest one.
const onScreen = 0.5

// tidy drops the blanks that people put between groups, and raises letters.
func tidy(typed string) string { return strings.ToUpper(strings.Join(strings.Fields(typed), "")) }

func (s *Service) proofs(ctx context.Context, p web.Page, item postal.ItemNumber, list []Provable) ([]fetched, error) {
	out := make([]fetched, len(list))
	for n, e := range list {
		text, err := s.Ledger.Receipt(ctx, e.Seq, string(item))
		if err != nil {
			return nil, err
		}
		drawn, err := code.QRWide(text, p.T("Mã bằng chứng", "Code of the proof"), onScreen)
		if err != nil {
			return nil, err
		}
		out[n] = fetched{e, text, drawn}
	}
	return out, nil
}
