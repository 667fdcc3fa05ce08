package law

import (
	"net/http"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// longestWords bounds what is searched for.
const longestWords = 80

// dayAsked is what a visitor wants to see of a day: all subjects to choose from, one of them, or what mentions some words.
type dayAsked struct {
	On    postal.Day
	Words string
	Topic string
}

// getDay shows the rules that apply on a day, by subject; words narrow them down.
func (s *Service) getDay(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	asked := dayAsked{On: f.MaybeDay("on"), Words: f.Maybe("words", longestWords), Topic: f.Value("topic")}
	if asked.On.IsZero() {
		asked.On = s.today()
	}
	if f.Err() == nil {
		f.Set("on", asked.On.String())
	}
	rules := slices.DeleteFunc(s.book().On(asked.On), func(r *rulebook.Rule) bool { return !mentions(r, asked.Words) })
	list := sections(rules)
	if asked.Topic != "" {
		list = slices.DeleteFunc(list, func(s section) bool { return s.id != asked.Topic })
	}
	return draw(w, r, f, dayPage(s.page(r, "Quy định về bưu chính", "The rules of the post"), f, asked, list))
}

// mentions reports whether a rule speaks of all the words, written with or without marks, in either language.
func mentions(r *rulebook.Rule, words string) bool {
	if words == "" {
		return true
	}
	text := postal.Fold(strings.Join([]string{r.Name, r.Key.Means.VI, r.Key.Means.EN, r.Note.VI, r.Note.EN, r.Instrument.Number, r.Instrument.Title.VI, r.Instrument.Title.EN, r.Article}, " "))
	for _, word := range strings.Fields(postal.Fold(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// history is all rules of one name, newest first.
type history struct {
	Name  string
	Key   *rulebook.Key
	Rules []*rulebook.Rule
}

// getKey shows one parameter over time, or all members of a family.
func (s *Service) getKey(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimSuffix(r.PathValue("name"), ".*")
	histories := s.histories(name)
	if len(histories) == 0 {
		return fault.New(fault.NotFound, "rulebook.unknown_key", "Bộ quy tắc không có tham số %[1]q.", "The rulebook has no parameter %[1]q.", name)
	}
	v := s.page(r, "", "")
	switch key := histories[0].Key; {
	case len(histories) == 1:
		v.Title = capital(v.nameOf(histories[0].Name, key))
	case key.Family():
		v.Title = v.say(key.Means)
	default:
		v.Title = v.say(topics[topicOf(name)].words)
	}
	return draw(w, r, nil, keyPage(v, name, histories))
}

// histories gives the rules under a name, each name by itself.
func (s *Service) histories(name string) []history {
	var all []history
	for _, rule := range s.book().Under(name) {
		if len(all) == 0 || all[len(all)-1].Name != rule.Name {
			all = append(all, history{Name: rule.Name, Key: rule.Key})
		}
		h := &all[len(all)-1]
		h.Rules = append([]*rulebook.Rule{rule}, h.Rules...)
	}
	return all
}

// getDoubt shows the rules that nobody could check, each with its reason: those of today, or all there ever were.
func (s *Service) getDoubt(w http.ResponseWriter, r *http.Request) error {
	v := s.page(r, "Trị số chưa kiểm chứng", "Values that are not verified")
	rules, all := s.book().Unverified(), r.URL.Query().Get("all") != ""
	past := len(rules)
	now := slices.DeleteFunc(slices.Clone(rules), func(r *rulebook.Rule) bool { return !r.Has(s.today()) })
	past -= len(now)
	if !all {
		rules = now
	}
	return draw(w, r, nil, doubtPage(v, all, past, sections(rules)))
}

// kindOrder is the order in which kinds of instruments are listed.
var kindOrder = []string{"law", "decree", "decision", "circular", "standard", "letter", "list", "setting"}

// acts is the instruments of one kind, newest first.
type acts struct {
	Words rulebook.Words
	List  []*rulebook.Instrument
}

// getActs lists the legal instruments by their rank.
func (s *Service) getActs(w http.ResponseWriter, r *http.Request) error {
	var all []acts
	for _, kind := range kindOrder {
		a := acts{}
		for _, i := range s.book().Instruments() {
			if i.Kind == kind {
				a.Words, a.List = i.KindWords(), append(a.List, i)
			}
		}
		slices.SortStableFunc(a.List, func(x, y *rulebook.Instrument) int { return y.InForce.Compare(x.InForce) })
		if len(a.List) > 0 {
			all = append(all, a)
		}
	}
	return draw(w, r, nil, actsPage(s.page(r, "Văn bản làm căn cứ", "The legal documents"), all))
}

// getAct shows one instrument and what it gives.
func (s *Service) getAct(w http.ResponseWriter, r *http.Request) error {
	act, ok := s.book().FindInstrument(r.PathValue("id"))
	if !ok {
		return fault.New(fault.NotFound, "rulebook.unknown_instrument", "Bộ quy tắc không có văn bản %[1]q.", "The rulebook has no instrument %[1]q.", r.PathValue("id"))
	}
	return draw(w, r, nil, actPage(s.page(r, act.Number, act.Number), act, sections(s.book().ByInstrument(act.ID))))
}

// facts are the dates and sources of an instrument.
func (v view) facts(a *rulebook.Instrument) []web.Row {
	rows := []web.Row{{Key: v.T("Loại", "Kind"), Value: v.say(a.KindWords())}, {Key: v.T("Cơ quan ban hành", "Issued by"), Value: v.say(a.Issuer)}}
	for _, d := range []struct {
		vi, en string
		day    postal.Day
	}{{"Ban hành", "Issued", a.Issued}, {"Có hiệu lực", "In force", a.InForce}, {"Hết hiệu lực", "Ended", a.Ended}} {
		if !d.day.IsZero() {
			rows = append(rows, web.Row{Key: v.T(d.vi, d.en), Value: v.day(d.day)})
		}
	}
	if next, ok := v.s.book().FindInstrument(a.ReplacedBy); ok {
		rows = append(rows, web.Row{Key: v.T("Thay bằng", "Replaced by"), Value: next.Number, Href: actPath(next.ID)})
	}
	return append(rows, web.Row{Key: v.T("Đọc ở", "Read at"), Value: a.Source})
}

// over says that an instrument no longer applies today, "" while it does.
func (v view) over(a *rulebook.Instrument) string {
	if !a.Ended.IsZero() && !a.Ended.After(v.s.today()) {
		return v.T("Hết hiệu lực", "Ended")
	}
	if next, ok := v.s.book().FindInstrument(a.ReplacedBy); ok && !next.InForce.After(v.s.today()) {
		return v.T("Đã được thay thế", "Replaced")
	}
	return ""
}
