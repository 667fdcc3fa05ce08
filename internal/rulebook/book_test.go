package rulebook

import "testing"

// If the law that ships with the program does not load, nothing that shows a price or a date can start.
func TestEmbeddedLawLoads(t *testing.T) {
	for _, p := range Check(EmbeddedLayer()) {
		t.Errorf("%s: %s", p.Place(), p.EN)
	}
}
