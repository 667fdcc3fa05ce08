package web

import (
	"net/http"
	"strings"
	"time"
)

// A closed house works on machines without network, for few people, on things that nobody else may know of. Every page says so in its band, bears the reader's
// login and the time over all of it, and is kept by no browser; there is no camera, no position, no worker and no public page but the way in.

// closedRight keeps everything behind the sign-in.
func closedRight(pattern string, right Right) Right {
	if right == Public && !strings.HasPrefix(pattern, SignInPath) && pattern != SignOutPath && pattern != HealthPath {
		return SignedIn
	}
	return right
}

// overPath is where a browser without scripts goes by itself when a session has ended unused: the page before is gone from the screen of an empty desk.
const overPath = SignInPath + "/over"

// getOver asks for nobody's session, because to be asked renews it: two pages left open would else keep each other alive.
func (m *Mux) getOver(w http.ResponseWriter, r *http.Request) error {
	return Render(w, r, http.StatusOK, overPage(NewPage(r, "Phiên làm việc đã kết thúc", "The session has ended")))
}

// HealthPath answers whether the house works, and nothing else.
const HealthPath = "GET /healthz"

// secureClosed tightens the headers of every answer.
func secureClosed(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=(), display-capture=(), clipboard-read=(), clipboard-write=()")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
}

// seenBy is who looks and when, for the watermark: "an.nguyen nv-abc123 29/11/2026 14:05".
func (p Page) seenBy() string {
	if !p.Person.Known() {
		return p.Site.Band + " " + p.DateTime(p.at)
	}
	return p.Person.Login + " " + string(p.Person.ID) + " " + p.DateTime(p.at)
}

// scanMax is how much the scan field of the frame takes: a link from a label in the open house, a code and no sentence in a closed one.
func (p Page) scanMax() string {
	if p.Site.Closed {
		return "24"
	}
	return "200"
}

// idleSlack is taken off the time that is said: the session is renewed a little later than the page is drawn.
const idleSlack = 30 * time.Second

// sessionLeft gives the seconds until the session ends if nothing more is done.
func (p Page) sessionLeft() int64 { return int64((p.Site.Idle - idleSlack) / time.Second) }

func (p Page) sessionEnds() string { return p.Clock(p.at.Add(p.Site.Idle - idleSlack)) }
