package bench

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strconv"

	"citypost/internal/fault"
)

// The pictures of an intake are made up: bytes that do not compress, as those of a JPEG do not. Their sizes follow what counters send (a page photographed at 1280 px), or all stand at the limit, or all have one size ("120": KB).
const (
	PictureMix   = "mix"   // half of them under 60 KB, one in twenty at the limit
	PictureLimit = "limit" // every one at the limit
	limitKB      = 300
	// pictureHead is that of a JPEG of 1280 × 1810.
	pictureHead = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\x07\x12\x05\x00\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
)

// grain is what all pictures are cut from; each is told apart by its stamp.
var grain = func() []byte {
	b := make([]byte, 8<<20)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b) // never fails
	return b
}()

// picture is a made-up photograph: few bytes to remember it by, until its content is looked at again.
type picture struct {
	stamp uint64
	from  int
	size  int
}

// sizer says how large the next picture is, in bytes.
type sizer func(*rand.Rand) int

func sizerOf(text string) (sizer, error) {
	kb, err := strconv.Atoi(text)
	switch {
	case text == PictureMix:
		return mixed, nil
	case text == PictureLimit:
		kb = limitKB
	case err != nil || kb < 1 || kb > limitKB:
		return nil, fault.New(fault.Invalid, "bench.pictures", "Cỡ ảnh %[1]q không hợp lệ: mix, limit, hoặc số KB từ 1 đến %[2]d.", "%[1]q is no size of pictures: mix, limit, or KB from 1 to %[2]d.", text, limitKB)
	}
	return func(*rand.Rand) int { return kb << 10 }, nil
}

func mixed(r *rand.Rand) int {
	switch n := r.IntN(20); {
	case n < 10:
		return 25<<10 + r.IntN(35<<10)
	case n < 19:
		return 60<<10 + r.IntN(60<<10)
	}
	return limitKB << 10
}

// makePicture makes the next one.
func makePicture(r *rand.Rand, stamp uint64, size sizer) picture {
	p := picture{stamp: stamp, size: size(r)}
	p.from = r.IntN(len(grain) - p.size)
	return p
}

// parts are its bytes without a copy of them.
func (p picture) parts() [][]byte {
	head := binary.BigEndian.AppendUint64([]byte(pictureHead), p.stamp)
	return [][]byte{head, grain[p.from : p.from+p.size-len(head)]}
}

func (p picture) body() []byte { return bytes.Join(p.parts(), nil) }

// multipart is a form with pictures, read piece by piece as a browser sends it.
type multipart struct {
	pieces [][]byte
	size   int64
}

const boundary = "----bench"

func (m *multipart) add(b ...[]byte) {
	for _, x := range b {
		m.pieces, m.size = append(m.pieces, x), m.size+int64(len(x))
	}
}

func (m *multipart) field(name, value string) {
	m.add([]byte("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"))
}

func (m *multipart) file(name string, p picture) {
	m.add([]byte("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + name + ".jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"))
	m.add(p.parts()...)
	m.add([]byte("\r\n"))
}

func (m *multipart) reader() io.Reader {
	var all []io.Reader
	for _, b := range m.pieces {
		all = append(all, bytes.NewReader(b))
	}
	return io.MultiReader(all...)
}
