package main

import (
	"time"

	"citypost/internal/postal"
	"citypost/internal/tariff"
)

// quoteCmd says what carrying an item costs.
type quoteCmd struct {
	bookFlags
	Service      string `required:"" enum:"dossier-send,dossier-return,dossier-both,kt1,letter" help:"dossier-send, dossier-return, dossier-both, kt1 or letter."`
	Zone         string `required:"" enum:"same-district,between-districts,same-region,other-region,intra,inter" help:"How far: same-district, between-districts, same-region, other-region, intra or inter."`
	Weight       string `required:"" help:"Weight in grams: 730."`
	ReturnWeight string `help:"Weight of the result when a dossier goes both ways; left out: the same." placeholder:"WEIGHT"`
	On           string `help:"Day of acceptance: 2021-05-04; today when left out." placeholder:"DAY"`
	Urgency      string `default:"" enum:",timed,express" help:"Urgency of a KT1 item: timed or express."`
	Secrecy      string `default:"" enum:",A,B,C" help:"Secrecy of a KT1 item: A, B or C."`
	Sender       string `default:"" enum:",appendix-1,appendix-2" help:"List that a KT1 sender stands on: appendix-1 sends at the cost of the central budget."`
	Relief       string `default:"auto" enum:"auto,none" help:"Take off what the relief policies give (auto), or nothing (none)."`
	Online       bool   `help:"The dossier was filed on a public service portal."`
	Class        string `help:"Class of beneficiary, its evidence seen." placeholder:"CLASS"`
	Province     string `default:"31" help:"Code of the province whose relief applies; 31 is Hải Phòng."`
}

// Help shows an example.
func (quoteCmd) Help() string {
	return "The rules of the day of acceptance answer. A case without a price ends with exit code 1.\n\n" +
		"Example:\n  citypost quote --service dossier-send --zone same-district --weight 730 --on 2021-05-04 --json"
}

// Run prints the price line by line, each with its rule and article.
func (c quoteCmd) Run(e env) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	t, err := tariff.Compile(book, c.Province)
	if err != nil {
		return err
	}
	if c.On == "" {
		c.On = postal.DayOf(time.Now()).String()
	}
	args := tariff.QuoteArgs{Service: c.Service, Zone: c.Zone, Weight: c.Weight, ReturnWeight: c.ReturnWeight, On: c.On, Urgency: c.Urgency, Secrecy: c.Secrecy,
		Sender: c.Sender, Relief: c.Relief, Online: c.Online, Class: c.Class, Province: c.Province}
	return tariff.QuoteCommand(e.Out, t, args, c.printing(e))
}
