package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"citypost/internal/fault"
	"citypost/internal/ledger/tree"
)

// Witnesses reads a policy file; without a path no witness is required. Every witness needs an address, because it is we who ask.
func Witnesses(path string) (*tree.Policy, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read witnesses: %w", err)
	}
	p, err := tree.ParsePolicy(string(text))
	if err != nil {
		return nil, err
	}
	if p.Quorum.Need == 0 {
		return nil, fault.New(fault.Invalid, "app.no_quorum", "Tệp %s không đòi bên chứng kiến nào (quorum none): bỏ --witnesses hoặc ghi rõ cần ai.",
			"%s requires no witness (quorum none): leave --witnesses out, or say who is needed.", path)
	}
	for _, w := range p.Witnesses {
		if w.URL == "" {
			return nil, fault.New(fault.Invalid, "app.witness_address", "Bên chứng kiến %s trong %s chưa có địa chỉ để gửi điểm chốt.",
				"Witness %s in %s has no address to which checkpoints can be sent.", w.Name, path)
		}
	}
	return p, nil
}

// witnessesLate says why the public checkpoint stays behind.
func (h *floor) witnessesLate(ctx context.Context) (late bool, why string) {
	w, required, err := h.Ledger.Witnessing(ctx)
	if err != nil || !required || !w.Late(time.Now()) {
		return false, ""
	}
	why = fmt.Sprintf("witnesses late: public checkpoint at entry %d, signed up to %d", w.Published, w.Signed)
	if len(w.Away) > 0 {
		why += "; away: " + strings.Join(w.Away, ", ")
	}
	return true, why
}
