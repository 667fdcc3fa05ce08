package closedmail

import (
	"net/http"
	"slices"
	"time"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// getAccept is the form of what stands on the cover.
func (s *Pages) getAccept(w http.ResponseWriter, r *http.Request) error {
	return s.drawAccept(w, r, nil)
}

func (s *Pages) drawAccept(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	v, err := s.view(r, f, "Nhận gửi KT1", "Accept KT1")
	if err != nil {
		return err
	}
	if v.unfit(v.Person.ID) {
		return v.draw(w, r)
	}
	senders, addressees, people, err := v.bodyChoices()
	if err != nil {
		return err
	}
	v.add(part{Text: v.T("Chỉ ghi những gì có trên mặt ngoài của bì. Không ghi trích yếu, nội dung; không có chỗ để ghi.", "Only what stands on the outside of the cover. Never its subject; there is no place for it.")})
	priceless, err := v.s.Law.Priceless(v.day())
	if err != nil {
		return err
	}
	if priceless {
		v.add(part{Tone: web.Ask, Text: v.T("Bảng giá KT1 chưa nạp: bưu gửi của nơi gửi phải trả cước vẫn nhận, nhưng chưa có giá. Báo quản trị viên nạp bảng kt1.price.",
			"The KT1 price table is not loaded: items of senders who pay are accepted all the same, without a price. Tell an administrator to take in kt1.price.")})
	}
	v.add(part{Head: v.T("Mặt ngoài của bì", "The cover"), Form: &form{Action: acceptPath, Button: v.T("Nhận gửi", "Accept"), Key: "F4", Asks: []ask{
		{Kind: askChoice, Field: web.Field{Name: "sender", Label: v.T("Nơi gửi", "Sender"), Focus: true}, Choices: senders},
		{Kind: askChoice, Field: web.Field{Name: "handed_by", Label: v.T("Người mang đến (đã đăng ký của nơi gửi)", "Handed in by (named by the sender)")}, Choices: people},
		{Kind: askCode, Field: web.Field{Name: "number", Label: v.T("Số trên bì", "Number on the cover"), Hint: v.T("Ví dụ 123/QĐ-UBND. Bì ký hiệu A không ghi số thì để trống.", "For example 123/QĐ-UBND. Leave empty for a letter A without number."), Width: 20, Max: 24, Optional: true}},
		{Kind: askChoice, Field: web.Field{Name: "addressee", Label: v.T("Nơi nhận", "Addressee")}, Choices: addressees},
		{Kind: askRadio, Field: web.Field{Name: "secrecy", Label: v.T("Ký hiệu độ mật", "Letter of secrecy")}, Choices: sure(choices(v, "secrecy", Secrecies))},
		{Kind: askRadio, Field: web.Field{Name: "urgency", Label: v.T("Độ khẩn", "Urgency"), Hint: v.T("Độ khẩn và độ mật độc lập với nhau.", "Urgency and secrecy are independent.")}, Choices: sure(choices(v, "urgency", Urgencies))},
		{Kind: askMoment, Field: web.Field{Name: "at", Label: v.T("Giờ phát do nơi gửi hẹn (chỉ hẹn giờ)", "Time fixed by the sender (timed only)"), Optional: true}},
		{Kind: askTick, Field: web.Field{Name: "named", Label: v.T("Dấu “Chỉ người có tên mới được bóc bì”", "Stamp “For the named person only”")}},
		{Kind: askDay, Field: web.Field{Name: "recall_by", Label: v.T("Dấu “Tài liệu thu hồi”: hạn trả", "Stamp “Document to be returned”: by"), Optional: true}},
		{Kind: askCode, Field: web.Field{Name: "returns", Label: v.T("Bì này trả tài liệu thu hồi của bưu gửi", "This one returns the document of item"), Width: 20, Max: 20, Optional: true}},
		{Kind: askNumber, Field: web.Field{Name: "weight", Label: v.T("Khối lượng", "Weight"), Suffix: v.T("gam", "grams")}},
		{Kind: askChoice, Field: web.Field{Name: "locator", Label: v.T("Thiết bị định vị (bắt buộc với ký hiệu A)", "Locator (a must for letter A)")}, Choices: v.facilityChoices(Locator)},
	}}})
	if slices.ContainsFunc(Bodies(v.led), func(b *Body) bool { return b.Central }) {
		cover := v.Parts[len(v.Parts)-1].Form
		cover.Asks = append(cover.Asks, ask{Kind: askRadio, Field: web.Field{Name: "demand", Label: v.T("Văn phòng trung ương yêu cầu gắn thiết bị định vị?", "Does the central office demand a locator?"),
			Hint: v.T("Phải hỏi và trả lời khi nơi gửi là một trong bốn văn phòng trung ương.", "To be asked and answered when the sender is one of the four central offices.")}, Choices: choices(v, "demand", Demands)})
	}
	return v.draw(w, r)
}

// bodyChoices lists who may send, who may receive, and the persons who hand in.
func (v view) bodyChoices() (senders, addressees, people []web.Choice, err error) {
	names, err := v.s.Directory.All(v.ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	senders = []web.Choice{{Label: v.T("Chọn cơ quan", "Choose a body")}}
	addressees = []web.Choice{{Label: v.T("Chọn cơ quan", "Choose a body")}}
	people = []web.Choice{{Label: v.T("Chọn người", "Choose a person")}}
	bodies := Bodies(v.led)
	var hands []postal.StaffID
	for _, b := range bodies {
		if b.List != Outside {
			hands = append(hands, b.Persons()...)
		}
	}
	called := v.namesOf(hands)
	for _, b := range bodies {
		name := string(b.Code)
		if e, ok := names[b.Code]; ok {
			name = e.Name
		}
		c := web.Choice{Value: string(b.Code), Label: name + " · " + string(b.Code)}
		addressees = append(addressees, c)
		if b.List == Outside {
			continue
		}
		senders = append(senders, c)
		for _, p := range b.Persons() {
			people = append(people, web.Choice{Value: string(p), Label: called[p] + " · " + name})
		}
	}
	return senders, addressees, people, nil
}

// facilityChoices lists what of these kinds is here, fit and free.
func (v view) facilityChoices(kinds ...string) []web.Choice {
	out := []web.Choice{{Label: v.T("Không", "None")}}
	for _, f := range Facilities(v.led, v.At) {
		if slices.Contains(kinds, f.Code.Kind()) && f.Use == "" && f.Fit(v.day()) {
			out = append(out, web.Choice{Value: string(f.Code), Label: string(f.Code)})
		}
	}
	return out
}

func (s *Pages) postAccept(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(r)
	if err != nil {
		return err
	}
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	a := Accept{Office: office, Number: web.MaybeParse(f, "number", ParseCoverNumber), Sender: web.Parse(f, "sender", ParseBody), HandedBy: web.Parse(f, "handed_by", ParseStaff),
		Addressee: web.Parse(f, "addressee", ParseBody), Secrecy: said(f, "secrecy", Secrecies), Urgency: said(f, "urgency", Urgencies), NamedOnly: f.Ticked("named"), RecallBy: f.MaybeDay("recall_by"),
		Returns: web.MaybeParse(f, "returns", postal.ParseItemNumber), Locator: web.MaybeParse(f, "locator", ParseFacility), WeightG: web.Parse(f, "weight", postal.ParseGrams)}
	if at := web.MaybeParse(f, "at", parseMoment); !at.IsZero() {
		a.AtMs = postal.Millis(at)
	}
	if sender, ok := ledger.Get[*Body](s.Records.Ledger.View(r.Context()), BodyKey(a.Sender)); ok && (sender.Central || f.Value("demand") != string(DemandNo)) {
		a.Demand = Demand(f.Value("demand")) // a “no” of others is no answer
	}
	var terms Terms
	if f.Err() == nil {
		if terms, err = s.terms(r, &a); err != nil {
			if err := f.Refuse(err); err != nil {
				return err
			}
		}
	}
	got, ok, err := s.try(r, f, a)
	if err != nil {
		return err
	}
	if !ok {
		return s.drawAccept(w, r, f)
	}
	item, _ := factOf[event.KT1Accepted](got.Facts)
	priceless, err := s.Law.Priceless(postal.DayOf(s.Now()))
	if err != nil {
		return err
	}
	vi, en := s.accepted(item.Item, terms)
	tone := web.Good
	switch {
	case terms.Priced:
	case terms.Payer == "":
		tone = web.Ask
		vi, en = vi+" CHƯA CÓ QUY ĐỊNH AI TRẢ CƯỚC của nơi gửi này: chưa có cước, chưa thu tiền. Không ghi là miễn cước.", en+" NO RULE SAYS WHO PAYS for this sender: the item has no price yet and nothing was charged. It is not free."
	case terms.Inter && !priceless:
		tone = web.Ask
		vi, en = vi+" CHƯA NẠP BẢNG VÙNG hoặc ô giá liên tỉnh (kt1.price.region): chưa có cước, chưa thu tiền. Không ghi là miễn cước.", en+" THE TABLE OF REGIONS, OR A PRICE BETWEEN PROVINCES, IS NOT LOADED (kt1.price.region): the item has no price yet and nothing was charged. It is not free."
	default:
		tone = web.Ask
		vi, en = vi+" CHƯA NẠP BẢNG GIÁ KT1: bưu gửi chưa có cước, chưa thu tiền. Không ghi là miễn cước.", en+" THE KT1 PRICE TABLE IS NOT LOADED: the item has no price yet and nothing was charged. It is not free."
	}
	return web.Leave(w, r, itemsPath+"/"+string(item.Item), web.Flash{Tone: tone, VI: vi, EN: en})
}

// accepted tells what was taken in, by when it must be tried, by which articles, and what of that is not verified.
func (s *Pages) accepted(item postal.ItemNumber, t Terms) (vi, en string) {
	due, fee := s.Law.Grounds(t.Rules)
	say := func(lang string) string {
		text := postal.In(lang, "Đã nhận ", "Accepted ") + string(item) + ". "
		if t.Due.IsZero() {
			text += postal.In(lang, "Phát theo thực tế (vùng địa hình đặc biệt)", "It takes what it takes (area of special geography)")
		} else {
			text += postal.In(lang, "Hạn phát lần đầu ", "First attempt due ") + t.Due.In(postal.HoChiMinh).Format("02/01/2006 15:04")
		}
		text += due.Mark(lang) + due.first(lang) + "."
		if t.FeeVND > 0 {
			text += postal.In(lang, " Cước ", " Postage ") + t.FeeVND.In(lang) + fee.Mark(lang) + fee.first(lang) + "."
		}
		return text
	}
	return say("vi"), say("en")
}

// nothing is what a form sends for “no letter” and “plain”: it must be chosen like the others, so that nobody forgets a letter.
const nothing = "none"

func sure(all []web.Choice) []web.Choice {
	for n := range all {
		if all[n].Value == "" {
			all[n].Value = nothing
		}
	}
	return all
}

// said reads a choice that must be made.
func said[T ~string](f *web.Form, name string, list []T) T {
	var allowed []string
	for _, x := range list {
		if x == "" {
			x = nothing
		}
		allowed = append(allowed, string(x))
	}
	v := f.Choice(name, allowed...)
	if v == nothing {
		return ""
	}
	return T(v)
}

// terms asks directory and law, and completes the act with them.
func (s *Pages) terms(r *http.Request, a *Accept) (Terms, error) {
	led := s.Records.Ledger.View(r.Context())
	sender, err := body(led, a.Sender, "sender")
	if err != nil {
		return Terms{}, err
	}
	addressee, err := body(led, a.Addressee, "addressee")
	if err != nil {
		return Terms{}, err
	}
	to, err := s.Directory.Find(r.Context(), a.Addressee)
	if err != nil {
		return Terms{}, err
	}
	if to.Unit == "" {
		return Terms{}, fault.New(fault.Conflict, "closedmail.no_address", "Danh bạ chưa có địa chỉ của cơ quan %s.", "The directory has no address of the body %s.", a.Addressee).At("addressee")
	}
	a.ToUnit, a.ToOffice = to.Unit, to.Office
	t, err := s.Law.Terms(*a, sender, addressee, to, s.Now())
	if err != nil {
		return t, err
	}
	a.Inter, a.Suburban, a.FeeVND, a.DueMs, a.Rules = t.Inter, t.Suburban, t.FeeVND, t.DueMs(), t.Rules
	return t, nil
}

// parseMoment reads what a field of day and time sends.
func parseMoment(s string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02T15:04", s, postal.HoChiMinh)
	if err != nil {
		return t, fault.New(fault.Invalid, "closedmail.moment", "Ngày giờ chưa đúng.", "The day and time are not valid.")
	}
	return t, nil
}
