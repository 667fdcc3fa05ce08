package postal

// In gives one of two texts that say the same; anything but "en" is Vietnamese.
func In(lang, vi, en string) string {
	if lang == "en" {
		return en
	}
	return vi
}
