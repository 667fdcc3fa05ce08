package main

import (
	"citypost/internal/answer"
	"citypost/internal/calendar"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/rulebook"
	"citypost/internal/tariff"
)

// rulebookCmd reads the law as dated data.
type rulebookCmd struct {
	Check rulebookCheckCmd `cmd:"" help:"Say every mistake in the rule files, with file and line; exit 1 when there is one."`
	List  rulebookListCmd  `cmd:"" help:"List rules, one a line."`
	Show  rulebookShowCmd  `cmd:"" help:"Show a key, a rule or an instrument."`
	Diff  rulebookDiffCmd  `cmd:"" help:"Say what differs between two days, or between two site folders."`
}

// bookFlags say which law a command reads, and how it answers.
type bookFlags struct {
	Site string `help:"Folder of a site's own rules, laid over the law." placeholder:"DIR" env:"CITYPOST_RULES" type:"path"`
	JSON bool   `help:"Print JSON."`
}

func (f bookFlags) book() (*rulebook.Book, error) { return rulebook.Open(f.Site) }

func (f bookFlags) printing(e env) answer.Printing {
	return answer.Printing{Lang: e.Lang, JSON: f.JSON}
}

// maybeDay reads a day that may be left out.
func maybeDay(text string) (postal.Day, error) {
	if text == "" {
		return postal.Day{}, nil
	}
	return postal.ParseDay(text)
}

type rulebookCheckCmd struct{ bookFlags }

// Help shows an example.
func (rulebookCheckCmd) Help() string {
	return "Example:\n  citypost rulebook check --site /etc/citypost/rules"
}

// Run checks the law and the site's rules over it: the files, the calendar's decisions and swaps, the price tables and relief policies.
func (c rulebookCheckCmd) Run(e env) error {
	return rulebook.CheckCommand(e.Out, c.Site, c.printing(e), calendar.Check, tariff.Check)
}

type rulebookListCmd struct {
	bookFlags
	Under      string `arg:"" optional:"" help:"A key, or the first words of keys: kt1, kt1.journey."`
	On         string `help:"Only rules that apply on this day." placeholder:"DAY"`
	Instrument string `help:"Only rules from this instrument: tt-17-2017." placeholder:"ID"`
	Unverified bool   `help:"Only rules that nobody could check."`
}

// Help shows an example.
func (rulebookListCmd) Help() string {
	return "Example:\n  citypost rulebook list kt1 --on 2020-05-04\n  citypost rulebook list --unverified"
}

// Run lists the rules chosen. An instrument or a key that does not exist is refused: an empty list would look like an answer.
func (c rulebookListCmd) Run(e env) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	on, err := maybeDay(c.On)
	if err != nil {
		return err
	}
	if _, ok := book.FindInstrument(c.Instrument); c.Instrument != "" && !ok {
		return fault.New(fault.NotFound, "rulebook.unknown_instrument", "Bộ quy tắc không có văn bản %[1]q.", "The rulebook has no instrument %[1]q.", c.Instrument)
	}
	if c.Under != "" && len(book.Under(c.Under)) == 0 {
		return fault.New(fault.NotFound, "rulebook.unknown_key", "Bộ quy tắc không có tham số %[1]q.", "The rulebook has no key %[1]q.", c.Under)
	}
	return rulebook.ListCommand(e.Out, book, rulebook.Filter{Under: c.Under, On: on, Instrument: c.Instrument, Unverified: c.Unverified}, c.printing(e))
}

type rulebookShowCmd struct {
	bookFlags
	Name string `arg:"" help:"A key (kt1.journey), a rule by its id (kt1.journey@2017-08-15) or an instrument (tt-16-2017)."`
	On   string `help:"Only the rule of this day." placeholder:"DAY"`
}

// Help shows an example.
func (rulebookShowCmd) Help() string {
	return "Example:\n  citypost rulebook show kt1.journey --on 2020-05-04"
}

// Run shows everything about the name.
func (c rulebookShowCmd) Run(e env) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	on, err := maybeDay(c.On)
	if err != nil {
		return err
	}
	return rulebook.ShowCommand(e.Out, book, c.Name, on, c.printing(e))
}

type rulebookDiffCmd struct {
	bookFlags
	First  string `arg:"" optional:"" help:"A day, or a site folder; left out: the law without a site's rules."`
	Second string `arg:"" optional:"" help:"Another day, or another site folder."`
}

// Help shows an example.
func (rulebookDiffCmd) Help() string {
	return "Two days: what the law says differently on them. One folder, or --site: what a site changes. Two folders: what they say differently.\n\n" +
		"Example:\n  citypost rulebook diff 2020-12-31 2021-01-01\n  citypost rulebook diff --site /etc/citypost/rules"
}

// Run compares two days when the first argument reads as one, else two folders.
func (c rulebookDiffCmd) Run(e env) error {
	first, err := postal.ParseDay(c.First)
	if err == nil {
		return c.days(e, first)
	}
	one, other := c.First, c.Second
	if other == "" {
		one, other = "", c.First
	}
	if other == "" {
		other = c.Site
	}
	if other == "" {
		return fault.New(fault.Invalid, "cmd.usage", "Hãy cho hai ngày, một thư mục hoặc --site để so sánh.", "Give two days, a folder, or --site to compare.")
	}
	return rulebook.DiffCommand(e.Out, one, other, c.printing(e))
}

func (c rulebookDiffCmd) days(e env, first postal.Day) error {
	if c.Second == "" {
		return fault.New(fault.Invalid, "cmd.usage", "Hãy cho thêm ngày thứ hai để so sánh.", "Give a second day to compare with.")
	}
	second, err := postal.ParseDay(c.Second)
	if err != nil {
		return err
	}
	book, err := c.book()
	if err != nil {
		return err
	}
	return rulebook.DiffDaysCommand(e.Out, book, first, second, c.printing(e))
}
