package closedmail

import (
	"fmt"
	"net/http"
	"slices"

	"citypost/internal/event"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// shownShifts is how many changes of shift the page lists; older ones stand in the handover register.
const shownShifts = 20

// changes lists the last changes of shift of the office, newest first.
func (v view) changes() ([]event.Entry, error) {
	entries, _, err := v.lastOf(ShiftKey(v.At), 0)
	slices.Reverse(entries)
	return slices.DeleteFunc(entries, func(e event.Entry) bool { _, handed := factOf[event.ShiftHanded](e.Facts); return !handed }), err
}

// changesTable leads to the record of each change of shift.
func (v *view) changesTable() error {
	all, err := v.changes()
	if err != nil || len(all) == 0 {
		return err
	}
	t := &table{Caption: v.T("Các lần giao ca gần đây", "The last changes of shift"), Heads: []web.Head{{Label: v.T("Ca", "Shift"), Number: true}, {Label: v.T("Lúc", "When")}, {Label: v.T("Bên giao", "Giver")}, {Label: v.T("Bên nhận", "Taker")}, {Label: v.T("Đủ", "Here"), Number: true}, {Label: v.T("Thiếu, thừa", "Missing, over"), Number: true}}}
	for _, e := range all[:min(len(all), shownShifts)] {
		f, _ := factOf[event.ShiftHanded](e.Facts)
		t.Rows = append(t.Rows, []cell{{Text: v.Number(int64(f.Shift)), Num: true, Href: fmt.Sprintf("%s/%d", shiftPath, f.Shift)}, textCell(v.Millis(e.OccurredMs)), textCell(v.name(f.From)), textCell(v.name(f.To)),
			{Text: v.Number(int64(len(f.Held))), Num: true}, {Text: v.Number(int64(len(f.Short) + len(f.Over))), Num: true}})
	}
	v.add(part{Table: t})
	return nil
}

// handed gives the change of shift that a path names.
func (v view) handed(r *http.Request) (e event.Entry, f event.ShiftHanded, err error) {
	trail, err := v.entriesOf(ShiftKey(v.At))
	if err != nil {
		return e, f, err
	}
	for _, e := range trail {
		if f, ok := factOf[event.ShiftHanded](e.Facts); ok && fmt.Sprint(f.Shift) == r.PathValue("n") {
			return e, f, nil
		}
	}
	return e, f, unknown(r.PathValue("n"))
}

func shiftAbout(f event.ShiftHanded) string { return fmt.Sprintf("%s/%d", f.Office, f.Shift) }

// handedTable is what both counted: what was here, what was missing and what was over.
func (v view) handedTable(f event.ShiftHanded) *table {
	t := &table{Caption: v.T("Hai người cùng đếm", "Counted by both"), Empty: v.T("Bưu cục không giữ gì", "The office holds nothing"), Heads: []web.Head{{Label: v.T("TT", "No."), Number: true}, {Label: v.T("Mã", "Code")}, {Label: v.T("Đếm", "Count")}}}
	for _, group := range []struct {
		things []event.Thing
		state  cell
	}{{f.Held, tagCell(v.T("Có", "Here"), web.Good)}, {f.Short, tagCell(v.T("Thiếu", "Missing"), web.Bad)}, {f.Over, tagCell(v.T("Thừa", "Over"), web.Bad)}} {
		for _, x := range group.things {
			t.Rows = append(t.Rows, []cell{{Text: v.Number(int64(len(t.Rows) + 1)), Num: true}, codeCell(string(x), ""), group.state})
		}
	}
	return t
}

func (v view) handedRows(e event.Entry, f event.ShiftHanded) []web.Row {
	return []web.Row{{Key: v.T("Ca số", "Shift"), Value: v.Number(int64(f.Shift))}, {Key: v.T("Bên giao", "Giver"), Value: v.name(f.From)}, {Key: v.T("Bên nhận", "Taker"), Value: v.name(f.To)},
		{Key: v.T("Giao lúc", "Handed over"), Value: v.Millis(e.OccurredMs)}, {Key: v.T("Có, thiếu, thừa", "Here, missing, over"), Value: fmt.Sprintf("%d, %d, %d", len(f.Held), len(f.Short), len(f.Over))}}
}

func (s *Pages) getHanded(w http.ResponseWriter, r *http.Request) error {
	return s.drawHanded(w, r, nil)
}

func (s *Pages) drawHanded(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	v, err := s.view(r, form, "Giao ca", "Change of shift")
	if err != nil {
		return err
	}
	e, f, err := v.handed(r)
	if err != nil {
		return err
	}
	v.Tabs = v.boardTabs(shiftPath)
	v.add(part{Rows: v.handedRows(e, f)}, part{Table: v.handedTable(f)})
	path := shiftPath + "/" + r.PathValue("n")
	v.printPart(ShiftForm, shiftAbout(f), path+"/record", path+"/record")
	return v.draw(w, r)
}

func (s *Pages) postHandedRecord(w http.ResponseWriter, r *http.Request) error {
	office, err := web.PersonOf(r).Here()
	if err != nil {
		return err
	}
	return s.printHere(w, r, PrintForm{Form: ShiftForm, About: string(office) + "/" + r.PathValue("n")}, r.URL.Path, s.drawHanded)
}

// getHandedRecord is the record of a change of shift, for both to sign.
func (s *Pages) getHandedRecord(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r, nil, "Giao ca", "Change of shift")
	if err != nil {
		return err
	}
	e, f, err := v.handed(r)
	if err != nil {
		return err
	}
	p, err := v.sheetOf(ShiftForm, shiftAbout(f), shiftAbout(f))
	if err != nil {
		return err
	}
	p.Pairs, p.Table = v.handedRows(e, f), v.handedTable(f)
	p.Signs = [][2]string{v.signature(v.T("Bên giao", "Giver"), f.From), v.signature(v.T("Bên nhận", "Taker"), f.To)}
	return web.Render(w, r, http.StatusOK, paper(p))
}

// lacksArea reports whether the office has no area that has passed its inspection and that somebody answers for (Circular 16/2017, article 9).
func lacksArea(v *ledger.View, o postal.OfficeCode, on postal.Day) bool {
	return !slices.ContainsFunc(Facilities(v, o), func(f *Facility) bool {
		return f.Code.Kind() == Area && f.Responsible != "" && f.Fit(on)
	})
}
