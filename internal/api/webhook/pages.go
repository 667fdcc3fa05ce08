package webhook

import (
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

const (
	path     = "/admin/webhooks"
	deadPath = path + "/dead"
)

// Mount registers the pages.
func (s *Service) Mount(m *web.Mux) {
	m.Job(web.Admin, 40, path, "Gửi tin cho hệ thống khác", "Webhooks")
	m.Get(path, web.Admin, s.getHooks)
	m.Post(path, web.Admin, s.postHook)
	m.Post(path+"/{id}/switch", web.Admin, s.postSwitch)
	m.Post(path+"/{id}/delete", web.Admin, s.postDelete)
	m.Post(deadPath+"/{job}/retry", web.Admin, s.postRetry)
	m.Post(deadPath+"/{job}/discard", web.Admin, s.postDiscard)
}

// family is a group of facts that a person chooses at once; the API chooses one by one.
type family struct{ prefix, vi, en string }

var families = []family{
	{"item.", "Bưu gửi: nhận, chuyển, phát, hoàn", "Items: accepted, moved, delivered, returned"},
	{"bag.", "Túi thư: mở, niêm phong, khai thác", "Bags: started, sealed, opened"},
	{"dispatch.", "Chuyến thư: lập, xếp, đóng", "Dispatches: started, loaded, closed"},
	{"handover.", "Bàn giao: lập, đếm, ký", "Handovers: opened, counted, signed"},
	{"dossier.", "Hồ sơ: nhận, giao cơ quan, kết quả", "Dossiers: accepted, filed, results"},
	{"irregularity.", "Bất thường: phát sinh, xử lý", "Irregularities: raised, settled"},
}

// of lists the facts of a family; what is seen against the ledger goes with the irregularities.
func (f family) of() []string {
	var out []string
	for _, e := range offered {
		if strings.HasPrefix(e, f.prefix) || f.prefix == "irregularity." && strings.HasPrefix(e, "thing.") {
			out = append(out, e)
		}
	}
	return out
}

// view is the list, the form for a new subscription, and the deliveries that were given up.
type view struct {
	page  web.Page
	form  *web.Form
	key   string // of the new subscription: a second click makes no second one
	hooks []Hook
	dead  []DeadLetter
	pager web.Pager
}

// deadOnPage is what a person looks through at once.
const deadOnPage = 50

func (s *Service) getHooks(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, f *web.Form) (err error) {
	v := view{page: web.NewPage(r, "Gửi tin cho hệ thống khác", "Webhooks"), form: f, key: f.Value("key")}
	v.page.Path, v.page.Wide = path, true
	if v.key == "" {
		v.key = postal.NewActID(s.Now()).String()
	}
	if v.hooks, err = s.List(r.Context()); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // anything else: from the newest
	if v.dead, err = s.Dead(r.Context(), max(0, before), deadOnPage+1); err != nil {
		return err
	}
	if len(v.dead) > deadOnPage {
		v.dead = v.dead[:deadOnPage]
		v.pager.Older = path + "?before=" + strconv.FormatInt(v.dead[deadOnPage-1].Job, 10)
	}
	if before > 0 {
		v.pager.Newer = path
	}
	return web.Render(w, r, status, hooksPage(v))
}

func (s *Service) postHook(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	h := Hook{URL: f.Text("url", 500), Office: web.MaybeParse(f, "office", postal.ParseDesk)}
	if chosen := f.All("events"); len(chosen) < len(families) { // all of them: what is added later too
		for _, fam := range families {
			if slices.Contains(chosen, fam.prefix) {
				h.Events = append(h.Events, fam.of()...)
			}
		}
		if len(h.Events) == 0 {
			_ = f.Refuse(fault.New(fault.Invalid, "webhook.no_event", "Hãy chọn ít nhất một nhóm sự kiện.", "Choose at least one kind of event.").At("events")) // a fault is always taken
		}
	}
	key := web.Parse(f, "key", postal.ParseActID)
	if f.Err() != nil {
		return s.show(w, r, http.StatusUnprocessableEntity, f)
	}
	h, secret, _, err := s.Add(r.Context(), web.PersonOf(r).ID, key, h)
	if err != nil {
		status := web.Status(err)
		if err := f.Refuse(err); err != nil {
			return err
		}
		return s.show(w, r, status, f)
	}
	p := web.NewPage(r, "Khoá ký của đăng ký mới", "Secret of the new subscription")
	p.Path = path
	return web.Render(w, r, http.StatusOK, secretPage(p, h, secret))
}

func (s *Service) postSwitch(w http.ResponseWriter, r *http.Request) error {
	h, err := s.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	h.Active = !h.Active
	if err := s.Change(r.Context(), h); err != nil {
		return err
	}
	if h.Active {
		return web.Done(w, r, path, "Đã bật lại. Những gì xảy ra trong lúc tắt không được gửi bù.", "Switched on. What happened meanwhile is not told later.")
	}
	return web.Done(w, r, path, "Đã tắt. Không gửi gì cho đến khi bật lại.", "Switched off. Nothing is sent until it is on again.")
}

func (s *Service) postDelete(w http.ResponseWriter, r *http.Request) error {
	if err := s.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Done(w, r, path, "Đã xoá đăng ký.", "The subscription is deleted.")
}

func (s *Service) postRetry(w http.ResponseWriter, r *http.Request) error {
	if err := s.Retry(r.Context(), jobOf(r)); err != nil {
		return err
	}
	return web.Done(w, r, path, "Đang gửi lại.", "It is being sent again.")
}

func (s *Service) postDiscard(w http.ResponseWriter, r *http.Request) error {
	if err := s.Discard(r.Context(), jobOf(r)); err != nil {
		return err
	}
	return web.Done(w, r, path, "Đã bỏ tin này.", "The delivery is discarded.")
}

// jobOf is the job named in the path; 0, which is none, when it is no number.
func jobOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PathValue("job"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// eventsText says in words what is told: a family where all of it is chosen, else the names of the facts.
func eventsText(p web.Page, h Hook) string {
	if len(h.Events) == 0 {
		return p.T("mọi sự kiện", "every event")
	}
	rest := slices.Clone(h.Events)
	var words []string
	for _, f := range families {
		all := f.of()
		if slices.ContainsFunc(all, func(e string) bool { return !slices.Contains(rest, e) }) {
			continue
		}
		rest = slices.DeleteFunc(rest, func(e string) bool { return slices.Contains(all, e) })
		words = append(words, p.T(f.vi, f.en))
	}
	return strings.Join(append(words, rest...), "; ")
}

// breakable writes an address as HTML that says where a line may end.
func breakable(address string) string {
	const most = 24 // letters in a row that still fit a narrow column
	var b strings.Builder
	run := 0
	for _, c := range address {
		if run++; strings.ContainsRune("/?&=.-", c) && b.Len() > 0 || run > most {
			b.WriteString("<wbr>")
			run = 0
		}
		b.WriteString(html.EscapeString(string(c)))
	}
	return b.String()
}

func familyChoices(p web.Page) []web.Choice {
	var out []web.Choice
	for _, f := range families {
		out = append(out, web.Choice{Value: f.prefix, Label: p.T(f.vi, f.en)})
	}
	return out
}
