package procedure

import (
	"slices"
	"strings"

	"citypost/internal/postal"
)

// The published list of papers is prose. What is read out of it here is only what its fixed phrases say; everything else stays text for a person to read.

// asksCertified reports whether a folded line says that a dossier sent by post holds certified copies of what would otherwise be shown.
func asksCertified(folded string) bool {
	return strings.Contains(folded, "buu chinh") && strings.Contains(folded, "ban sao co chung thuc")
}

// roleOf says what a line of the list is. A line without counts that explains ("trường hợp …") or introduces others ("gồm:") is no paper.
func roleOf(group, name string, counted bool) Role {
	g, n := postal.Fold(group), strings.TrimLeft(postal.Fold(name), "-+* ")
	switch {
	case strings.Contains(g, "luu y"), asksCertified(n):
		return Remark
	case !counted && (strings.HasPrefix(n, "truong hop") || strings.HasPrefix(n, "luu y") || strings.HasPrefix(n, "nguoi tiep nhan") || strings.HasSuffix(n, ":")):
		return Remark
	case strings.Contains(g, "xuat trinh"):
		return Present
	}
	return Submit
}

// channelPhrases are how a list names the channels that a paper is for.
var channelPhrases = []struct {
	phrase string
	only   []Method
}{
	{"theo hinh thuc truc tiep hoac gui ho so qua he thong buu chinh", []Method{Direct, Postal}},
	{"theo hinh thuc truc tuyen hoac gui ho so qua he thong buu chinh", []Method{Online, Postal}},
	{"neu nguoi co yeu cau lua chon nop ho so theo hinh thuc truc tuyen", []Method{Online}},
	{"neu nop ho so theo hinh thuc truc tuyen", []Method{Online}},
	{"doi voi truong hop nop ho so truc tuyen", []Method{Online}},
	{"gui ho so qua he thong buu chinh thi", []Method{Postal}},
}

// onlyFor gives the channels that a line names; none means all of them.
func onlyFor(name string) []Method {
	n := postal.Fold(name)
	for _, c := range channelPhrases {
		if strings.Contains(n, c.phrase) {
			return slices.Clone(c.only)
		}
	}
	return nil
}

// freeWords are the whole texts by which a list says that nothing is to be paid. A bare 0 says nothing: it is what an empty field becomes.
var freeWords = []string{"khong", "khong co", "khong thu", "khong thu phi", "khong thu le phi", "khong quy dinh", "mien phi", "mien le phi", "khong mat phi"}

// saysFree reports whether the text of a fee says that nothing is to be paid.
func saysFree(text string) bool {
	return slices.Contains(freeWords, strings.Trim(postal.Fold(text), " .;:-"))
}

// conditionPhrases are how a list says that a paper is asked for only in some cases.
var conditionPhrases = []string{"trong truong hop", "doi voi truong hop", "neu co", ", neu ", "(neu "}

// conditional reports whether a line names the case in which it is asked for. A line that names its channels is settled by those.
func conditional(name string) bool {
	n := postal.Fold(name)
	return onlyFor(name) == nil && (strings.HasPrefix(n, "truong hop") || slices.ContainsFunc(conditionPhrases, func(p string) bool { return strings.Contains(n, p) }))
}
