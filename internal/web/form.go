package web

import (
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"citypost/internal/fault"
	"citypost/internal/postal"

	"golang.org/x/text/unicode/norm"
)

// Form is what a person sent, cleaned (UTF-8 checked, NFC, no control characters, outer space trimmed) and judged field by
// field. Getters never stop: they note a fault at the field and go on, so that one answer names everything to mend. A page
// draws its fields from the same Form, so what was typed is still there. The zero of *Form, nil, is an untouched form.
type Form struct {
	values url.Values
	faults Faults
	scope  string
}

// Faults are the fields to mend, in the order in which they were read.
type Faults []*fault.Error

func (fs Faults) Error() string {
	var parts []string
	for _, f := range fs {
		parts = append(parts, f.Error())
	}
	return strings.Join(parts, "; ")
}

// Unwrap lets fault.From find the first.
func (fs Faults) Unwrap() []error {
	out := make([]error, len(fs))
	for i, f := range fs {
		out[i] = f
	}
	return out
}

// formFields bounds the fields of one form: a manifest of 500 items has three for each.
const formFields = 2000

// multipartMemory is kept in memory of an upload, the rest goes to a temporary file.
const multipartMemory = 1 << 20

// ReadForm reads the body of a POST, or the query of a GET.
func ReadForm(r *http.Request) (*Form, error) {
	if err := parse(r); err != nil {
		return nil, err
	}
	values := r.PostForm
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		values = r.Form
	}
	return cleanForm(values)
}

func parse(r *http.Request) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(multipartMemory)
	} else {
		err = r.ParseForm()
	}
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return err
	}
	return fault.New(fault.Invalid, "web.form", "Biểu mẫu gửi lên bị hỏng. Hãy tải lại trang và làm lại.",
		"The form arrived broken. Reload the page and do it again.").Because(err)
}

func cleanForm(raw url.Values) (*Form, error) {
	if len(raw) > formFields {
		return nil, fault.New(fault.TooLarge, "web.too_many_fields", "Biểu mẫu có quá nhiều ô (tối đa %d).", "The form has too many fields (at most %d).", formFields)
	}
	f := &Form{values: make(url.Values, len(raw))}
	for name, vs := range raw {
		if !utf8.ValidString(name) {
			return nil, notText()
		}
		for _, v := range vs {
			c, err := clean(name, v)
			if err != nil {
				return nil, err
			}
			f.values.Add(name, c)
		}
	}
	return f, nil
}

// clean normalises one value and keeps its line ends; each line goes through postal.Clean. A secret stays as typed but for
// its Unicode form, which differs between keyboards.
func clean(name, v string) (string, error) {
	if !utf8.ValidString(v) {
		return "", notText()
	}
	if isSecret(name) {
		return norm.NFC.String(v), nil
	}
	if !strings.ContainsAny(v, "\r\n") {
		return postal.Clean(v)
	}
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n"), "\n")
	for i, l := range lines {
		c, err := postal.Clean(l)
		if err != nil {
			return "", err
		}
		lines[i] = c
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), nil
}

// FormOf makes a form that shows given values: name, value, name, value …
func FormOf(pairs ...string) *Form {
	f := &Form{values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Set shows a value in a field, in place of what is there.
func (f *Form) Set(name string, values ...string) { f.values[name] = values }

// Value is what stands in the field, as cleaned.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return f.values.Get(name)
}

// All gives every value of a repeated field.
func (f *Form) All(name string) []string {
	if f == nil {
		return nil
	}
	return f.values[name]
}

// Has reports whether the field holds this value: a ticked box, a chosen option.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.All(name), value) }

// Ticked reports whether a checkbox of its own is on.
func (f *Form) Ticked(name string) bool { return f.Value(name) != "" }

// Err is nil when every field could be read, else Faults.
func (f *Form) Err() error {
	if f == nil || len(f.faults) == 0 {
		return nil
	}
	return f.faults
}

// Status is that of the page that shows the form: 200 when nothing is refused, 422 when there is something to mend, else what the refusal is.
func (f *Form) Status() int {
	err := f.Err()
	if fault.Is(err, fault.Invalid) {
		return http.StatusUnprocessableEntity
	}
	return Status(err)
}

// Faults lists what is to mend.
func (f *Form) Faults() Faults {
	if f == nil {
		return nil
	}
	return f.faults
}

// Fault finds the fault at a field; nil when there is none.
func (f *Form) Fault(name string) *fault.Error {
	for _, e := range f.Faults() {
		if e.Field == name {
			return e
		}
	}
	return nil
}

// Refuse notes a fault found outside (by an act, say) so that the form shows it; errors that are no fault come back.
func (f *Form) Refuse(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := fault.From(err); ok {
		f.faults = append(f.faults, e)
		return nil
	}
	return err
}

// Reword lets a page say what is to mend in its own words: names in place of codes, no field where the page draws none. Only the page sees it.
func (f *Form) Reword(with func(*fault.Error) *fault.Error) {
	for n, e := range f.Faults() {
		f.faults[n] = with(e)
	}
}

// Within says in which form of a page the fields are drawn, when others there have fields of the same names: see Field.Scope.
func (f *Form) Within(scope string) { f.scope = scope }

func (f *Form) refuse(name, code, vi, en string, args ...any) {
	f.faults = append(f.faults, fault.New(fault.Invalid, code, vi, en, args...).At(name))
}

// Text reads a field that must not be empty, of at most max letters, on one line.
func (f *Form) Text(name string, max int) string {
	v := f.Maybe(name, max)
	if v == "" && f.Fault(name) == nil {
		f.refuse(name, "web.empty", "Ô này chưa điền.", "Fill in this field.")
	}
	return v
}

// Lines reads a field that must not be empty, of at most max letters, on as many lines as were typed.
func (f *Form) Lines(name string, max int) string {
	v := f.MaybeLines(name, max)
	if v == "" && f.Fault(name) == nil {
		f.refuse(name, "web.empty", "Ô này chưa điền.", "Fill in this field.")
	}
	return v
}

// Maybe reads a field that may be empty, of at most max letters, on one line: breaks and other signs that nobody sees become spaces.
func (f *Form) Maybe(name string, max int) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, f.MaybeLines(name, max)))
}

// MaybeLines reads a field that may be empty, of at most max letters, on as many lines as were typed.
func (f *Form) MaybeLines(name string, max int) string {
	v := f.Value(name)
	if n := utf8.RuneCountInString(v); n > max {
		f.refuse(name, "web.too_long", "Ô này dài %d ký tự, tối đa %d.", "This field has %d characters, at most %d.", n, max)
		return ""
	}
	return v
}

// Int reads a whole number between min and max. Dots, commas and spaces between thousands are fine.
func (f *Form) Int(name string, min, max int64) int64 {
	if f.Value(name) == "" {
		f.refuse(name, "web.empty", "Ô này chưa điền.", "Fill in this field.")
		return 0
	}
	return f.MaybeInt(name, min, max)
}

// MaybeInt reads a whole number, or 0 from an empty field.
func (f *Form) MaybeInt(name string, min, max int64) int64 {
	v := f.Value(name)
	if v == "" {
		return 0
	}
	n, ok := wholeNumber(v)
	if !ok {
		f.refuse(name, "web.not_number", "Ô này cần một số nguyên, ví dụ 20 hoặc 1.500.", "This field needs a whole number, such as 20 or 1,500.")
		return 0
	}
	if n < min || n > max {
		f.refuse(name, "web.out_of_range", "Số này phải từ %[1]s đến %[2]s.", "This number must be from %[3]s to %[4]s.",
			postal.Count(min), postal.Count(max), postal.CountIn(min, "en"), postal.CountIn(max, "en"))
		return 0
	}
	return n
}

// wholeNumber reads 1500, 1.500, 1,500 and 1 500; a separator must stand before groups of three, so 1.5 is refused.
func wholeNumber(v string) (int64, bool) {
	groups := strings.FieldsFunc(v, func(r rune) bool { return r == '.' || r == ',' || r == ' ' || r == '\u00a0' })
	if len(groups) == 0 {
		return 0, false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(strings.Join(groups, ""), 10, 64)
	return n, err == nil
}

// VND reads an amount in whole đồng; "44.500 đ" is fine.
func (f *Form) VND(name string, min, max postal.VND) postal.VND {
	v := strings.TrimRight(f.Value(name), " đĐ₫dD")
	if v != f.Value(name) {
		f.Set(name, v)
	}
	return postal.VND(f.Int(name, int64(min), int64(max)))
}

// Choice reads one of the allowed values.
func (f *Form) Choice(name string, allowed ...string) string {
	v := f.Value(name)
	if slices.Contains(allowed, v) {
		return v
	}
	f.refuse(name, "web.choose", "Hãy chọn một mục.", "Choose one.")
	return ""
}

// Day reads a day: dd/mm/yyyy as people write it, or yyyy-mm-dd as browsers send it.
func (f *Form) Day(name string) postal.Day { return Parse(f, name, postal.ParseDay) }

// MaybeDay reads a day from a field that may be empty.
func (f *Form) MaybeDay(name string) postal.Day { return MaybeParse(f, name, postal.ParseDay) }

// Parse reads a field with a parser of postal ("ParseItemNumber"); its fault is shown at the field. An empty field is a fault.
func Parse[T any](f *Form, name string, parse func(string) (T, error)) T {
	var zero T
	v := f.Value(name)
	if v == "" {
		f.refuse(name, "web.empty", "Ô này chưa điền.", "Fill in this field.")
		return zero
	}
	got, err := parse(v)
	if err == nil {
		return got
	}
	if e, ok := fault.From(err); ok {
		f.faults = append(f.faults, e.At(name))
		return zero
	}
	f.refuse(name, "web.not_understood", "Không hiểu nội dung này, hãy kiểm tra lại.", "This is not understood; check it again.")
	return zero
}

// MaybeParse is Parse for a field that may be empty.
func MaybeParse[T any](f *Form, name string, parse func(string) (T, error)) T {
	if f.Value(name) == "" {
		var zero T
		return zero
	}
	return Parse(f, name, parse)
}

// ParseEmail reads an e-mail address as people write it.
func ParseEmail(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 200 || !strings.Contains(s[strings.LastIndex(s, "@"):], ".") {
		return "", fault.New(fault.Invalid, "web.email", "Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.", "This e-mail address is not right; for example name@example.vn.")
	}
	return s, nil
}
