package main

import (
	"context"
	"encoding/json"

	"citypost/internal/bench"
	"citypost/internal/tariff"
	"time"
)

// benchCmd measures the program beside the bare engine.
type benchCmd struct {
	Scans   benchScansCmd   `cmd:"" help:"Acts in batches of at most 200."`
	Acts    benchActsCmd    `cmd:"" help:"Single acts from 64 clients."`
	Intakes benchIntakesCmd `cmd:"" help:"Dossiers taken in at the counters, each with two pictures."`
	Track   benchTrackCmd   `cmd:"" help:"The public tracking page."`
	Rebuild benchRebuildCmd `cmd:"" help:"Making all states anew from the entries."`
	Decay   benchDecayCmd   `cmd:"" help:"Growing to --entries: the last tenth beside the first."`
	Verify  benchVerifyCmd  `cmd:"" help:"Verifying a whole ledger."`
	Cover   benchCoverCmd   `cmd:"" help:"How soon a checkpoint covers what was acknowledged, at 10,000 acts a second."`
	Quotes  benchQuotesCmd  `cmd:"" help:"Price quotes."`
}

// Help shows an example.
func (benchCmd) Help() string {
	return "Everything is made up, in a database of its own that is taken away afterwards. Each figure is the median of several rounds, beside the bare engine writing the very same\nrows in the same run.\n\nExample:\n  citypost bench scans --seconds 30\n  citypost bench acts --database postgres://postgres@127.0.0.1/postgres --json"
}

// benchFlags are what all have in common.
type benchFlags struct {
	Seconds  int    `default:"30" help:"How long the run may take, about."`
	Database string `help:"postgres://… of a server where databases may be made; SQLite when left out."`
	Dir      string `help:"Where the SQLite files are made: choose the disk to be measured." type:"existingdir"`
	Entries  int64  `help:"How large a ledger is read (track, rebuild, verify, decay)."`
	Append   bool   `help:"Straight into the ledger, without HTTP (scans, acts, intakes, decay)."`
	Clients  int    `help:"How many clients write at once (scans 8, acts 64, intakes 48)."`
	JSON     bool   `help:"Print JSON."`
}

func (f benchFlags) run(e env, do func(context.Context, bench.Options) (bench.Result, error)) error {
	r, err := do(e, bench.Options{Seconds: f.Seconds, Database: f.Database, Dir: f.Dir, Append: f.Append, Entries: f.Entries, Clients: f.Clients})
	if err != nil {
		return err
	}
	if f.JSON {
		return json.NewEncoder(e.Out).Encode(r)
	}
	return r.Print(e.Out)
}

type benchScansCmd struct{ benchFlags }

// Run measures.
func (c benchScansCmd) Run(e env) error { return c.run(e, bench.Scans) }

type benchActsCmd struct{ benchFlags }

// Run measures.
func (c benchActsCmd) Run(e env) error { return c.run(e, bench.Acts) }

type benchIntakesCmd struct {
	benchFlags
	Pictures string `default:"mix" help:"How large the pictures are: a mix (half under 60 KB, one in twenty at 300 KB), limit (all at 300 KB), or a number of KB."`
}

// Run measures.
func (c benchIntakesCmd) Run(e env) error {
	return c.run(e, func(ctx context.Context, o bench.Options) (bench.Result, error) {
		o.Pictures = c.Pictures
		return bench.Intakes(ctx, o)
	})
}

type benchTrackCmd struct{ benchFlags }

// Run measures.
func (c benchTrackCmd) Run(e env) error { return c.run(e, bench.Track) }

type benchRebuildCmd struct{ benchFlags }

// Run measures.
func (c benchRebuildCmd) Run(e env) error { return c.run(e, bench.Rebuild) }

type benchDecayCmd struct {
	benchFlags
	Reads bool `help:"Measure track, verify and rebuild on the grown ledger too."`
}

// Run measures.
func (c benchDecayCmd) Run(e env) error {
	return c.run(e, func(ctx context.Context, o bench.Options) (bench.Result, error) {
		o.Reads = c.Reads
		return bench.Decay(ctx, o)
	})
}

type benchCoverCmd struct{ benchFlags }

// Run measures.
func (c benchCoverCmd) Run(e env) error { return c.run(e, bench.Cover) }

type benchVerifyCmd struct{ benchFlags }

// Run measures.
func (c benchVerifyCmd) Run(e env) error { return c.run(e, bench.Verify) }

type benchQuotesCmd struct {
	bookFlags
	Seconds int `default:"10" help:"How long the run may take."`
	Cores   int `default:"1" help:"On how many cores."`
}

// Run measures.
func (c benchQuotesCmd) Run(e env) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	t, err := tariff.Compile(book, "31")
	if err != nil {
		return err
	}
	r, err := tariff.Bench(e, t, c.Cores, time.Duration(c.Seconds)*time.Second)
	if err != nil {
		return err
	}
	return json.NewEncoder(e.Out).Encode(r)
}
