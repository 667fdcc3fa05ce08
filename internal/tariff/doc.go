// Package tariff says what carrying an item costs and who pays it: postage by weight and zone, surcharges, relief.
//
// It owns the compiled price tables and relief policies, the facts relief.granted and relief.reversed with their states, and the table of relief claims.
// Its promise: every line of a quote names the rule and the article it comes from and whether anybody could check it; what no source gave is refused with a
// sentence, never guessed; and a relief budget is exact to the last đồng, however many counters grant from it at once.
// It leans on rulebook for the law, on postal for money and days, on ledger for what must be exact.
// It leaves to others the State fees collected on behalf of agencies (cash keeps them; a quote only lists them apart) and the item itself (custody).
// Pages are in pages*.go. Start with Quote in quote.go; table.go and policy.go say how rules become tables, claim.go how relief is granted.
package tariff
