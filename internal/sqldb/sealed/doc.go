// Package sealed lets SQLite keep its files encrypted: a layer between the engine and the operating system's files.
//
// It owns the form of a sealed file: AES-256-XTS in blocks of 16 bytes, each addressed by its place in the file, with a key of its own for databases,
// for write-ahead logs, for journals, and a fresh random one for each temporary file. Its promise: no byte that the engine writes through it reaches the disk
// readable; a file of another key is refused before anything is written; and a crash costs no more than it costs a plain file.
// It leans on package layer, golang.org/x/crypto/xts and the engine's own unix files, which still do the locking and the syncing.
//
// What it does not hide: the sizes of files, when they change, and which blocks change. The file -shm stays plain: it holds page numbers, counters and checksums,
// never rows. XTS has no seals against change: that somebody altered a block is found by the engine's checks and by the ledger's tree, not here.
// It leaves to others where the secret comes from. Start with Register in vfs.go; file.go is what happens to bytes.
package sealed
