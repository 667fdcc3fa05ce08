package desk

import (
	"encoding/json"
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// mountFinding puts the pages of the scanning telephone on the mux.
func (s *Service) mountFinding(m *web.Mux) {
	m.Post("/round/find", web.Carrier, s.postFind, web.Camera())
	m.Get("/round/ready", web.Carrier, s.getReady, web.Camera())
	m.Get(appPath, web.Public, s.getApp) // browsers fetch it without cookies
}

const appPath = "/round/app.webmanifest"

// postFind leads from a code to its stop.
func (s *Service) postFind(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	path, err := s.stopWith(r, f.Value("code"))
	if status, rest := judge(f, err); rest != nil {
		return rest
	} else if status != 0 {
		return s.showRound(w, r, status, f)
	}
	return web.Redirect(w, r, path)
}

// stopWith is the page of the stop where an item in the carrier's hands goes.
func (s *Service) stopWith(r *http.Request, code string) (string, error) {
	rd := read(code)
	number, err := postal.ParseItemNumber(string(rd.Code))
	if err != nil {
		if rd.Err != nil {
			err = rd.Err
		}
		return "", fault.At(err, "code")
	}
	mine, err := s.roundOf(r.Context(), web.NewPage(r, "", ""), web.PersonOf(r).ID)
	if err != nil {
		return "", err
	}
	for _, t := range mine.stops {
		if t.has(number) {
			return t.path(), nil
		}
	}
	for _, d := range mine.back {
		if d.Code == number {
			return "/round/stop/" + string(number), nil
		}
	}
	return "", fault.At(noStop(), "code")
}

// roundScan is the scan field of a round.
func roundScan(p web.Page) web.Scan {
	return web.Scan{Action: "/round/find", Label: p.T("Quét hoặc gõ số hiệu bưu gửi", "Scan or type the item's number")}
}

func (s *Service) getReady(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, readyPage(inApp(web.NewPage(r, "Chuẩn bị máy", "Get the telephone ready"))))
}

// appOf is the address of the manifest in the reader's language.
func appOf(p web.Page) string { return appPath + "?lang=" + p.Lang }

// inApp makes a page part of the app that a telephone installs.
func inApp(p web.Page) web.Page {
	p.App = appOf(p)
	return p
}

// appManifest is what a telephone needs to keep the round as an app of its own.
type appManifest struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	ShortName  string    `json:"short_name"`
	Lang       string    `json:"lang"`
	StartURL   string    `json:"start_url"`
	Scope      string    `json:"scope"` // sign-in lies outside /round/ and must stay in the app
	Display    string    `json:"display"`
	Background string    `json:"background_color"`
	Theme      string    `json:"theme_color"`
	Icons      []appIcon `json:"icons"`
}

type appIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

func (s *Service) getApp(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Bưu tá", "Carrier")
	short := p.Title
	if s.MadeUp {
		short += p.T(" (mẫu)", " (made up)")
	}
	a := appManifest{ID: roundPath, Name: p.T("Bưu điện thành phố", "City Post") + " – " + short, ShortName: short, Lang: p.Lang, StartURL: roundPath, Scope: "/",
		Display: "standalone", Background: "#ffffff", Theme: "#0b4f8a"}
	for _, icon := range []struct{ name, sizes string }{{"icon-192.png", "192x192"}, {"icon-512.png", "512x512"}} {
		for _, purpose := range []string{"any", "maskable"} {
			a.Icons = append(a.Icons, appIcon{Src: web.Asset(icon.name), Sizes: icon.sizes, Type: "image/png", Purpose: purpose})
		}
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	_, err = w.Write(b)
	return err
}
