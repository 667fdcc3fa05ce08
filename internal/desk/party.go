package desk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
)

// Party is one end of an item: what stands on its cover.
type Party struct {
	Name    string          `json:"name"`
	Phone   postal.Phone    `json:"phone,omitempty"`
	Address string          `json:"address"` // house number and street
	Unit    postal.UnitCode `json:"unit"`    // the commune
}

// Parties are the two ends of an item, and what its receipt says beside the ledger.
type Parties struct {
	Sender    Party `json:"sender"`
	Recipient Party `json:"recipient"`
	Slip      *Slip `json:"slip,omitempty"`
}

// Slip is what a receipt shows that the ledger does not hold: the secret, and how the amount came about. It is kept so that the receipt can be printed again.
type Slip struct {
	Secret string      `json:"secret"` // six characters; the ledger holds their SHA-256
	Lines  []QuoteLine `json:"lines,omitempty"`
	Due    Due         `json:"due,omitzero"`
}

// sealContext binds the sealed bytes to what they are.
const (
	partyContext = "desk.party"
	proofContext = "desk.proof"
)

// Cover is who sends and receives the item that an act accepts.
type Cover struct {
	Act postal.ActID
	Parties
}

// KeepParties seals and stores covers, before the acts of acceptance are written: a crash between the two leaves a row without an item, never an item without
// its ends. A cover whose act is there already is left as it stands.
func (s *Service) KeepParties(ctx context.Context, covers ...Cover) error {
	return s.DB.Tx(ctx, func(tx *sql.Tx) error {
		subjects, err := s.Vault.NewSubjects(ctx, tx, len(covers))
		if err != nil {
			return err
		}
		for i, c := range covers {
			plain, err := json.Marshal(c.Parties)
			if err != nil {
				return fmt.Errorf("write parties: %w", err)
			}
			sealed, err := subjects[i].Seal(partyContext, plain)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO desk_party (act, subject, sealed, created_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (act) DO NOTHING`,
				c.Act[:], string(subjects[i].ID), sealed, postal.Millis(s.Now()))
			if err != nil {
				return fmt.Errorf("keep parties: %w", err)
			}
		}
		return nil
	})
}

// PartiesOf opens who sends and receives the items accepted by these acts. Those forgotten or never given are left out.
func (s *Service) PartiesOf(ctx context.Context, acts ...postal.ActID) (map[postal.ActID]Parties, error) {
	out := map[postal.ActID]Parties{}
	for start := 0; start < len(acts); start += partyChunk {
		if err := s.someParties(ctx, acts[start:min(start+partyChunk, len(acts))], out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// partyChunk bounds one question's placeholders.
const partyChunk = 200

func (s *Service) someParties(ctx context.Context, acts []postal.ActID, out map[postal.ActID]Parties) error {
	args := make([]any, len(acts))
	for i := range acts {
		args[i] = acts[i][:]
	}
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT act, subject, sealed FROM desk_party WHERE act IN (`+sqldb.List(1, len(acts))+`)`, args...)
	if err != nil {
		return fmt.Errorf("read parties: %w", err)
	}
	defer rows.Close()
	type row struct {
		act     postal.ActID
		subject privacy.SubjectID
		sealed  []byte
	}
	var list []row
	for rows.Next() {
		var act, sealed []byte
		var subject string
		if err := rows.Scan(&act, &subject, &sealed); err != nil {
			return fmt.Errorf("read parties: %w", err)
		}
		list = append(list, row{postal.ActID(act), privacy.SubjectID(subject), sealed})
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read parties: %w", err)
	}
	for _, r := range list {
		plain, err := s.Vault.Open(ctx, s.DB.Read(), r.subject, partyContext, r.sealed)
		if fault.Code(err) == "privacy.erased" {
			continue
		}
		if err != nil {
			return err
		}
		var p Parties
		if err := json.Unmarshal(plain, &p); err != nil {
			return fmt.Errorf("read parties: %w", err)
		}
		out[r.act] = p
	}
	return nil
}

// maxProof bounds one stored proof: a photo of at most 1280 px comes in at under 200 KB.
const maxProof = 300 << 10

// KeepProof seals and stores a proof of delivery and gives its hash, which the fact carries. It goes under the item's own key, so it is forgotten with its people.
func (s *Service) KeepProof(ctx context.Context, accepted postal.ActID, kind string, proof []byte) (string, error) {
	if len(proof) == 0 || len(proof) > maxProof {
		return "", fault.New(fault.TooLarge, "desk.proof_size", "Ảnh hoặc chữ ký phải nhỏ hơn %d KB.", "The photo or signature must be under %d KB.", maxProof>>10)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(proof))
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		id, err := s.subjectOf(ctx, tx, accepted)
		if err != nil {
			return err
		}
		sealed, err := s.Vault.Seal(ctx, tx, id, proofContext, proof)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO desk_proof (hash, subject, kind, sealed, created_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING`,
			hash, string(id), kind, sealed, postal.Millis(s.Now()))
		return err
	})
	return hash, err
}

func (s *Service) subjectOf(ctx context.Context, tx *sql.Tx, accepted postal.ActID) (privacy.SubjectID, error) {
	var id string
	err := tx.QueryRowContext(ctx, `SELECT subject FROM desk_party WHERE act = $1`, accepted[:]).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		subject, err := s.Vault.NewSubject(ctx, tx)
		return subject.ID, err
	}
	return privacy.SubjectID(id), err
}

// Proof opens a stored proof by its hash.
func (s *Service) Proof(ctx context.Context, hash string) (kind string, proof []byte, err error) {
	var subject string
	var sealed []byte
	err = s.DB.Read().QueryRowContext(ctx, `SELECT subject, kind, sealed FROM desk_proof WHERE hash = $1`, hash).Scan(&subject, &kind, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, fault.New(fault.NotFound, "desk.no_proof", "Không có bằng chứng phát này.", "There is no such proof.")
	}
	if err != nil {
		return "", nil, fmt.Errorf("read proof: %w", err)
	}
	proof, err = s.Vault.Open(ctx, s.DB.Read(), privacy.SubjectID(subject), proofContext, sealed)
	return kind, proof, err
}
