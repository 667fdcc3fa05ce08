package closedmail

import (
	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
)

// PageRows is how many lines a page of a register has: pages are bound by number, so a page that is full never changes. Eight lines with the
// room to sign fit one sheet; where names are long a page runs on to a second sheet, which is numbered 2/2.
const PageRows = 8

// PrintPage puts one page of a register on paper. Every further copy has a reason and leaves its trace.
type PrintPage struct {
	Register Register          `json:"register"`
	Office   postal.OfficeCode `json:"office"`
	Page     int               `json:"page"`
	Rows     int               `json:"rows"`              // on the page
	Total    int               `json:"total"`             // up to its end
	LastMs   int64             `json:"last_ms,omitempty"` // of the last line: keeping begins there
	Reason   Reason            `json:"reason,omitempty"`
}

// Name of the act.
func (PrintPage) Name() string { return "kt1.print_page" }

// Touches the page and the one before it.
func (a PrintPage) Touches() []ledger.Key {
	return []ledger.Key{PageKey(a.Register, a.Office, a.Page), PageKey(a.Register, a.Office, a.Page-1)}
}

// Decide refuses a page whose predecessor was not printed full, and a further copy without a reason.
func (a PrintPage) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := single(v, e, Clerk, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Registers, a.Register, "register"); err != nil {
		return nil, err
	}
	if a.Reason != "" {
		if err := oneOf(Reprints, a.Reason, "reason"); err != nil {
			return nil, err
		}
	}
	if a.Office != e.Office || a.Page < 1 || a.Rows < 1 || a.Rows > PageRows || a.Total != (a.Page-1)*PageRows+a.Rows {
		return nil, fault.New(fault.Invalid, "closedmail.page", "Trang sổ không đúng.", "This is no page of the register.").At("page")
	}
	if a.LastMs > v.NowMs {
		return nil, fault.New(fault.Invalid, "closedmail.page", "Trang sổ không đúng.", "This is no page of the register.").At("page")
	}
	if a.Page > 1 {
		if before, ok := ledger.Get[*Case](v, PageKey(a.Register, a.Office, a.Page-1)); !ok || before.Rows < PageRows {
			return nil, fault.New(fault.Conflict, "closedmail.page_order", "Hãy in trang %d trước: sổ đóng theo thứ tự trang.", "Print page %d first: the register is bound in order.", a.Page-1).At("page")
		}
	}
	f := event.RegisterPrinted{Register: string(a.Register), Office: a.Office, Page: a.Page, Rows: a.Rows, Total: a.Total, Copy: 1, LastMs: a.LastMs}
	page, printed := ledger.Get[*Case](v, PageKey(a.Register, a.Office, a.Page))
	if !printed {
		return []event.Fact{f}, nil
	}
	if page.EndedMs != 0 {
		return nil, fault.New(fault.Conflict, "closedmail.page_destroyed", "Trang này đã tiêu huỷ theo thời hạn lưu.", "This page was destroyed at the end of its time.").At("page")
	}
	f.Copy, f.Reason = page.Copies+1, string(a.Reason)
	if a.Rows > page.Rows {
		f.Reason = "grew"
	} else if err := oneOf(Reprints[1:], a.Reason, "reason"); err != nil {
		return nil, fault.New(fault.Conflict, "closedmail.reprint", "Trang này đã in. In lại phải có lý do, và để lại dấu vết.", "This page was printed. A further copy needs a reason and leaves a trace.").At("reason")
	}
	return []event.Fact{f}, nil
}

// DestroyPage destroys a bound page after its keeping time; two persons stand by. KeptMs is the end of the keeping time by the rule.
type DestroyPage struct {
	Register Register          `json:"register"`
	Office   postal.OfficeCode `json:"office"`
	Page     int               `json:"page"`
	KeptMs   int64             `json:"kept_ms"`
	Rule     RuleID            `json:"rule"`
	Second   postal.StaffID    `json:"second"`
}

// Name of the act.
func (DestroyPage) Name() string { return "kt1.destroy_page" }

// Touches the page.
func (a DestroyPage) Touches() []ledger.Key {
	return []ledger.Key{PageKey(a.Register, a.Office, a.Page)}
}

// Decide refuses before the time is over, and while anything holds the records.
func (a DestroyPage) Decide(v *ledger.View, e ledger.Envelope) ([]event.Fact, error) {
	if err := pair(v, e, a.Second, Supervisor, Clerk); err != nil {
		return nil, err
	}
	if err := mayWork(v, e.Actor, e.Office, Supervisor); err != nil {
		return nil, err
	}
	if err := oneOf(Registers, a.Register, "register"); err != nil {
		return nil, err
	}
	if err := parseRules([]RuleID{a.Rule}); err != nil {
		return nil, err
	}
	page, ok := ledger.Get[*Case](v, PageKey(a.Register, a.Office, a.Page))
	switch {
	case !ok || a.Office != e.Office || page.EndedMs != 0:
		return nil, fault.New(fault.NotFound, "closedmail.page_unknown", "Không có trang sổ này.", "There is no such page.").At("page")
	case a.KeptMs > v.NowMs || a.KeptMs <= page.DueMs:
		return nil, fault.New(fault.Conflict, "closedmail.keep", "Chưa hết thời hạn lưu của trang này.", "The keeping time of this page is not over.").At("page")
	}
	if held(v, a.Office) {
		return nil, fault.New(fault.Conflict, "closedmail.held", "Hồ sơ đang được giữ lại: có lệnh giữ, khiếu nại, kiểm tra hoặc sự cố chưa xong.",
			"The records are held: there is a hold, a complaint, an inspection or an incident that has not ended.").At("page")
	}
	return []event.Fact{event.RegisterDestroyed{Register: string(a.Register), Office: a.Office, Page: a.Page, First: e.Actor, Second: a.Second, Rule: string(a.Rule), KeptMs: a.KeptMs}}, nil
}

// held reports whether anything keeps the records of an office: what is open there, and complaints elsewhere about items that it took in or was to deliver.
func held(v *ledger.View, o postal.OfficeCode) bool {
	if len(Incidents(v, o)) > 0 {
		return true
	}
	for _, kind := range []string{"hold", "complaint", "inspection"} {
		for _, c := range Cases(v, kind) {
			if c.Office == o {
				return true
			}
			if i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(c.Item)); ok && (i.Origin == o || i.ToOffice == o) {
				return true
			}
		}
	}
	return false
}

func foldRegister(v *ledger.View, e *event.Entry, f event.Fact) {
	switch f := f.(type) {
	case event.RegisterPrinted:
		p := ledger.Edit[*Case](v, PageKey(Register(f.Register), f.Office, f.Page))
		p.Kind, p.Office, p.About, p.Copies, p.Rows = "page", f.Office, f.Register, f.Copy, f.Rows
		p.Person, p.OpenedMs, p.DueMs = e.Actor, e.OccurredMs, f.LastMs // of the last copy, and of the last line: keeping begins with the line
	case event.RegisterDestroyed:
		ledger.Edit[*Case](v, PageKey(Register(f.Register), f.Office, f.Page)).EndedMs = e.OccurredMs
	}
}
