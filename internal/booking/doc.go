// Package booking lets a citizen prepare a dossier on the public page: choose the procedure, check the papers, say who they are, and bring the dossier
// to a counter or have a postman fetch it at home.
//
// It owns the tables booking and booking_look and the pages under /send (citizen), /bookings (dispatcher and clerk) and /pickups (postman). Its promise: what a
// citizen typed is sealed under a key of their own and is gone when the booking is used, cancelled or old; nobody learns from an answer whether somebody else
// booked anything. A booking proves nothing and moves nothing, so it is a row and no fact: the dossier begins with the intake.
// It leans on privacy for sealing, on calendar and rulebook for days, windows and retention, on gazetteer for places and on web. It leaves the list of papers to a Procedures
// and the intake to whoever asks Take. Start with booking.go, then act.go.
package booking
