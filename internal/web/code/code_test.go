package code

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// If these fail, a label does not scan at the next office, or a citizen's phone does not open the tracking page.

var codes = []string{"RR473124829VN", "EE123456785VN", "18010020261124000017", "B-00017", "0"}

func TestBarsDecodeToTheTextTheyWereMadeFrom(t *testing.T) {
	for _, text := range codes {
		d, err := Code128(text, Normal, 15)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := decode128(t, d); got != text {
			t.Errorf("%s decodes to %q", text, got)
		}
	}
}

func TestDigitsArePackedInSetC(t *testing.T) {
	for text, modules := range map[string]int{
		"18010020261124000017": 20 + 11*12 + 13, // start C, ten pairs, check, stop
		"RR473124829VN":        20 + 11*13 + 13, // start B, R, R, one digit, C, four pairs, B, V, N, check
	} {
		d, err := Code128(text, Normal, 15)
		if err != nil {
			t.Fatal(err)
		}
		if d.Columns > modules {
			t.Errorf("%s takes %d modules, want at most %d", text, d.Columns, modules)
		}
		if _, pairs := decode128(t, d); pairs < 4 {
			t.Errorf("%s has %d pairs in set C", text, pairs)
		}
	}
}

func TestModulesHaveTheExactSize(t *testing.T) {
	bars, err := Code128("RR473124829VN", Narrow, 10)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(bars.Module()-Narrow) > 1e-9 || bars.Height != 10 {
		t.Errorf("module %v mm, height %v mm", bars.Module(), bars.Height)
	}
	if bars.Width > 50-2 {
		t.Errorf("an item number is %v mm wide and does not fit the 50 mm sticker", bars.Width)
	}
	var svg struct {
		Width   string `xml:"width,attr"`
		Height  string `xml:"height,attr"`
		ViewBox string `xml:"viewBox,attr"`
	}
	if err := xml.Unmarshal([]byte(bars.SVG()), &svg); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("0 0 %d 1", bars.Columns)
	if svg.Width != mm(bars.Width)+"mm" || svg.Height != "10mm" || svg.ViewBox != want {
		t.Errorf("svg says %+v", svg)
	}
}

func TestQuietZonesAreEmpty(t *testing.T) {
	bars, _ := Code128("RR473124829VN", Normal, 15)
	square, err := QR("https://example.vn/t/RR473124829VN", 25)
	if err != nil {
		t.Fatal(err)
	}
	matrix, err := DataMatrix("18010020261124000017", 12)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d     Drawing
		x, y  int
		wantW float64
	}{"bars": {bars, 10, 0, bars.Width}, "qr": {square, 4, 4, 25}, "matrix": {matrix, 2, 2, 12}} {
		if c.d.Width != c.wantW {
			t.Errorf("%s is %v mm wide", name, c.d.Width)
		}
		for row := range c.d.Rows {
			for col := range c.d.Columns {
				edge := col < c.x || col >= c.d.Columns-c.x || row < c.y || row >= c.d.Rows-c.y
				if edge && c.d.Dark(col, row) {
					t.Fatalf("%s: module %d,%d of the quiet zone is dark", name, col, row)
				}
			}
		}
		if !c.d.Dark(c.x, c.d.Rows-1-c.y) {
			t.Errorf("%s: the corner beside the quiet zone is not dark: the zone is too wide", name)
		}
	}
}

func TestQRHasItsThreeFinders(t *testing.T) {
	d, err := QR("https://example.vn/t/RR473124829VN", 25)
	if err != nil {
		t.Fatal(err)
	}
	if d.Columns != d.Rows || (d.Columns-8-17)%4 != 0 {
		t.Fatalf("%d × %d modules is no QR size", d.Columns, d.Rows)
	}
	last := d.Columns - quietQR - 7
	for _, corner := range [][2]int{{4, 4}, {last, 4}, {4, last}} {
		for i := range 7 {
			x, y := corner[0], corner[1]
			if !d.Dark(x+i, y) || !d.Dark(x+i, y+6) || !d.Dark(x, y+i) || !d.Dark(x+6, y+i) || !d.Dark(x+3, y+3) {
				t.Fatalf("no finder at %v", corner)
			}
		}
	}
	if version := (d.Columns - 8 - 17) / 4; version > 4 {
		t.Errorf("a tracking address takes version %d; 4 still reads well at 20 mm", version)
	}
}

func TestTextThatHasNoBarsIsRefused(t *testing.T) {
	for _, text := range []string{"", "Đà Nẵng"} {
		if _, err := Code128(text, Normal, 15); err == nil {
			t.Errorf("%q was drawn", text)
		}
	}
}

// The words of a stranger: zbar reads the picture back. It shares no code with us.
func TestZbarReadsBarsAndQR(t *testing.T) {
	tool, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("zbarimg is not installed (Debian: zbar-tools), so no second reader judges the codes")
	}
	for _, text := range append(codes, "https://example.vn/t/RR473124829VN?s=K7Q2PX") {
		for kind, draw := range map[string]func() (Drawing, error){
			"CODE-128": func() (Drawing, error) { return Code128(text, Normal, 15) },
			"QR-Code":  func() (Drawing, error) { return QR(text, 25) },
		} {
			d, err := draw()
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(tool, "-q", picture(t, d)).Output()
			if err != nil || !strings.Contains(string(out), kind+":"+text+"\n") {
				t.Errorf("%s of %s reads as %q (%v)", kind, text, out, err)
			}
		}
	}
}

func TestDmtxReadsDataMatrix(t *testing.T) {
	tool, err := exec.LookPath("dmtxread")
	if err != nil {
		t.Skip("dmtxread is not installed (Debian: dmtx-utils), so no second reader judges the Data Matrix")
	}
	for _, text := range codes {
		d, err := DataMatrix(text, 12)
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "-N1", "-m2000", picture(t, d)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%s reads as %q (%v)", text, out, err)
		}
	}
}

// picture draws the modules with 8 pixels each.
func picture(t *testing.T, d Drawing) string {
	t.Helper()
	const px = 8
	rows := d.Rows
	if rows == 1 {
		rows = 30
	}
	img := image.NewGray(image.Rect(0, 0, d.Columns*px, rows*px))
	for y := range rows * px {
		for x := range d.Columns * px {
			row := y / px
			if d.Rows == 1 {
				row = 0
			}
			if d.Dark(x/px, row) {
				img.SetGray(x, y, color.Gray{})
			} else {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	name := filepath.Join(t.TempDir(), "code.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return name
}

// patterns128 are the widths of bars and spaces of the 107 symbols (ISO/IEC 15417, table 1).
const patterns128 = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221" +
	"223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321" +
	"112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131" +
	"311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114" +
	"122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141" +
	"214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"

// decode128 reads the bars back, checks the check symbol, and counts the pairs in set C.
func decode128(t *testing.T, d Drawing) (text string, pairs int) {
	t.Helper()
	var widths []int
	for x := quiet128; x < d.Columns-quiet128; {
		run := 1
		for x+run < d.Columns-quiet128 && d.Dark(x+run, 0) == d.Dark(x, 0) {
			run++
		}
		widths = append(widths, run)
		x += run
	}
	if (len(widths)-7)%6 != 0 {
		t.Fatalf("%d bars and spaces make no symbols", len(widths))
	}
	var symbols []int
	for i := 0; i < len(widths)-7; i += 6 { // the stop symbol has seven and says nothing
		symbols = append(symbols, symbol128(t, widths[i:i+6]))
	}
	sum := symbols[0]
	for i, s := range symbols[1 : len(symbols)-1] {
		sum += (i + 1) * s
	}
	if sum%103 != symbols[len(symbols)-1] {
		t.Fatalf("check symbol is %d, want %d", symbols[len(symbols)-1], sum%103)
	}
	set := "ABC"[symbols[0]-103]
	for _, s := range symbols[1 : len(symbols)-1] {
		switch {
		case s == 99 && set != 'C':
			set = 'C'
		case s == 100 && set != 'B':
			set = 'B'
		case s == 101 && set != 'A':
			set = 'A'
		case set == 'C':
			pairs++
			text += fmt.Sprintf("%02d", s)
		default:
			text += string(rune(s + 32))
		}
	}
	return text, pairs
}

func symbol128(t *testing.T, widths []int) int {
	t.Helper()
	want := ""
	for _, w := range widths {
		want += fmt.Sprint(w)
	}
	for i := 0; i+6 <= len(patterns128); i += 6 {
		if patterns128[i:i+6] == want {
			return i / 6
		}
	}
	t.Fatalf("no symbol has the widths %s", want)
	return 0
}
