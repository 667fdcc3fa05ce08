package main

import (
	"encoding/json"
	"fmt"
	"time"

	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/upkeep"
)

func (f houseFlags) installation() upkeep.Installation {
	return upkeep.Installation{Data: f.Data, Database: f.Database, Witnessed: f.Witnesses != "", Now: time.Now}
}

// backupCmd copies an installation while it works.
type backupCmd struct {
	houseFlags
	Dir   string `arg:"" help:"Where copies are kept; each gets a folder of its own." type:"path"`
	Trial string `help:"PostgreSQL server where a database may be made to restore the copy on trial; default: the one copied from." placeholder:"postgres://…" env:"CITYPOST_TRIAL"`
	Keys  bool   `help:"Copy the keys too. Then whoever has the copy can read everything: keep it locked up."`
	JSON  bool   `help:"Print JSON."`
}

// Help shows an example.
func (backupCmd) Help() string {
	return "The house may go on working. The copy is proved by restoring it beside the target before it counts.\n\nOn PostgreSQL pg_dump makes the copy, and pg_restore puts it into a database made for the trial.\n\nExample:\n  citypost backup /mnt/backup --data /var/lib/citypost\n  citypost backup /mnt/backup --data /var/lib/citypost --database postgres://citypost@db/citypost"
}

// Run copies and proves.
func (c backupCmd) Run(e env) error {
	i := c.installation()
	i.Trial = c.Trial
	m, err := i.Backup(e, c.Dir, c.Keys)
	if err != nil {
		return err
	}
	proved := postal.In(e.Lang, "đã kiểm chứng bằng cách khôi phục thử. Khoá nhà ", "proved by restoring it. House key ") + m.HouseKey
	if !c.Keys {
		proved += postal.In(e.Lang, " KHÔNG nằm trong bản sao: hãy cất riêng house.key và ledger.key", " is NOT in it: keep a copy of house.key and ledger.key elsewhere")
	}
	return sayCopied(e, m, proved, c.JSON)
}

// sayCopied prints what a copy holds and how far it is proved.
func sayCopied(e env, m upkeep.Manifest, proved string, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.Out).Encode(m)
	}
	_, err := fmt.Fprintf(e.Out, postal.In(e.Lang, "%s: %s dòng, %s byte, %s.\n", "%s: %s entries, %s bytes, %s.\n"), m.Dir, postal.Count(m.Entries), postal.Count(m.Bytes), proved)
	return err
}

// restoreCmd puts a backup into an empty folder.
type restoreCmd struct {
	houseFlags
	From string `arg:"" help:"Folder of one copy, as backup printed it." type:"existingdir"`
	JSON bool   `help:"Print JSON."`
}

// Help shows an example.
func (restoreCmd) Help() string {
	return "Says done only after pages, order, tree and signatures of what was restored were checked. Put house.key and ledger.key into --data first, unless the copy holds them. On PostgreSQL --database names an empty database.\n\nExample:\n  citypost restore /mnt/backup/20261125-023000.000 --data /var/lib/citypost-new"
}

// Run restores and proves.
func (c restoreCmd) Run(e env) error {
	m, err := c.installation().Restore(e, c.From)
	if err != nil {
		return err
	}
	return sayRestored(e, m, c.JSON)
}

// sayRestored prints what was put back and proved.
func sayRestored(e env, m upkeep.Manifest, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.Out).Encode(m)
	}
	_, err := fmt.Fprintf(e.Out, postal.In(e.Lang, "Đã khôi phục và kiểm chứng: %s dòng, có chữ ký đến dòng %s, đỉnh cây %s.\n", "Restored and proved: %s entries, signed up to entry %s, root %s.\n"), postal.Count(m.Entries), postal.Count(m.Signed), m.Root)
	return err
}

// doctorCmd says what is wrong with an installation.
type doctorCmd struct {
	houseFlags
	JSON bool `help:"Print JSON."`
}

// Help shows an example.
func (doctorCmd) Help() string {
	return "Looks and changes nothing. Exit 1 when something must be done now.\n\nExample:\n  citypost doctor --data /var/lib/citypost"
}

// Run looks.
func (c doctorCmd) Run(e env) error {
	return sayRemarks(e, c.installation().Doctor(e), c.JSON)
}

// sayRemarks prints what doctor found.
func sayRemarks(e env, remarks []upkeep.Remark, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(e.Out).Encode(remarks); err != nil {
			return err
		}
	}
	sick := 0
	for _, r := range remarks {
		if r.Tone == upkeep.Act {
			sick++
		}
		if asJSON {
			continue
		}
		if _, err := fmt.Fprintf(e.Out, "%-5s %s\n", r.Tone, r.In(e.Lang)); err != nil {
			return err
		}
	}
	if sick > 0 {
		return fault.New(fault.Conflict, "doctor.sick", "Có %d việc phải xử lý ngay.", "%d things must be done now.", sick)
	}
	return nil
}
