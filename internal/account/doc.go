// Package account knows who works here: accounts, the roles given to people, how they sign in, and the devices that use the API.
//
// It owns the tables account*, the sign-in cookie and the pages under /sign-in, /account, /admin/people, /admin/devices and /admin/audit.
// Its promise: who is signed in holds exactly the roles in force at this moment, and every change to an account, a role or a device is
// written down with who made it, when, and in which role; nothing of that is ever changed or deleted.
// It leans on argon2id for passwords, on TOTP for the second factor and on a Sealer (the house key) for secrets at rest.
// What a right opens is said by web's routes; what a person did with mail is said by the ledger, which knows only staff ids.
// Start with account.go, then signin.go; session.go implements web.Gate.
package account
