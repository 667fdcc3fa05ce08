package tariff

import (
	"net/http"
	"net/url"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// maxWeight bounds what a form takes; what a service carries at most is a rule and refused with its article.
const maxWeight = 1_000_000

// priceAnswer is what a price page answers: a quote, or the sentence that says why there is none.
type priceAnswer struct {
	Quote Quote
	None  *fault.Error
}

// getPrice says what something costs before one goes to the counter.
func (s *Pages) getPrice(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Giá cước", "What does it cost?")
	asked := f.Value("weight") != "" || f.Value("zone") != ""
	orDefault(f, "service", string(DossierSend), "on", s.today().String(), "province", s.Tariff.home)
	if !asked {
		return draw(w, r, f, pricePage(v, f, nil))
	}
	q := v.readPrice(f, false)
	got, err := s.quote(f, q)
	if err != nil {
		return err
	}
	return draw(w, r, f, pricePage(v, f, got))
}

// getSimulator says what something cost, or will cost, on a day.
func (s *Pages) getSimulator(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Giá ngày đó là bao nhiêu?", "What would it cost on that day?")
	asked := f.Value("weight") != "" || f.Value("zone") != ""
	orDefault(f, "service", string(DossierSend), "on", s.today().String(), "province", s.Tariff.home)
	if !asked {
		return draw(w, r, f, simulatorPage(v, f, nil))
	}
	q := v.readPrice(f, true)
	q.ReturnWeightG = postal.Grams(f.MaybeInt("return_weight", 1, maxWeight))
	q.KnownOn = f.MaybeDay("known")
	q.NoRelief = f.Ticked("no_relief")
	if q.Service == KT1 {
		q.Urgency, q.Secrecy = f.Choice("urgency", "", "timed", "express"), f.Choice("secrecy", "", "A", "B", "C")
		q.Sender = f.Choice("sender", "", "appendix-1", "appendix-2")
	}
	got, err := s.quote(f, q)
	if err != nil {
		return err
	}
	return draw(w, r, f, simulatorPage(v, f, got))
}

// readPrice reads the fields that both price forms have.
func (v pageView) readPrice(f *web.Form, staff bool) Question {
	q := Question{
		Service: Service(f.Choice("service", values(v.serviceChoices(staff))...)),
		Zone:    Zone(f.Choice("zone", values(v.zoneChoices())...)),
		WeightG: postal.Grams(f.Int("weight", 1, maxWeight)),
		On:      f.Day("on"),
		Online:  f.Ticked("online"),
		Class:   f.Choice("class", values(v.classChoices())...),
	}
	q.Province = f.Choice("province", append(values(v.provinceChoices()), "")...)
	return q
}

// quote asks for the price; nil when the form has to be mended first.
func (s *Pages) quote(f *web.Form, q Question) (*priceAnswer, error) {
	if f.Err() != nil {
		return nil, nil
	}
	quote, err := s.Tariff.Quote(q)
	none, rest := answered(f, err)
	if rest != nil || f.Err() != nil {
		return nil, rest
	}
	return &priceAnswer{Quote: quote, None: none}, nil
}

// staffOnly are the reasons as the staff reads them; the public is told that a value is not verified, and finds the rest at the rule.
func staffOnly(staff bool, reasons []rulebook.Words) []rulebook.Words {
	if staff {
		return reasons
	}
	return nil
}

// noRelief says why a price is not reduced: nothing is decided for that day and place, or what is decided is for others.
func (v pageView) noRelief(q Quote) string {
	province := q.Question.Province
	if province == "" {
		province = v.s.Tariff.home
	}
	if len(v.s.Tariff.PoliciesOn(q.Question.On, province)) == 0 {
		return v.T("Không giảm: ngày này ở đây không có quyết định miễn, giảm cước nào.", "No relief: nothing is decided for this day and place.")
	}
	return v.T("Không giảm: quyết định đang có dành cho dịch vụ, khối lượng hoặc đối tượng khác, hoặc đã dùng hết kinh phí.", "No relief: what is decided is for another service, weight or class, or its budget is used up.")
}

// names of the fields of the price forms, for the summary of what to mend.
func (v pageView) priceNames() []string {
	return []string{"service", v.T("Dịch vụ", "Service"), "zone", v.T("Gửi đi đâu", "How far"), "weight", v.T("Khối lượng", "Weight"), "on", v.T("Ngày gửi", "Day of sending"),
		"class", v.T("Đối tượng", "Class"), "province", v.T("Gửi tại", "Sent from"), "return_weight", v.T("Khối lượng kết quả", "Weight of the result"), "known", v.T("Biết đến ngày", "Known on")}
}

// kind says what a line is, where its own words do not.
func (v pageView) lineTone(l Line) (text string, tone web.Tone) {
	switch {
	case l.Kind == Relief || l.Kind == Free:
		return v.T("Miễn, giảm", "Relief"), web.Good
	case l.Kind == Surcharge:
		return v.T("Phụ phí", "Surcharge"), web.Info
	}
	return "", ""
}

// entitled is one row of a policy that somebody's answers choose.
type entitled struct {
	Policy   Policy
	Offer    Offer
	Evidence Class // zero when no paper has to be shown
}

// reliefAnswer is what the four questions give.
type reliefAnswer struct {
	Day      postal.Day
	Province string
	Found    []entitled
	Others   []Policy // in force there that day, for other people
	Price    string   // where the price with these answers stands
}

// getRelief answers four questions: filed online? which class? where? when?
func (s *Pages) getRelief(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Tôi có được miễn, giảm cước không?", "Do I have relief?")
	asked := f.Value("online") != ""
	orDefault(f, "on", s.today().String(), "province", s.Tariff.home)
	if !asked {
		return draw(w, r, f, reliefPage(v, f, nil))
	}
	online := f.Choice("online", "yes", "no") == "yes"
	class := f.Choice("class", values(v.classChoices())...)
	province := f.Choice("province", values(v.provinceChoices())...)
	day := f.Day("on")
	if f.Err() != nil {
		return draw(w, r, f, reliefPage(v, f, nil))
	}
	a := s.entitled(day, province, class, online)
	q := url.Values{"on": {day.String()}, "class": {class}, "province": {province}}
	if online {
		q.Set("online", "1")
	}
	a.Price = pricePath + "?" + q.Encode()
	return draw(w, r, f, reliefPage(v, f, a))
}

// entitled finds what the policies of a day in a province give to somebody.
func (s *Pages) entitled(day postal.Day, province, class string, online bool) *reliefAnswer {
	a := &reliefAnswer{Day: day, Province: province}
	evidence := map[string]Class{}
	for _, c := range s.Tariff.Classes("", day, province) {
		evidence[c.ID] = c
	}
	for _, p := range s.Tariff.PoliciesOn(day, province) {
		found := false
		for _, g := range p.Grants {
			if (g.Class == "" || g.Class == class) && (g.Online == nil || *g.Online == online) {
				a.Found, found = append(a.Found, entitled{p, g, evidence[g.Class]}), true
			}
		}
		if !found {
			a.Others = append(a.Others, p)
		}
	}
	return a
}
