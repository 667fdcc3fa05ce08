package web

import "net/http"

const jobsPath = "/jobs"

// getJobs lists all jobs of a person, those that come up seldom too.
func (m *Mux) getJobs(w http.ResponseWriter, r *http.Request) error {
	p := NewPage(r, "Việc khác", "More jobs")
	var often, seldom []Link
	for _, j := range m.jobs {
		switch {
		case !p.Person.May(j.right, ""):
		case j.rareTo(p.Person):
			seldom = append(seldom, j.Link)
		default:
			often = append(often, j.Link)
		}
	}
	return Render(w, r, http.StatusOK, jobsPage(p, often, seldom))
}
