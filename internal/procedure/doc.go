// Package procedure is the catalogue of administrative procedures (thủ tục hành chính): what may be filed, where, with which papers, by which
// channel, how long it takes and what it costs.
//
// It owns the tables procedure_version and procedure_import, the import of the published lists and the guide under /procedures. Its promise:
// a version stands for its days and is never changed silently, so what a citizen was told on a day can be looked up later; a procedure that has ended is
// refused by its name, and what a list left unfilled is never shown as a limit or as free of charge. It leans on postal for days and Vietnamese text,
// on sqldb for what a site has imported and on web for its pages. It leaves taking in a dossier to dossier, bookings to booking, and
// whether a procedure is in use to whoever wires InUse. Start with procedure.go, then catalogue.go; the importer begins in release.go.
package procedure
