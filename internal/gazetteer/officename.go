package gazetteer

import (
	"strings"

	"citypost/internal/postal"
)

// FullName is the name as people say it: "Bưu cục Hồng Bàng", in English "Hồng Bàng post office". A name that says what it is already stays as it is.
func (o Office) FullName(lang string) string {
	folded := postal.Fold(o.Name)
	for _, said := range []string{"buu cuc", "buu dien", "diem ", "quay ", "trung tam khai thac"} {
		if strings.HasPrefix(folded, said) {
			return o.Name
		}
	}
	return postal.In(lang, "Bưu cục "+o.Name, o.Name+" post office")
}
