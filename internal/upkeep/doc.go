// Package upkeep makes copies of an installation, proves them by restoring them, and says what is wrong with an installation.
//
// It owns the form of a backup (a folder with the database and manifest.json) and the file backups.jsonl in the data folder, which remembers them.
// Its promise: a copy is called proved only after a copy of it was opened, its pages, its order, its tree and its last signature checked.
// It leans on ledger for what must be true of the tables; on PostgreSQL the engine's own pg_dump and pg_restore make and read the copy, and the proof is ours.
// It leaves to people where copies are kept. Start with backup.go; doctor.go lists what can be wrong.
package upkeep
