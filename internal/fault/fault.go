// Package fault holds the errors that a person can act on.
//
// It owns the type Error: a kind, a stable code and one sentence in each language that says what happened and what to do.
// Its promise: a fault never carries a name, phone, address or token, so it may be shown and logged.
// It leans on nothing of ours; web turns a Kind into a status, cmd turns it into an exit code.
// Everything else is a plain error and is shown as "internal". Start with New.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of refusal a fault is; it decides the HTTP status and the exit code.
type Kind uint8

// The kinds, from the caller's mistakes to our own troubles.
const (
	Invalid         Kind = iota + 1 // what was sent cannot be understood or is out of range: mend the input
	NotFound                        // no such thing, or none that the caller may know of
	Conflict                        // the act contradicts what the ledger knows
	Forbidden                       // known person, missing right
	Unauthenticated                 // nobody is signed in, or the session has ended
	TooMany                         // rate limit: wait
	TooLarge                        // body, batch or list over its limit
	Unavailable                     // we cannot write now (disk full, stopped, database away): nothing was lost, try again
)

func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "not_found", "conflict", "forbidden", "unauthenticated", "too_many", "too_large", "unavailable"}
	if int(k) < len(names) {
		return names[k]
	}
	return "internal"
}

// Error is one refusal. Code is stable for ever ("custody.wrong_holder"); the words may change.
type Error struct {
	Kind  Kind
	Code  string
	Field string // the form field or JSON member at fault, when there is one
	VI    string
	EN    string
	cause error
}

// New makes a fault. The formats vi and en take the same args in the same order (or by index, %[1]s).
func New(kind Kind, code, vi, en string, args ...any) *Error {
	if len(args) > 0 {
		vi, en = fmt.Sprintf(vi, args...), fmt.Sprintf(en, args...)
	}
	return &Error{Kind: kind, Code: code, VI: vi, EN: en}
}

// At names the field at fault and returns a copy.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Because keeps the technical cause for the log and returns a copy; the cause is never shown to a person.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

func (e *Error) Error() string {
	if e.cause != nil {
		return e.Code + ": " + e.EN + ": " + e.cause.Error()
	}
	return e.Code + ": " + e.EN
}

func (e *Error) Unwrap() error { return e.cause }

// In gives the sentence in the language asked for; anything but "en" is Vietnamese.
func (e *Error) In(lang string) string {
	if lang == "en" {
		return e.EN
	}
	return e.VI
}

// From finds the fault inside err; ok is false when err holds none.
func From(err error) (e *Error, ok bool) {
	ok = errors.As(err, &e)
	return e, ok
}

// At puts a fault beside a field; nil and other errors stay what they are.
func At(err error, field string) error {
	if e, ok := From(err); ok {
		return e.At(field)
	}
	return err
}

// Is reports whether err is a fault of this kind.
func Is(err error, kind Kind) bool {
	e, ok := From(err)
	return ok && e.Kind == kind
}

// Code gives the stable code of err, or "" when it is no fault.
func Code(err error) string {
	if e, ok := From(err); ok {
		return e.Code
	}
	return ""
}
