package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"citypost/internal/app"
	"citypost/internal/demo"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/procedure"
)

// demoCmd makes up a living city and serves it.
type demoCmd struct {
	houseFlags
	Listen     string  `default:"127.0.0.1:8080" help:"Address to listen on."`
	Seed       uint64  `default:"7" help:"The same seed on the same day makes the same city."`
	Speed      float64 `default:"10" help:"How fast the day goes on, in the first twenty hours; 1 is the world's pace."`
	Procedures string  `type:"existingfile" help:"List of procedures to take in (see: citypost procedure import); default: invented ones."`
	Log        string  `default:"warn" enum:"debug,info,warn,error" help:"How much to log."`
}

// Help shows an example.
func (demoCmd) Help() string {
	return "Everything in it is made up and says so. With --data the city is kept there; without, it lives in a folder that goes away with the program.\n\nExample:\n  citypost demo --listen 127.0.0.1:8080 --seed 7"
}

// Run makes the city unless its folder holds one, prints who can sign in, and serves until told to stop.
func (c demoCmd) Run(e env) error {
	if c.Speed < 1 || c.Speed > 3600 {
		return fault.New(fault.Invalid, "cmd.usage", "--speed phải từ 1 đến 3600.", "--speed must be 1 to 3600.")
	}
	slog.SetDefault(logger(c.Log))
	if c.Database == "" && c.Data == defaultData() {
		dir, err := os.MkdirTemp("", "citypost-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.Data = dir
	} else if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	clock := demo.NewClock(time.Now(), c.Seed)
	cfg := c.config()
	cfg.Base, cfg.MadeUp, cfg.Now, cfg.Log = "http://"+c.Listen, true, clock.Now, slog.Default()
	ln, err := listen(c.Listen) // a taken address is said before the city is made
	if err != nil {
		return err
	}
	h, err := app.Open(e, cfg)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	city, err := c.fill(e, h, clock)
	if err != nil {
		return errors.Join(err, ln.Close(), h.Close())
	}
	clock.Run(c.Speed)
	live, stop := context.WithCancel(e)
	ended := make(chan error, 1)
	go func() {
		if city != nil {
			ended <- city.Live(live)
			return
		}
		ended <- nil
	}()
	err = serve(e, h, h.Log, ln, 0)
	stop()
	if lerr := <-ended; !errors.Is(lerr, context.Canceled) {
		err = errors.Join(err, lerr)
	}
	return errors.Join(err, h.Close())
}

// fill makes the city, or takes the one that is there.
func (c demoCmd) fill(e env, h *app.House, clock *demo.Clock) (*demo.City, error) {
	if h.Ledger.Seq() > 0 {
		fmt.Fprintf(e.Out, "citypost demo: %s giữ nguyên thành phố đã có / keeps the city that is there\n  http://%s\n", c.Data, c.Listen)
		return nil, nil
	}
	start := time.Now()
	if err := c.takeProcedures(e, h); err != nil {
		return nil, err
	}
	show := progress(e.Diag, "90 ngày / 90 days")
	city, err := demo.Fill(e, h, clock, demo.Options{Seed: c.Seed}, show)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(e.Out, "citypost demo: thành phố mẫu, mọi thứ đều do máy dựng / a made-up city, everything in it is generated\n")
	fmt.Fprintf(e.Out, "  %d bút toán sổ cái trong %.1f s / ledger entries\n\n", h.Ledger.Seq(), time.Since(start).Seconds())
	fmt.Fprintf(e.Out, "  Trang công cộng / public     http://%s/\n", c.Listen)
	fmt.Fprintf(e.Out, "  Nhân viên / staff            http://%s/sign-in\n", c.Listen)
	fmt.Fprintf(e.Out, "  Mật khẩu chung / password    %s\n\n", demo.Password)
	for _, l := range city.Logins() {
		fmt.Fprintf(e.Out, "  %-10s %s / %s", l.Login, l.RoleVI, l.RoleEN)
		if l.Office != "" {
			fmt.Fprintf(e.Out, " · %s", l.Office)
		}
		fmt.Fprintln(e.Out)
	}
	return city, nil
}

// takeProcedures takes in the list that was given, so that none is made up.
func (c demoCmd) takeProcedures(e env, h *app.House) error {
	if c.Procedures == "" {
		return nil
	}
	data, err := os.ReadFile(c.Procedures)
	if err != nil {
		return err
	}
	_, err = h.Procedures.Apply(e, procedure.Release{Data: data, Act: "demo", From: postal.DayOf(h.Now()).AddDays(-demo.PastDays), SkipBad: true}, nil)
	return err
}
