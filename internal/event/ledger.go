package event

// KeyBegun: the ledger's checkpoints are signed by this key, from the first on.
type KeyBegun struct {
	Verifier string `json:"verifier"` // the public key as text (vkey)
}

// KeyRotated: another key signs from now on. Statement is signed by both, the old and the new.
type KeyRotated struct {
	Statement string `json:"statement"`
}

// The names of the facts, for ever.
func (KeyBegun) Fact() string   { return "ledger.key_begun" }
func (KeyRotated) Fact() string { return "ledger.key_rotated" }
