package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"citypost/internal/sqldb"
)

// Options say what a run may take.
type Options struct {
	Seconds  int    // for the whole run, about
	Database string // "postgres://…" of a server where databases may be made; empty: SQLite in a folder of its own
	Dir      string // where that folder is made; empty: the system's
	Reads    bool   // decay: measure verify, rebuild and track on the grown ledger too
	Append   bool   // straight into the ledger, without HTTP
	Entries  int64  // for rebuild, verify and track: how large a ledger is measured
	Clients  int    // 0: what the figure calls for
	Pictures string // for intakes: PictureMix, PictureLimit or KB
}

// Result is what was measured, the median of the rounds.
type Result struct {
	Name          string   `json:"name"`
	Engine        string   `json:"engine"`
	Through       string   `json:"through"` // http or append
	PerS          float64  `json:"per_s"`
	Slowest       float64  `json:"slowest_per_s"` // of the rounds
	BarePerS      float64  `json:"bare_per_s"`
	Ratio         float64  `json:"ratio"`
	P50           float64  `json:"p50_ms"`
	P99           float64  `json:"p99_ms"`
	Entries       int64    `json:"entries"`
	BytesPerEntry float64  `json:"bytes_per_entry"`
	Vacuumed      float64  `json:"bytes_per_entry_vacuumed,omitempty"` // PostgreSQL: without the row versions that are dead
	RSS           int64    `json:"rss_bytes"`
	Rounds        int      `json:"rounds"`
	Bare          string   `json:"bare"`   // what the yardstick is
	CPU           float64  `json:"cpu_us"` // processor time of one, load tool included: what a busy machine does not change
	Stages        []Stage  `json:"stages,omitempty"`
	Reads         []Result `json:"reads,omitempty"`      // of the grown ledger
	Pictures      string   `json:"pictures,omitempty"`   // how large they were
	PictureKB     float64  `json:"picture_kb,omitempty"` // the mean one; an intake has two
	Checked       int64    `json:"checked,omitempty"`    // acknowledged intakes that were found again, whole
}

// Print says it in a few lines.
func (r Result) Print(w io.Writer) error {
	bare := "no yardstick"
	if r.Bare != "" {
		bare = fmt.Sprintf("%s: %.0f/s; ratio %.2f", r.Bare, r.BarePerS, r.Ratio)
	}
	_, err := fmt.Fprintf(w, "%s (%s, %s)\n  %.0f/s (slowest round %.0f/s); %s\n  p50 %.1f ms, p99 %.1f ms; %.1f µs of processor each; %d entries, %.0f bytes an entry; RSS %d MB; median of %d rounds\n",
		r.Name, r.Engine, r.Through, r.PerS, r.Slowest, bare, r.P50, r.P99, r.CPU, r.Entries, r.BytesPerEntry, r.RSS>>20, r.Rounds)
	if err == nil && r.Vacuumed > 0 {
		_, err = fmt.Fprintf(w, "  %.0f bytes an entry after VACUUM FULL\n", r.Vacuumed)
	}
	if err == nil && r.Pictures != "" {
		_, err = fmt.Fprintf(w, "  pictures: %s, two of %.0f KB each on average, %.0f MB/s; all %d acknowledged intakes found again with people and both pictures\n", r.Pictures, r.PictureKB, 2*r.PictureKB*r.PerS/1024, r.Checked)
	}
	return err
}

// round is one measurement of each side.
type round struct {
	perS, bare, cpu float64
	took            []time.Duration
}

func (r *Result) median(rounds []round) {
	per, bare, cpu := make([]float64, len(rounds)), make([]float64, len(rounds)), make([]float64, len(rounds))
	var took []time.Duration
	for i, x := range rounds {
		per[i], bare[i], cpu[i] = x.perS, x.bare, x.cpu
		took = append(took, x.took...)
	}
	r.Rounds, r.PerS, r.BarePerS, r.CPU = len(rounds), middle(per), middle(bare), middle(cpu)
	if len(per) > 0 {
		r.Slowest = slices.Min(per)
	}
	if r.BarePerS > 0 {
		r.Ratio = r.PerS / r.BarePerS
	}
	r.P50, r.P99 = quantile(took, 0.50), quantile(took, 0.99)
	r.RSS = rss()
}

func middle(x []float64) float64 {
	slices.Sort(x)
	if len(x) == 0 {
		return 0
	}
	return x[len(x)/2]
}

// quantile is in milliseconds.
func quantile(took []time.Duration, q float64) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(len(took)-1, int(float64(len(took))*q))].Seconds() * 1000
}

// spent is the processor time of this process so far, in microseconds.
func spent() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1000
}

// rss is what the process holds of the machine's memory, 0 where the system does not say.
func rss() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kb)[0], 10, 64)
			if err != nil {
				return 0
			}
			return n << 10
		}
	}
	return 0
}

// place is where a run's databases live; close takes them away.
type place struct {
	dir     string
	server  string
	closers []func()
}

func newPlace(o Options) (*place, error) {
	dir, err := os.MkdirTemp(o.Dir, "citypost-bench-")
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir, server: o.Database}
	p.closers = append(p.closers, func() { os.RemoveAll(dir) })
	return p, nil
}

func (p *place) close() {
	for _, c := range slices.Backward(p.closers) {
		c()
	}
}

// open makes a fresh database.
func (p *place) open(ctx context.Context, name string) (*sqldb.DB, error) {
	dsn, err := p.dsn(ctx, name)
	if err != nil {
		return nil, err
	}
	db, err := sqldb.Open(ctx, dsn)
	if err == nil {
		p.closers = append(p.closers, func() { db.Close() })
	}
	return db, err
}

// dsn is where a fresh database is, or will be.
func (p *place) dsn(ctx context.Context, name string) (string, error) {
	if p.server != "" {
		return p.makeDatabase(ctx)
	}
	return p.dir + "/" + name + ".db", nil
}

func (p *place) makeDatabase(ctx context.Context) (string, error) {
	admin, err := sqldb.Open(ctx, p.server)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("citypost_bench_%08x", rand.Uint32())
	if _, err := admin.Write().ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return "", fmt.Errorf("make database: %w", err)
	}
	p.closers = append(p.closers, func() {
		admin.Write().ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		admin.Close()
	})
	base, query, _ := strings.Cut(p.server, "?")
	dsn := base[:strings.LastIndex(base, "/")+1] + name
	if query != "" {
		dsn += "?" + query
	}
	return dsn, nil
}
