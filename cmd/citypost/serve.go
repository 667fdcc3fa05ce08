package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"citypost/internal/app"
	"citypost/internal/web"
)

// serveCmd runs the open house.
//
// Example: citypost serve --data /var/lib/citypost --listen 127.0.0.1:8080
type serveCmd struct {
	houseFlags
	Listen  string        `default:"127.0.0.1:8080" help:"Address to listen on." env:"CITYPOST_LISTEN"`
	Base    string        `help:"Address by which the public reaches us (https://…), for QR codes; default: the listening address." env:"CITYPOST_BASE"`
	Secure  bool          `help:"We are reached by TLS at a proxy before us." env:"CITYPOST_SECURE"`
	Proxy   []string      `help:"Address or network (10.0.0.0/8) of a proxy before us whose X-Forwarded-For is believed; may be given several times." placeholder:"CIDR" env:"CITYPOST_PROXY"`
	Hotline string        `help:"Telephone number shown to the public." env:"CITYPOST_HOTLINE"`
	SMTP    string        `help:"Mail server for notifications to people: smtp://user@host:587?from=ADDRESS; the password in CITYPOST_SMTP_PASSWORD." env:"CITYPOST_SMTP"`
	SMS     string        `help:"SMS gateway for notifications to people: https://host/path; the token in CITYPOST_SMS_TOKEN, the secret of its delivery reports in CITYPOST_NOTIFICATION_SECRET." env:"CITYPOST_SMS"`
	Drain   time.Duration `default:"0s" help:"How long /healthz says 503 and all else goes on before we stop: longer than a balancer needs to notice." env:"CITYPOST_DRAIN"`
	Log     string        `default:"info" enum:"debug,info,warn,error" help:"How much to log."`
}

// Help shows an example.
func (serveCmd) Help() string {
	return "Example:\n  citypost serve --data /var/lib/citypost --listen 127.0.0.1:8080\n  citypost serve --database postgres://citypost@db/citypost --secure --proxy 127.0.0.1 --base https://buudien.example"
}

// Run serves until the process is told to stop.
func (c serveCmd) Run(e env) error {
	proxies, err := web.ParseProxies(c.Proxy...)
	if err != nil {
		return err
	}
	log := logger(c.Log)
	slog.SetDefault(log)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	cfg := c.config()
	cfg.Base, cfg.Secure, cfg.Hotline, cfg.Log = c.Base, c.Secure, c.Hotline, log
	cfg.Messages = app.NotificationConfig{
		SMTP: c.SMTP, SMTPPassword: os.Getenv("CITYPOST_SMTP_PASSWORD"),
		SMS: c.SMS, SMSToken: os.Getenv("CITYPOST_SMS_TOKEN"), ReportSecret: os.Getenv("CITYPOST_NOTIFICATION_SECRET"),
	}
	cfg.Proxies = proxies
	if cfg.Base == "" {
		cfg.Base = "http://" + c.Listen
	}
	h, err := app.Open(e, cfg)
	if err != nil {
		return err
	}
	ln, err := listen(c.Listen)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	fmt.Fprintf(e.Out, "citypost: http://%s\n", ln.Addr())
	return errors.Join(serve(e, h, log, ln, c.Drain), h.Close())
}

func listen(addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return ln, nil
}

// Limits of a connection. A form on a slow line comes in well under a minute; nobody keeps a request open longer than that.
const (
	readTimeout  = time.Minute
	writeTimeout = 2 * time.Minute
	idleTimeout  = 2 * time.Minute
	stopTimeout  = 25 * time.Second // longer than an act waits for a database that changes machines
)

// house is what serve needs of either house.
type house interface {
	Handler() http.Handler
	Run(ctx context.Context) error
	Leave() // from now on /healthz says that we stop soon
	Leaving() bool
	Close() error
}

// serve answers requests and runs the house's own work until ctx ends. Then /healthz says so for as long as drain, while all else goes on; after that no new
// connection is taken, requests under way are finished, and the house's own work ends last.
func serve(ctx context.Context, h house, log *slog.Logger, ln net.Listener, drain time.Duration) error {
	srv := &http.Server{
		Handler: courteous(h), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() { worked <- h.Run(work) }()
	go func() { served <- srv.Serve(ln) }()
	var err error
	select {
	case <-ctx.Done():
		err = leave(h, srv, log, drain)
		<-served
	case err = <-served:
	}
	stop()
	if werr := <-worked; !errors.Is(werr, context.Canceled) {
		err = errors.Join(err, werr)
	}
	return err
}

// courteous ends each connection with its next answer once we are leaving: who comes again comes by a new one, which the balancer takes elsewhere.
func courteous(h house) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.Leaving() {
			w.Header().Set("Connection", "close")
		}
		h.Handler().ServeHTTP(w, r)
	})
}

// leave ends the answering of requests.
func leave(h house, srv *http.Server, log *slog.Logger, drain time.Duration) error {
	h.Leave()
	if drain > 0 {
		log.Info("leaving", "drain_s", drain.Seconds())
		<-time.After(drain)
	}
	end, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	err := srv.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests under way were cut off", "after_s", stopTimeout.Seconds())
		return srv.Close()
	}
	return err
}

// progress shows how far a long job is, on a terminal only.
func progress(w io.Writer, label string) func(done, total int64) {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return func(int64, int64) {}
	}
	var last time.Time
	return func(done, total int64) {
		if time.Since(last) < 100*time.Millisecond && done < total {
			return
		}
		last = time.Now()
		const width = 30
		full := width
		if total > 0 {
			full = int(done * width / total)
		}
		fmt.Fprintf(f, "\r%s [%-*s] %d/%d", label, width, bar[:full], done, total)
		if done >= total {
			fmt.Fprintln(f)
		}
	}
}

const bar = "##############################"

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
