// Package proof lets anybody check the ledger: the public pages that read a receipt and explain the ledger, the public tree, and the offline checks behind
// “citypost verify” of receipts, exports, databases and addresses.
//
// It owns the form of an export and the pages /verify, /ledger, /checkpoint and /tile/. Its promise: it never says more than was proved, and it names the first wrong
// entry when something was changed. It leans on ledger and ledger/tree for the proofs and on web for the frame.
// It leaves to the ledger what is signed and when. Start with check.go; the pages are in pages.go.
package proof
