package tree

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Verdict is what verifying a whole ledger came to.
type Verdict struct {
	Size        int64
	Root        tlog.Hash // over all entries, as believed
	Covered     int64     // the largest signed checkpoint that fits; entries after it are not signed yet
	Tiles       int64     // stored tiles compared
	Checkpoints int64     // signed checkpoints compared
	Findings    []Finding // what is wrong, first in the ledger first
	Cut         bool      // there is more than fits the list
}

// OK reports whether nothing is wrong. That alone proves nothing to anybody: see Proved.
func (v *Verdict) OK() bool { return len(v.Findings) == 0 }

// Proved reports whether nothing is wrong and a signature says so: that of a checkpoint over the entries up to Covered. Those after it are vouched for by nobody.
func (v *Verdict) Proved() bool { return v.OK() && v.Covered > 0 }

func (v *Verdict) add(f Finding) {
	if len(v.Findings) >= maxFindings {
		v.Cut = true
		return
	}
	v.Findings = append(v.Findings, f)
}

// FindingKind is a stable word for a sort of damage.
type FindingKind string

// What can be wrong with a ledger.
const (
	EntryWrong      FindingKind = "entry_wrong"      // an entry is not what was recorded; the tree vouches for that
	EntryMissing    FindingKind = "entry_missing"    // entries are gone
	EntryMisplaced  FindingKind = "entry_misplaced"  // an entry stands where none belongs: twice, out of order, after the end
	TileWrong       FindingKind = "tile_wrong"       // a stored tile was changed; the entries are right
	TileMissing     FindingKind = "tile_missing"     // a stored tile is gone
	RangeWrong      FindingKind = "range_wrong"      // entries and their tiles were changed together
	Unclear         FindingKind = "unclear"          // entry and tile differ and nothing says which was changed
	CheckpointBad   FindingKind = "checkpoint_bad"   // a stored checkpoint is unreadable or wrongly signed
	CheckpointWrong FindingKind = "checkpoint_wrong" // a signed checkpoint does not fit the entries up to it
	CutOff          FindingKind = "cut_off"          // a checkpoint was signed for more entries than there are
)

// Finding is one damage and its place.
type Finding struct {
	Kind      FindingKind
	Seq, Upto int64 // the entries concerned, 0 when none are
	Level     int   // of the tile
	N         int64 // number of the tile
	Offset    int   // which hash in the tile
	Size      int64 // of the checkpoint
	Cause     error // why a checkpoint cannot be read
}

// as gives the finding with the question decided.
func (f Finding) as(kind FindingKind) Finding {
	f.Kind = kind
	if kind == TileWrong {
		f.Seq, f.Upto = 0, 0
	}
	return f
}

// where is the leaf index at which the damage begins, for sorting.
func (f Finding) where() int64 {
	switch {
	case f.Seq > 0:
		return f.Seq - 1
	case f.Size > 0:
		return f.Size
	}
	return (f.N*tileWidth + int64(f.Offset)) << (tileBits * f.Level)
}

// In says the finding in words; anything but "en" is Vietnamese.
func (f Finding) In(lang string) string {
	tile := TilePath{Level: f.Level, N: f.N, Width: tileWidth}.String()
	words := map[FindingKind][2]string{
		EntryWrong: {
			fmt.Sprintf("Dòng %d đã bị sửa: nội dung không còn như lúc ghi sổ.", f.Seq),
			fmt.Sprintf("Entry %d was changed: it is not what was recorded.", f.Seq)},
		EntryMissing: {
			fmt.Sprintf("Thiếu dòng %d đến %d.", f.Seq, f.Upto),
			fmt.Sprintf("Entries %d to %d are missing.", f.Seq, f.Upto)},
		EntryMisplaced: {
			fmt.Sprintf("Dòng %d nằm sai chỗ: trùng, sai thứ tự hoặc nằm sau dòng cuối.", f.Seq),
			fmt.Sprintf("Entry %d stands where none belongs: twice, out of order, or after the end.", f.Seq)},
		TileWrong: {
			fmt.Sprintf("Mảnh cây %s bị sửa, từ giá trị thứ %d; các dòng trong sổ vẫn đúng.", tile, f.Offset),
			fmt.Sprintf("Tile %s was changed, from its hash %d on; the entries are right.", tile, f.Offset)},
		TileMissing: {
			fmt.Sprintf("Thiếu mảnh cây %s.", tile),
			fmt.Sprintf("Tile %s is missing.", tile)},
		RangeWrong: {
			fmt.Sprintf("Trong các dòng %d đến %d có dòng bị sửa cùng với mảnh cây của nó.", f.Seq, f.Upto),
			fmt.Sprintf("Among entries %d to %d something was changed together with its tile.", f.Seq, f.Upto)},
		Unclear: {
			fmt.Sprintf("Dòng %d và mảnh cây %s (giá trị thứ %d) không khớp nhau; chưa có điểm chốt nào để biết bên nào bị sửa.", f.Seq, tile, f.Offset),
			fmt.Sprintf("Entry %d and tile %s (hash %d) differ; no signed checkpoint says which was changed.", f.Seq, tile, f.Offset)},
		CheckpointBad: {
			fmt.Sprintf("Điểm chốt ở dòng %d không đọc được hoặc chữ ký sai.", f.Size),
			fmt.Sprintf("The checkpoint at entry %d cannot be read or is wrongly signed.", f.Size)},
		CheckpointWrong: {
			fmt.Sprintf("Điểm chốt đã ký ở dòng %d không khớp với sổ: có dòng bị sửa trong khoảng %d đến %d.", f.Size, f.Seq, f.Upto),
			fmt.Sprintf("The signed checkpoint at entry %d does not fit: something among entries %d to %d was changed.", f.Size, f.Seq, f.Upto)},
		CutOff: {
			fmt.Sprintf("Đã có chữ ký cho %d dòng nhưng sổ chỉ còn đến dòng %d: phần cuối bị cắt.", f.Size, f.Seq-1),
			fmt.Sprintf("%d entries were signed, but the ledger ends at %d: its end was cut off.", f.Size, f.Seq-1)},
	}[f.Kind]
	if lang == "en" {
		return words[1]
	}
	return words[0]
}

// In says the verdict in words; anything but "en" is Vietnamese.
func (v *Verdict) In(lang string) string {
	if lang == "en" {
		return v.english()
	}
	return v.vietnamese()
}

func (v *Verdict) vietnamese() string {
	switch {
	case !v.OK():
		return fmt.Sprintf("Sổ cái SAI ở %d chỗ%s, trước hết: %s", len(v.Findings), more(v.Cut, " trở lên"), v.Findings[0].In("vi"))
	case v.Size == 0:
		return "Sổ cái chưa có dòng nào nên KHÔNG có gì được chứng minh."
	case v.Covered == 0:
		return fmt.Sprintf("KHÔNG có gì được chứng minh: %d dòng và %d mảnh cây khớp với nhau, nhưng không dòng nào có chữ ký. Ai cũng tự viết được một sổ như vậy.", v.Size, v.Tiles)
	}
	said := fmt.Sprintf("Sổ cái ĐÚNG đến dòng %d: %d mảnh cây và %d điểm chốt đã ký khớp với nhau.", v.Covered, v.Tiles, v.Checkpoints)
	if v.Covered < v.Size {
		said += fmt.Sprintf(" Từ dòng %d đến dòng %d chưa có chữ ký: các dòng này CHƯA được chứng minh.", v.Covered+1, v.Size)
	}
	return said
}

func (v *Verdict) english() string {
	switch {
	case !v.OK():
		return fmt.Sprintf("The ledger is WRONG in %d places%s, first: %s", len(v.Findings), more(v.Cut, " or more"), v.Findings[0].In("en"))
	case v.Size == 0:
		return "The ledger has no entry, so NOTHING is proved."
	case v.Covered == 0:
		return fmt.Sprintf("NOTHING is proved: %d entries and %d tiles fit together, but no entry is signed. Anyone can write such a ledger.", v.Size, v.Tiles)
	}
	said := fmt.Sprintf("The ledger is RIGHT up to entry %d: %d tiles and %d signed checkpoints fit together.", v.Covered, v.Tiles, v.Checkpoints)
	if v.Covered < v.Size {
		said += fmt.Sprintf(" Entries %d to %d are not signed: they are NOT proved.", v.Covered+1, v.Size)
	}
	return said
}

func more(cut bool, words string) string {
	if cut {
		return words
	}
	return ""
}
