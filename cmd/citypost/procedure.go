package main

import (
	"os"
	"time"

	"citypost/internal/postal"
	"citypost/internal/procedure"
)

// procedureCmd asks and feeds the catalogue of administrative procedures.
type procedureCmd struct {
	Import procedureImportCmd `cmd:"" help:"Take in a published list; without --apply only shows what would change."`
	Find   procedureFindCmd   `cmd:"" help:"Find procedures by words of their name, field or agency, or by code."`
	Show   procedureShowCmd   `cmd:"" help:"Show the papers, time limits and fees of a procedure by channel."`
}

type procedureFindCmd struct {
	houseFlags
	Query string `arg:"" help:"Words without or with marks, or the beginning of a code."`
	On    string `help:"The day asked about; default today."`
	By    string `enum:",postal,direct,online" default:"" help:"Only what is accepted this way: postal, direct or online."`
	Limit int    `default:"20" help:"Longest answer."`
	JSON  bool   `help:"Print JSON."`
}

// Help shows an example.
func (procedureFindCmd) Help() string {
	return "Example:\n  citypost procedure find \"dang ky khai sinh\" --by postal"
}

// Run prints what is found.
func (c procedureFindCmd) Run(e env) error {
	day, err := dayOrToday(c.On)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	q := procedure.Query{Text: c.Query, Day: day, By: procedure.Method(c.By), Limit: c.Limit}
	return closing(h, procedure.RunFind(e.Out, h.Procedures.Catalogue(), procedure.FindOptions{Query: q, JSON: c.JSON, Lang: e.Lang}))
}

type procedureShowCmd struct {
	houseFlags
	Code string `arg:"" help:"Code of the procedure: 1.001193."`
	On   string `help:"The day asked about; default today."`
	JSON bool   `help:"Print JSON, with every version."`
}

// Help shows an example.
func (procedureShowCmd) Help() string {
	return "Exit 1: the procedure is unknown, has ended or is still to come; the sentence says which.\n\nExample:\n  citypost procedure show 1.001193 --on 2026-11-30"
}

// Run prints what holds on the day.
func (c procedureShowCmd) Run(e env) error {
	day, err := dayOrToday(c.On)
	if err != nil {
		return err
	}
	code, err := procedure.ParseCode(c.Code)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, procedure.RunShow(e.Out, h.Procedures.Catalogue(), procedure.ShowOptions{Code: code, Day: day, JSON: c.JSON, Lang: e.Lang}))
}

type procedureImportCmd struct {
	houseFlags
	File    string `arg:"" type:"existingfile" help:"The list: tab-separated with a line of column names, or one JSON record a line (of the national database, or our own)."`
	Act     string `required:"" help:"Number of the decision that the list follows."`
	From    string `required:"" help:"First day on which it holds."`
	SHA256  string `name:"sha256" help:"What the file's SHA-256 must be."`
	Whole   bool   `help:"The list is the whole catalogue: what it does not name ends, unless it is in use."`
	SkipBad bool   `help:"Take in the good rows of a list that has bad ones."`
	MadeUp  bool   `help:"The list is invented, for a demonstration; every page says so."`
	Apply   bool   `help:"Really take it in."`
	JSON    bool   `help:"Print JSON, with every change and every row that is wrong or has a gap."`
}

// Help shows an example.
func (procedureImportCmd) Help() string {
	return "Wrong rows and gaps are named by the number of their row. A row with the status “repealed” ends its procedure.\n\nExample:\n" +
		"  citypost procedure import list.tsv --act 2628/QĐ-BTC --from 2026-12-01\n  citypost procedure import list.tsv --act 2628/QĐ-BTC --from 2026-12-01 --apply"
}

// Run shows the plan, and carries it out when told to.
func (c procedureImportCmd) Run(e env) error {
	from, err := postal.ParseDay(c.From)
	if err != nil {
		return err
	}
	r := procedure.Release{Act: c.Act, From: from, SHA256: c.SHA256, Whole: c.Whole, SkipBad: c.SkipBad, MadeUp: c.MadeUp, Progress: progress(e.Diag, "import")}
	if r.Data, err = os.ReadFile(c.File); err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, procedure.RunImport(e, e.Out, h.Procedures, procedure.ImportOptions{Release: r, Apply: c.Apply, InUse: h.ProcedureInUse, JSON: c.JSON, Lang: e.Lang}))
}

// dayOrToday reads a day of the command line; an empty one is today.
func dayOrToday(s string) (postal.Day, error) {
	if s == "" {
		return postal.DayOf(time.Now()), nil
	}
	return postal.ParseDay(s)
}
