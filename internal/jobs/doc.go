// Package jobs does work in the background: messages to other systems, and whatever must happen after a transaction but need not be awaited.
//
// It owns the table job. Its promise: a job that was added in a transaction is worked on at least once after that transaction is committed,
// never before and never without it; one that keeps failing ends as dead, where a person sees it and can have it tried again.
// It leans on sqldb. What the work is, the package that registers the kind knows; jobs of one kind are in no order. Start with Queue.
package jobs
