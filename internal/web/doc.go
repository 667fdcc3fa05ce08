// Package web is the floor that every page stands on: routes that name their right, errors that become pages, forms that
// lose nothing, one layout and one set of parts.
//
// It owns the only table from fault kinds to HTTP status, the rights and roles, the security headers and the design system
// (parts.templ, layout.templ, assets). Its promise: a handler that returns an error has answered; nobody reaches a handler
// without the right beside its pattern; nothing that a person typed is lost when a session ends.
// It leans on net/http, templ and the nouns of postal; it knows pages, not mail. Who is signed in it asks a Gate (package
// account), what a page says it leaves to the capability that draws it.
// Start with New in mux.go, then NewPage in page.go, then ReadForm in form.go.
package web
