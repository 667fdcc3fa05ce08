// Package webhook tells other systems of facts, soon after they are in the ledger.
//
// It owns the table webhook (subscriptions), the jobs of kind "webhook", and the page /admin/webhooks. Its promise: every entry with a fact that
// a subscription asks for is sent to it at least once, signed, or stands among the dead deliveries where a person sees it; no
// connection goes to an address inside our own network unless the house was started to allow it.
// It leans on the ledger's followers and on jobs: a delivery is noted in the same transaction that moves the follower's cursor.
// Start with webhook.go, then deliver.go, which says what goes over the wire.
package webhook
