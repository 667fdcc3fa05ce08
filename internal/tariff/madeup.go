package tariff

import (
	"embed"
	"io/fs"

	"citypost/internal/rulebook"
)

//go:embed madeup/*.rules
var madeUp embed.FS

// MadeUpLayer gives invented letter prices for demonstrations, to be laid over the embedded law; their ids end in "+made-up" and every quote says that they are not verified.
// A real house must not load it.
func MadeUpLayer() rulebook.Layer {
	sub, err := fs.Sub(madeUp, "madeup")
	if err != nil {
		panic(err) // the folder is named in the embed line above
	}
	return rulebook.Layer{Name: "made-up", Dir: "madeup", FS: sub}
}
