package event

// PersonalAsked: a person asked something about the data that we keep of them (yêu cầu của chủ thể dữ liệu).
type PersonalAsked struct {
	Request string   `json:"request"` // our number for it
	Kind    string   `json:"kind"`    // provide, correct, delete, restrict, object
	Things  []Thing  `json:"things"`  // the items and dossiers it is about
	Via     string   `json:"via"`     // counter, letter, online
	DueMs   int64    `json:"due_ms"`
	Rules   []string `json:"rules"` // that gave the due time
}

// PersonalAnswered: the request was decided. Reason is the code of a refusal.
type PersonalAnswered struct {
	Request  string `json:"request"`
	Decision string `json:"decision"` // granted, refused
	Reason   string `json:"reason,omitempty"`
}

// PersonalForgotten: what was known of the people of a thing is erased, by their request or because its time was over. The thing's own facts stay.
type PersonalForgotten struct {
	Thing   Thing  `json:"thing"`
	Request string `json:"request,omitempty"`
	Rule    string `json:"rule,omitempty"` // of the retention, when its time was over
}

// PersonalRestricted: the data of the people of a thing is kept, but no longer shown.
type PersonalRestricted struct {
	Thing   Thing  `json:"thing"`
	Request string `json:"request"`
}

// PersonalHeld: the data of a thing must not be erased for now, whatever the clock or a request says.
type PersonalHeld struct {
	Thing  Thing  `json:"thing"`
	Reason string `json:"reason"` // complaint, inspection, court
}

// PersonalReleased: the hold for this reason is over.
type PersonalReleased struct {
	Thing  Thing  `json:"thing"`
	Reason string `json:"reason"`
}

// The names of the facts, for ever.
func (PersonalAsked) Fact() string      { return "personal.asked" }
func (PersonalAnswered) Fact() string   { return "personal.answered" }
func (PersonalForgotten) Fact() string  { return "personal.forgotten" }
func (PersonalRestricted) Fact() string { return "personal.restricted" }
func (PersonalHeld) Fact() string       { return "personal.held" }
func (PersonalReleased) Fact() string   { return "personal.released" }
