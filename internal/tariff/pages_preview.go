package tariff

import (
	"context"
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/web"
)

// getPreview looks at a month's items again under the rules of a day: who would get what.
func (s *Pages) getPreview(w http.ResponseWriter, r *http.Request) error {
	if s.Zone == nil {
		return fault.New(fault.NotFound, "tariff.no_preview", "Nơi này không có phần xem trước.", "There is no preview here.")
	}
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v := s.page(r, "Ai sẽ được giảm bao nhiêu?", "Who would get what?")
	year, month, _ := s.today().Date()
	asked := f.Value("rules") != ""
	orDefault(f, "month", postal.MakeDay(year, month-1, 1).String()[:7], "rules", s.today().String())
	if !asked {
		return draw(w, r, f, previewPage(v, f, nil))
	}
	wish := wish{Rules: f.Day("rules"), Online: f.Ticked("online"), Class: f.Choice("class", values(v.classChoices())...)}
	of := web.Parse(f, "month", func(text string) (string, error) {
		_, err := monthsBetween(text, text)
		return text, err
	})
	if f.Err() != nil {
		return draw(w, r, f, previewPage(v, f, nil))
	}
	got, err := s.preview(r.Context(), of, wish, v.Lang)
	if err != nil {
		return err
	}
	return draw(w, r, f, previewPage(v, f, got))
}

// preview prices a month's items under a wish.
func (s *Pages) preview(ctx context.Context, month string, wish wish, lang string) (*preview, error) {
	items, err := s.Claims.acceptedIn(ctx, month, maxPreviewed+1)
	if err != nil {
		return nil, err
	}
	p := &preview{Unpriced: map[string]int{}}
	if p.More = len(items) > maxPreviewed; p.More {
		items = items[:maxPreviewed]
	}
	p.Items = len(items)
	for _, a := range items {
		zone, err := s.Zone(a.Office, a.ToUnit, wish.Rules)
		var q Quote
		if err == nil {
			q, err = s.Tariff.Quote(Question{Service: serviceOf(a.Service), Zone: zone, WeightG: a.WeightG, On: wish.Rules, Online: wish.Online, Class: wish.Class})
		}
		if err != nil {
			e, ok := fault.From(err)
			if !ok {
				return nil, err
			}
			p.Unpriced[e.In(lang)]++
			continue
		}
		p.add(a, q)
	}
	return p, nil
}

// month prints "2020-04" as people say it.
func (v pageView) month(m string) string {
	if d, err := postal.ParseDay(m + "-01"); err == nil {
		return d.Start().Format(v.T("01/2006", "Jan 2006"))
	}
	return m
}

func (v pageView) monthSpan(from, to string) string {
	if from == to {
		return v.T("Tháng ", "") + v.month(from)
	}
	return v.T("Từ tháng ", "From ") + v.month(from) + v.T(" đến tháng ", " to ") + v.month(to)
}

// citationWords names the article of a rule in both languages.
func citationWords(r *rulebook.Rule) rulebook.Words {
	return rulebook.Words{VI: r.Cite().In("vi"), EN: r.Cite().In("en")}
}
