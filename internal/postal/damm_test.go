package postal

import "testing"

// 572 → 4 is the worked example that goes with this table in the literature.
func TestDammAgreesWithItsWorkedExample(t *testing.T) {
	if got := damm("572"); got != '4' {
		t.Errorf("damm(572) = %c, want 4", got)
	}
}

// Both properties that the check digit lives on, proved for the table itself: a Latin square finds every wrong digit, total anti-symmetry every swap.
func TestDammTableIsTotallyAntiSymmetric(t *testing.T) {
	for c := range dammTable {
		var row, column [10]bool
		for x := range 10 {
			row[dammTable[c][x]], column[dammTable[x][c]] = true, true
			for y := range 10 {
				if x != y && dammTable[dammTable[c][x]][y] == dammTable[dammTable[c][y]][x] {
					t.Errorf("after %d the digits %d%d and %d%d cannot be told apart", c, x, y, y, x)
				}
			}
		}
		if all := [10]bool{true, true, true, true, true, true, true, true, true, true}; row != all || column != all {
			t.Errorf("row or column %d holds a digit twice", c)
		}
		if dammTable[c][c] != 0 {
			t.Errorf("the check digit %d does not end in zero", c)
		}
	}
}
