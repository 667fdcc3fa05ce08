package report

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"citypost/internal/event"
	"citypost/internal/postal"
	"citypost/internal/sqldb"
)

//go:embed schema
var schema embed.FS

// Migrate brings the tables up to date.
func Migrate(ctx context.Context, db *sqldb.DB) error {
	return sqldb.Migrate(ctx, db, "report", schema)
}

// Line is what a report needs of one dossier: codes, moments in UTC milliseconds (0: not yet), amounts. The post's way ends with SentMs or ResultEndMs.
type Line struct {
	Dossier     postal.DossierNumber
	Procedure   string
	Agency      postal.AgencyCode
	Office      postal.OfficeCode
	Form        string
	State       string
	AcceptedMs  int64 // 0 when nothing was sent through us
	SendDueMs   int64
	SentMs      int64
	FiledMs     int64
	ResultMs    int64 // the post has the result
	ReturnDueMs int64
	ReturnedMs  int64
	DeliveredMs int64
	PostageVND  postal.VND
	StateVND    postal.VND // collected for agencies
	PaidVND     postal.VND // compensation
	PaidMs      int64
	Lost        bool
}

// Lines gives the lines of the dossiers that some entries say something of, as they are now.
type Lines func(ctx context.Context, entries []event.Entry) ([]Line, error)

// Follower is the name under which the lines follow the ledger.
const Follower = "reports"

// Project keeps the lines, the complaints and the liability records, for ledger.Follow. Doing it again changes nothing.
func Project(lines Lines) func(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
	return func(ctx context.Context, tx *sql.Tx, entries []event.Entry) error {
		list, err := lines(ctx, entries)
		if err != nil {
			return fmt.Errorf("lines of reports: %w", err)
		}
		for _, l := range list {
			if err := keepLine(ctx, tx, l); err != nil {
				return fmt.Errorf("keep line: %w", err)
			}
		}
		for i := range entries {
			for _, f := range entries[i].Facts {
				if err := keepFact(ctx, tx, &entries[i], f); err != nil {
					return fmt.Errorf("report of entry %d: %w", entries[i].Seq, err)
				}
			}
		}
		return nil
	}
}

func keepLine(ctx context.Context, tx *sql.Tx, l Line) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO report_dossier (dossier, procedure_code, agency, office, form, state, accepted_ms, send_due_ms, sent_ms, filed_ms, result_ms, return_due_ms, returned_ms,
		delivered_ms, postage_vnd, state_vnd, paid_vnd, paid_ms, lost) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
		ON CONFLICT (dossier) DO UPDATE SET state = excluded.state, accepted_ms = excluded.accepted_ms, send_due_ms = excluded.send_due_ms, sent_ms = excluded.sent_ms, filed_ms = excluded.filed_ms,
		result_ms = excluded.result_ms, return_due_ms = excluded.return_due_ms, returned_ms = excluded.returned_ms, delivered_ms = excluded.delivered_ms, postage_vnd = excluded.postage_vnd,
		state_vnd = excluded.state_vnd, paid_vnd = excluded.paid_vnd, paid_ms = CASE WHEN excluded.paid_ms > 0 THEN excluded.paid_ms ELSE report_dossier.paid_ms END, lost = excluded.lost`,
		string(l.Dossier), l.Procedure, string(l.Agency), string(l.Office), l.Form, l.State, l.AcceptedMs, l.SendDueMs, l.SentMs, l.FiledMs, l.ResultMs, l.ReturnDueMs, l.ReturnedMs,
		l.DeliveredMs, int64(l.PostageVND), int64(l.StateVND), int64(l.PaidVND), l.PaidMs, b(l.Lost))
	return err
}

// b is a truth as both engines keep it here.
func b(t bool) int64 {
	if t {
		return 1
	}
	return 0
}

func keepFact(ctx context.Context, tx *sql.Tx, e *event.Entry, f event.Fact) error {
	var err error
	switch f := f.(type) {
	case event.DossierComplained:
		_, err = tx.ExecContext(ctx, `INSERT INTO report_complaint (dossier, number, about, made_ms, answer_by_ms, answered_ms, outcome) VALUES ($1, $2, $3, $4, $5, 0, '')
			ON CONFLICT (dossier, number) DO NOTHING`, string(f.Dossier), f.Number, f.About, e.OccurredMs, postal.Millis(f.AnswerBy.End()))
	case event.DossierComplaintAnswered:
		_, err = tx.ExecContext(ctx, `UPDATE report_complaint SET answered_ms = $3, outcome = $4 WHERE dossier = $1 AND number = $2`, string(f.Dossier), f.Number, e.OccurredMs, f.Outcome)
	case event.LiabilityRecorded:
		if f.Corrects != "" { // one loss, said better
			_, err = tx.ExecContext(ctx, `UPDATE report_liability SET item = $3, record = $4, kind = $5, fault = $6 WHERE dossier = $1 AND record = $2 AND (item = $3 OR item = '')`,
				string(f.Dossier), f.Corrects, string(f.Item), f.Record, f.Kind, f.Fault)
			break
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO report_liability (seq, dossier, item, record, kind, fault, recorded_ms) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (seq, dossier) DO NOTHING`,
			e.Seq, string(f.Dossier), string(f.Item), f.Record, f.Kind, f.Fault, e.OccurredMs)
	}
	return err
}
