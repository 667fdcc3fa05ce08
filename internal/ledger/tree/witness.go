package tree

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// WitnessRequest is the body of add-checkpoint (C2SP tlog-witness).
type WitnessRequest struct {
	Old        int64 // the size that the witness last cosigned
	Proof      []tlog.Hash
	Checkpoint []byte // signed by the log
}

// Encode writes the request.
func (r WitnessRequest) Encode() []byte {
	out := fmt.Appendf(nil, "old %d\n", r.Old)
	out = appendHashLines(out, r.Proof)
	out = append(out, '\n')
	return append(out, r.Checkpoint...)
}

// ParseWitnessRequest reads a request.
func ParseWitnessRequest(body []byte) (WitnessRequest, error) {
	var r WitnessRequest
	line, rest, _ := strings.Cut(string(body), "\n")
	digits, ok := strings.CutPrefix(line, "old ")
	old, err := parseCount(digits)
	if !ok || err != nil {
		return r, malformed("witness request", err)
	}
	hashes, rest, err := parseHashes(rest)
	if err != nil || rest == "" || len(rest) > maxSigned {
		return r, malformed("witness request", err)
	}
	return WitnessRequest{old, hashes, []byte(rest)}, nil
}

// WitnessClient asks one witness for cosignatures. It remembers where the witness stands; it is for one goroutine.
type WitnessClient struct {
	Witness Witness
	HTTP    *http.Client // with a timeout
	old     int64
}

// Cosign submits a signed checkpoint of the given size and returns the witness's checked signature line. prove gives consistency proofs.
func (c *WitnessClient) Cosign(ctx context.Context, signed []byte, size int64, prove func(old, size int64) (tlog.TreeProof, error)) (string, error) {
	for range 2 { // the second time with the size that the witness names
		proof, err := prove(c.old, size)
		if err != nil {
			return "", fmt.Errorf("ask witness %s: %w", c.Witness.Name, err)
		}
		status, body, err := c.post(ctx, WitnessRequest{c.old, proof, signed}.Encode())
		if err != nil {
			return "", fmt.Errorf("ask witness %s: %w", c.Witness.Name, err)
		}
		if status == http.StatusOK {
			c.old = size
			return c.check(signed, body)
		}
		if status != http.StatusConflict {
			return "", fmt.Errorf("ask witness %s: it answered %d", c.Witness.Name, status)
		}
		old, err := parseCount(strings.TrimSuffix(string(body), "\n"))
		if err != nil || old > size {
			return "", fmt.Errorf("ask witness %s: it stands at %q, we ask about %d", c.Witness.Name, body, size)
		}
		c.old = old
	}
	return "", fmt.Errorf("ask witness %s: it keeps moving", c.Witness.Name)
}

func (c *WitnessClient) post(ctx context.Context, body []byte) (status int, answer []byte, err error) {
	url := strings.TrimSuffix(c.Witness.URL, "/") + "/add-checkpoint"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxSigned))
	return res.StatusCode, answer, err
}

// check finds the witness's signature among the lines of its answer.
func (c *WitnessClient) check(signed, answer []byte) (string, error) {
	n, err := note.Open(append(bytes.Clone(signed), answer...), note.VerifierList(c.Witness.Verifier))
	if err != nil {
		return "", fmt.Errorf("ask witness %s: its cosignature: %w", c.Witness.Name, err)
	}
	return signatureLine(n.Sigs[0].Name, n.Sigs[0].Base64), nil
}

func signatureLine(name, b64 string) string { return "— " + name + " " + b64 + "\n" }

// AddCosignatures appends signature lines to a signed checkpoint.
func AddCosignatures(signed []byte, lines ...string) []byte {
	return append(bytes.Clone(signed), strings.Join(lines, "")...)
}
