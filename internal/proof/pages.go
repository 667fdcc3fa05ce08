package proof

import (
	"fmt"
	"net/http"
	"strings"

	"citypost/internal/event"
	"citypost/internal/fault"
	"citypost/internal/ledger"
	"citypost/internal/ledger/tree"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// KeysPath is where the ledger's public keys stand, in the form that “citypost verify --keys” reads.
const KeysPath = "/ledger/keys"

// PolicyPath is where the ledger says whose signatures a stranger may ask for, in the form that “citypost verify --policy” reads.
const PolicyPath = "/ledger/policy"

const verifyPath = "/verify"

// Service answers the public pages.
type Service struct {
	Ledger *ledger.Ledger
	Say    func(f event.Fact) (vi, en string) // names a fact for people; nil: by its code
	Slips  Slips                              // nil: no page gives out proofs

	strangers, numbers web.Limiter // who tries receipt codes, and whose
}

// Mount registers the pages; all are public.
func (s *Service) Mount(m *web.Mux) {
	m.Get("/checkpoint", web.Public, s.tree(tree.Server.Checkpoint))
	m.Get("/tile/{path...}", web.Public, s.tree(tree.Server.Tile))
	m.Get(KeysPath, web.Public, s.getKeys)
	m.Get(PolicyPath, web.Public, s.getPolicy)
	m.Get("/ledger", web.Public, s.getLedger)
	m.Get(verifyPath, web.Public, s.getVerify)
	m.Post(verifyPath, web.Public, s.postVerify)
	m.Get(ledger.ReceiptPath+"{receipt}", web.Public, s.getReceipt)
	if s.Slips != nil {
		m.Get(FetchPath, web.Public, s.getFetch)
		m.Post(FetchPath, web.Public, s.postFetch)
	}
}

func (s *Service) tree(serve func(tree.Server, http.ResponseWriter, *http.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		src, err := s.Ledger.Public(r.Context())
		if err != nil {
			return err
		}
		return serve(tree.Server{Source: src}, w, r)
	}
}

func (s *Service) getKeys(w http.ResponseWriter, r *http.Request) error {
	keys, err := s.Ledger.Keyring(r.Context())
	if err != nil {
		return err
	}
	if keys == nil {
		return errUnsigned
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = fmt.Fprint(w, keys)
	return err
}

func (s *Service) getPolicy(w http.ResponseWriter, r *http.Request) error {
	text, err := s.Ledger.Policy(r.Context())
	if err != nil {
		return err
	}
	if text == "" {
		return errUnsigned
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = fmt.Fprint(w, text)
	return err
}

// ledgerView is what the page about the ledger shows.
type ledgerView struct {
	page web.Page
	head tree.Checkpoint
	text string // the signed checkpoint
	keys string

	witnessed bool // witnesses are required
	waits     ledger.Witnessing
	policy    string
}

func (s *Service) getLedger(w http.ResponseWriter, r *http.Request) error {
	v := ledgerView{page: web.NewPage(r, "Sổ cái công khai", "The public ledger")}
	src, err := s.Ledger.Public(r.Context())
	if err != nil {
		return err
	}
	keys, err := s.Ledger.Keyring(r.Context())
	if err != nil {
		return err
	}
	if v.waits, v.witnessed, err = s.Ledger.Witnessing(r.Context()); err != nil {
		return err
	}
	if v.policy, err = s.Ledger.Policy(r.Context()); err != nil {
		return err
	}
	if signed, err := src.Checkpoint(r.Context()); err == nil && keys != nil {
		if v.head, err = keys.Open(signed); err != nil {
			return err
		}
		v.text, v.keys = string(signed), keys.String()
	}
	return web.Render(w, r, http.StatusOK, ledgerPage(v))
}

// keysText is the keys that the browser's check begins with: those of the ledger and of its witnesses.
func (s *Service) keysText(keys *tree.Keyring) string {
	var b strings.Builder
	b.WriteString(keys.String())
	for _, w := range s.Ledger.Believe(keys).Witnesses {
		fmt.Fprintf(&b, "witness %s %s\n", w.Name, w.Verifier)
	}
	return b.String()
}

// verifyView is what the page that reads receipts shows.
type verifyView struct {
	page   web.Page
	say    func(event.Fact) (vi, en string)
	form   *web.Form
	keys   string // of the ledger, for the browser's own check
	proved *tree.Proved
	entry  *event.Entry
	fault  *fault.Error

	receipt string // what the server was asked about; the browser checks it too
}

func verifyTitle(r *http.Request) web.Page {
	return web.NewPage(r, "Kiểm biên nhận", "Check a receipt")
}

func (s *Service) getVerify(w http.ResponseWriter, r *http.Request) error {
	keys, err := s.Ledger.Keyring(r.Context())
	if err != nil {
		return err
	}
	v := verifyView{page: verifyTitle(r)}
	if keys != nil {
		v.keys = s.keysText(keys)
	}
	return web.Render(w, r, http.StatusOK, verifyPage(v))
}

func (s *Service) getReceipt(w http.ResponseWriter, r *http.Request) error {
	return s.check(w, r, nil, r.PathValue("receipt"))
}

func (s *Service) postVerify(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	text := f.Lines("receipt", maxReceipt)
	if f.Err() != nil {
		return web.Render(w, r, http.StatusUnprocessableEntity, verifyPage(verifyView{page: verifyTitle(r), form: f}))
	}
	return s.check(w, r, f, text)
}

// maxReceipt bounds the text of a receipt: three kilobytes fill the largest code, a file carries longer entries.
const maxReceipt = 40_000

// check reads a receipt and says what it proves. A receipt that is wrong is an answer, not a failure of the page.
func (s *Service) check(w http.ResponseWriter, r *http.Request, form *web.Form, text string) error {
	keys, err := s.Ledger.Keyring(r.Context())
	if err != nil {
		return err
	}
	if keys == nil {
		return errUnsigned
	}
	v := verifyView{page: verifyTitle(r), say: s.Say, form: form, keys: s.keysText(keys), receipt: text}
	receipt, err := tree.ParseReceipt(strings.Join(strings.Fields(text), ""))
	if err == nil {
		var p tree.Proved
		if p, err = tree.VerifyReceipt(tree.Trust{Policy: s.Ledger.Believe(keys)}, receipt); err == nil {
			v.proved = &p
			if e, rerr := event.Read(p.Seq, p.Body); rerr == nil {
				v.entry = &e
			}
		}
	}
	if f, isFault := fault.From(err); isFault {
		v.fault = f
	} else if err != nil {
		return err
	}
	status := http.StatusOK
	if v.fault != nil {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, verifyPage(v))
}

// rows shows what was recorded, in the codes of the entry.
func (v verifyView) rows() []web.Row {
	p := v.page
	rows := []web.Row{
		{Key: p.T("Dòng trong sổ cái", "Entry of the ledger"), Value: postal.Count(v.proved.Seq)},
	}
	if v.proved.Code != "" {
		rows = append(rows, web.Row{Key: p.T("Bưu gửi", "Item"), Value: v.proved.Code})
	}
	if v.entry != nil {
		rows = append(rows,
			web.Row{Key: p.T("Ghi lúc", "Recorded"), Value: p.Millis(v.entry.RecordedMs)},
			web.Row{Key: p.T("Bưu cục", "Office"), Value: string(v.entry.Office)})
		for _, f := range v.entry.Facts {
			name := f.Fact()
			if v.say != nil {
				name = p.T(v.say(f))
			}
			rows = append(rows, web.Row{Key: p.T("Việc đã ghi", "What was recorded"), Value: name})
		}
	}
	return rows
}
