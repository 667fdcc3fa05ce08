package app

import (
	"context"

	"citypost/internal/booking"
	"citypost/internal/dossier"
	"citypost/internal/web"
)

// prepared hands what citizens booked over to the intake of dossiers.
type prepared struct{ bookings *booking.Service }

// Take opens a booking for the person who takes the dossier in.
func (p prepared) Take(ctx context.Context, ref string, who web.Person) (dossier.Booked, error) {
	r, err := booking.ParseRef(ref)
	if err != nil {
		return dossier.Booked{}, err
	}
	b, err := p.bookings.Take(ctx, r, who)
	if err != nil {
		return dossier.Booked{}, err
	}
	return dossier.Booked{Ref: string(b.Ref), Procedure: b.Procedure, Have: b.Have,
		Sender: dossier.Person{Name: b.Person.Name, Phone: b.Person.Phone, Email: b.Person.Email, Address: b.Person.Address, Unit: b.Unit}}, nil
}

// Used tells what became of a booking.
func (p prepared) Used(ctx context.Context, ref string, who web.Person, dossier string) error {
	r, err := booking.ParseRef(ref)
	if err != nil {
		return err
	}
	return p.bookings.Used(ctx, r, who, dossier)
}
