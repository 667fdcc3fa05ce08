// Package privacy keeps what is known about persons sealed, each person under a key of their own.
//
// It owns the tables subject_key, subject_erased and house_key and the file house.key. Its promise: once Erase has returned, nothing sealed for that
// person can be opened again by anyone who holds this database, and every fact, proof and other person stays as it was.
// It leans on XChaCha20-Poly1305 and HKDF; it knows neither names nor forms: a capability says what it seals and in which context.
// Whether somebody may read something, and the record that they did, is left to the capability; so are rows found by a blind index,
// which the capability deletes when it erases. Start with Vault.
//
// A subject's key is stored sealed under the house key. So a stolen database tells nothing without house.key, and a stolen
// house.key tells nothing without the database: back them up apart. A backup taken before an erasure still holds the key; the retention
// of backups is therefore also the longest time until a person is forgotten.
package privacy
