package closedmail

import (
	"net/http"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/ledger"
	"citypost/internal/web"
)

// listSheet is a delivery list on paper.
type listSheet struct {
	web.Page
	Office string
	Code   string
	Copy   string
	MadeUp bool
	Seen   bool // only looked at
	Pairs  []web.Row
	Lines  []listLine
	Foot   string
	Signs  [][2]string
}

// listLine is one item of the list: what is on the cover, where it goes by the hour, who may receive it, and what is ticked by hand.
type listLine struct {
	N, Item, Number, Marks, To string
	Places, Who, Looks, Fails  []string
}

// postList records the print of a delivery list and then shows it.
func (s *Pages) postList(w http.ResponseWriter, r *http.Request) error {
	return s.printHere(w, r, PrintForm{Form: ListForm, About: r.PathValue("code")}, r.URL.Path, s.drawOver)
}

// getList is the delivery list on paper: only after its print was recorded.
func (s *Pages) getList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "", "")
	if err != nil {
		return err
	}
	h, err := v.deliveryList(r)
	if err != nil {
		return err
	}
	print, ok := PrintsOf(v.led, ListForm, string(h.Code))
	if !ok {
		return printFirst()
	}
	v.Title = strings.ToUpper(v.formName(string(ListForm)))
	x, _ := ledger.Get[*Vessel](v.led, VesselKey(h.Code))
	l := listSheet{Page: v.Page, Seen: !v.fresh(print), Office: v.holder(h.From), Code: string(h.Code), Copy: v.copyWord(print.Copies), MadeUp: s.MadeUp,
		Pairs: []web.Row{{Key: v.T("Giao thông viên", "Courier"), Value: v.holder(h.To)}, {Key: v.T("Xe, áp tải", "Vehicle, escort"), Value: v.travels(x)}, {Key: v.T("Lập lúc", "Made at"), Value: v.Millis(h.OpenedMs)}},
		Foot:  v.T("Về bưu cục: giao thông viên và người khai thác cùng đọc bản kê, ghi vào sổ ngay, rồi lưu bản giấy theo số.", "Back at the office the courier and a clerk read the list together and enter it at once; the paper is filed under its number."),
		Signs: [][2]string{v.signature(v.T("Giao thông viên", "Courier"), custody.Carrier(h.To)), v.signature(v.T("Người đọc bản kê khi về, giờ phút", "Who read the list when it was back, time"), "")}}
	for n, c := range v.taken(h) {
		line, err := v.listLine(c)
		if err != nil {
			return err
		}
		line.N = v.Number(int64(n + 1))
		l.Lines = append(l.Lines, line)
	}
	return web.Render(w, r, http.StatusOK, listPaper(l))
}

func (v view) listLine(c *Cover) (listLine, error) {
	to := v.goal(c)
	e, err := v.s.Directory.Find(v.ctx, to)
	if err != nil {
		return listLine{}, err
	}
	b, ok := ledger.Get[*Body](v.led, BodyKey(to))
	if !ok {
		return listLine{}, unknown(string(to))
	}
	l := listLine{Item: c.Item.Grouped(), Number: string(c.Number), Marks: v.marks(c), To: e.Name,
		Places: []string{v.T("Trong giờ ", "In hours ") + e.Hours + ": " + e.Address},
		Looks:  []string{v.T("Số lượng", "Number"), v.T("Bao bì", "Packing"), v.T("Niêm phong", "Seal")}}
	if b.List != Outside || len(b.Of(ForContact)) > 0 {
		l.Places = append(l.Places, v.T("Ngoài giờ: ", "After hours: ")+v.contactPlace(e))
	}
	leader := v.mayGoToLeader(b, c)
	for _, as := range Ases {
		if as == ForLeader && !leader {
			continue
		}
		var names []string
		for _, p := range b.Of(as) {
			names = append(names, v.name(p))
		}
		if len(names) > 0 {
			l.Who = append(l.Who, v.say("as", string(as))+": "+strings.Join(names, ", "))
		}
	}
	if c.NamedOnly {
		l.Looks = append(l.Looks, v.T("Chuyển nguyên bì", "Passed on unopened"))
	}
	if leader {
		l.Looks = append(l.Looks, v.T("Người có tên vắng mặt", "Named person absent"))
	}
	for _, reason := range AttemptReasons {
		l.Fails = append(l.Fails, v.say("reason", string(reason)))
	}
	return l, nil
}
