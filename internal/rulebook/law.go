package rulebook

import (
	"strings"

	"citypost/internal/postal"
)

// Words is one text in both languages.
type Words struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In gives the text in the language asked for; anything but "en" is Vietnamese.
func (w Words) In(lang string) string { return postal.In(lang, w.VI, w.EN) }

// Instrument is one legal act, standard, price list, letter or setting that rules come from.
type Instrument struct {
	ID         string
	Kind       string // law, decree, decision, circular, standard, letter, list, setting
	Number     string
	Title      Words
	Issuer     Words
	Issued     postal.Day // zero when not seen
	InForce    postal.Day // zero when not seen
	Ended      postal.Day // first day on which it no longer applies; zero while it does, or when not seen
	ReplacedBy string     // id of the instrument that took its place, or ""
	Source     string     // where the text was read
	Verified   bool       // its text, or an official publication of its data, was read
	Reason     Words      // why it is not verified
	File       string
	Line       int
}

// instrumentKinds are the sorts of instrument. Those that bind say when they begin and end, so a verified rule must lie within their life.
var instrumentKinds = map[string]struct {
	words Words
	binds bool
}{
	"law":      {Words{"Luật, nghị quyết của Quốc hội", "Law or resolution of the National Assembly"}, true},
	"decree":   {Words{"Nghị định của Chính phủ", "Decree of the Government"}, true},
	"decision": {Words{"Quyết định", "Decision"}, true},
	"circular": {Words{"Thông tư", "Circular"}, true},
	"standard": {Words{"Quy chuẩn, tiêu chuẩn", "Regulation or standard"}, true},
	"letter":   {Words{"Công văn, thông báo", "Official letter or notice"}, false},
	"list":     {Words{"Bảng giá, danh mục công bố", "Published list"}, false},
	"setting":  {Words{"Thiết lập riêng của bưu điện", "The post's own setting"}, false},
}

// KindWords names the kind of instrument in both languages.
func (i *Instrument) KindWords() Words { return instrumentKinds[i.Kind].words }

// Key declares one parameter: what it means, what values it takes, and which days must have one.
type Key struct {
	Name   string
	Means  Words
	Unit   string
	Type   Type
	Covers Span // days that must have a rule; the zero Span when gaps are allowed
	Gaps   bool // gaps are allowed anywhere
	File   string
	Line   int
}

// Family reports whether the key declares all names that begin with it ("relief.policy.*").
func (k *Key) Family() bool { return strings.HasSuffix(k.Name, ".*") }

// UnitWords names the unit in both languages.
func (k *Key) UnitWords() Words { return units[k.Unit] }

// units is the closed set of units; a rule file that uses another is refused, so that grams and kilograms never meet.
var units = map[string]Words{
	"none":         {"", ""},
	"vnd":          {"đồng", "đồng"},
	"g":            {"gam", "grams"},
	"kg":           {"ki-lô-gam", "kilograms"},
	"km":           {"ki-lô-mét", "kilometres"},
	"minutes":      {"phút", "minutes"},
	"hours":        {"giờ", "hours"},
	"days":         {"ngày", "days"},
	"working_days": {"ngày làm việc", "working days"},
	"months":       {"tháng", "months"},
	"years":        {"năm", "years"},
	"percent":      {"phần trăm", "percent"},
	"times":        {"lần", "times"},
	"people":       {"người", "people"},
	"items":        {"bưu gửi, hồ sơ hoặc bản", "items"},
	"points":       {"điểm", "points"},
	"age":          {"tuổi", "years of age"},
}

// Span is a run of days, both ends included; an Open span has no last day.
type Span struct {
	From postal.Day
	To   postal.Day
	Open bool
}

// Has reports whether the day lies in the span.
func (s Span) Has(day postal.Day) bool {
	return !day.Before(s.From) && (s.Open || !day.After(s.To))
}

// overlaps reports whether two spans share a day.
func (s Span) overlaps(t Span) bool {
	return (s.Open || !t.From.After(s.To)) && (t.Open || !s.From.After(t.To))
}

func (s Span) String() string {
	if s.Open {
		return s.From.String() + " …"
	}
	return s.From.String() + " – " + s.To.String()
}

// Rule is one value of a key over a span of days, with the article that gives it.
type Rule struct {
	Key        *Key
	Name       string // the key's name, or a member of its family
	Value      Value
	Span              // the days on which it applies, after any site rules were laid over it
	Written    Span   // the days as written in its file
	Layer      string // "" for the embedded law, else the name of the layer
	Instrument *Instrument
	Article    string
	Verified   bool
	Reason     Words // why it is not verified
	Note       Words
	File       string
	Line       int
	cite       Citation
}

// ID names the rule for ever: key and first day as written, and the layer when it is not the embedded law.
func (r *Rule) ID() string { return r.cite.RuleID }

// Cite gives the rule's source in a form that travels with a price or a date.
func (r *Rule) Cite() Citation { return r.cite }

// name fixes the id and the citation once the rule lies in its layer.
func (r *Rule) name(layer string) {
	id := r.Name + "@" + r.Written.From.String()
	if layer != "" {
		id += "+" + layer
	}
	r.Layer = layer
	r.cite = Citation{RuleID: id, Key: r.Name, Instrument: r.Instrument.ID, Number: r.Instrument.Number, Article: r.Article, Verified: r.Verified, Reason: r.Reason}
}

// Citation says where a value comes from and how sure we are of it.
type Citation struct {
	RuleID     string `json:"rule"`
	Key        string `json:"key"`
	Instrument string `json:"instrument"`
	Number     string `json:"number"`
	Article    string `json:"article,omitempty"`
	Verified   bool   `json:"verified"`
	Reason     Words  `json:"reason,omitzero"`
}

// In gives the citation as a person reads it: "16/2017/TT-BTTTT, Điều 4".
func (c Citation) In(lang string) string {
	if c.Article == "" {
		return c.Number
	}
	return c.Number + ", " + ArticleIn(lang, c.Article)
}

// Marked is In with a mark behind it when the text was not read.
func (c Citation) Marked(lang string) string {
	if c.Verified {
		return c.In(lang)
	}
	return c.In(lang) + postal.In(lang, ", chưa kiểm chứng", ", not verified")
}

var articleWords = strings.NewReplacer("Điều", "article", "điều", "article", "Khoản", "clause", "khoản", "clause", "Điểm", "point", "điểm", "point",
	"Phụ lục", "appendix", "phụ lục", "appendix", "Bảng", "table", "bảng", "table", "Mục", "section", "mục", "section", " và ", " and ", "đến", "to")

// ArticleIn gives the place in an instrument in the language asked for; rule files write it in Vietnamese.
func ArticleIn(lang, article string) string {
	if lang != "en" {
		return article
	}
	return articleWords.Replace(article)
}
