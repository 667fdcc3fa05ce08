// Package calendar knows working days, periods and deadlines.
//
// It owns the types Calendar, Clock, Question and Answer, and the lunar calendar of Viet Nam.
// Its promise: the same question gets the same answer for ever, each answer says step by step how it was counted and by which articles, and an
// answer that stands on a rule nobody could check says so. Where no rule is known it refuses instead of guessing.
// It leans on rulebook for every number and date of the law; none stands here but the movements of sun and moon.
// It leaves to others when an item was really accepted, attempted or delivered, and which old district an address lies in.
// Start with Deadline in deadline.go; year.go shows how a year's days off are found.
package calendar
