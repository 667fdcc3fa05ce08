package app

import (
	"citypost/internal/calendar"
	"citypost/internal/cash"
	"citypost/internal/fault"
	"citypost/internal/law"
	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// mountMoney puts the pages of prices, relief and cash on the mux.
func (h *House) mountMoney() {
	(&tariff.Pages{
		Tariff: h.Tariff, Claims: &tariff.Claims{DB: h.DB, Ledger: h.Ledger}, Now: h.Now, Province: h.provinceName, Zone: h.zone, Rules: law.Path + "/keys/",
	}).Mount(h.Mux)
	(&cash.Pages{
		Records: &cash.Records{DB: h.DB, Ledger: h.Ledger}, Now: h.Now, Name: (&people{accounts: h.Accounts}).Name, Office: h.officeName, Agency: h.names().Name, MadeUp: h.MadeUp, Prices: tariff.StaffPath,
		Law: h.Book, Rules: law.Path + "/keys/", Items: &moneyItems{till: h.Till, now: h.Now},
	}).Mount(h.Mux)
}

// officeName names an office, by its code when it is not known.
func (h *floor) officeName(code postal.OfficeCode) string {
	if o, ok := h.Places.Directory().Office(code); ok {
		return o.Name
	}
	return string(code)
}

// zone says how far an item went that an office accepted for a commune, by the rules of a day.
func (h *House) zone(from postal.OfficeCode, to postal.UnitCode, day postal.Day) (tariff.Zone, error) {
	o, ok := h.Places.Directory().Office(from)
	if !ok {
		return "", fault.New(fault.NotFound, "app.office", "Không có bưu cục %s.", "There is no office %s.", from)
	}
	route, err := h.routes().between(calendar.Registered, o.Unit, to, day)
	return tariff.Zone(route), err
}
