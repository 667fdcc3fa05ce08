// Package strongbox keeps the one secret of a closed house under a passphrase, and the house's other keys under that secret.
//
// It owns the file closed.key (the secret, wrapped twice: under the passphrase and under the recovery code) and the small sealed files beside it (NAME.sealed).
// Its promise: without passphrase or recovery code nothing in the folder opens; no key lies readable on disk; a crash leaves the old file or the new one, whole; the secret itself
// can be exchanged, and a crash at any moment leaves the old house or the new one.
// It leans on argon2id, AES-256-GCM and HKDF of the standard library and golang.org/x/crypto.
// It leaves to others what the keys are for, how the passphrase is asked, and where the recovery sheet is kept. Start with Create and Open in box.go; renew.go exchanges the secret.
package strongbox
