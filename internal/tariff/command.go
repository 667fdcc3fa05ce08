package tariff

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"citypost/internal/answer"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
)

// QuoteArgs are the arguments of `citypost quote`, as they were typed.
type QuoteArgs struct {
	Service, Zone, Weight, On        string
	ReturnWeight                     string // of the result in the two-way form; "" when it weighs the same
	Urgency, Secrecy, Sender, Relief string // Relief is "auto", "none" or ""
	Online                           bool
	Class, Province                  string
}

// question reads the arguments.
func (a QuoteArgs) question() (Question, error) {
	q := Question{Service: Service(a.Service), Zone: Zone(a.Zone), Urgency: a.Urgency, Secrecy: a.Secrecy, Sender: a.Sender, Online: a.Online, Class: a.Class,
		Province: a.Province, NoRelief: a.Relief == "none"}
	if a.Relief != "" && a.Relief != "auto" && a.Relief != "none" {
		return q, fault.New(fault.Invalid, "tariff.relief", "Miễn, giảm là auto hoặc none.", "Relief is auto or none.").At("relief")
	}
	var err error
	if q.WeightG, err = postal.ParseGrams(a.Weight); err != nil {
		return q, fault.At(err, "weight")
	}
	if a.ReturnWeight != "" {
		if q.ReturnWeightG, err = postal.ParseGrams(a.ReturnWeight); err != nil {
			return q, fault.At(err, "return-weight")
		}
	}
	q.On, err = postal.ParseDay(a.On)
	return q, fault.At(err, "on")
}

// QuoteCommand is `citypost quote`: the price line by line. A case that no rule answers is a fault; with JSON it is also an answer that says so.
func QuoteCommand(w io.Writer, t *Tariff, a QuoteArgs, p answer.Printing) error {
	q, err := a.question()
	if err != nil {
		return err
	}
	got, err := t.Quote(q)
	switch f, _ := fault.From(err); {
	case f != nil && f.Kind == fault.NotFound && p.JSON:
		if err := answer.JSON(w, unanswered{Lines: []Line{}, Code: f.Code, Reason: f.In(p.Lang)}); err != nil {
			return err
		}
		return f
	case err != nil:
		return err
	case p.JSON:
		return answer.JSON(w, viewOf(&got, p.Lang))
	}
	return printQuote(w, &got, p.Lang)
}

// unanswered is the answer when no rule gives a price.
type unanswered struct {
	TotalVND *postal.VND `json:"total_vnd"` // always null: there is no price
	Lines    []Line      `json:"lines"`
	Verified bool        `json:"verified"` // always false
	Code     string      `json:"code"`
	Reason   string      `json:"reason"`
}

// View is a quote as programs read it. Its members are a contract: more may come, none goes.
type View struct {
	Service      Service      `json:"service"`
	Zone         Zone         `json:"zone"`
	WeightG      postal.Grams `json:"weight_g"`
	On           postal.Day   `json:"on"`
	TotalVND     postal.VND   `json:"total_vnd"`
	ListVND      postal.VND   `json:"list_vnd"`
	CollectedVND postal.VND   `json:"collected_vnd"`
	ToPayVND     postal.VND   `json:"to_pay_vnd"`
	InWords      string       `json:"in_words"` // the total in Vietnamese words
	VAT          string       `json:"vat"`
	Verified     bool         `json:"verified"`
	Reason       string       `json:"reason,omitempty"`
	Lines        []lineView   `json:"lines"`
	Relief       []Grant      `json:"relief"`
	Collected    []Collected  `json:"collected,omitempty"`
	Rules        []string     `json:"rules"`
	Notes        []string     `json:"notes,omitempty"`
}

type lineView struct {
	Kind      LineKind   `json:"kind"`
	What      string     `json:"what"`
	AmountVND postal.VND `json:"amount_vnd"`
	Rule      string     `json:"rule"`
	Basis     string     `json:"basis"`
	Verified  bool       `json:"verified"`
	Reason    string     `json:"reason,omitempty"`
}

// JSON gives the quote as programs read it, its sentences in one language.
func (q *Quote) JSON(lang string) View { return viewOf(q, lang) }

func viewOf(q *Quote, lang string) View {
	v := View{Service: q.Question.Service, Zone: q.Question.Zone, WeightG: q.Question.WeightG, On: q.Question.On, TotalVND: q.TotalVND, ListVND: q.ListVND,
		CollectedVND: q.CollectedVND, ToPayVND: q.ToPayVND, InWords: q.TotalVND.Words(), VAT: q.VAT, Verified: q.Verified, Relief: q.Grants,
		Collected: q.Question.Collect, Rules: q.Rules(), Lines: []lineView{}}
	if v.Relief == nil {
		v.Relief = []Grant{}
	}
	v.Reason = joined(q.Reasons, lang)
	for _, l := range q.Lines {
		v.Lines = append(v.Lines, lineView{l.Kind, l.What.In(lang), l.AmountVND, l.Rule, l.Basis.In(lang), l.Verified, l.Reason.In(lang)})
	}
	for _, n := range q.Notes {
		v.Notes = append(v.Notes, n.In(lang))
	}
	return v
}

func joined(words []rulebook.Words, lang string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.In(lang)
	}
	return strings.Join(all, " ")
}

// vatWords says what is known of VAT.
var vatWords = map[string]rulebook.Words{
	"included":   {VI: "Giá đã gồm thuế giá trị gia tăng.", EN: "VAT is included."},
	"excluded":   {VI: "Giá chưa gồm thuế giá trị gia tăng.", EN: "VAT is not included."},
	"not-stated": {VI: "Nguồn không nói giá đã gồm thuế giá trị gia tăng hay chưa.", EN: "The source does not say whether VAT is included."},
}

// VATWords says in both languages what the source says of VAT.
func (q *Quote) VATWords() rulebook.Words { return vatWords[q.VAT] }

func printQuote(w io.Writer, q *Quote, lang string) error {
	t := func(vi, en string) string { return rulebook.Words{VI: vi, EN: en}.In(lang) }
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.StripEscape)
	for _, l := range q.Lines {
		mark := ""
		if !l.Verified {
			mark = t(" [chưa kiểm chứng]", " [not verified]")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s%s\n", l.What.In(lang), l.AmountVND.In(lang), l.Rule, l.Basis.In(lang), mark)
	}
	fmt.Fprintf(tw, "%s\t%s\n", t("Cộng", "Total"), q.TotalVND.In(lang))
	if err := tw.Flush(); err != nil {
		return err
	}
	if lang != "en" {
		fmt.Fprintf(w, "Bằng chữ: %s.\n", q.TotalVND.Words())
	}
	fmt.Fprintln(w, q.VATWords().In(lang))
	for _, r := range q.Reasons {
		fmt.Fprintf(w, "%s: %s\n", t("Chưa kiểm chứng", "Not verified"), r.In(lang))
	}
	for _, n := range q.Notes {
		fmt.Fprintln(w, n.In(lang))
	}
	return nil
}
