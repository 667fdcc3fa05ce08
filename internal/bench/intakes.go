package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"citypost/internal/dossier"
	"citypost/internal/ledger"
	"citypost/internal/privacy"

	"golang.org/x/sync/errgroup"
)

// intakeClerks are so many that the batches fill up.
const intakeClerks = 48

// Intakes measures dossiers taken in at the counters, each with its people, its money, its receipt and two pictures in one commit. When the time is over the house is closed, opened anew, and every intake
// that was acknowledged is looked for: in the ledger, with its people and with both pictures as they were sent.
func Intakes(ctx context.Context, o Options) (Result, error) {
	r := Result{Name: "intakes", Engine: engine(o), Through: "http", Bare: "the bare engine writing the same rows", Pictures: o.Pictures}
	if r.Pictures == "" {
		r.Pictures = PictureMix
	}
	if o.Clients == 0 {
		o.Clients = intakeClerks
	}
	size, err := sizerOf(r.Pictures)
	if err != nil {
		return r, err
	}
	p, err := newPlace(o)
	if err != nil {
		return r, err
	}
	defer p.close()
	dsn, err := p.dsn(ctx, "house")
	if err != nil {
		return r, err
	}
	rec := recorder{most: replayMost}
	c, err := openCounters(ctx, p.dir, dsn, size, o.Clients, rec.hear)
	if err != nil {
		return r, err
	}
	rounds, err := c.rounds(ctx, p, o, &r, &rec)
	if err := errors.Join(err, c.close()); err != nil {
		return r, err
	}
	r.median(rounds)
	return r, c.lookAgain(ctx, p.dir, dsn, &r)
}

// replayMost bounds the bytes of a round that the bare engine writes after it: they stay in memory until then.
const replayMost = 128 << 20

func (c *counters) rounds(ctx context.Context, p *place, o Options, r *Result, rec *recorder) (all []round, err error) {
	take := (*counterClerk).byPage
	if o.Append {
		r.Through, take = "append", (*counterClerk).direct
	} else if err := c.serve(ctx); err != nil {
		return nil, err
	}
	bare, err := openBareCounters(ctx, p)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	if err := rec.replay(ctx, bare, nil); err != nil { // what furnished the house
		return nil, err
	}
	each := time.Duration(o.Seconds) * time.Second * 2 / 3 / (rounds + 1)
	for i := range rounds + 1 {
		x, err := measure(ctx, c.clerks, each, func(k *counterClerk) (int, error) { return take(k, ctx) })
		if err != nil {
			return nil, err
		}
		if err := rec.replay(ctx, bare, &x); err != nil {
			return nil, err
		}
		if i > 0 { // the first warms up
			all = append(all, x)
		}
	}
	return all, nil
}

func openBareCounters(ctx context.Context, p *place) (*ledger.Bare, error) {
	db, err := p.open(ctx, "bare")
	if err != nil {
		return nil, err
	}
	key, err := privacy.LoadHouseKey(filepath.Join(p.dir, "house.key"))
	if err != nil {
		return nil, err
	}
	if _, err := privacy.OpenVault(ctx, db, key, time.Now); err != nil {
		return nil, err
	}
	if err := dossier.Migrate(ctx, db); err != nil {
		return nil, err
	}
	return ledger.OpenBare(ctx, db, dossier.Tables()...)
}

// lookers read at once what was acknowledged.
const lookers = 4

// lookAgain opens the house anew and looks for everything that was acknowledged.
func (c *counters) lookAgain(ctx context.Context, dir, dsn string, r *Result) error {
	again, err := reopen(ctx, dir, dsn)
	if err != nil {
		return err
	}
	work := make(chan taken)
	var all errgroup.Group
	for range lookers {
		all.Go(func() error {
			var errs []error
			for t := range work {
				if err := again.hasTaken(ctx, t); err != nil && len(errs) < 10 {
					errs = append(errs, fmt.Errorf("acknowledged and not as it was: dossier %s: %w", t.dossier, err))
				}
			}
			return errors.Join(errs...)
		})
	}
	size := 0
	for _, k := range c.clerks {
		for _, t := range k.taken {
			work <- t
			r.Checked++
			size += t.pictures[0].size + t.pictures[1].size
		}
	}
	close(work)
	r.PictureKB = float64(size) / 2048 / float64(max(1, r.Checked))
	err = all.Wait()
	s, serr := again.Ledger.Stats(ctx)
	r.Entries, r.BytesPerEntry = s.Entries, float64(s.DatabaseLen)/float64(max(1, s.Entries))
	return errors.Join(err, serr, again.House.Close())
}

// hasTaken says what is missing of an intake.
func (c *counters) hasTaken(ctx context.Context, t taken) error {
	rec, found, err := c.Ledger.Find(ctx, t.act)
	if err != nil {
		return err
	}
	if !found || codeIn(rec) != t.dossier {
		return fmt.Errorf("the ledger holds %q under its act", codeIn(rec))
	}
	d, err := dossier.Find(c.Ledger.View(ctx), t.dossier)
	if err != nil {
		return err
	}
	if len(d.Pictures) != len(t.pictures) {
		return fmt.Errorf("it names %d pictures", len(d.Pictures))
	}
	for n, hash := range d.Pictures {
		p, err := c.Dossiers.PictureOf(ctx, t.act, hash)
		if err != nil {
			return err
		}
		if !bytes.Equal(p.Body, t.pictures[n].body()) {
			return fmt.Errorf("its picture %d is another", n+1)
		}
	}
	people, err := c.Dossiers.PeopleOf(ctx, t.act)
	if err == nil && (people.Sender.Name != t.sender || people.Receiver.Name != t.sender) {
		err = errors.New("its people are others")
	}
	return err
}
