package tree

import (
	"fmt"
	"strconv"
	"strings"

	"citypost/internal/fault"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the head of the tree at one size (C2SP tlog-checkpoint). We write no extension lines and read none.
type Checkpoint struct {
	Origin string // the log's name, e.g. "buudien.example/so-cai"
	Size   int64
	Root   tlog.Hash
}

// Text is the note text that is signed.
func (c Checkpoint) Text() string {
	out := make([]byte, 0, len(c.Origin)+70)
	out = append(out, c.Origin...)
	out = append(out, '\n')
	out = strconv.AppendInt(out, c.Size, 10)
	out = append(out, '\n')
	return string(appendHashLines(out, []tlog.Hash{c.Root}))
}

// ParseCheckpoint reads a note text. It proves nothing: use Keyring.Open or Policy.Open for what was signed.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || !isName(lines[0]) {
		return Checkpoint{}, malformed("checkpoint", nil)
	}
	size, err := parseCount(lines[1])
	if err != nil {
		return Checkpoint{}, malformed("checkpoint", err)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, malformed("checkpoint", err)
	}
	if size == 0 && root != emptyRoot() {
		return Checkpoint{}, malformed("checkpoint", nil)
	}
	return Checkpoint{lines[0], size, root}, nil
}

// SignCheckpoint signs a checkpoint with the log's key; the key's name is the origin.
func SignCheckpoint(c Checkpoint, signers ...note.Signer) ([]byte, error) {
	for _, s := range signers {
		if s.Name() != c.Origin {
			return nil, fmt.Errorf("sign checkpoint of %q: the key is named %q", c.Origin, s.Name())
		}
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// openNote checks a signed note against known keys. A wrong signature of a known key fails the whole note.
func openNote(signed []byte, known ...note.Verifier) (*note.Note, error) {
	if len(signed) > maxSigned {
		return nil, malformed("checkpoint", nil)
	}
	n, err := note.Open(signed, note.VerifierList(known...))
	switch err := err.(type) {
	case nil:
		return n, exactSignatures(n)
	case *note.InvalidSignatureError:
		return nil, fault.New(fault.Invalid, "tree.signature_wrong",
			"Chữ ký của khoá “%s” không khớp với nội dung: giấy đã bị sửa hoặc là giấy giả.",
			"The signature of the key “%s” does not match the content: it was changed or forged.", err.Name).Because(err)
	case *note.UnverifiedNoteError:
		return nil, unknownKey().Because(err)
	default:
		return nil, malformed("checkpoint", err)
	}
}

// exactSignatures refuses signatures whose base64 has stray bits, which note itself would read.
func exactSignatures(n *note.Note) error {
	for _, s := range n.Sigs {
		if _, err := strict64.DecodeString(s.Base64); err != nil {
			return malformed("checkpoint", err)
		}
	}
	return nil
}

func malformed(what string, cause error) error {
	names := map[string]string{"checkpoint": "điểm chốt", "proof": "bằng chứng", "key": "khoá", "policy": "chính sách kiểm chứng",
		"witness request": "yêu cầu chứng kiến", "rotation": "giấy đổi khoá", "receipt": "biên nhận"}
	e := fault.New(fault.Invalid, "tree.malformed", "Không đọc được %[1]s: sai định dạng.", "The %[2]s cannot be read: it is not in its valid form.", names[what], what)
	if cause != nil {
		e = e.Because(cause)
	}
	return e
}

func unknownKey() *fault.Error {
	return fault.New(fault.Invalid, "tree.key_unknown",
		"Không có chữ ký nào của khoá mà máy này tin cậy cho cỡ sổ này. Kiểm tra lại danh sách khoá của sổ cái.",
		"No signature by a key that is trusted here for this size of the ledger. Check the list of the ledger's keys.")
}
