package tracking

import (
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Places gives today's picture of units and offices, for their names and opening hours.
type Places interface {
	Gazetteer() *gazetteer.Gazetteer
	Directory() *gazetteer.Directory
}

// Service is the tracking of one house, with its pages.
type Service struct {
	Ledger *ledger.Ledger
	Places Places
	// Sure reports whether the rule of the promised day, one of those frozen on the item, was checked against its source. Nil: no day is sure.
	Sure     func(rules []string) bool
	Now      func() time.Time
	Dossiers string    // the page that follows a dossier, to which its code leads; empty: none
	Base     string    // the public address, for permalinks and QR codes: "https://buudien.example"
	Limit    web.Limit // how often one address may ask

	asked web.Limiter
}

// Path is the page that asks for a number; the page of an item is Path/NUMBER.
const Path = "/track"

// PathOf is the page of an item.
func PathOf(n postal.ItemNumber) string { return Path + "/" + string(n) }

// Mount registers the pages. Every route says who may use it.
func (s *Service) Mount(m *web.Mux) {
	m.Service(Path, "Tra cứu bưu gửi", "Track an item")
	m.Get(Path, web.Public, s.getForm)
	m.Get(Path+"/{number}", web.Public, s.getStatus)
	m.Get(Path+"/{number}/print", web.Public, s.getPrint)
}

// getForm asks for a number and leads to the page of the one that was typed.
func (s *Service) getForm(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Tra cứu bưu gửi", "Track an item")
	if !r.URL.Query().Has("code") {
		return web.Render(w, r, http.StatusOK, formPage(p, nil))
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	typed := f.Value("code")
	if typed == "" {
		f.Text("code", longest)
		return web.Render(w, r, web.Status(f.Err()), formPage(p, f))
	}
	number, mended := postal.MendScan(tidy(typed))
	if dossier, err := postal.ParseDossierNumber(number); err == nil && s.Dossiers != "" {
		return web.Redirect(w, r, s.Dossiers+"?code="+string(dossier))
	}
	if !fitForPath(number) {
		return s.unknown(w, r, typed)
	}
	if mended {
		return web.Leave(w, r, Path+"/"+number, web.Flash{Tone: web.Ask,
			VI: "Số hiệu gõ lẫn dấu tiếng Việt, đã đọc là " + postal.ItemNumber(number).Grouped() + ". Lần sau hãy tắt bộ gõ tiếng Việt.",
			EN: "The number came with Vietnamese marks and was read as " + postal.ItemNumber(number).Grouped() + ". Switch the Vietnamese keyboard off next time."})
	}
	return web.Redirect(w, r, Path+"/"+url.PathEscape(number))
}

// longest bounds what is taken as a number: more than any with blanks and a garbled letter or two.
const longest = 64

// tidy drops what people put between the groups of a number, and raises its letters.
func tidy(typed string) string {
	typed = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
	return strings.ToUpper(typed)
}

// fitForPath reports whether the typed number can stand in an address as it is.
func fitForPath(number string) bool {
	return number != "" && len(number) <= longest && strings.Trim(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func (s *Service) getStatus(w http.ResponseWriter, r *http.Request) error {
	return s.answer(w, r, func(v view) error { return web.Render(w, r, http.StatusOK, statusPage(v)) })
}

func (s *Service) getPrint(w http.ResponseWriter, r *http.Request) error {
	return s.answer(w, r, func(v view) error {
		qr, err := v.qr()
		if err != nil {
			return err
		}
		return web.Render(w, r, http.StatusOK, printPage(v, qr))
	})
}

// answer finds the item of the address and shows it; every number that is not shown gets the one other answer.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, show func(view) error) error {
	if s.asked.Wait(s.Limit, web.Network(web.AddressOf(r)), s.Now()) > 0 {
		return errTooMany
	}
	typed := r.PathValue("number")
	st, err := Track(r.Context(), s.Ledger, tidy(typed))
	if fault.Is(err, fault.NotFound) {
		return s.unknown(w, r, typed)
	}
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	v := view{Page: web.NewPage(r, "Bưu gửi", "Item"), Status: st, service: s}
	v.Title = v.Head(v.Lang) + ", " + st.Number.Grouped()
	return show(v)
}

// unknown is the one answer for every number that is not shown: unknown, withdrawn, of a closed service, of another post, mistyped. The page says for all of
// them what each reader can do, so it need not tell them apart, and differs by nothing but the echo. It is 404 because nothing can be read under this address: search
// engines and programs understand that, and the API answers the same.
func (s *Service) unknown(w http.ResponseWriter, r *http.Request, typed string) error {
	w.Header().Set("X-Robots-Tag", "noindex")
	p := web.NewPage(r, "Chưa tra cứu được số hiệu này", "This number cannot be shown")
	return web.Render(w, r, http.StatusNotFound, unknownPage(p, echo(typed)))
}

// echo shows what was typed, cut to a length at which every real number is whole.
func echo(typed string) string {
	const most = 30
	typed, err := postal.Clean(typed)
	if err != nil || typed == "" {
		return "?"
	}
	if utf8.RuneCountInString(typed) > most {
		return string([]rune(typed)[:most]) + "…"
	}
	return typed
}
