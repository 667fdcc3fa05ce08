package app

import (
	"context"

	"citypost/internal/procedure"
)

// mountProcedures puts the guide to procedures and the pages of their catalogue on the mux.
func (h *House) mountProcedures() {
	(&procedure.Pages{Store: h.Procedures, Now: h.Now, Base: h.Base, Book: h.Book, Province: h.Province, InUse: h.ProcedureInUse}).Mount(h.Mux)
}

// openProcedures reads the catalogue of administrative procedures.
func (h *House) openProcedures(ctx context.Context) error {
	h.Procedures = &procedure.Store{DB: h.DB, Now: h.Now}
	return h.Procedures.Reload(ctx)
}

// ProcedureInUse says whether something still depends on a procedure: it must not vanish then.
func (h *House) ProcedureInUse(context.Context, procedure.Code) (used bool, why string, err error) {
	return false, "", nil
}
