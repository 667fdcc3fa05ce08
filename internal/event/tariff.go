package event

import "citypost/internal/postal"

// ReliefGranted: a part of an item's postage is borne by another than the customer, under a dated policy.
type ReliefGranted struct {
	Item      postal.ItemNumber `json:"item"`
	Policy    string            `json:"policy"`
	Rule      string            `json:"rule"`            // the rule's id
	Payer     string            `json:"payer"`           // "operator" or "province"
	Class     string            `json:"class,omitempty"` // of beneficiary, whose evidence the clerk saw
	On        postal.Day        `json:"on"`              // the day whose rules gave it
	ListVND   postal.VND        `json:"list_vnd"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Retro     bool              `json:"retro,omitempty"` // given afterwards, by a decision that reaches back
}

// ReliefReversed: a relief was taken back whole, because the item was cancelled, the relief was a mistake, or another takes its place.
type ReliefReversed struct {
	Item      postal.ItemNumber `json:"item"`
	Policy    string            `json:"policy"`
	Payer     string            `json:"payer"`
	On        postal.Day        `json:"on"`
	ListVND   postal.VND        `json:"list_vnd"`
	AmountVND postal.VND        `json:"amount_vnd"`
	Reason    string            `json:"reason"`
}

// The names of the facts, for ever.
func (ReliefGranted) Fact() string  { return "relief.granted" }
func (ReliefReversed) Fact() string { return "relief.reversed" }
