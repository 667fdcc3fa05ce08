package procedure

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// maxUpload bounds an uploaded list: the whole nation's table has under a megabyte, its records some twenty.
const maxUpload = 32 << 20

// states is the page of those who keep the catalogue: how many stand where, what changes when, what was taken in.
type states struct {
	Form    *web.Form
	Counts  map[State]int
	Coming  []change // from tomorrow on, the nearest first
	Recent  []change // of the last months, the newest first
	Hits    []Hit
	More    bool
	State   State
	Text    string
	Imports []Import
}

// change is a day on which a procedure begins, changes or ends.
type change struct {
	Day     postal.Day
	Version *Version
	What    State // Future: it begins; Amended: it changes; Repealed: it ends
	By      string
}

// recentDays is how far back the page looks.
const recentDays = 90

func (s *Pages) getCatalogue(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Danh mục thủ tục hành chính", "Catalogue of procedures")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := states{Form: f, Text: f.Maybe("q", longestQuery), State: State(f.Value("state"))}
	if _, known := stateWords[v.State]; !known {
		v.State = ""
	}
	day := s.today()
	v.Counts, v.Coming, v.Recent = survey(s.Store.Catalogue(), day)
	if v.Text != "" || v.State != "" {
		v.Hits, v.More = s.Store.Catalogue().Find(Query{Text: v.Text, Day: day, State: v.State})
	}
	if v.Imports, err = s.Store.Imports(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, cataloguePage(p, v))
}

// survey counts the procedures by state and lists what changes around a day.
func survey(c *Catalogue, day postal.Day) (counts map[State]int, coming, recent []change) {
	counts = map[State]int{}
	for _, p := range c.All() {
		counts[p.State(day)]++
		for i, v := range p.Versions {
			add := func(ch change) {
				switch n := ch.Day.DaysSince(day); {
				case n > 0:
					coming = append(coming, ch)
				case n > -recentDays:
					recent = append(recent, ch)
				}
			}
			if what := Amended; i > 0 || v.From.After(day) || day.DaysSince(v.From) < recentDays {
				if i == 0 {
					what = Future
				}
				add(change{v.From, v, what, v.Decision})
			}
			if last := i == len(p.Versions)-1; last && !v.To.IsZero() {
				add(change{v.To.AddDays(1), v, Repealed, v.EndedBy})
			}
		}
	}
	byDay := func(a, b change) int { return a.Day.Compare(b.Day) }
	slices.SortStableFunc(coming, byDay)
	slices.SortStableFunc(recent, func(a, b change) int { return byDay(b, a) })
	return counts, coming, recent
}

// in says what happens on the day.
func (c change) in(p web.Page) (string, web.Tone) {
	switch c.What {
	case Future:
		return p.T("Bắt đầu", "Begins"), web.Good
	case Amended:
		return p.T("Thay đổi", "Changes"), web.Info
	}
	return p.T("Hết hiệu lực", "Ends"), web.Bad
}

func (s *Pages) getImport(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Nhập danh mục thủ tục", "Take in a list of procedures")
	return web.Render(w, r, http.StatusOK, importPage(p, web.FormOf("from", s.today().VN()), nil))
}

// postImport shows what an uploaded list would do, or does it when the plan was seen: the checksum proves that the file is the one that was shown.
func (s *Pages) postImport(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Nhập danh mục thủ tục", "Take in a list of procedures")
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	rel := Release{Act: f.Text("act", 200), From: f.Day("from"), Whole: f.Ticked("whole"), SkipBad: f.Ticked("skip"), SHA256: strings.TrimSpace(f.Maybe("sha256", 64))}
	if rel.Data, err = upload(r); err != nil {
		if err := f.Refuse(err); err != nil {
			return err
		}
	}
	if f.Err() != nil {
		return web.Render(w, r, web.Status(f.Err()), importPage(p, f, nil))
	}
	take := s.Store.Plan
	if f.Value("do") == "apply" {
		take = s.Store.Apply
	}
	plan, err := take(r.Context(), rel, s.InUse)
	if err == nil && !plan.Applied {
		err = plan.Err()
	}
	if err := f.Refuse(err); err != nil {
		return err
	}
	if plan != nil && plan.Applied {
		return web.Done(w, r, CatalogPath, "Đã nhập danh mục.", "The list was taken in.")
	}
	if plan != nil {
		f.Set("sha256", plan.SHA256)
	}
	status := http.StatusOK
	if f.Err() != nil {
		status = web.Status(f.Err())
	}
	return web.Render(w, r, status, importPage(p, f, plan))
}

// upload reads the file of the form.
func upload(r *http.Request) ([]byte, error) {
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, fault.New(fault.Invalid, "procedure.no_file", "Hãy chọn tệp danh mục.", "Choose the file of the list.").At("file")
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(file)
}
