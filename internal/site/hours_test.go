package site

import (
	"testing"
	"time"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

func TestOpeningSaysWhenItChanges(t *testing.T) {
	const counter = gazetteer.Hours("Mo-Fr 07:30-11:30,13:00-17:00; Sa 07:30-11:30")
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, postal.HoChiMinh)
	} // the 16th is a Monday
	for _, c := range []struct {
		hours  gazetteer.Hours
		at     time.Time
		vi, en string
	}{
		{counter, at(16, 8, 0), "Đang mở cửa, đến 11:30", "Open now, until 11:30"},
		{counter, at(16, 11, 30), "Đang đóng cửa, mở lại 13:00", "Closed now, opens 13:00"},
		{counter, at(16, 17, 0), "Đang đóng cửa, mở lại 7:30 ngày mai", "Closed now, opens tomorrow at 7:30"},
		{counter, at(21, 12, 0), "Đang đóng cửa, mở lại 7:30 thứ Hai 23/11", "Closed now, opens Monday at 7:30"},
		{"Mo-Fr 08:00-12:00,12:00-16:00", at(16, 9, 0), "Đang mở cửa, đến 16:00", "Open now, until 16:00"},
		{"Mo-Su 20:00-24:00", at(16, 21, 0), "Đang mở cửa, đến 0:00 ngày mai", "Open now, until tomorrow at 0:00"},
		{"Mo 08:00-09:00", at(16, 10, 0), "Đang đóng cửa, mở lại 8:00 thứ Hai 23/11", "Closed now, opens Monday at 8:00"},
		{"24/7", at(16, 3, 0), "Mở cửa suốt ngày đêm", "Open day and night"},
		{"", at(16, 3, 0), "Chưa rõ giờ mở cửa", "Opening hours not known"},
		{"as we like", at(16, 3, 0), "Chưa rõ giờ mở cửa", "Opening hours not known"},
	} {
		o := openingAt(c.hours, c.at)
		if vi, en := o.say(web.Page{Lang: "vi"}, c.at), o.say(web.Page{Lang: "en"}, c.at); vi != c.vi || en != c.en {
			t.Errorf("%q at %s: %q, %q", c.hours, c.at.Format("Mon 15:04"), vi, en)
		}
	}
}

func TestAWeekIsListedFromMonday(t *testing.T) {
	week := weekOf(web.Page{Lang: "vi"}, "Mo-Fr 07:30-11:30,13:00-17:00; Sa 00:00-24:00", time.Wednesday)
	if len(week) != 7 || week[0] != (dayHours{"Thứ Hai", "7:30–11:30, 13:00–17:00", false}) || !week[2].Today ||
		week[5].Hours != "cả ngày" || week[6] != (dayHours{"Chủ nhật", "nghỉ", false}) {
		t.Errorf("%+v", week)
	}
	if weekOf(web.Page{}, "", time.Monday) != nil {
		t.Error("unknown hours make a week")
	}
}

func TestSidesAreNamedByTheCompass(t *testing.T) {
	p := web.Page{Lang: "vi"}
	for name, u := range map[string]gazetteer.Unit{
		"bắc": {Lat: 20.9, Lon: 106.7}, "nam": {Lat: 20.7, Lon: 106.7}, "đông": {Lat: 20.8, Lon: 106.8}, "tây": {Lat: 20.8, Lon: 106.6},
		"đông bắc": {Lat: 20.9, Lon: 106.807}, "tây nam": {Lat: 20.7, Lon: 106.593}, "đông nam": {Lat: 20.7, Lon: 106.807}, "tây bắc": {Lat: 20.9, Lon: 106.593},
		"": {Lat: 20.8001, Lon: 106.7},
	} {
		if got := sideOf(p, 20.8, 106.7, u); got != name {
			t.Errorf("%v lies to %q, want %q", u, got, name)
		}
	}
}
