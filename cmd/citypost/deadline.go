package main

import "citypost/internal/calendar"

// deadlineCmd says when something must be there.
type deadlineCmd struct {
	bookFlags
	Service  string `required:"" enum:"kt1,dossier-send,dossier-return,letter,registered" help:"What was accepted: kt1, dossier-send, dossier-return, letter or registered."`
	Route    string `required:"" enum:"intra,inter,same-district,between-districts,class1-cities,cities,other-province" help:"How far it goes: intra, inter (KT1, letters); same-district, between-districts, class1-cities, inter (dossiers)."`
	Accepted string `required:"" help:"When it was accepted, in Viet Nam's time: 2020-04-24T09:00." placeholder:"TIME"`
	Class    string `default:"plain" enum:"plain,express,timed,A,B,C" help:"Class of a KT1 item: plain, express, timed, or A, B, C for its secrecy."`
	Secrecy  string `default:"" enum:",A,B,C" help:"Secrecy of a KT1 item beside its urgency."`
	At       string `help:"Time of delivery fixed by the sender of a timed KT1 item." placeholder:"TIME"`
	Suburban bool   `help:"A timed KT1 item to an address outside the inner city."`
	Slip     bool   `help:"A dossier whose appointment slip is brought back."`
	Special  bool   `help:"An address in an area of special geography."`
}

// Help shows an example.
func (deadlineCmd) Help() string {
	return "The rules of the day of acceptance answer. The end of a day is written 23:59:59. A case without a rule ends with exit code 1.\n\n" +
		"Example:\n  citypost deadline --service kt1 --route intra --accepted 2020-04-24T09:00 --json\n" +
		"  citypost deadline --service dossier-send --route same-district --accepted 2020-04-29T15:10 --slip"
}

// Run prints the due time, how it was counted and by which articles.
func (c deadlineCmd) Run(e env) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	asked := calendar.Asked{Service: c.Service, Route: c.route(), Class: c.Class, Secrecy: c.Secrecy, Slip: c.Slip, Special: c.Special, Suburban: c.Suburban,
		Accepted: c.Accepted, At: c.At}
	return calendar.DeadlineCommand(e.Out, calendar.New(book), asked, c.printing(e))
}

// route is the route as the rules name it: between provinces a dossier goes either between great cities or, as anything else, to another province.
func (c deadlineCmd) route() string {
	if c.Route == "inter" && (c.Service == "dossier-send" || c.Service == "dossier-return") {
		return string(calendar.OtherProvince)
	}
	return c.Route
}
