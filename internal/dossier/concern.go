package dossier

import (
	"net/http"
	"slices"
	"time"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Packets are the items that have carried something of a dossier, each once.
func (d *Dossier) Packets() (list []postal.ItemNumber) {
	for _, n := range slices.Concat([]postal.ItemNumber{d.Item}, d.Added, []postal.ItemNumber{d.Supplement.Item, d.Result, d.RecalledItem}) {
		if n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// concerns reports whether a dossier is, by the states of now, an affair of a person of the post: his office took it in or gives the result, accepted, holds or delivers one of its packets, or he carries one.
func concerns(v *ledger.View, me web.Person, d *Dossier) bool {
	office := me.Office()
	if office == "" || office.Agency() != "" {
		return false
	}
	if d.Office == office || d.ToOffice == office {
		return true
	}
	for _, n := range d.Packets() {
		i, ok := ledger.Get[*custody.Item](v, custody.ItemKey(n))
		if !ok {
			continue
		}
		h, _ := custody.Holder(v, event.Thing(n))
		if i.Origin == office || i.ToOffice == office || h == custody.AtOffice(office) || h == custody.ByCarrier(me.ID) {
			return true
		}
	}
	return false
}

// maySeePeople reports whether somebody of the post may see who sends and receives a dossier: the offices on its way, those that it has passed too, as with all mail.
func (s *Service) maySeePeople(r *http.Request, v *ledger.View, d *Dossier) (bool, error) {
	me := web.PersonOf(r)
	if office := me.Office(); office == "" || office.Agency() != "" || concerns(v, me, d) {
		return office != "" && office.Agency() == "", v.Err()
	}
	keys := []ledger.Key{DossierKey(d.Code)}
	for _, n := range d.Packets() {
		keys = append(keys, custody.ItemKey(n))
	}
	trails, err := s.Ledger.Trails(r.Context(), keys)
	if err != nil {
		return false, err
	}
	for _, trail := range trails {
		entries, err := s.Ledger.Entries(r.Context(), trail)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(entries, func(e event.Entry) bool { return e.Office == me.Office() }) {
			return true, nil
		}
	}
	return false, nil
}

// lookAt is look for whoever the dossier is an affair of; others are refused before anything is noted.
func (s *Service) lookAt(r *http.Request, v *ledger.View, d *Dossier, what string) error {
	may, err := s.maySeePeople(r, v, d)
	if err != nil {
		return err
	}
	if !may {
		return fault.New(fault.Forbidden, "dossier.not_on_way", "Hồ sơ này không qua bưu cục của bạn. Hỏi người giữ phiếu gửi mã bí mật và nhập ở trang của hồ sơ.",
			"This dossier does not pass your office. Ask whoever holds the note for its secret and enter it on the dossier's page.")
	}
	return s.look(r, d, what)
}

// wrongSecrets bounds the wrong secrets that are tried on one dossier, from wherever: a few slips of the finger, then one in ten minutes.
var wrongSecrets = web.Limit{PerSecond: 1 / (10 * time.Minute).Seconds(), Burst: 10}

// triedTooOften refuses to look at a secret at all while too many wrong ones were tried on a code, be there such a dossier or not.
func (s *Service) triedTooOften(code string) error {
	if s.wrong.Full(wrongSecrets, tried(code), s.Now()) {
		return fault.New(fault.TooMany, "dossier.secrets_many", "Mã bí mật của hồ sơ này đã bị nhập sai nhiều lần. Hãy đợi ít phút rồi thử lại, hoặc mang phiếu gửi đến bưu cục.",
			"Too many wrong secrets were tried on this dossier. Wait some minutes, or bring the note to a post office.")
	}
	return nil
}

func tried(code string) string {
	if n, err := postal.ParseDossierNumber(code); err == nil {
		return string(n)
	}
	return "" // no code at all: nothing to guess
}

// postPeople shows the people in full to an office that the dossier does not pass, when whoever holds the note gives the secret.
func (s *Service) postPeople(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	v, d, err := s.theCase(r)
	if err != nil {
		return err
	}
	if secret := f.Text("secret", 20); f.Err() == nil {
		_, err = s.byReceipt(v, string(d.Code), secret)
	}
	if err := f.Refuse(staffWords(err)); err != nil {
		return err
	}
	if f.Err() != nil {
		return s.drawCase(w, r, f.Status(), v, d, f)
	}
	if err := s.look(r, d, "people"); err != nil {
		return err
	}
	return s.drawWhole(w, r, http.StatusOK, v, d, web.FormOf(), true)
}

// staffWords says to whoever sits at the counter what is wrong with a secret; the citizen's words would send him to a post office.
func staffWords(err error) error {
	switch fault.Code(err) {
	case "dossier.receipt":
		return fault.New(fault.Invalid, "dossier.secret_differs", "Không khớp với hồ sơ này. So từng ký tự với phiếu gửi của người đứng trước bạn, và so mã hồ sơ trên phiếu. Không có phiếu thì không xem được ở bưu cục này.",
			"It is not this dossier's. Compare each character with the note of whoever stands before you, and the code of the dossier too. Without the note nothing is shown at this office.").At("secret")
	case "dossier.secrets_many":
		return fault.New(fault.TooMany, "dossier.secret_wait", "Mã bí mật của hồ sơ này đã bị nhập sai nhiều lần nên tạm khoá. Đợi ít phút rồi nhập lại, hoặc gọi bưu cục đã nhận hồ sơ.",
			"Too many wrong secrets were entered for this dossier, so it is locked for now. Enter it again in some minutes, or call the office that took the dossier in.").At("secret")
	}
	return err
}
