package account

import (
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Small helpers of the pages: how things are said.

// day prints a last day, or "no end".
func day(p web.Page, d postal.Day) string {
	if d.IsZero() {
		return p.T("không thời hạn", "no end")
	}
	return p.Date(d.Start())
}

// until is day within a sentence: "đến 31/12/2026".
func until(p web.Page, d postal.Day) string {
	if d.IsZero() {
		return day(p, d)
	}
	return p.T("đến ", "until ") + day(p, d)
}

// roleWords names a role with its scope: "Giao dịch viên · 180100".
func roleWords(p web.Page, r web.Role) string {
	return r.Name.In(p.Lang) + " · " + orEverywhere(p, string(r.Office))
}

func orEverywhere(p web.Page, office string) string {
	if office == "" {
		return p.T("mọi bưu cục", "every office")
	}
	return office
}

func rightsWords(p web.Page, rights []web.Right) string {
	names := make([]string, len(rights))
	for i, r := range rights {
		names[i] = r.In(p.Lang)
	}
	return strings.Join(names, ", ")
}

func roleChoices(p web.Page) []web.Choice {
	list := []web.Choice{{Value: "", Label: p.T("Chọn vai trò", "Choose a role")}}
	for _, r := range Grantable(p.Site.Closed) {
		list = append(list, web.Choice{Value: string(r), Label: r.In(p.Lang)})
	}
	return list
}

func rightChoices(p web.Page) []web.Choice {
	var list []web.Choice
	for _, r := range DeviceRights() {
		list = append(list, web.Choice{Value: string(r), Label: r.In(p.Lang)})
	}
	return list
}

// everywhere is what a form sends for "every office", so that an untouched field gives nothing away.
const everywhere = "*"

// officeChoices begins with nothing chosen; wide adds "every office".
func officeChoices(p web.Page, offices []Office, wide bool) []web.Choice {
	list := []web.Choice{{Value: "", Label: p.T("Chọn bưu cục", "Choose an office")}}
	if wide {
		list = append(list, web.Choice{Value: everywhere, Label: p.T("Mọi bưu cục", "Every office")})
	}
	for _, o := range offices {
		if !wide && o.Code.Agency() != "" {
			continue // nobody of ours has his home office at an agency
		}
		list = append(list, web.Choice{Value: string(o.Code), Label: string(o.Code) + " – " + o.Name})
	}
	return list
}

// agentWords makes a browser's long name readable: "Chrome, Windows".
func agentWords(p web.Page, agent string) string {
	var parts []string
	for _, list := range [][][2]string{
		{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}},
		{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}},
	} {
		for _, pair := range list {
			if strings.Contains(agent, pair[0]) {
				parts = append(parts, pair[1])
				break
			}
		}
	}
	if len(parts) == 0 {
		return p.T("Trình duyệt khác", "Other browser")
	}
	return strings.Join(parts, ", ")
}

// who names an actor or subject of the audit.
func who(p web.Page, names map[string]string, id string) string {
	switch {
	case id == "":
		return p.T("(chưa đăng nhập)", "(not signed in)")
	case id == Command:
		return p.T("Dòng lệnh trên máy chủ", "Command line on the server")
	case names[id] != "":
		return names[id]
	}
	return id
}

// atField moves a fault from one field's name to another, where a page has two of a kind.
func atField(err error, from, to string) error {
	if f, ok := fault.From(err); ok && f.Field == from {
		return f.At(to)
	}
	return err
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

func ownRows(o own) []web.Row {
	p := o.page
	rows := []web.Row{
		{Key: p.T("Họ và tên", "Name"), Value: o.account.Name},
		{Key: p.T("Tên đăng nhập", "Login"), Value: o.account.Login, Code: true},
		{Key: p.T("Mã nhân viên", "Staff id"), Value: string(o.account.ID), Code: true},
	}
	if o.account.Office != "" {
		rows = append(rows, web.Row{Key: p.T("Bưu cục", "Office"), Value: string(o.account.Office), Code: true})
	}
	for _, g := range o.grants {
		rows = append(rows, web.Row{Key: p.T("Vai trò", "Role"), Value: roleWords(p, g.Role) + ", " + until(p, g.Role.Until)})
	}
	return rows
}

func personRows(v person) []web.Row {
	p, a := v.page, v.account
	rows := []web.Row{
		{Key: p.T("Mã nhân viên", "Staff id"), Value: string(a.ID), Code: true},
		{Key: p.T("Tên đăng nhập", "Login"), Value: a.Login, Code: true},
	}
	if a.Office != "" {
		rows = append(rows, web.Row{Key: p.T("Bưu cục", "Office"), Value: string(a.Office), Code: true})
	}
	if a.Phone != "" {
		rows = append(rows, web.Row{Key: p.T("Điện thoại", "Telephone"), Value: postal.Phone(a.Phone).Display()})
	}
	code := p.T("tắt", "off")
	if a.SecondFactor {
		code = p.T("bật", "on")
	}
	return append(rows,
		web.Row{Key: p.T("Mã xác thực", "Sign-in codes"), Value: code},
		web.Row{Key: p.T("Tạo bởi", "Created by"), Value: who(p, v.names, a.CreatedBy) + ", " + p.Millis(a.CreatedMS)})
}

// reasons are the details of a refused sign-in.
var reasons = map[string][2]string{
	"password": {"sai mật khẩu", "wrong password"},
	"code":     {"sai mã xác thực", "wrong code"},
	"disabled": {"tài khoản đang bị khoá", "account disabled"},
	"unset":    {"chưa tự đặt mật khẩu", "own password not set yet"},
	"first":    {"thay mật khẩu dùng một lần", "replaced the one-time password"},
	"all":      {"mọi phiên", "all sessions"},
}

// detail says what an audit line keeps as codes; what it does not know it shows as it is.
func detail(p web.Page, names map[string]string, l AuditLine) string {
	switch l.Action {
	case RoleGranted, RoleEnded, RoleChosen:
		if r, err := parseRoleText(l.Detail, p.Site.Closed); err == nil {
			return roleWords(p, r) + ", " + until(p, r.Until)
		}
	case Confirmed:
		what, with, _ := strings.Cut(l.Detail, " ")
		return Action(what).In(p.Lang) + " · " + p.T("cùng ", "with ") + who(p, names, with)
	case DeviceAdded:
		rights, office, _ := strings.Cut(l.Detail, "@")
		return rightsWords(p, splitRights(rights)) + " · " + orEverywhere(p, office)
	}
	if w, ok := reasons[l.Detail]; ok {
		return p.T(w[0], w[1])
	}
	if but, ok := strings.CutPrefix(l.Detail, "all but "); ok {
		return p.T("mọi phiên trừ ", "all sessions but ") + but
	}
	return l.Detail
}
