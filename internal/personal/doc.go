// Package personal answers people who ask what we keep of them, and forgets them when the time is over.
//
// It owns the facts personal.*, the states of requests (l) and of what may not be forgotten or shown (a), the table personal_request (who asks, sealed), and
// the pages under /personal and /privacy/request. Its promise: every request has its clock and its answer in the ledger; nothing that a hold or the law keeps is erased;
// what is forgotten is forgotten in every capability, and no proof breaks by it.
// It leans on ledger and on privacy. What a capability keeps of people, and for how long, the capability's Keeper says; app brings them. Start with ask.go.
package personal
