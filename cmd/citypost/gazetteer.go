package main

import (
	"os"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
)

// gazetteerCmd asks the places.
type gazetteerCmd struct {
	Find    findCmd    `cmd:"" help:"Find units by name, code or postcode, then and now."`
	Convert convertCmd `cmd:"" help:"Say what became of a unit of before 1 July 2025."`
	Import  importCmd  `cmd:"" help:"Take in a new release of units, links or offices; without --apply only shows what would change."`
}

type findCmd struct {
	Query string `arg:"" help:"A name without or with marks, a code or a postcode."`
	On    string `help:"The day asked about; default today."`
	Limit int    `default:"20" help:"Longest answer."`
	JSON  bool   `help:"Print JSON."`
}

// Help shows an example.
func (findCmd) Help() string { return "Example:\n  citypost gazetteer find \"cam giang\"" }

// Run prints what is found.
func (c findCmd) Run(e env) error {
	day, err := dayOrToday(c.On)
	if err != nil {
		return err
	}
	g, err := gazetteer.Load()
	if err != nil {
		return err
	}
	return gazetteer.RunFind(e.Out, g, gazetteer.FindOptions{Query: c.Query, Day: day, Limit: c.Limit, JSON: c.JSON, Lang: e.Lang})
}

type convertCmd struct {
	Query string `arg:"" help:"Code or name of the old unit: \"P. Lạch Tray, Q. Ngô Quyền\"."`
	JSON  bool   `help:"Print JSON."`
}

// Help shows an example.
func (convertCmd) Help() string {
	return "Example:\n  citypost gazetteer convert \"P. Lạch Tray, Q. Ngô Quyền\""
}

// Run prints what it became.
func (c convertCmd) Run(e env) error {
	g, err := gazetteer.Load()
	if err != nil {
		return err
	}
	return gazetteer.RunConvert(e.Out, g, gazetteer.ConvertOptions{Query: c.Query, JSON: c.JSON, Lang: e.Lang})
}

type importCmd struct {
	houseFlags
	What    string `arg:"" enum:"offices,units,lineage" help:"What the file holds: offices, units or lineage."`
	File    string `arg:"" type:"existingfile" help:"The file (TSV, CSV or JSON)."`
	Act     string `required:"" help:"Number of the decision that the release follows."`
	From    string `help:"First day on which it holds; this or --until."`
	Until   string `help:"The file tells a past state that ended on this day: it only adds what is missing."`
	Lineage string `type:"existingfile" help:"Lineage that comes with new units."`
	SHA256  string `name:"sha256" help:"What the file's SHA-256 must be."`
	Partial bool   `help:"The file lists changes only: what it does not name stays."`
	Nation  bool   `help:"The file lists the whole nation: provinces that it does not name end."`
	Apply   bool   `help:"Really take it in."`
	JSON    bool   `help:"Print JSON."`
}

// Help shows an example.
func (importCmd) Help() string {
	return "Example:\n  citypost gazetteer import offices offices.tsv --act 123/QĐ-BĐTP --from 2026-12-01\n  citypost gazetteer import offices offices.tsv --act 123/QĐ-BĐTP --from 2026-12-01 --apply"
}

// release reads the files and days of the command.
func (c importCmd) release() (r gazetteer.Release, err error) {
	r = gazetteer.Release{What: gazetteer.What(c.What), Act: c.Act, SHA256: c.SHA256, Partial: c.Partial, Nation: c.Nation}
	if c.From != "" {
		if r.From, err = postal.ParseDay(c.From); err != nil {
			return r, err
		}
	}
	if c.Until != "" {
		if r.Until, err = postal.ParseDay(c.Until); err != nil {
			return r, err
		}
	}
	if c.Lineage != "" {
		if r.Lineage, err = os.ReadFile(c.Lineage); err != nil {
			return r, err
		}
	}
	r.Data, err = os.ReadFile(c.File)
	return r, err
}

// Run shows the plan, and carries it out when told to.
func (c importCmd) Run(e env) error {
	r, err := c.release()
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	return closing(h, gazetteer.RunImport(e, e.Out, h.Offices, gazetteer.ImportOptions{Release: r, Apply: c.Apply, InUse: h.InUse, JSON: c.JSON, Lang: e.Lang}))
}
