package web

import (
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Right is what a route asks for. It is also the name of a role: a person holds the rights of the role in use.
type Right string

// The rights. A route names exactly one of them, or AnyOf several.
const (
	Public        Right = "public"         // everyone, signed in or not
	SignedIn      Right = "signed-in"      // any known person
	Staff         Right = "staff"          // anyone who works for the post, in any role
	Clerk         Right = "clerk"          // counter clerk (giao dịch viên)
	Supervisor    Right = "supervisor"     // head of office (kiểm soát viên); may do what clerk and dispatcher may
	Carrier       Right = "carrier"        // postman (bưu tá)
	Driver        Right = "driver"         // drives dispatches between offices
	Dispatcher    Right = "dispatcher"     // plans rounds and dispatches (điều phối)
	Planner       Right = "planner"        // network, letterboxes, rounds
	Manager       Right = "manager"        // leads the city post
	Department    Right = "department"     // the regulator, reads only
	AgencyOfficer Right = "agency-officer" // one-stop officer or registry clerk of a State agency
	Citizen       Right = "citizen"        // a citizen's own account
	Admin         Right = "admin"          // people, roles, keys
	Device        Right = "device"         // a program with an API token
)

// The rights of the closed house. The open house neither grants nor names them.
const (
	KT1Clerk        Right = "kt1-clerk"        // accepts, packs and hands over KT1
	KT1Courier      Right = "kt1-courier"      // carries and delivers KT1
	KT1Supervisor   Right = "kt1-supervisor"   // heads a KT1 office; may do what its clerk may
	RegistryClerk   Right = "registry-clerk"   // named official mail clerk of an agency (văn thư)
	SecurityOfficer Right = "security-officer" // looks after clearances, entry, inspections and incidents
)

// holds lists the rights that a role brings beside its own name. Whoever works for the post holds Staff.
var holds = map[Right][]Right{
	Clerk:      {Staff},
	Supervisor: {Staff, Clerk, Dispatcher},
	Carrier:    {Staff},
	Driver:     {Staff},
	Dispatcher: {Staff},
	Planner:    {Staff},
	Manager:    {Staff},
	Admin:      {Staff},

	KT1Clerk:        {Staff},
	KT1Courier:      {Staff},
	KT1Supervisor:   {Staff, KT1Clerk},
	SecurityOfficer: {Staff},
}

// words gives a role's name in both languages, for the header and for "your role does not allow this".
var words = map[Right][2]string{
	Public:        {"Mọi người", "Everyone"},
	SignedIn:      {"Người đã đăng nhập", "Signed-in person"},
	Staff:         {"Nhân viên bưu điện", "Post staff"},
	Clerk:         {"Giao dịch viên", "Counter clerk"},
	Supervisor:    {"Kiểm soát viên", "Supervisor"},
	Carrier:       {"Bưu tá", "Carrier"},
	Driver:        {"Lái xe đường thư", "Driver"},
	Dispatcher:    {"Điều phối viên", "Dispatcher"},
	Planner:       {"Quản lý mạng lưới", "Network planner"},
	Manager:       {"Lãnh đạo bưu điện", "Manager"},
	Department:    {"Cơ quan quản lý", "Department"},
	AgencyOfficer: {"Cán bộ cơ quan", "Agency officer"},
	Citizen:       {"Công dân", "Citizen"},
	Admin:         {"Quản trị hệ thống", "Administrator"},
	Device:        {"Thiết bị", "Device"},

	KT1Clerk:        {"Giao dịch viên KT1", "KT1 clerk"},
	KT1Courier:      {"Giao thông viên KT1", "KT1 courier"},
	KT1Supervisor:   {"Kiểm soát viên KT1", "KT1 supervisor"},
	RegistryClerk:   {"Văn thư cơ quan", "Registry clerk"},
	SecurityOfficer: {"Cán bộ bảo mật", "Security officer"},
}

// ClosedRights lists the rights that exist in the closed house only.
func ClosedRights() []Right {
	return []Right{KT1Clerk, KT1Courier, KT1Supervisor, RegistryClerk, SecurityOfficer}
}

// Rights lists every right of the open house, in a fixed order, for role pickers and tests.
func Rights() []Right {
	return []Right{Public, SignedIn, Staff, Clerk, Supervisor, Carrier, Driver, Dispatcher, Planner, Manager, Department,
		AgencyOfficer, Citizen, Admin, Device}
}

// AnyOf makes a right that is held by whoever holds one of the given rights.
func AnyOf(rights ...Right) Right {
	names := make([]string, len(rights))
	for i, r := range rights {
		names[i] = string(r)
	}
	return Right(strings.Join(names, "|"))
}

// parts splits what AnyOf joined.
func (r Right) parts() []Right {
	var out []Right
	for _, s := range strings.Split(string(r), "|") {
		out = append(out, Right(s))
	}
	return out
}

// Known reports whether every part of r is one of Rights.
func (r Right) Known() bool {
	for _, p := range r.parts() {
		if _, ok := words[p]; !ok {
			return false
		}
	}
	return true
}

// In names the right in the language asked for ("Giao dịch viên", "Counter clerk").
func (r Right) In(lang string) string {
	var names []string
	for _, p := range r.parts() {
		if lang == "en" {
			names = append(names, words[p][1])
		} else {
			names = append(names, words[p][0])
		}
	}
	return strings.Join(names, ", ")
}

// Role is a right given to a person for one office, or for all of them, until a day.
type Role struct {
	Name   Right
	Office postal.OfficeCode // empty: everywhere
	Until  postal.Day        // zero: no end; the Gate hands over only roles in force today
}

// brings reports whether the role holds the right.
func (r Role) brings(want Right) bool {
	if r.Name == want {
		return true
	}
	for _, h := range holds[r.Name] {
		if h == want {
			return true
		}
	}
	return false
}

// May reports whether the role allows right at office; an empty office asks "anywhere at all?".
func (r Role) May(right Right, office postal.OfficeCode) bool {
	if office != "" && r.Office != "" && r.Office != office {
		return false
	}
	for _, want := range right.parts() {
		if want == Public || want == SignedIn || r.brings(want) {
			return true
		}
	}
	return false
}

// Person is who is at the other end. The zero Person is nobody in particular: the public.
type Person struct {
	ID      postal.StaffID
	Login   string
	Name    string
	Roles   []Role // all that are in force today
	Acting  Role   // the one in use; shown in the header and written with every act. Zero: none chosen
	Session string // opaque reference to the session, never the token itself
}

// Known reports whether somebody is signed in.
func (p Person) Known() bool { return p.ID != "" }

// Office is where the person acts, empty when the acting role covers every office.
func (p Person) Office() postal.OfficeCode { return p.Acting.Office }

// Here is the office or agency where the person acts, and a refusal when the acting role covers every office: that is not acting at a desk.
func (p Person) Here() (postal.OfficeCode, error) {
	if o := p.Office(); o != "" {
		return o, nil
	}
	return "", fault.New(fault.Forbidden, "web.no_office", "Vai trò đang dùng không gắn với bưu cục nào. Hãy đổi sang vai trò tại một bưu cục ở đầu trang.",
		"The role in use belongs to no office. Change to a role at an office at the top of the page.")
}

// May reports whether the person, in the role in use, may do what right stands for at office (empty: anywhere).
// Without a role in use any of the roles will do.
func (p Person) May(right Right, office postal.OfficeCode) bool {
	for _, want := range right.parts() {
		if want == Public || want == SignedIn && p.Known() {
			return true
		}
	}
	if !p.Known() {
		return false
	}
	if p.Acting.Name != "" {
		return p.Acting.May(right, office)
	}
	for _, r := range p.Roles {
		if r.May(right, office) {
			return true
		}
	}
	return false
}

// CouldAs finds another role of the person that would allow right, for "change your role first".
func (p Person) CouldAs(right Right) (Role, bool) {
	for _, r := range p.Roles {
		if r.May(right, "") {
			return r, true
		}
	}
	return Role{}, false
}
