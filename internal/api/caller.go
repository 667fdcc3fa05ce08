package api

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// call is one request with who is asking.
type call struct {
	s      *Service
	r      *http.Request
	person web.Person
	lang   string
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

var errNoToken = fault.New(fault.Unauthenticated, "api.no_token",
	"Thiếu mã truy cập, hoặc mã đã hết hạn hay bị thu hồi. Hãy nhờ quản trị viên cấp mã mới cho thiết bị.",
	"The token is missing, over or revoked. Ask an administrator for a new token for this device.")

// admit refuses whoever lacks the right anywhere at all.
func (c *call) admit(right web.Right) error {
	switch {
	case c.person.May(right, ""):
		return nil
	case !c.person.Known():
		return errNoToken
	}
	return noRight(right)
}

func noRight(right web.Right) error {
	return fault.New(fault.Forbidden, "api.no_right", "Việc này dành cho: %[1]s.", "This is for: %[2]s.", right.In("vi"), right.In("en"))
}

var (
	errNoOffice = fault.New(fault.Invalid, "api.no_office",
		"Mã truy cập này dùng cho nhiều bưu cục: hãy ghi rõ bưu cục ở mục office.", "This token is for several offices: say which one in the member office.").At("office")
	errOtherOffice = fault.New(fault.Forbidden, "api.other_office",
		"Mã truy cập này không dùng được cho bưu cục đó.", "This token is not for that office.").At("office")
)

// office is where the caller acts with a right: the office asked for, else the only one he has.
func (c *call) office(asked string, right web.Right) (postal.OfficeCode, error) {
	if !c.person.May(right, "") {
		return "", noRight(right)
	}
	if asked == "" {
		return c.ownOffice(right)
	}
	o, err := postal.ParseOfficeCode(asked)
	if err != nil {
		return "", err
	}
	if !c.person.May(right, o) {
		return "", errOtherOffice
	}
	return o, nil
}

func (c *call) ownOffice(right web.Right) (postal.OfficeCode, error) {
	roles := c.person.Roles
	if c.person.Acting.Name != "" {
		roles = []web.Role{c.person.Acting}
	}
	var own postal.OfficeCode
	for _, r := range roles {
		if !r.May(right, "") {
			continue
		}
		if r.Office == "" || own != "" && own != r.Office {
			return "", errNoOffice
		}
		own = r.Office
	}
	return own, nil
}

var errActor = fault.New(fault.Forbidden, "api.actor",
	"Thiết bị này không ghi được thao tác thay cho nhân viên đó tại bưu cục này.",
	"This device cannot record acts of that member of staff at this office.").At("actor")

// actor is in whose name an act is written: the caller's, or, on a shared device, that of the member of staff who holds it and who has the right himself.
func (c *call) actor(ctx context.Context, asked string, right web.Right, office postal.OfficeCode) (postal.StaffID, error) {
	id := postal.StaffID(asked)
	if asked == "" || id == c.person.ID {
		return c.person.ID, nil
	}
	if !c.person.May(web.Device, office) || c.s.Staff == nil {
		return "", errActor
	}
	roles, err := c.s.staff.roles(ctx, c.s.Staff, id, c.s.Now())
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(roles, func(r web.Role) bool { return r.May(right, office) }) {
		return "", errActor
	}
	return id, nil
}

// staffCache remembers people's roles for a moment, so that a stream of scans does not ask for the same carrier a thousand times a second.
type staffCache struct {
	mu    sync.Mutex
	known map[postal.StaffID]staffRoles
}

type staffRoles struct {
	roles []web.Role
	until time.Time
}

const (
	staffFresh = 5 * time.Second // how long a withdrawn role may still work on a shared device
	staffMost  = 10_000          // more people than one installation has on shift
)

func (s *staffCache) roles(ctx context.Context, staff Staff, id postal.StaffID, now time.Time) ([]web.Role, error) {
	s.mu.Lock()
	k, ok := s.known[id]
	s.mu.Unlock()
	if ok && now.Before(k.until) {
		return k.roles, nil
	}
	roles, err := staff.Roles(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= staffMost {
		s.known = map[postal.StaffID]staffRoles{}
	}
	s.known[id] = staffRoles{roles: roles, until: now.Add(staffFresh)}
	return roles, nil
}
