// Package notify tells people what became of their mail and dossiers, by e-mail and by SMS.
//
// It owns the table notification, the jobs "notification", the page /admin/notifications and the address at which a gateway reports what arrived.
// Its promise: one message per change and channel; a state says no more than is known (sent is not delivered); nobody is woken at night; and neither this
// table, nor a job, nor a log ever holds a name, an address, a telephone number or a text: the capability is asked for them when the message goes.
// It leans on jobs for retries and dead letters. What is said, and to whom, the capability that registers a Source knows. Start with Tell in notify.go.
package notify
