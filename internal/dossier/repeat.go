package dossier

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// A form that is sent twice gets its first answer, whatever its dossier has become since: it could not be read into the same act again once a price, a day or a state has changed. So a mark of what was
// sent lies beside each act of a page: the same mark is the same press, any other content under the id is refused.

var formTable = &ledger.Table{Insert: `INSERT INTO dossier_form (act, mark) VALUES `, After: ` ON CONFLICT (act) DO NOTHING`, Width: 2}

// marked is the row that keeps the mark of a form beside its act.
func (s *Service) marked(r *http.Request, id postal.ActID, path string, pictures ...Picture) ledger.Beside {
	return ledger.Beside{Table: formTable, Row: []any{id[:], s.mark(r, path, pictures)}}
}

// mark is made of every field but the id, under a key of the house: nobody can tell from it what was written.
func (s *Service) mark(r *http.Request, path string, pictures []Picture) []byte {
	sent := url.Values{}
	for name, values := range r.PostForm {
		if name != web.ActField {
			sent[name] = values
		}
	}
	text := path + "?" + sent.Encode()
	for _, p := range pictures {
		text += " " + p.Hash
	}
	return s.Vault.Blind("dossier.form", text)
}

// repeats gives the first answer to a form whose act is in the ledger already: sent by the same person with the same content. An id that is spent on anything else is refused.
func (s *Service) repeats(r *http.Request, path string, pictures ...Picture) (rec ledger.Receipt, done bool, err error) {
	if r.PostFormValue(web.ActField) == "" {
		return rec, false, nil
	}
	id, err := web.ActID(r, s.Now())
	if err != nil {
		return rec, false, err
	}
	rec, done, err = s.Ledger.Find(r.Context(), id)
	if err != nil || !done {
		return rec, false, err
	}
	entries, err := s.Ledger.Entries(r.Context(), []int64{rec.Seq})
	if err != nil {
		return rec, false, err
	}
	same, err := s.store().sameForm(r.Context(), id, s.mark(r, path, pictures))
	if err != nil {
		return rec, false, err
	}
	me := web.PersonOf(r).ID
	if !same || !slices.ContainsFunc(entries, func(e event.Entry) bool { return e.Actor == me }) {
		return rec, false, fault.New(fault.Conflict, "ledger.act_reused", "Biểu mẫu này đã gửi một lần với nội dung khác. Lần này không ghi gì; hãy mở lại trang rồi làm lại.",
			"This form was sent before with other content. Nothing was recorded this time; open the page again and do it anew.")
	}
	return rec, true, nil
}

func (s *Store) sameForm(ctx context.Context, act postal.ActID, mark []byte) (bool, error) {
	var kept []byte
	err := s.DB.Read().QueryRowContext(ctx, `SELECT mark FROM dossier_form WHERE act = $1`, act[:]).Scan(&kept)
	if errors.Is(err, sql.ErrNoRows) { // forgotten since, or no act of a page
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read mark of a form: %w", err)
	}
	return hmac.Equal(kept, mark), nil
}
