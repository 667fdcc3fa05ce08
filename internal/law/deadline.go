package law

import (
	"net/http"
	"time"

	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// offer is a service that a deadline can be asked for, with the routes that it knows.
type offer struct {
	Service calendar.Service
	Words   rulebook.Words
	Routes  []calendar.Route
}

var (
	dossierRoutes = []calendar.Route{calendar.SameDistrict, calendar.BetweenDistricts, calendar.Cities, calendar.OtherProvince}
	itemRoutes    = []calendar.Route{calendar.Intra, calendar.Inter}
)

// offers in the order in which people ask for them.
var offers = []offer{
	{calendar.DossierSend, rulebook.Words{VI: "Gửi hồ sơ", EN: "Send a dossier"}, dossierRoutes},
	{calendar.DossierReturn, rulebook.Words{VI: "Trả kết quả", EN: "Return a result"}, dossierRoutes},
	{calendar.Registered, rulebook.Words{VI: "Thư ghi số", EN: "Registered letter"}, itemRoutes},
	{calendar.BasicLetter, rulebook.Words{VI: "Thư cơ bản", EN: "Basic letter"}, itemRoutes},
	{calendar.KT1, rulebook.Words{VI: "KT1", EN: "KT1"}, itemRoutes},
}

// offerOf gives the service asked for, the first when none is.
func offerOf(service string) (offer, error) {
	for _, o := range offers {
		if string(o.Service) == service {
			return o, nil
		}
	}
	if service != "" {
		return offer{}, fault.New(fault.NotFound, "calendar.service", "Không có dịch vụ %[1]q.", "There is no service %[1]q.", service)
	}
	return offers[0], nil
}

// result is what the calculator answers: an answer, or the sentence that says why there is none.
type result struct {
	Answer calendar.Answer
	None   *fault.Error
}

// getDeadline asks what was accepted when, and says when it is due, step by step. Each service has its own address, so the form asks only what matters.
func (s *Service) getDeadline(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	o, err := offerOf(f.Value("service"))
	if err != nil {
		return err
	}
	v := s.page(r, "Tính thời hạn", "When is it due?")
	if f.Value("day") == "" && f.Value("route") == "" {
		now := s.Now().In(postal.HoChiMinh)
		f = web.FormOf("service", string(o.Service), "day", postal.DayOf(now).String(), "time", now.Format("15:04"), "route", string(o.Routes[0]), "class", string(calendar.Plain))
		return draw(w, r, f, deadlinePage(v, o, f, nil))
	}
	q := readQuestion(f, o)
	if f.Err() != nil {
		return draw(w, r, f, deadlinePage(v, o, f, nil))
	}
	answer, err := s.Calendar.Deadline(q)
	if none, ok := fault.From(err); ok && none.Kind == fault.NotFound {
		return draw(w, r, f, deadlinePage(v, o, f, &result{None: none}))
	}
	if rest := f.Refuse(err); rest != nil {
		return rest
	}
	if f.Err() != nil {
		return draw(w, r, f, deadlinePage(v, o, f, nil))
	}
	return draw(w, r, f, deadlinePage(v, o, f, &result{Answer: answer}))
}

// readQuestion reads the fields that the service has.
func readQuestion(f *web.Form, o offer) calendar.Question {
	q := calendar.Question{Service: o.Service, Special: f.Ticked("special")}
	allowed := make([]string, len(o.Routes))
	for i, route := range o.Routes {
		allowed[i] = string(route)
	}
	q.Route = calendar.Route(f.Choice("route", allowed...))
	q.Accepted = at(f, "day", "time")
	if o.Service == calendar.DossierSend {
		q.Slip = f.Ticked("slip")
	}
	if o.Service == calendar.KT1 {
		q.Class = calendar.Class(f.Choice("class", string(calendar.Plain), string(calendar.Express), string(calendar.Timed)))
		q.Secrecy = f.Choice("secrecy", "", "A", "B", "C")
		if q.Class == calendar.Timed {
			q.At, q.Suburban = at(f, "at_day", "at_time"), f.Ticked("suburban")
		}
	}
	return q
}

// routeChoices are the routes of a service.
func (v view) routeChoices(o offer) []web.Choice {
	list := make([]web.Choice, len(o.Routes))
	for i, route := range o.Routes {
		list[i] = web.Choice{Value: string(route), Label: capital(v.say(wordOf("", string(route))))}
	}
	return list
}

// offerTabs lead to the form of each service.
func (v view) offerTabs(current offer) []web.Tab {
	tabs := make([]web.Tab, len(offers))
	for i, o := range offers {
		tabs[i] = web.Tab{Label: v.say(o.Words), Path: deadlinePath + "?service=" + string(o.Service), Current: o.Service == current.Service}
	}
	return tabs
}

// due is the answer in one line: the last step says it.
func (v view) due(a calendar.Answer) string { return a.Steps[len(a.Steps)-1].In(v.Lang) }

// at reads a day and a time of day from two fields.
func at(f *web.Form, day, clock string) time.Time {
	d := f.Day(day)
	t := web.Parse(f, clock, func(text string) (time.Time, error) { return time.Parse("15:04", text) })
	if f.Fault(day) != nil || f.Fault(clock) != nil {
		return time.Time{}
	}
	return d.Start().Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
}
