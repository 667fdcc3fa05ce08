package upkeep

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/sqldb"
)

// On PostgreSQL the engine's own tools make and read the copy: pg_dump takes one snapshot while people go on working, pg_restore puts it back. What is ours is the
// proof: every copy is restored into a database made for that, and the ledger in it is proved.

// dumpFile is the copy of a PostgreSQL database (pg_dump --format=custom).
const dumpFile = "city.dump"

// tool finds one of PostgreSQL's programs: on the path, or where Debian keeps them, the newest first.
func tool(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fault.New(fault.Unavailable, "upkeep.no_tool",
			"Không thấy %s của PostgreSQL trên máy này: hãy cài gói postgresql-client cùng phiên bản với máy chủ.",
			"PostgreSQL's %s is not on this machine: install the package postgresql-client of the server's version.", name)
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// runTool runs a program of PostgreSQL on a database. The password goes by the environment, where no list of processes shows it.
func runTool(ctx context.Context, name, dsn string, args ...string) error {
	path, err := tool(name)
	if err != nil {
		return err
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return fmt.Errorf("read the database's address: %w", errAddress)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = os.Environ()
	if secret, ok := u.User.Password(); ok {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+secret)
		u.User = url.User(u.User.Username())
	}
	cmd.Args = append(cmd.Args, "--dbname="+u.String(), "--no-password")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return nil
}

var errAddress = errors.New("it is no address of PostgreSQL") // the address itself may hold a password

// dump copies a PostgreSQL database and gives the checkpoint that stood before, which the copy must contain.
func (i Installation) dump(ctx context.Context, to string) (before []byte, err error) {
	db, err := sqldb.OpenRead(ctx, i.Database)
	if err != nil {
		return nil, err
	}
	before, err = ledger.Audit{DB: db}.Newest(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if err := runTool(ctx, "pg_dump", i.Database, "--format=custom", "--no-owner", "--no-privileges", "--file="+to); err != nil {
		return nil, err
	}
	return before, syncFile(to)
}

// undump puts a copy into an empty database, all of it or nothing.
func undump(ctx context.Context, from, dsn string) error {
	return runTool(ctx, "pg_restore", dsn, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", from)
}

// proveDump restores a copy into a database of its own, proves it there and takes the database away again.
func (i Installation) proveDump(ctx context.Context, dump string, before []byte) (p proved, err error) {
	server := i.Trial
	if server == "" {
		server = i.Database
	}
	admin, err := sqldb.Open(ctx, server)
	if err != nil {
		return p, err
	}
	defer admin.Close()
	var id [6]byte
	if _, err := rand.Read(id[:]); err != nil {
		return p, err
	}
	name := fmt.Sprintf("citypost_trial_%x", id)
	if _, err := admin.Write().ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return p, fault.New(fault.Forbidden, "upkeep.no_trial",
			"Không tạo được cơ sở dữ liệu để khôi phục thử: cấp quyền CREATEDB cho tài khoản, hoặc chỉ máy chủ khác bằng --trial. Bản sao vẫn còn nhưng CHƯA kiểm chứng.",
			"No database can be made to restore the copy on trial: give the user CREATEDB, or name another server with --trial. The copy is there, but NOT proved.").Because(err)
	}
	defer func() {
		_, derr := admin.Write().ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		err = errors.Join(err, derr)
	}()
	trial, err := inDatabase(server, name)
	if err != nil {
		return p, err
	}
	if err := undump(ctx, dump, trial); err != nil {
		return p, damaged("pg_restore").Because(err)
	}
	return i.prove(ctx, trial, before)
}

// inDatabase is the address of another database on the same server.
func inDatabase(dsn, name string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w", errAddress)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// restoreDump puts a copy into the empty database that the installation names, and proves it. When it is not right the database is emptied again.
func (i Installation) restoreDump(ctx context.Context, dump string, m Manifest) (p proved, err error) {
	db, err := sqldb.Open(ctx, i.Database)
	if err != nil {
		return p, err
	}
	defer db.Close()
	var tables int
	if err := db.Read().QueryRowContext(ctx, `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables); err != nil {
		return p, fmt.Errorf("look into the database: %w", err)
	}
	if tables > 0 {
		return p, fault.New(fault.Conflict, "upkeep.not_empty",
			"Cơ sở dữ liệu đã có %[1]d bảng. Chỉ khôi phục vào cơ sở dữ liệu trống (createdb).", "The database has %[1]d tables already. Restore only into an empty database (createdb).", tables)
	}
	if err := undump(ctx, dump, i.Database); err != nil {
		return p, damaged("pg_restore").Because(err)
	}
	if p, err = i.prove(ctx, i.Database, []byte(m.Checkpoint)); err == nil {
		err = m.fits(p)
	}
	if err != nil {
		for _, text := range []string{`DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`} {
			if _, derr := db.Write().ExecContext(context.WithoutCancel(ctx), text); derr != nil {
				return p, errors.Join(err, derr)
			}
		}
	}
	return p, err
}
