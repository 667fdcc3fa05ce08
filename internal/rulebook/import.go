package rulebook

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"citypost/internal/fault"
	"citypost/internal/postal"
)

// Incoming is a table that a site takes in from a file, to be laid over the law as a rule of its own.
type Incoming struct {
	Key      string
	From, To postal.Day // the zero To has no end
	Source   string     // an instrument
	Article  string
	Verified bool
	Reason   Words // why it is not verified
}

// mostRows bounds a table: the communes of the country, in every class, are fewer.
const mostRows = 50_000

// ReadTable reads a CSV whose first row names the columns of the key, and gives the rule's text. Cells are checked when the book is read.
func ReadTable(book *Book, in Incoming, file io.Reader) (string, error) {
	key, ok := book.FindKey(in.Key)
	if !ok || key.Type.Kind != Grid {
		return "", fault.New(fault.NotFound, "rulebook.no_table", "Bộ quy tắc không có bảng %[1]q.", "The rulebook has no table %[1]q.", in.Key)
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return "", fault.New(fault.Invalid, "rulebook.csv", "Tệp CSV hỏng: %[1]v.", "The CSV file is broken: %[1]v.", err).Because(err)
	}
	var columns []string
	for _, c := range key.Type.Columns {
		columns = append(columns, c.Name)
	}
	if len(rows) < 2 || len(rows) > mostRows || !slices.Equal(rows[0], columns) {
		return "", fault.New(fault.Invalid, "rulebook.csv_head", "Dòng đầu của tệp phải là: %[1]s; sau đó ít nhất một dòng.", "The first row of the file must be: %[1]s; then at least one row.", strings.Join(columns, ","))
	}
	return in.write(rows)
}

// write gives the text of the rule.
func (in Incoming) write(rows [][]string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "rule %s\n    from: %s\n", in.Key, in.From)
	if !in.To.IsZero() {
		fmt.Fprintf(&b, "    to: %s\n", in.To)
	}
	b.WriteString("    table:\n")
	for _, row := range rows {
		b.WriteString("        |")
		for _, cell := range row {
			cell = strings.TrimSpace(cell)
			if strings.ContainsAny(cell, "|\n\r") {
				return "", fault.New(fault.Invalid, "rulebook.csv_cell", "Ô %[1]q có ký tự không dùng được.", "The cell %[1]q holds a sign that cannot be used.", cell)
			}
			if cell == "" {
				cell = "-"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "    source: %s\n", in.Source)
	if in.Article != "" {
		fmt.Fprintf(&b, "    article: %s\n", oneLine(in.Article))
	}
	if in.Verified {
		b.WriteString("    verified: yes\n")
	} else {
		fmt.Fprintf(&b, "    verified: no\n    reason vi: %s\n    reason en: %s\n", oneLine(in.Reason.VI), oneLine(in.Reason.EN))
	}
	return b.String(), nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fileName is where the rule lies within the site's folder.
func (in Incoming) fileName() string { return in.Key + "-" + in.From.String() + ".rules" }

// Lay writes the rule into a site's folder when the whole book with it stands, and takes it away again when it does not. A rule that is there is not replaced: a value
// that changes gets a day on which the old one ends.
func (in Incoming) Lay(site, text string, checks ...func(*Book) Problems) error {
	if err := os.MkdirAll(site, 0o755); err != nil {
		return err
	}
	path := filepath.Join(site, in.fileName())
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fault.New(fault.Conflict, "rulebook.laid", "%[1]s đã có. Đặt ngày kết thúc cho bảng cũ rồi nạp bảng mới từ ngày sau.", "%[1]s is there already. Give the old table its last day, and take in the new one from the next.", path)
	}
	if err != nil {
		return err
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = stands(site, checks)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func stands(site string, checks []func(*Book) Problems) error {
	book, err := Open(site)
	if err != nil {
		return err
	}
	for _, check := range checks {
		if err := check(book).err(); err != nil {
			return err
		}
	}
	return nil
}
