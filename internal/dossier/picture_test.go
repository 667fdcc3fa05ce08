package dossier_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"citypost/internal/dossier"
	"citypost/internal/fault"
)

// If this fails any bytes behind a picture's first ones are kept for ever, or a small file fills the memory of whoever opens it.
func TestAPictureIsKnownByItsHeadAndBounded(t *testing.T) {
	draw := func(w, h int) image.Image { return image.NewGray(image.Rect(0, 0, w, h)) }
	var jpg, whole, wide bytes.Buffer
	for _, err := range []error{jpeg.Encode(&jpg, draw(40, 30), nil), png.Encode(&whole, draw(40, 30)), png.Encode(&wide, draw(8001, 1))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	bomb := bytes.Clone(whole.Bytes()) // says that it is a million by a million
	binary.BigEndian.PutUint32(bomb[16:], 1_000_000)
	binary.BigEndian.PutUint32(bomb[20:], 1_000_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	webp := []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x27\x40\x07\x00\x00\x00\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		body []byte
		kind string
		code string
	}{
		"jpeg": {jpg.Bytes(), "image/jpeg", ""}, "png": {whole.Bytes(), "image/png", ""}, "webp": {webp, "image/webp", ""},
		"only the first bytes": {[]byte("\xff\xd8\xff and then a script"), "", "dossier.picture_type"}, "no picture": {[]byte("%PDF-1.7"), "", "dossier.picture_type"},
		"webp in name only": {[]byte("RIFF\x1a\x00\x00\x00WEBPxxxxxxxxxxxxxxxxxxxxxxxxx"), "", "dossier.picture_type"},
		"too wide":          {wide.Bytes(), "", "dossier.picture_sides"}, "a bomb": {bomb, "", "dossier.picture_sides"},
	} {
		p, err := dossier.ReadPicture("list", c.body)
		if fault.Code(err) != c.code || err == nil && p.Type != c.kind {
			t.Errorf("%s: %q, %v", name, p.Type, err)
		}
	}
}
