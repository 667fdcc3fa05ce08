package event

// KeyBegun: the ledger's checkpoints are signed by this key, from the first on.
type KeyBegun struct {
	Verifier string `json:"verifier"` // the public key as text (vkey)
}

// KeyRotated: another key signs from now on. Statement is signed by both, the old and the new.
type KeyRotated struct {
	Statement string `json:"statement"`
}

// ClockBehind: the machine's clock lay behind the last entry, and acts were refused until it was right again or a person accepted it.
type ClockBehind struct {
	MachineMs int64 `json:"machine_ms"` // what the clock said when it was first noticed
	BehindMs  int64 `json:"behind_ms"`  // how far it lay behind at most
	Accepted  bool  `json:"accepted,omitempty"`
}

// The names of the facts, for ever.
func (KeyBegun) Fact() string    { return "ledger.key_begun" }
func (ClockBehind) Fact() string { return "ledger.clock_behind" }
func (KeyRotated) Fact() string  { return "ledger.key_rotated" }
