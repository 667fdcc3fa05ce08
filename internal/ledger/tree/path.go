package tree

import (
	"fmt"
	"strconv"
	"strings"
)

// TilePath names a tile or an entry bundle as C2SP tlog-tiles does, after "tile/": "0/x001/234", "1/000.p/17", "entries/x001/234".
type TilePath struct {
	Entries bool
	Level   int // 0 for entry bundles
	N       int64
	Width   int // 256 for a full tile
}

// String writes the path.
func (p TilePath) String() string {
	s := strconv.Itoa(p.Level)
	if p.Entries {
		s = "entries"
	}
	digits := fmt.Sprintf("%03d", p.N%1000)
	for n := p.N / 1000; n > 0; n /= 1000 {
		digits = fmt.Sprintf("x%03d/%s", n%1000, digits)
	}
	s += "/" + digits
	if p.Width < tileWidth {
		s += fmt.Sprintf(".p/%d", p.Width)
	}
	return s
}

// ParseTilePath reads a path in its one valid form.
func ParseTilePath(path string) (TilePath, error) {
	p, err := parseTilePath(path)
	if err != nil || p.String() != path {
		return TilePath{}, noSuchTile()
	}
	return p, nil
}

func parseTilePath(path string) (p TilePath, err error) {
	level, number, ok := strings.Cut(path, "/")
	if !ok || len(path) > 64 {
		return p, errForm
	}
	if p.Entries = level == "entries"; !p.Entries {
		if p.Level, err = strconv.Atoi(level); err != nil || p.Level < 0 || p.Level > 63 {
			return p, errForm
		}
	}
	p.Width = tileWidth
	number, width, partial := strings.Cut(number, ".p/")
	if partial {
		if p.Width, err = strconv.Atoi(width); err != nil || p.Width < 1 || p.Width >= tileWidth {
			return p, errForm
		}
	}
	p.N, err = strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(number), 10, 63)
	if err != nil || p.N < 0 {
		return p, errForm
	}
	return p, nil
}
