package tree

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// The C2SP forms are lines of text. Each has one spelling only: what differs in a bit is another text or none.

const (
	maxProofLines = 63 // C2SP tlog-witness: no tree needs more
	// maxSigned bounds a signed checkpoint: a note must allow 16 signatures of up to 5 kB, this leaves room for twice that.
	maxSigned = 160 << 10
)

var errForm = errors.New("not in its one valid form")

// strict64 is base64 that refuses stray bits and line breaks.
var strict64 = base64.StdEncoding.Strict()

// parseCount reads a decimal number without leading zeros or sign.
func parseCount(s string) (int64, error) {
	if s == "" || len(s) > 1 && s[0] == '0' || s[0] < '0' || s[0] > '9' {
		return 0, errForm
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, errForm
	}
	return n, nil
}

func parseHash(s string) (h tlog.Hash, err error) {
	if len(s) != 44 { // 32 bytes in base64; this also keeps line breaks out
		return h, errForm
	}
	b, err := strict64.DecodeString(s)
	if err != nil || len(b) != hashSize {
		return h, errForm
	}
	return tlog.Hash(b), nil
}

// parseHashes reads one hash per line up to the empty line that must follow, and gives the rest after it.
func parseHashes(text string) (hashes []tlog.Hash, rest string, err error) {
	for {
		line, after, ok := strings.Cut(text, "\n")
		if !ok {
			return nil, "", errForm
		}
		text = after
		if line == "" {
			return hashes, text, nil
		}
		h, err := parseHash(line)
		if err != nil || len(hashes) == maxProofLines {
			return nil, "", errForm
		}
		hashes = append(hashes, h)
	}
}

func appendHashLines(out []byte, hashes []tlog.Hash) []byte {
	for _, h := range hashes {
		out = strict64.AppendEncode(out, h[:])
		out = append(out, '\n')
	}
	return out
}

// isName reports whether s may name a log or a witness in a signed note.
func isName(s string) bool {
	return s != "" && len(s) < 256 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
}
