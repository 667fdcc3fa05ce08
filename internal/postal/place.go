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

// Desk gives the scope of a role, and the place of an act, that belongs to an agency and not to an office of ours: "agency:so-tu-phap". It is the code of no office.
func (a AgencyCode) Desk() OfficeCode { return agencyDesk + OfficeCode(a) }

const agencyDesk = "agency:"

// Agency gives the agency whose desk this is, "" for an office of ours.
func (o OfficeCode) Agency() AgencyCode {
	if len(o) > len(agencyDesk) && o[:len(agencyDesk)] == agencyDesk {
		return AgencyCode(o[len(agencyDesk):])
	}
	return ""
}

// maxAgencyCode bounds the code of an agency: the longest of the national identifiers, with room.
const maxAgencyCode = 40

// ParseAgencyCode reads the code of a State agency as an installation chose it: letters without marks, digits, dots and dashes ("so-tu-phap", "H24.12").
func ParseAgencyCode(s string) (AgencyCode, error) {
	ok := len(s) > 0 && len(s) <= maxAgencyCode
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || i > 0 && (c == '-' || c == '.')
	}
	if !ok {
		return "", fault.New(fault.Invalid, "postal.agency_code",
			"Mã cơ quan gồm chữ không dấu, chữ số, dấu chấm, gạch ngang, tối đa 40 ký tự, ví dụ so-tu-phap.",
			"The code of an agency has letters without marks, digits, dots and dashes, at most 40, for example so-tu-phap.")
	}
	return AgencyCode(s), nil
}

// ParseDesk reads the scope of a role: the code of an office, or "agency:" and the code of an agency.
func ParseDesk(s string) (OfficeCode, error) {
	code := OfficeCode(s).Agency()
	if code == "" {
		return ParseOfficeCode(s)
	}
	code, err := ParseAgencyCode(string(code))
	return code.Desk(), err
}
