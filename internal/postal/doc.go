// Package postal holds the nouns that everyone in citypost speaks: item numbers, codes, money, weights, days, phones, personal numbers, texts and act ids.
//
// It owns no table, no fact and no page. Its promise: a value made by one of its parsers is well formed, so whoever receives an ItemNumber, a Phone
// or a Day need not check it again; arithmetic on money never wraps around and never rounds without saying how.
// It leans on golang.org/x/text for Unicode and Vietnamese collation, and on fault for refusals that a person can act on.
// Whether a number was ever given out, an office exists or a price is right is left to others: ledger, gazetteer and tariff know that.
// Start with itemnumber.go, then day.go and money.go.
package postal
