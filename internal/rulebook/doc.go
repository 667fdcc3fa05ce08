// Package rulebook holds the law of the post as dated data: prices, time limits, retention, report dates, each with its article.
//
// It owns the rule files under rules/, their format, and the types Book, Rule, Instrument and Citation.
// Its promise: a question about a day is answered by the rule of that day, with the instrument and article that give it and whether anybody
// could check it; where no rule is known the answer is a fault, never a guess. A book with one wrong line is refused whole.
// It leans on postal for days and on fault for refusals.
// It leaves to others what the values mean: calendar makes deadlines of them, tariff makes prices.
// Start with Book.Rule in book.go; docs/rulebook.md says how to write a rule and how a site lays its own over the law.
package rulebook
