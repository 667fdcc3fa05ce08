package dossier

import (
	"strconv"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// News is one thing that a citizen is told of a dossier: what changed, and whether the law asks that it be told (Circular 17/2017, article 5.1 step 9 and article 5.2 step 1: the deadline and the result).
// It holds codes and days; names and addresses are looked up when it goes.
type News struct {
	Key     string // names the change, so that it is told once
	Dossier postal.DossierNumber
	Act     postal.ActID // under which the person is kept
	What    string
	Legal   bool
	Day     postal.Day
	Office  postal.OfficeCode
}

// NewsOf lists what an entry makes worth telling. A dossier is told of once for each thing, however often the entry is read.
func NewsOf(v *ledger.View, e *event.Entry) []News {
	var out []News
	add := func(n postal.DossierNumber, what string, legal bool, day postal.Day) {
		if d, ok := ledger.Get[*Dossier](v, DossierKey(n)); ok {
			out = append(out, News{Key: string(n) + ":" + what + ":" + strconv.FormatInt(e.Seq, 10), Dossier: n, Act: d.Act, What: what, Legal: legal, Day: day, Office: d.ToOffice})
		}
	}
	for _, f := range e.Facts {
		switch f := f.(type) {
		case event.HandoverCompleted:
			newsOfHandover(v, e, f, add)
		case event.SlipIssued:
			add(f.Dossier, "slip", true, f.Due)
		case event.SupplementRequested:
			add(f.Dossier, "supplement", true, f.Until)
		case event.DossierRescheduled:
			add(f.Dossier, "rescheduled", true, f.Due)
		case event.ResultReady:
			add(f.Dossier, "ready", true, postal.Day{})
		case event.CitizenInvited:
			add(f.Dossier, "invited", true, postal.Day{})
		case event.ResultDelivered:
			add(f.Dossier, "delivered", false, postal.Day{})
		case event.ResultUnclaimed:
			add(f.Dossier, "unclaimed", true, postal.Day{})
		case event.ItemAttempted:
			if c, ok := ledger.Get[*Carriage](v, ItemKey(f.Item)); ok && c.Leg == ResultLeg {
				add(c.Dossier, "attempted", false, postal.Day{})
			}
		case event.ItemLost:
			if c, ok := ledger.Get[*Carriage](v, ItemKey(f.Item)); ok {
				add(c.Dossier, "lost", true, postal.Day{})
			}
		}
	}
	return out
}

// newsOfHandover tells of the dossiers that an agency has taken, or not taken, by this very handover.
func newsOfHandover(v *ledger.View, e *event.Entry, h event.HandoverCompleted, add func(postal.DossierNumber, string, bool, postal.Day)) {
	if custody.Agency(h.To) == "" {
		return
	}
	each := func(things []event.Thing, what string) {
		for _, t := range things {
			c, ok := ledger.Get[*Carriage](v, ItemKey(postal.ItemNumber(t)))
			if !ok || c.Leg != SendLeg {
				continue
			}
			told := what
			if d, ok := ledger.Get[*Dossier](v, DossierKey(c.Dossier)); ok && what == "filed" && d.Supplement.AtHandover && d.Supplement.RequestedMs == e.OccurredMs {
				told = "supplement"
			}
			add(c.Dossier, told, true, postal.Day{})
		}
	}
	each(h.Moved, "filed")
	each(h.Refused, "refused")
}

// Told is a news in words. Short fits one SMS and holds no link and no name of a procedure; Vietnamese without marks, as gateways charge and phones read it.
type Told struct{ Subject, Body, Short string }

// Tell writes a news. hotline and base may be empty.
func Tell(n News, lang, hotline, base string) Told {
	w, ok := newsWords[n.What]
	if !ok {
		return Told{}
	}
	day := ""
	if !n.Day.IsZero() {
		day = n.Day.VN()
	}
	code := grouped(n.Dossier)
	if lang == "en" {
		t := Told{Subject: "Dossier " + code + ": " + w.en, Short: "City Post: dossier " + string(n.Dossier) + " " + w.en}
		t.Body = "Dossier " + code + ": " + w.en + end(day, " Day: ") + ".\n\n" + w.doEN + "\n"
		if base != "" {
			t.Body += "\nFollow it at " + base + publicPath + " with the code and the secret on your consignment note.\n"
		}
		if hotline != "" {
			t.Body += "Hotline: " + hotline + "\n"
		}
		t.Short += end(day, ", ") + "."
		return t
	}
	t := Told{Subject: "Hồ sơ " + code + ": " + w.vi, Short: "Buu dien: ho so " + string(n.Dossier) + " " + postal.Fold(w.vi)}
	t.Body = "Hồ sơ " + code + ": " + w.vi + end(day, ", ngày ") + ".\n\n" + w.doVI + "\n"
	if base != "" {
		t.Body += "\nXem tại " + base + publicPath + " bằng mã hồ sơ và mã bí mật in trên phiếu gửi.\n"
	}
	if hotline != "" {
		t.Body += "Tổng đài: " + hotline + "\n"
	}
	t.Short += end(day, ", ngay ") + "."
	return t
}

func end(s, before string) string {
	if s == "" {
		return ""
	}
	return before + s
}

var newsWords = map[string]struct{ vi, en, doVI, doEN string }{
	"filed":       {"cơ quan đã nhận", "was taken by the agency", "Thời hạn giải quyết của cơ quan tính từ hôm nay. Bạn chưa cần làm gì.", "The agency's time runs from today. You need do nothing."},
	"refused":     {"cơ quan không nhận", "was not taken by the agency", "Bưu điện trả lại giấy tờ cho bạn; lý do ghi ở trang tra cứu.", "The post brings your papers back; the reason stands on the status page."},
	"slip":        {"đã có ngày hẹn trả kết quả", "has a day for its result", "Bạn chưa cần làm gì; giữ phiếu gửi để nhận kết quả.", "You need do nothing; keep the consignment note."},
	"supplement":  {"cần bổ sung giấy tờ", "needs more papers", "Trang tra cứu ghi rõ giấy tờ nào. Mang đến bưu cục bất kỳ, bưu điện chuyển đến cơ quan.", "The status page names the papers. Bring them to any post office; the post takes them to the agency."},
	"rescheduled": {"cơ quan xin lỗi và hẹn lại", "was put off, the agency apologises", "Bạn chưa cần làm gì.", "You need do nothing."},
	"ready":       {"đã có kết quả", "has its result", "Bưu điện nhận và mang đến cho bạn. Hãy chuẩn bị giấy tờ tuỳ thân.", "The post fetches it and brings it to you. Have your identity paper ready."},
	"invited":     {"mời bạn nhận kết quả", "waits for you", "Mang giấy tờ tuỳ thân đến bưu cục, hoặc hẹn bưu tá đến nhà.", "Come to the post office with your identity paper, or ask the postman to come."},
	"attempted":   {"bưu tá đến chưa gặp", "could not be delivered today", "Bưu điện sẽ hẹn lại.", "The post will come again."},
	"delivered":   {"đã trả kết quả", "was delivered", "Nếu không phải bạn nhận, hãy báo ngay cho bưu điện.", "If it was not you, tell the post at once."},
	"unclaimed":   {"không ai nhận, trả về cơ quan", "was not claimed and goes back", "Liên hệ cơ quan để nhận kết quả.", "Ask the agency for the result."},
	"lost":        {"đang được tìm", "is being searched for", "Bạn có quyền khiếu nại và được bồi thường theo quy định.", "You may complain and are compensated by the rules."},
}
