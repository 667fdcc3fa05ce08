package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"citypost/internal/app"
)

// houseFlags say which house a command works on.
type houseFlags struct {
	Data      string `default:"data" help:"Folder of keys and, without --database, of the database." env:"CITYPOST_DATA" type:"path"`
	Database  string `help:"postgres://… or the path of an SQLite file; default city.db in --data." env:"CITYPOST_DATABASE"`
	Rules     string `help:"Folder of the site's own rules, laid over the law." placeholder:"DIR" env:"CITYPOST_RULES" type:"path"`
	Witnesses string `help:"Policy file (C2SP tlog-policy) of the witnesses who must cosign a checkpoint before the public sees it." placeholder:"FILE" env:"CITYPOST_WITNESSES" type:"path"`
	Province  string `default:"31" help:"Code of the province whose post this is; 31 is Hải Phòng." env:"CITYPOST_PROVINCE"`
}

func (f houseFlags) config() app.Config {
	return app.Config{Data: f.Data, Database: f.Database, Rules: f.Rules, Province: f.Province, Witnesses: f.Witnesses}
}

// open opens the house for one command.
func (f houseFlags) open(ctx context.Context) (*app.House, error) {
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return nil, err
	}
	return app.Open(ctx, f.config())
}

// logger writes facts in keys to standard error; JSON where no person watches.
func logger(level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}

// defaultData is the folder meant when none is named.
func defaultData() string {
	dir, err := filepath.Abs("data")
	if err != nil {
		return "data"
	}
	return dir
}
