// Package gazetteer knows the places: administrative units then and now, what each old one became, their postcodes, and the post offices.
//
// It owns the official tables under tables/, the tables gazetteer_unit, gazetteer_link, gazetteer_office and gazetteer_import, and the
// reading and checking of new releases. Its one promise: a name typed today finds its unit of any day, and an old address is converted only
// when the official table leaves no doubt; otherwise the candidates are shown and a person chooses. A code alone is ambiguous, so the key of
// a unit is its code together with the day from which it is valid.
// It leans on postal for codes, days and Vietnamese text, on fault for refusals and on sqldb for what a site has imported.
// It leaves prices and deadlines to rulebook and calendar, and whether an office is in use to whoever wires InUse.
// Start with gazetteer.go, then lineage.go; the importer begins in plan.go.
package gazetteer
