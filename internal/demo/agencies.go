package demo

import (
	"context"

	"citypost/internal/dossier"
)

// agencyNames name the made-up agencies, in the order of agenciesPaid.
var agencyNames = [][2]string{
	{"Sở Tư pháp (mẫu)", "Department of Justice (sample)"},
	{"Văn phòng đăng ký đất đai (mẫu)", "Land registry (sample)"},
	{"Ủy ban nhân dân phường (mẫu)", "Ward People's Committee (sample)"},
}

// agencies puts the made-up agencies into the wards of the first offices, whose postmen go there.
func (c *city) agencies(ctx context.Context) error {
	for n, code := range agenciesPaid {
		o := c.offices[n%len(c.offices)]
		if n == 0 {
			o = c.hub
		}
		at, _ := c.house.Places.Directory().Office(o.Code)
		a := dossier.Agency{Code: code, Name: agencyNames[n][0], NameEN: agencyNames[n][1], Address: "1 phố Mẫu", Unit: at.Unit, Office: o.Code, Active: true}
		if err := c.house.Dossiers.KeepAgency(ctx, a); err != nil {
			return err
		}
	}
	return nil
}
