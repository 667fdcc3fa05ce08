package desk

import (
	"fmt"

	"citypost/internal/custody"
	"citypost/internal/event"
	"citypost/internal/web"
)

func bagTone(b *custody.Bag) web.Tone {
	switch b.Status {
	case custody.BagOpen, custody.BagOpened:
		return web.Ask
	case custody.BagSealed:
		return web.Good
	}
	return web.Info
}

// firstKey gives the first of several buttons the key of the likeliest action.
func firstKey(n int) string {
	if n == 0 {
		return "F4"
	}
	return ""
}

func firstKind(n int) web.Kind {
	if n == 0 {
		return web.Main
	}
	return web.Second
}

// thing is an item's code as that of a thing.
func thing(i *custody.Item) event.Thing { return event.Thing(i.Code) }

// showSeal hides the ledger's seal from whoever is about to open the bag: it has to be read off the bag.
func (b bagWork) showSeal() bool {
	return b.Seal != "" && !(b.Mine && b.Arrived && b.Status == custody.BagSealed)
}

func bagCaption(b bagWork) string {
	switch b.Status {
	case custody.BagOpen:
		return b.T("Trong túi, mới nhất trước", "In the bag, newest first")
	case custody.BagOpened:
		return b.T(fmt.Sprintf("Còn %d chưa lấy ra", len(b.Items)), fmt.Sprintf("%d still to be taken out", len(b.Items)))
	}
	return b.T("Trong túi", "In the bag")
}
