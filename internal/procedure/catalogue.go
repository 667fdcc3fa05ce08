package procedure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// State says how a procedure stands on a day.
type State string

// The states.
const (
	Published State = "published" // in force as first published
	Amended   State = "amended"   // in force, changed since it was first published
	Repealed  State = "repealed"  // ended
	Future    State = "future"    // not yet in force
)

// Procedure is all that one code ever was, oldest version first.
type Procedure struct {
	Code     Code       `json:"code"`
	Versions []*Version `json:"versions"`
}

// On gives the version in force on a day.
func (p *Procedure) On(day postal.Day) (*Version, bool) {
	for _, v := range p.Versions {
		if v.InForce(day) {
			return v, true
		}
	}
	return nil, false
}

// State says how the procedure stands on a day.
func (p *Procedure) State(day postal.Day) State {
	v, ok := p.On(day)
	switch {
	case ok && v == p.Versions[0]:
		return Published
	case ok:
		return Amended
	case day.Before(p.Latest().From):
		return Future
	}
	return Repealed
}

// Latest gives the newest version, in force or not.
func (p *Procedure) Latest() *Version { return p.Versions[len(p.Versions)-1] }

// Shown gives the version to show on a day: the one in force, else the newest.
func (p *Procedure) Shown(day postal.Day) *Version {
	if v, ok := p.On(day); ok {
		return v
	}
	return p.Latest()
}

// Catalogue is a fixed picture of all procedures. It never changes, so it may be read from anywhere.
type Catalogue struct {
	procedures []*Procedure // by code
	byCode     map[Code]*Procedure
	index      []entry
}

// New makes a catalogue and checks that no two versions of a code overlap.
func New(versions []Version) (*Catalogue, error) {
	c := &Catalogue{byCode: make(map[Code]*Procedure, len(versions))}
	list := make([]*Version, len(versions))
	for i := range versions {
		v := versions[i]
		list[i] = &v
	}
	slices.SortFunc(list, func(a, b *Version) int {
		return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), a.From.Compare(b.From))
	})
	for _, v := range list {
		p := c.byCode[v.Code]
		if p == nil {
			p = &Procedure{Code: v.Code}
			c.byCode[v.Code] = p
			c.procedures = append(c.procedures, p)
		} else if last := p.Latest(); last.To.IsZero() || !last.To.Before(v.From) {
			return nil, fmt.Errorf("procedure %s: the versions from %s and from %s overlap", v.Code, last.From, v.From)
		}
		p.Versions = append(p.Versions, v)
	}
	c.index = newIndex(c.procedures)
	return c, nil
}

// All lists every procedure, by code.
func (c *Catalogue) All() []*Procedure { return c.procedures }

// Procedure gives all that a code ever was.
func (c *Catalogue) Procedure(code Code) (*Procedure, bool) {
	p, ok := c.byCode[code]
	return p, ok
}

// Version gives the version of a code that began on a day, for what was promised under it.
func (c *Catalogue) Version(code Code, from postal.Day) (*Version, bool) {
	p, ok := c.byCode[code]
	if !ok {
		return nil, false
	}
	for _, v := range p.Versions {
		if v.From == from {
			return v, true
		}
	}
	return nil, false
}

// On gives the version under which a dossier is taken in on a day. A code that never was, one that has ended and one that is still to come are refused,
// each by its own fault; an ended one by its name and the decision that ended it.
func (c *Catalogue) On(code Code, day postal.Day) (*Version, error) {
	p, ok := c.byCode[code]
	if !ok {
		return nil, fault.New(fault.NotFound, "procedure.unknown",
			"Danh mục không có thủ tục mã %s. Hãy xem lại mã hoặc tìm theo tên.", "The catalogue has no procedure %s. Check the code or search by name.", string(code))
	}
	if v, ok := p.On(day); ok {
		return v, nil
	}
	last := p.Latest()
	if day.Before(last.From) {
		return nil, fault.New(fault.Conflict, "procedure.future",
			"Thủ tục “%[1]s” (%[2]s) từ ngày %[3]s mới có hiệu lực; chưa nhận hồ sơ.",
			"The procedure “%[1]s” (%[2]s) takes effect only on %[3]s; no dossier is taken yet.", last.Name, string(code), last.From.VN())
	}
	by := last.EndedBy
	if by == "" {
		by = "—"
	}
	return nil, fault.New(fault.Conflict, "procedure.repealed",
		"Thủ tục “%[1]s” (%[2]s) đã bị bãi bỏ sau ngày %[3]s (văn bản: %[4]s); không nhận hồ sơ.",
		"The procedure “%[1]s” (%[2]s) was repealed after %[3]s (decision: %[4]s); no dossier is taken.", last.Name, string(code), last.To.VN(), by)
}
