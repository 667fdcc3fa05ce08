package account

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"citypost/internal/web"
)

func (g *pages) mountAudit(m *web.Mux) {
	readers := web.Admin
	if g.Closed { // who signs beside the administrator sees what was signed
		readers = web.AnyOf(web.Admin, web.SecurityOfficer)
	}
	m.Job(readers, 30, auditPath, "Nhật ký tài khoản", "Account log")
	m.Get(auditPath, readers, g.getAudit)
}

// auditPageLines is a screen or three.
const auditPageLines = 100

type auditView struct {
	page  web.Page
	form  *web.Form
	lines []AuditLine
	names map[string]string
	pager web.Pager
}

func (g *pages) getAudit(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	q := AuditQuery{Who: g.idOf(r, f.Value("who")), Limit: auditPageLines}
	if n, err := strconv.ParseInt(f.Value("before"), 10, 64); err == nil && n > 0 {
		q.Before = n
	}
	v := auditView{page: web.NewPage(r, "Nhật ký tài khoản", "Account log"), form: f}
	v.page.Wide = true
	if v.lines, err = g.Audit(r.Context(), q); err != nil {
		return err
	}
	if v.names, err = g.Names(r.Context(), actors(v.lines)); err != nil {
		return err
	}
	v.pager = auditPager(f.Value("who"), q, v.lines)
	return web.Render(w, r, http.StatusOK, auditPage(v))
}

// idOf lets people search by login as well as by id.
func (g *pages) idOf(r *http.Request, text string) string {
	if a, err := g.FindLogin(r.Context(), text); text != "" && err == nil {
		return string(a.ID)
	}
	return text
}

func auditPager(who string, q AuditQuery, lines []AuditLine) web.Pager {
	var pg web.Pager
	query := url.Values{}
	if who != "" {
		query.Set("who", who)
	}
	if q.Before > 0 {
		pg.Newer = auditPath + "?" + query.Encode()
	}
	if len(lines) == q.Limit {
		query.Set("before", strconv.FormatInt(lines[len(lines)-1].ID, 10))
		pg.Older = auditPath + "?" + query.Encode()
	}
	return pg
}

// actors are the ids that an audit names, as actor or as subject.
func actors(lines []AuditLine) []string {
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Actor, l.Subject)
		if l.Action == Confirmed {
			_, with, _ := strings.Cut(l.Detail, " ")
			ids = append(ids, with)
		}
	}
	return ids
}
