// Package power cuts the power of an SQLite database in a test, without a machine that has to be switched off.
//
// It owns a layer below the engine that remembers, for every file of a folder, what a sync has brought to disk and what was written since. Its promise: what Cut.Into
// puts into another folder is something that a disk may hold after the power failed at that moment. Whatever was synced is there; of the rest each 512-byte sector may be
// there or not, in any order; a file whose folder was not synced since may have no name, and one that was deleted may be back.
// It takes the engine's own word for which folders it syncs and when (with the first sync of a new log or journal, and where a deletion asks for it); TestTheFolderOfANewDatabaseIsSynced in
// package sqldb sees it done. It is for tests only and leans on package layer. Sealed files lie above it: register them after Watch. Start with Watch.
package power
