package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image"
	_ "image/jpeg"
	_ "image/png"

	"citypost/internal/fault"
)

// Picture is a photograph that belongs to a dossier.
type Picture struct {
	Kind string // "list": the list that both signed; "packet": the sealed packet
	Type string
	Hash string
	Body []byte
}

// maxPicture bounds a picture: a page photographed at 1280 px comes in at under 200 KB.
const maxPicture = 300 << 10

// maxSide bounds a side of a picture, in pixels: a small file may else claim a size that fills the memory of whoever opens it.
const maxSide = 8000

// ReadPicture checks a picture by its content, not by its name.
func ReadPicture(kind string, body []byte) (Picture, error) {
	p := Picture{Kind: kind, Body: body}
	if len(body) > maxPicture {
		return p, fault.New(fault.TooLarge, "dossier.picture_size", "Ảnh phải nhỏ hơn %d KB. Chụp lại ở cỡ nhỏ hơn.", "A picture must be under %d KB. Take a smaller one.", maxPicture>>10).At(kind)
	}
	format, width, height := sizeOf(body)
	if format == "" {
		return p, fault.New(fault.Invalid, "dossier.picture_type", "Tệp này không phải ảnh JPEG, PNG hoặc WebP.", "This file is no JPEG, PNG or WebP picture.").At(kind)
	}
	if min(width, height) < 1 || max(width, height) > maxSide {
		return p, fault.New(fault.TooLarge, "dossier.picture_sides", "Mỗi cạnh ảnh phải từ 1 đến %d điểm ảnh. Chụp lại ở cỡ nhỏ hơn.", "Each side of a picture must have 1 to %d pixels. Take a smaller one.", maxSide).At(kind)
	}
	p.Type = "image/" + format
	sum := sha256.Sum256(body)
	p.Hash = hex.EncodeToString(sum[:])
	return p, nil
}

// sizeOf reads what a picture says of itself: "jpeg", "png" or "webp" and its sides in pixels; "" when its head is none of these.
func sizeOf(body []byte) (format string, width, height int) {
	if w, h, ok := sizeOfWebP(body); ok {
		return "webp", w, h
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || format != "jpeg" && format != "png" {
		return "", 0, 0
	}
	return format, head.Width, head.Height
}

// sizeOfWebP reads the sides of a WebP file, which the standard library does not know: a RIFF container whose first chunk is the picture, "VP8 " or "VP8L", or the frame of an extended one, "VP8X" (RFC 9649, 2.3 to 3.4).
func sizeOfWebP(b []byte) (width, height int, ok bool) {
	if len(b) < 30 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return 0, 0, false
	}
	le := binary.LittleEndian
	switch string(b[12:16]) {
	case "VP8 ":
		key := b[20]&1 == 0 && string(b[23:26]) == "\x9d\x01\x2a"
		return int(le.Uint16(b[26:]) & 0x3fff), int(le.Uint16(b[28:]) & 0x3fff), key
	case "VP8L":
		bits := le.Uint32(b[21:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, b[20] == 0x2f
	case "VP8X":
		side := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
		return side(b[24:]) + 1, side(b[27:]) + 1, true
	}
	return 0, 0, false
}
