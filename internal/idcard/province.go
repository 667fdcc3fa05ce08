package idcard

import (
	"strings"

	"citypost/internal/postal"
)

// provinces are the first three digits of personal numbers: the 63 provinces in which a birth was registered when the numbers began, by the codes that the
// statistics office had for them until 30 June 2025; a test compares them with the gazetteer. The merger of 2025 changed no number.
const provinces = " 001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066" +
	" 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096 "

// knownProvince reports whether a number begins with a province of the table.
func knownProvince(id postal.PersonalID) bool {
	return len(id) == 12 && strings.Contains(provinces, " "+string(id[:3])+" ")
}
