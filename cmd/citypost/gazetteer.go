package main

import (
	"os"

	"citypost/internal/gazetteer"
	"citypost/internal/postal"
	"time"
)

// gazetteerCmd asks the places.
type gazetteerCmd struct {
	Find    findCmd    `cmd:"" help:"Find units by name, code or postcode, then and now."`
	Convert convertCmd `cmd:"" help:"Say what became of a unit of before 1 July 2025."`
	Import  importCmd  `cmd:"" help:"Take in a new release of units, links or offices; without --apply only shows what would change."`
}

type findCmd struct {
	Query string `arg:"" help:"A name without or with marks, a code or a postcode."`
	Limit int    `default:"20" help:"Longest answer."`
	JSON  bool   `help:"Print JSON."`
}

// Help shows an example.
func (findCmd) Help() string { return "Example:\n  citypost gazetteer find \"cam giang\"" }

// Run prints what is found.
func (c findCmd) Run(e env) error {
	g, err := gazetteer.Load()
	if err != nil {
		return err
	}
	return gazetteer.RunFind(e.Out, g, gazetteer.FindOptions{Query: c.Query, Day: postal.DayOf(time.Now()), Limit: c.Limit, JSON: c.JSON, Lang: e.Lang})
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
	What   string `arg:"" enum:"offices,units,links" help:"What the file holds: offices, units or links."`
	File   string `arg:"" type:"existingfile" help:"The file (TSV, CSV or JSON)."`
	Act    string `required:"" help:"Number of the decision that the release follows."`
	From   string `required:"" help:"First day on which it holds."`
	SHA256 string `name:"sha256" help:"What the file's SHA-256 must be."`
	Apply  bool   `help:"Really take it in."`
	JSON   bool   `help:"Print JSON."`
}

// Help shows an example.
func (importCmd) Help() string {
	return "Example:\n  citypost gazetteer import offices offices.tsv --act 123/QĐ-BĐTP --from 2026-12-01\n  citypost gazetteer import offices offices.tsv --act 123/QĐ-BĐTP --from 2026-12-01 --apply"
}

// Run shows the plan, and carries it out when told to.
func (c importCmd) Run(e env) error {
	from, err := postal.ParseDay(c.From)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	h, err := c.open(e)
	if err != nil {
		return err
	}
	defer h.Close()
	return gazetteer.RunImport(e, e.Out, h.Offices, gazetteer.ImportOptions{
		Release: gazetteer.Release{What: gazetteer.What(c.What), Data: data, Act: c.Act, From: from, SHA256: c.SHA256},
		Apply:   c.Apply, InUse: h.InUse, JSON: c.JSON, Lang: e.Lang,
	})
}
