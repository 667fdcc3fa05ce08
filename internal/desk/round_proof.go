package desk

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"

	"citypost/internal/custody"
	"citypost/internal/fault"
	"citypost/internal/postal"
	"citypost/internal/web"
)

// Ways in which a taker proves that he took: by a drawing on the screen, by ink on the printed list, or through a witness.
const (
	onScreen  = "screen"
	onPaper   = "paper"
	byWitness = "witness"
)

var (
	proofWays = []string{onScreen, onPaper, byWitness}
	relations = []string{"spouse", "parent", "child", "sibling", "other"}
)

// relationWords names the relations of a member of the household.
func relationWords(p web.Page, r string) string {
	switch r {
	case "spouse":
		return p.T("Vợ, chồng", "Spouse")
	case "parent":
		return p.T("Cha, mẹ, ông, bà", "Parent or grandparent")
	case "child":
		return p.T("Con, cháu", "Child or grandchild")
	case "sibling":
		return p.T("Anh, chị, em", "Sibling")
	case "other":
		return p.T("Người khác trong nhà", "Another member")
	}
	return ""
}

// taken says who took an item and how that is proved. Names and pictures go into the vault, never into the ledger.
type taken struct {
	To, Relation, Name string
	How, Witness       string
	Signature, Photo   []byte
}

// maxTakenName bounds a taker's or witness's name.
const maxTakenName = 60

// readTaken reads the outcome form of a stop or of the counter.
func readTaken(r *http.Request, f *web.Form) (taken, error) {
	t := taken{To: f.Choice("to", custody.Recipients...), Name: f.Maybe("name", maxTakenName), How: f.Choice("how", proofWays...), Witness: f.Maybe("witness", maxTakenName)}
	if f.Value("relation") != "" {
		t.Relation = f.Choice("relation", relations...)
	}
	if t.How == onScreen {
		var err error
		if t.Signature, err = fromDataURL(r.PostFormValue("signature")); err != nil {
			_ = f.Refuse(err)
		}
		f.Set("signature", r.PostFormValue("signature"))
	}
	file, _, err := r.FormFile("photo")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return t, nil
	}
	if err != nil {
		return t, fmt.Errorf("read photo: %w", err)
	}
	defer file.Close()
	if t.Photo, err = io.ReadAll(file); err != nil {
		return t, fmt.Errorf("read photo: %w", err)
	}
	return t, nil
}

// fromDataURL reads a drawing as a canvas gives it; nothing drawn is no drawing.
func fromDataURL(text string) ([]byte, error) {
	body, ok := strings.CutPrefix(text, "data:image/png;base64,")
	if text == "" {
		return nil, nil
	}
	b, err := base64.StdEncoding.DecodeString(body)
	if !ok || err != nil {
		return nil, badDrawing()
	}
	return b, nil
}

func badDrawing() error {
	return fault.New(fault.Invalid, "desk.signature", "Không đọc được chữ ký. Hãy ký lại.", "The signature cannot be read. Sign again.").At("signature")
}

// check says what is missing for this item.
func (t taken) check(i *custody.Item) error {
	switch {
	case !slices.Contains(proofWays, t.How):
		return fault.New(fault.Invalid, "desk.proof_way", "Hãy chọn cách xác nhận.", "Choose how it is proved.").At("how")
	case t.To == "household" && t.Relation == "" && i.Returning == "":
		return fault.New(fault.Invalid, "desk.relation", "Người trong gia đình: hãy chọn quan hệ với người nhận.", "A member of the household: choose the relation.").At("relation")
	case t.How == onScreen && len(t.Signature) == 0:
		return fault.New(fault.Invalid, "desk.no_signature", "Chưa có chữ ký. Nếu người nhận không ký được, hãy chọn cách xác nhận khác.",
			"There is no signature. If the taker cannot sign, choose another way.").At("signature")
	case t.How == byWitness && t.Witness == "":
		return fault.New(fault.Invalid, "desk.no_witness", "Hãy ghi họ tên hoặc mã nhân viên của người chứng kiến.", "Enter the name or staff code of the witness.").At("witness")
	}
	return nil
}

// proof is what is kept of a delivery beside the fact, sealed under the item's own key; the fact carries its hash. Salt keeps the hash from telling anything
// about a name that somebody guesses.
type proof struct {
	Item      postal.ItemNumber `json:"item"`
	To        string            `json:"to"`
	Relation  string            `json:"relation,omitempty"`
	Name      string            `json:"name,omitempty"`
	How       string            `json:"how"`
	Witness   string            `json:"witness,omitempty"`
	Signature string            `json:"signature,omitempty"` // hash of the drawing
	Photo     string            `json:"photo,omitempty"`     // hash of the photo of the place
	Salt      string            `json:"salt"`
}

// keepTaken stores the proofs of a delivery and gives the hash that stands for them. The same act gives the same hash however often it is sent.
func (s *Service) keepTaken(ctx context.Context, i *custody.Item, act postal.ActID, t taken) (string, error) {
	p := proof{Item: i.Code, To: t.To, Relation: t.Relation, Name: t.Name, How: t.How, Witness: t.Witness,
		Salt: hex.EncodeToString(s.Vault.Blind("desk.delivery", act.String()))}
	if t.How == onScreen {
		drawing, err := cleanDrawing(t.Signature, i.Code)
		if err != nil {
			return "", err
		}
		if p.Signature, err = s.KeepProof(ctx, i.AcceptAct, "signature", drawing); err != nil {
			return "", err
		}
	}
	if len(t.Photo) > 0 {
		small, err := smallPhoto(t.Photo, i.Code)
		if err != nil {
			return "", err
		}
		if p.Photo, err = s.KeepProof(ctx, i.AcceptAct, "photo", small); err != nil {
			return "", err
		}
	}
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write proof: %w", err)
	}
	return s.KeepProof(ctx, i.AcceptAct, "delivery", b)
}

// Limits of pictures. A signature field is under 1,000 points wide; no telephone here takes more than 50 million.
const (
	maxDrawing    = 2000
	maxPhotoPix   = 50_000_000
	photoSide     = 1280
	photoQuality  = 75
	photoFallback = 50
)

// cleanDrawing draws a signature anew, so that only the picture is kept, and refuses what is no picture of a signature's size.
func cleanDrawing(b []byte, of postal.ItemNumber) ([]byte, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > maxDrawing || c.Height > maxDrawing {
		return nil, badDrawing()
	}
	picture, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, badDrawing()
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil, fmt.Errorf("write signature: %w", err)
	}
	return markPNG(out.Bytes(), of), nil
}

// markPNG writes the item's number into a picture, as a text chunk before the end chunk. One signature for several items becomes one proof for each, sealed
// under its own key: forgetting the people of one item leaves the others' proofs, and forgets all of its own.
func markPNG(b []byte, of postal.ItemNumber) []byte {
	const end = 12 // the end chunk: length, name, checksum
	text := append([]byte("tEXtComment\x00"), of...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(text)-4))
	chunk = append(chunk, text...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(text))
	return slices.Concat(b[:len(b)-end], chunk, b[len(b)-end:])
}

// markJPEG does the same with a comment after the first marker.
func markJPEG(b []byte, of postal.ItemNumber) []byte {
	comment := binary.BigEndian.AppendUint16([]byte{0xff, 0xfe}, uint16(len(of)+2))
	return slices.Concat(b[:2], append(comment, of...), b[2:])
}

// smallPhoto makes a photo small enough to keep and drops what the camera wrote beside it: place, device, time.
func smallPhoto(b []byte, of postal.ItemNumber) ([]byte, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width*c.Height > maxPhotoPix {
		return nil, badPhoto()
	}
	full, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, badPhoto()
	}
	for _, try := range []struct{ side, quality int }{{photoSide, photoQuality}, {photoSide, photoFallback}, {photoSide / 2, photoFallback}} {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, shrink(full, try.side), &jpeg.Options{Quality: try.quality}); err != nil {
			return nil, fmt.Errorf("write photo: %w", err)
		}
		if marked := markJPEG(out.Bytes(), of); len(marked) <= maxProof {
			return marked, nil
		}
	}
	return nil, badPhoto()
}

func badPhoto() error {
	return fault.New(fault.Invalid, "desk.photo", "Không đọc được ảnh. Hãy chụp lại (JPEG hoặc PNG).", "The photo cannot be read. Take it again (JPEG or PNG).").At("photo")
}

// shrink averages a picture down until no side is longer than side.
func shrink(full image.Image, side int) image.Image {
	b := full.Bounds()
	step := (max(b.Dx(), b.Dy()) + side - 1) / side
	if step <= 1 {
		return full
	}
	src := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(src, src.Bounds(), full, b.Min, draw.Src)
	dst := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/step), max(1, b.Dy()/step)))
	for y := range dst.Bounds().Dy() {
		for x := range dst.Bounds().Dx() {
			dst.SetRGBA(x, y, average(src, x*step, y*step, step))
		}
	}
	return dst
}

// average is the mean colour of a square of the picture.
func average(src *image.RGBA, x0, y0, step int) color.RGBA {
	var r, g, b, n int
	for y := y0; y < min(y0+step, src.Rect.Dy()); y++ {
		for x := x0; x < min(x0+step, src.Rect.Dx()); x++ {
			p := src.Pix[y*src.Stride+4*x:]
			r, g, b, n = r+int(p[0]), g+int(p[1]), b+int(p[2]), n+1
		}
	}
	n = max(n, 1)
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}
