package postal

import "citypost/internal/fault"

// OfficeCode is the operator's code of a post office (bưu cục), six digits: "180100".
type OfficeCode string

// UnitCode is the statistics office's code of an administrative unit: five digits for a commune, ward or special zone (Decision 19/2025/QĐ-TTg),
// two for a province, three for a district before 1 July 2025. A code may change its meaning with time: its full key is (code, day).
type UnitCode string

// StaffID is the id of a member of staff, as the account gives it.
type StaffID string

// AgencyCode is the code of a State agency that sends and receives through us.
type AgencyCode string

// ParseOfficeCode reads the code of a post office; blanks are accepted.
func ParseOfficeCode(s string) (OfficeCode, error) {
	s = squeeze(s)
	if !allDigits(s, 6) {
		return "", badOfficeCode()
	}
	return OfficeCode(s), nil
}

// ParseUnitCode reads the code of a commune, ward or special zone; blanks are accepted.
func ParseUnitCode(s string) (UnitCode, error) {
	s = squeeze(s)
	if !allDigits(s, 5) {
		return "", fault.New(fault.Invalid, "postal.unit_code",
			"Mã phường, xã, đặc khu gồm 5 chữ số, ví dụ 11311.", "The code of a ward, commune or special zone has 5 digits, for example 11311.")
	}
	return UnitCode(s), nil
}

func badOfficeCode() error {
	return fault.New(fault.Invalid, "postal.office_code",
		"Mã bưu cục gồm 6 chữ số, ví dụ 180100.", "An office code has 6 digits, for example 180100.")
}
