package idcard

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// The synthetic card: nobody has this number.
const (
	qr   = "031090000001||Nguyễn Văn A|01011990|Nam|Tổ 1, Hồng Bàng, Hải Phòng|01012021"
	zone = "IDVNM0900000018031090000001<<8" + "9001011M3001019VNM<<<<<<<<<<<2" + "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
)

func TestTheTwoSidesOfACardTellTheSame(t *testing.T) {
	front, err := Read(qr)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(zone)
	if err != nil {
		t.Fatal(err)
	}
	born := postal.MakeDay(1990, time.January, 1)
	if front.ID != "031090000001" || front.Name != "Nguyễn Văn A" || front.Born != born || front.Sex != postal.Male || front.Address != "Tổ 1, Hồng Bàng, Hải Phòng" || front.Issued != postal.MakeDay(2021, time.January, 1) {
		t.Errorf("front: %+v", front)
	}
	if back.ID != front.ID || back.Name != "NGUYEN VAN A" || back.Born != born || back.Sex != postal.Male || !back.Plain || back.Expires != postal.MakeDay(2030, time.January, 1) {
		t.Errorf("back: %+v", back)
	}
	if !back.Expired(postal.MakeDay(2030, time.January, 2)) || back.Expired(postal.MakeDay(2030, time.January, 1)) || front.Expired(born) {
		t.Error("the last day of the card is not the last day")
	}
}

func TestShapesOfTheQRThatAreMet(t *testing.T) {
	for name, text := range map[string]string{
		"card of 2024": qr + "||||", "with the old number": strings.Replace(qr, "||", "|031234567|", 1), "decomposed": "031190000002||Trần Thị B|01011990|Nữ|Hải Phòng|01012021",
		"an apostrophe": "067190000003||H'Mẫu Niê|01011990|Nữ|Đắk Nông|01012021", "two thousands": "031205000004||Lê Văn C|05031999|Nam|Hải Phòng|01012021",
	} {
		_, err := Read(text)
		if name == "two thousands" { // the number says 2005, the date 1999
			if fault.Code(err) != "idcard.contradicts" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatContradictsItselfOrCannotBeReadIsRefusedWithAWord(t *testing.T) {
	for name, c := range map[string]struct{ scan, code string }{
		"empty":                  {"", "idcard.unknown"},
		"an item number":         {"RR123456785VN", "idcard.unknown"},
		"six fields":             {"031090000001||Nguyễn Văn A|01011990|Nam|Hải Phòng", "idcard.unknown"},
		"other sex":              {strings.Replace(qr, "Nam", "Nữ", 1), "idcard.contradicts"},
		"other year":             {strings.Replace(qr, "01011990", "01011991", 1), "idcard.contradicts"},
		"issued before birth":    {strings.Replace(qr, "01012021", "01011980", 1), "idcard.contradicts"},
		"no such province":       {strings.Replace(qr, "031090", "003090", 1), "idcard.number"},
		"eleven digits":          {strings.Replace(qr, "031090000001", "03109000001", 1), "idcard.number"},
		"no such day":            {strings.Replace(qr, "01011990", "31021990", 1), "idcard.date"},
		"vni left digits":        {strings.Replace(qr, "Nguyễn Văn", "Nguye64n Va8n", 1), "idcard.garbled"},
		"telex left keys":        {strings.Replace(qr, "Nguyễn", "Nguyeenx", 1), "idcard.garbled"},
		"telex half done":        {strings.Replace(qr, "Nguyễn", "Nguyênx", 1), "idcard.garbled"},
		"a letter twice":         {strings.Replace(qr, "Nguyễn", "Nguyễễn", 1), "idcard.garbled"},
		"bytes one by one":       {strings.Replace(qr, "Nguyễn", "Nguyá»…n", 1), "idcard.garbled"},
		"question marks":         {strings.Replace(qr, "Nguyễn", "Nguy?n", 1), "idcard.garbled"},
		"replacement characters": {strings.Replace(qr, "Tổ", "T\ufffd", 1), "idcard.garbled"},
		"marks dropped":          {"031090000001||Nguyn Vn A|01011990|Nam|T 1, Hng Bng, Hi Phng|01012021", "idcard.garbled"},
		"sex eaten":              {strings.Replace(qr, "Nam", "Nm", 1), "idcard.garbled"},
		"invalid bytes":          {"031090000001||\xff|01011990|Nam|Hải Phòng|01012021", "idcard.garbled"},
		"first line only":        {zone[:30], "idcard.part"},
		"a digit changed":        {strings.Replace(zone, "9001011", "9001021", 1), "idcard.check_digit"},
		"the number changed":     {strings.Replace(zone, "031090000001<<8", "031090000002<<8", 1), "idcard.check_digit"},
		"too long":               {"IDVNM" + strings.Repeat("<", 5000), "idcard.unknown"},
	} {
		card, err := Read(c.scan)
		if fault.Code(err) != c.code || card != (Card{}) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestTheZoneIsReadWithLineEndsAndInSmallLetters(t *testing.T) {
	lines := strings.ToLower(zone[:30] + "\r\n" + zone[30:60] + "\n" + zone[60:] + "\n")
	if c, err := Read(lines); err != nil || c.Name != "NGUYEN VAN A" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestProvincesAreThoseOfBefore2025(t *testing.T) {
	g, err := gazetteer.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range g.Provinces(gazetteer.LastThreeTierDay()) {
		n++
		if !knownProvince(postal.PersonalID("0" + string(p.Code) + "090000001")) {
			t.Errorf("%s %s is missing", p.Code, p.Name)
		}
	}
	if have := len(strings.Fields(provinces)); n != 63 || have != n {
		t.Errorf("%d provinces here, %d in the gazetteer", have, n)
	}
}

// TestAScanFillsTheFormAndIsForgotten posts a form as a browser does after a scanner's Enter.
func TestAScanFillsTheFormAndIsForgotten(t *testing.T) {
	to := Fields{ID: "id", Name: "name", Born: "born", Sex: "sex", Address: "address"}
	post := func(pairs ...string) *web.Form {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(v.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		f, err := web.ReadForm(r)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := post(ScanName, qr, "phone", "0912345678")
	if _, asked := FillForm(f, to); !asked || f.Err() != nil {
		t.Fatalf("not filled: %v", f.Err())
	}
	for name, want := range map[string]string{"id": "031090000001", "name": "Nguyễn Văn A", "born": "01/01/1990", "sex": MaleValue, "address": "Tổ 1, Hồng Bàng, Hải Phòng", "phone": "0912345678", ScanName: ""} {
		if got := f.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	f = post(ScanName, zone, "name", "Nguyễn Văn A")
	if _, asked := FillForm(f, to); !asked || f.Value("name") != "Nguyễn Văn A" {
		t.Errorf("the zone took the marks: %q", f.Value("name"))
	}
	f = post(ScanName, strings.Replace(qr, "Nam", "Nữ", 1))
	if _, asked := FillForm(f, to); !asked || f.Fault(ScanName) == nil || f.Value("id") != "" {
		t.Errorf("a card that contradicts itself filled the form: %v", f)
	}
	f = post("name", "Trần Thị B")
	if _, asked := FillForm(f, to); asked {
		t.Error("a form without a scan was taken for one")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(qr)
	f.Add(zone)
	f.Add(strings.Replace(qr, "||", "|031234567|", 1))
	f.Add("|||||||")
	f.Fuzz(func(t *testing.T, scan string) {
		c, err := Read(scan)
		if err != nil {
			if c != (Card{}) {
				t.Errorf("%q was refused and gave %+v", scan, c)
			}
			if e, ok := fault.From(err); !ok {
				t.Errorf("%q: no fault: %v", scan, err)
			} else if words := strings.Fields(scan); len(words) == 1 && len(scan) > 25 && strings.Contains(e.Error()+e.VI, scan) {
				t.Errorf("the scan stands in its error: %v", e)
			}
			return
		}
		if c.ID.Agrees(c.Sex, c.Born) != nil || c.Name == "" {
			t.Errorf("%q was read and contradicts itself: %+v", scan, c)
		}
	})
}
