// Package api is the HTTP API under /api/v1: what devices and other programs may do and ask.
//
// It owns the paths under /api/ and the form of what goes over them; the contract is docs/openapi.json, served at /api/openapi.json.
// Its promise: an act that was answered is in the ledger; the same act sent again gets the same answer; every refusal has a stable code
// and a sentence in both languages, and never repeats what was sent.
// It leans on custody for every rule and on the ledger for order. Who is asking, who may sign, where offices are and what a service
// promises are asked of interfaces that app brings. Start with api.go, then scans.go for the path that most requests take.
package api
