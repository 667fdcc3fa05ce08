package notify

import (
	"net/http"
	"strconv"

	"citypost/internal/web"
)

const path = "/admin/notifications"

// readers look after the messages: whoever keeps the system and whoever answers for the service.
var readers = web.AnyOf(web.Admin, web.Manager, web.Supervisor)

// Mount registers the pages.
func (s *Service) Mount(m *web.Mux) {
	m.RareJob(readers, 45, path, "Tin báo cho người dân", "Notifications to people")
	m.Get(path, readers, s.getNotifications)
	m.Post(path+"/{id}/retry", readers, s.postRetry)
	s.mountReports(m)
}

// view is the list of notifications in one state, or all.
type view struct {
	page     web.Page
	state    State
	counts   map[State]int
	rows     []Row
	pager    web.Pager
	channels []string
}

// onPage is what a person looks through at once.
const onPage = 50

func (s *Service) getNotifications(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := view{page: web.NewPage(r, "Tin báo cho người dân", "Notifications to people")}
	v.page.Path, v.page.Wide = path, true
	if _, known := stateWords[State(q.Get("state"))]; known {
		v.state = State(q.Get("state"))
	}
	for _, c := range s.Channels {
		v.channels = append(v.channels, v.page.T(channelWords[c.Name()][0], channelWords[c.Name()][1]))
	}
	if v.counts, err = s.Count(r.Context()); err != nil {
		return err
	}
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64) // anything else: from the newest
	if v.rows, err = s.List(r.Context(), v.state, max(0, before), onPage+1); err != nil {
		return err
	}
	here := path + "?state=" + string(v.state)
	if len(v.rows) > onPage {
		v.rows = v.rows[:onPage]
		v.pager.Older = here + "&before=" + strconv.FormatInt(v.rows[onPage-1].ID, 10)
	}
	if before > 0 {
		v.pager.Newer = here
	}
	return web.Render(w, r, http.StatusOK, notificationsPage(v))
}

func (s *Service) postRetry(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		id = 0 // which is none
	}
	if err := s.Retry(r.Context(), id); err != nil {
		return err
	}
	return web.Done(w, r, path+"?state="+string(Failed), "Đã xếp gửi lại; ban đêm thì gửi lúc 7 giờ sáng.", "It will be sent again; at night, at seven in the morning.")
}

// stateWords say what is known, no more.
var stateWords = map[State][2]string{
	Waiting:   {"chờ gửi", "waiting"},
	Sent:      {"đã gửi, chưa biết đã đến", "sent, not known to have arrived"},
	Delivered: {"đã đến máy người nhận", "arrived"},
	Failed:    {"không gửi được", "failed"},
	NoAddress: {"không có địa chỉ nhận tin", "no address"},
	Declined:  {"người nhận không muốn nhận tin", "declined by the person"},
}

// whyWords are our own reasons; what a mail server or a gateway answered is shown as it came.
var whyWords = map[string][2]string{reported: {"cổng gửi báo không đến", "reported by the gateway"}}

var stateOrder = []State{Waiting, Sent, Delivered, Failed, NoAddress, Declined}

var channelWords = map[string][2]string{"email": {"Thư điện tử", "E-mail"}, "sms": {"Tin nhắn SMS", "SMS"}}

func (v view) say(words [2]string) string { return v.page.T(words[0], words[1]) }

func toneOf(s State) web.Tone {
	switch s {
	case Failed:
		return web.Bad
	case Sent, Delivered:
		return web.Good
	}
	return web.Info
}

func (v view) tabs() []web.Tab {
	all := 0
	for _, n := range v.counts {
		all += n
	}
	tabs := []web.Tab{{Label: v.page.T("Tất cả", "All") + " (" + v.page.Number(int64(all)) + ")", Path: path, Current: v.state == ""}}
	for _, s := range stateOrder {
		if v.counts[s] > 0 || s == v.state {
			tabs = append(tabs, web.Tab{Label: v.say(stateWords[s]) + " (" + v.page.Number(int64(v.counts[s])) + ")", Path: path + "?state=" + string(s), Current: v.state == s})
		}
	}
	return tabs
}
