package gazetteer

import "citypost/internal/postal"

// zeroDay stands for "older than our record" as a first day and for "still in force" as a last day.
var zeroDay postal.Day

// lastDay is a day on which u was in force: its last one, or its first when it goes on.
func lastDay(u Unit) postal.Day {
	if u.ValidTo != zeroDay {
		return u.ValidTo
	}
	return u.ValidFrom
}

// parseDay reads a day; an empty text is the zero day.
func parseDay(s string) (postal.Day, error) {
	if s == "" {
		return zeroDay, nil
	}
	return postal.ParseDay(s)
}

func compareDays(a, b postal.Day) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}
