package closedmail

import (
	"testing"

	"citypost/internal/web"
)

func TestAColumnOfThePaperIsAsWideAsItsLongestWord(t *testing.T) {
	x := &table{Heads: []web.Head{{Label: "Mã"}, {Label: "Số mục"}, {Label: "Bên giao"}}, Rows: [][]cell{{{Text: "49909019000001"}, {Text: "1"}, {Text: "Giao cho giao thông viên đi phát lần thứ hai"}}}}
	for n, want := range []int{17, 6, 21} {
		if got := share(x, n); got != want {
			t.Errorf("column %d: %d, want %d", n, got, want)
		}
	}
}
