package tree

import "strings"

// The text of a receipt in a QR code: two bytes become three of these 41 characters. All of them are in the QR alphanumeric set (11 bits a
// pair) and in the path and fragment of an address, so a receipt can be an address that a phone opens. It is as dense as
// base45, which needs the space and the percent sign.
const alphabet41 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:*$"

var value41 = func() (v [256]int8) {
	for i := range v {
		v[i] = -1
	}
	for i := range len(alphabet41) {
		v[alphabet41[i]] = int8(i)
	}
	return v
}()

// encode41 writes two bytes as three characters, a last single byte as two.
func encode41(data []byte) string {
	var b strings.Builder
	b.Grow(len(data)/2*3 + 2)
	for ; len(data) > 1; data = data[2:] {
		n := int(data[0])<<8 | int(data[1])
		b.WriteByte(alphabet41[n/(41*41)])
		b.WriteByte(alphabet41[n/41%41])
		b.WriteByte(alphabet41[n%41])
	}
	if len(data) == 1 {
		b.WriteByte(alphabet41[data[0]/41])
		b.WriteByte(alphabet41[data[0]%41])
	}
	return b.String()
}

// decode41 reads what encode41 writes and nothing else.
func decode41(text string) ([]byte, bool) {
	if len(text)%3 == 1 {
		return nil, false
	}
	out := make([]byte, 0, len(text)/3*2+1)
	for ; len(text) > 0; text = text[min(3, len(text)):] {
		n := 0
		group := text[:min(3, len(text))]
		for i := range len(group) {
			v := value41[group[i]]
			if v < 0 {
				return nil, false
			}
			n = n*41 + int(v)
		}
		if len(group) == 3 {
			if n > 0xffff {
				return nil, false
			}
			out = append(out, byte(n>>8))
		} else if n > 0xff {
			return nil, false
		}
		out = append(out, byte(n))
	}
	return out, true
}
