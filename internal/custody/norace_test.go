//go:build !race

package custody_test

const raceEnabled = false
