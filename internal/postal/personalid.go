package postal

import (
	"strings"

	"citypost/internal/fault"
)

// PersonalID is a person's identity number: the personal identification number of 12 digits that the citizen card carries (CCCD, Decree 137/2015/NĐ-CP,
// article 13), or the old identity card's number of 9 digits (CMND). It has no check digit. Never log it, never show it whole: use Masked.
type PersonalID string

// Sex as the identity card states it.
type Sex uint8

// The sexes; the zero value says that it is not known.
const (
	SexUnknown Sex = iota
	Male
	Female
)

// highestProvince is the highest number in the Ministry of Public Security's table of provinces of birth registration: 001 to 096 (031 Hải Phòng, 030 Hải
// Dương), with gaps that we do not check.
const highestProvince = 96

// ParsePersonalID reads an identity number; blanks and dots are accepted.
func ParsePersonalID(s string) (PersonalID, error) {
	s = strings.ReplaceAll(squeeze(s), ".", "")
	if !allDigits(s, 12) && !allDigits(s, 9) {
		return "", fault.New(fault.Invalid, "postal.personal_id.digits",
			"Số định danh gồm 12 chữ số (căn cước), số chứng minh nhân dân cũ gồm 9 chữ số.",
			"A personal number has 12 digits (citizen card); the old identity card has 9.")
	}
	if len(s) == 12 {
		return checkCitizenID(PersonalID(s))
	}
	if s == "000000000" {
		return "", fault.New(fault.Invalid, "postal.personal_id.zero",
			"Số chứng minh nhân dân không thể toàn chữ số 0.", "An identity card number cannot be all zeros.")
	}
	return PersonalID(s), nil
}

func checkCitizenID(id PersonalID) (PersonalID, error) {
	if province, _ := number(string(id[:3]), 3, 3); province < 1 || province > highestProvince {
		return "", fault.New(fault.Invalid, "postal.personal_id.province",
			"Ba chữ số đầu của số định danh phải từ 001 đến 096 (mã tỉnh nơi đăng ký khai sinh).",
			"The first three digits of a personal number lie between 001 and 096 (the province of birth registration).")
	}
	if id[3] > '3' {
		return "", fault.New(fault.Invalid, "postal.personal_id.century",
			"Chữ số thứ tư của số định danh phải từ 0 đến 3 (sinh từ năm 1900 đến năm 2099).",
			"The fourth digit of a personal number lies between 0 and 3 (born from 1900 to 2099).")
	}
	return id, nil
}

// Citizen reports whether id is the number of 12 digits, which tells sex and year of birth.
func (id PersonalID) Citizen() bool { return allDigits(string(id), 12) }

// Sex is what the number says; not known for the old one.
func (id PersonalID) Sex() Sex {
	switch {
	case !id.Citizen():
		return SexUnknown
	case (id[3]-'0')%2 == 0:
		return Male
	}
	return Female
}

// BirthYear is what the number says; 0 for the old one.
func (id PersonalID) BirthYear() int {
	if !id.Citizen() {
		return 0
	}
	year, _ := number(string(id[4:6]), 2, 2)
	return 1900 + int(id[3]-'0')/2*100 + year
}

// Agrees checks the number against the sex and the birth day that were entered; what is not known is not checked, and the old number agrees with all.
func (id PersonalID) Agrees(sex Sex, born Day) error {
	if !id.Citizen() {
		return nil
	}
	if sex != SexUnknown && sex != id.Sex() {
		return fault.New(fault.Invalid, "postal.personal_id.sex",
			"Số định danh không khớp với giới tính đã nhập. Hãy đối chiếu lại với thẻ.", "The personal number does not fit the sex entered. Compare it with the card again.")
	}
	if year, _, _ := born.Date(); !born.IsZero() && year != id.BirthYear() {
		return fault.New(fault.Invalid, "postal.personal_id.birth_year",
			"Số định danh không khớp với năm sinh đã nhập. Hãy đối chiếu lại với thẻ.", "The personal number does not fit the year of birth entered. Compare it with the card again.")
	}
	return nil
}

// Masked shows the province and the last three digits, "031******001"; of the old number only the last three, "******789".
func (id PersonalID) Masked() string {
	switch {
	case len(id) == 12:
		return string(id[:3]) + "******" + string(id[9:])
	case len(id) == 9:
		return "******" + string(id[6:])
	}
	return strings.Repeat("*", len(id))
}
