package privacy_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"citypost/internal/fault"
	"citypost/internal/privacy"
	"citypost/internal/sqldb"
	"citypost/internal/sqldb/sqltest"
)

var day = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func now() time.Time { return day }

func houseKey(t testing.TB, fill byte) *privacy.HouseKey {
	t.Helper()
	k, err := privacy.NewHouseKey(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func openVault(t testing.TB, db *sqldb.DB) *privacy.Vault {
	t.Helper()
	v, err := privacy.OpenVault(t.Context(), db, houseKey(t, 7), now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newSubjects(t testing.TB, v *privacy.Vault, n int) []privacy.Subject {
	t.Helper()
	var list []privacy.Subject
	err := v.DB.Tx(t.Context(), func(tx *sql.Tx) (err error) {
		list, err = v.NewSubjects(t.Context(), tx, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func mustSeal(t testing.TB, s privacy.Subject, context, plain string) []byte {
	t.Helper()
	sealed, err := s.Seal(context, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedDataOpensForItsSubjectAndContextOnly(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		list := newSubjects(t, v, 2)
		a, b := list[0], list[1]
		sealed := mustSeal(t, a, "dossier.sender", "Nguyễn Thị Mẫu")
		if bytes.Contains(sealed, []byte("Mẫu")) {
			t.Fatal("the sealed bytes still show the name")
		}
		plain, err := v.Open(t.Context(), db.Read(), a.ID, "dossier.sender", sealed)
		if err != nil || string(plain) != "Nguyễn Thị Mẫu" {
			t.Fatalf("got %q, %v", plain, err)
		}
		if _, err := v.Open(t.Context(), db.Read(), b.ID, "dossier.sender", sealed); !errors.Is(err, privacy.ErrTampered) {
			t.Errorf("another subject opened it: %v", err)
		}
		if _, err := v.Open(t.Context(), db.Read(), a.ID, "dossier.recipient", sealed); !errors.Is(err, privacy.ErrTampered) {
			t.Errorf("another context opened it: %v", err)
		}
	})
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	v := openVault(t, sqltest.SQLite(t))
	s := newSubjects(t, v, 1)[0]
	sealed := mustSeal(t, s, "x", "0912345678")
	for i := range len(sealed) * 8 {
		changed := bytes.Clone(sealed)
		changed[i/8] ^= 1 << (i % 8)
		if _, err := s.Open("x", changed); !errors.Is(err, privacy.ErrTampered) {
			t.Fatalf("bit %d flipped: %v", i, err)
		}
	}
	for n := range len(sealed) {
		if _, err := s.Open("x", sealed[:n]); !errors.Is(err, privacy.ErrTampered) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestSealingTwiceGivesDifferentBytes(t *testing.T) {
	v := openVault(t, sqltest.SQLite(t))
	s := newSubjects(t, v, 1)[0]
	if bytes.Equal(mustSeal(t, s, "x", "same"), mustSeal(t, s, "x", "same")) {
		t.Error("equal names would be seen to be equal")
	}
}

func TestEraseMakesOnePersonUnreadableAndNobodyElse(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		list := newSubjects(t, v, 3)
		var sealed [][]byte
		for i, s := range list {
			sealed = append(sealed, mustSeal(t, s, "x", fmt.Sprint("person ", i)))
		}
		for range 2 { // a second time is harmless
			if err := v.Erase(t.Context(), list[1].ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err := v.Open(t.Context(), db.Read(), list[1].ID, "x", sealed[1])
		if f, ok := fault.From(err); !ok || f.Kind != fault.NotFound || f.Code != "privacy.erased" || f.VI == "" || f.EN == "" {
			t.Fatalf("after erasing: %v", err)
		}
		if _, err := v.Seal(t.Context(), db.Read(), list[1].ID, "x", []byte("again")); fault.Code(err) != "privacy.erased" {
			t.Errorf("something new was sealed for an erased person: %v", err)
		}
		for _, i := range []int{0, 2} {
			if got, err := v.Open(t.Context(), db.Read(), list[i].ID, "x", sealed[i]); err != nil || string(got) != fmt.Sprint("person ", i) {
				t.Errorf("person %d: %q, %v", i, got, err)
			}
		}
		found, err := v.Subjects(t.Context(), db.Read(), []privacy.SubjectID{list[0].ID, list[1].ID, list[2].ID, "nobody"})
		if err != nil || len(found) != 2 {
			t.Errorf("a list has %d living subjects, %v; want 2", len(found), err)
		}
		var key []byte
		var erasedMS int64
		if err := db.Read().QueryRowContext(t.Context(), `SELECT sealed_key, erased_ms FROM subject_key k JOIN subject_erased e ON e.subject = k.subject
			WHERE k.subject = $1`, string(list[1].ID)).Scan(&key, &erasedMS); err != nil || !bytes.Equal(key, make([]byte, 73)) || erasedMS != day.UnixMilli() {
			t.Errorf("row after erasing: key %x, erased %d, %v", key, erasedMS, err)
		}
	})
}

func TestEraseOfAnUnknownPersonIsNotFound(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		if err := v.Erase(t.Context(), "nobody"); fault.Code(err) != "privacy.unknown" {
			t.Error(err)
		}
	})
}

func TestEraseInIsPartOfTheCallersTransaction(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		s := newSubjects(t, v, 1)[0]
		failed := errors.New("the caller's own work failed")
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			return errors.Join(v.EraseIn(t.Context(), tx, s.ID), failed)
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		if _, err := v.Subject(t.Context(), db.Read(), s.ID); err != nil {
			t.Errorf("erased although the transaction was rolled back: %v", err)
		}
	})
}

// The rows must not survive in pages or in the log: somebody with the file and a stolen house key would read on.
func TestScrubLeavesNoErasedKeyInTheFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "post.db")
	db, err := sqldb.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	v := openVault(t, db)
	var ids []privacy.SubjectID
	for range 30 {
		for _, s := range newSubjects(t, v, 100) {
			ids = append(ids, s.ID)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	var gone [][]byte
	for _, id := range ids[:700] {
		var key []byte
		if err := db.Read().QueryRowContext(t.Context(), `SELECT sealed_key FROM subject_key WHERE subject = $1`, string(id)).Scan(&key); err != nil {
			t.Fatal(err)
		}
		gone = append(gone, key)
		if err := v.Erase(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	remains := 0
	for _, key := range gone {
		for _, file := range []string{path, path + "-wal"} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, key[25:]) {
				remains++
			}
		}
	}
	if remains > 0 {
		t.Errorf("%d of %d erased keys are still in the files", remains, len(gone))
	}
}

func TestScrubRunsOnPostgres(t *testing.T) {
	v := openVault(t, sqltest.Postgres(t))
	if err := v.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreMovedBetweenRowsInVain(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		list := newSubjects(t, v, 2)
		err := db.Tx(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE subject_key SET sealed_key = (SELECT sealed_key FROM subject_key WHERE subject = $2) WHERE subject = $1`,
				string(list[0].ID), string(list[1].ID))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Subject(t.Context(), db.Read(), list[0].ID); !errors.Is(err, privacy.ErrTampered) {
			t.Errorf("the key of one row opened in another: %v", err)
		}
	})
}

func TestAnotherHouseKeyIsRefusedAtTheDoor(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		openVault(t, db)
		openVault(t, db) // the same key again is welcome
		if _, err := privacy.OpenVault(t.Context(), db, houseKey(t, 8), now); fault.Code(err) != "privacy.wrong_house_key" {
			t.Error(err)
		}
	})
}

func TestManySubjectsAreMadeInOneCall(t *testing.T) {
	sqltest.Each(t, func(t *testing.T, db *sqldb.DB) {
		v := openVault(t, db)
		list := newSubjects(t, v, 2500) // three statements
		ids := make([]privacy.SubjectID, len(list))
		for i, s := range list {
			ids[i] = s.ID
		}
		found, err := v.Subjects(t.Context(), db.Read(), ids)
		if err != nil || len(found) != len(ids) {
			t.Fatalf("%d subjects, %v", len(found), err)
		}
		for _, s := range list {
			if got, err := found[s.ID].Open("x", mustSeal(t, s, "x", string(s.ID))); err != nil || string(got) != string(s.ID) {
				t.Fatalf("%s: %q, %v", s.ID, got, err)
			}
		}
	})
}

func TestBlindIndexIsStableAndKeptApart(t *testing.T) {
	k := houseKey(t, 7)
	phone := k.Blind("phone", "+84912345678")
	if !bytes.Equal(phone, k.Blind("phone", "+84912345678")) {
		t.Error("the same phone gave two search keys")
	}
	for name, other := range map[string][]byte{
		"another value":     k.Blind("phone", "+84912345679"),
		"another field":     k.Blind("id_number", "+84912345678"),
		"shifted boundary":  k.Blind("phone+", "84912345678"),
		"another house key": houseKey(t, 8).Blind("phone", "+84912345678"),
	} {
		if bytes.Equal(phone, other) {
			t.Errorf("%s gave the same search key", name)
		}
	}
}

func TestHouseSecretsAreBoundToTheirContext(t *testing.T) {
	k := houseKey(t, 7)
	sealed, err := k.Seal("totp:nv-1", []byte("seed"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := k.Open("totp:nv-1", sealed); err != nil || string(plain) != "seed" {
		t.Errorf("%q, %v", plain, err)
	}
	if _, err := k.Open("totp:nv-2", sealed); !errors.Is(err, privacy.ErrTampered) {
		t.Errorf("moved to another account: %v", err)
	}
}

func TestHouseKeyFileIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "house.key")
	prints := make([]string, 8)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			k, err := privacy.LoadOrCreateHouseKey(path)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = k.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] || p == "" {
			t.Fatalf("starting together gave different keys: %v", prints)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("%v, %v", info, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files left over: %v, %v", left, err)
	}
}

func TestHouseKeyThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.key")
	if _, err := privacy.LoadOrCreateHouseKey(path); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o644: false, 0o660: false, 0o604: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := privacy.LoadHouseKey(path); (err == nil) != ok {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestCutHouseKeyIsRefusedAndNeverReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.key")
	if err := os.WriteFile(path, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := privacy.LoadOrCreateHouseKey(path); err == nil {
		t.Error("a cut key was accepted")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "half a key" {
		t.Errorf("the file was changed: %q, %v", data, err)
	}
}

func BenchmarkNewSubjectsOf200(b *testing.B) {
	v := openVault(b, sqltest.SQLite(b))
	for b.Loop() {
		newSubjects(b, v, 200)
	}
}

func BenchmarkOpenWithKeyFromDatabase(b *testing.B) {
	v := openVault(b, sqltest.SQLite(b))
	list := newSubjects(b, v, 10_000)
	sealed := make([][]byte, len(list))
	for i, s := range list {
		sealed[i] = mustSeal(b, s, "x", "Nguyễn Thị Mẫu, 0912345678")
	}
	i := 0
	for b.Loop() {
		n := (i * 7919) % len(list)
		if _, err := v.Open(b.Context(), v.DB.Read(), list[n].ID, "x", sealed[n]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkSealOneField(b *testing.B) {
	v := openVault(b, sqltest.SQLite(b))
	s := newSubjects(b, v, 1)[0]
	for b.Loop() {
		mustSeal(b, s, "x", "Nguyễn Thị Mẫu, 0912345678")
	}
}
