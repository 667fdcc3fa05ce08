package gazetteer

import (
	"embed"
	"fmt"
	"sync"
)

//go:embed tables/*.tsv
var tables embed.FS

// Load gives the official tables that the program ships. They are read once, at the first call.
func Load() (*Gazetteer, error) { return shipped() }

var shipped = sync.OnceValues(loadShipped)

func loadShipped() (*Gazetteer, error) {
	var units []Unit
	for _, name := range []string{"provinces", "communes", "former-districts", "former-communes"} {
		rows, err := readTable(name, unitFromRow)
		if err != nil {
			return nil, err
		}
		units = append(units, rows...)
	}
	var links []Link
	for _, name := range []string{"provinces-lineage", "communes-lineage"} {
		rows, err := readTable(name, linkFromRow)
		if err != nil {
			return nil, err
		}
		links = append(links, rows...)
	}
	return New(units, links)
}

func readTable[T any](name string, read func(row) (T, error)) ([]T, error) {
	data, err := tables.ReadFile("tables/" + name + ".tsv")
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	rows, err := readRows(data, read)
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	return rows, nil
}
