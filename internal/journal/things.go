package journal

import (
	"encoding/json"
	"slices"

	"citypost/internal/event"
	"citypost/internal/postal"
)

// thingsOf lists the codes that an entry's facts speak of, each once, in the order in which they stand there.
func thingsOf(e *event.Entry) ([]event.Thing, error) {
	var out []event.Thing
	for _, f := range e.Facts {
		body, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			return nil, err
		}
		eachText(v, func(text string) {
			if t := event.Thing(text); isCode(text) && !slices.Contains(out, t) {
				out = append(out, t)
			}
		})
	}
	return out, nil
}

// isCode reports whether a text is the code of a thing, by its form and check digit.
func isCode(text string) bool {
	if _, err := postal.ParseItemNumber(text); err == nil {
		return true
	}
	kind, _, _, err := postal.ParseCode(text)
	return err == nil && kind != postal.CodeBadge && kind != postal.CodeCommand
}

// eachText visits the texts of a JSON value; members of an object in the order of their names.
func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, x := range v {
			eachText(x, visit)
		}
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			eachText(v[name], visit)
		}
	}
}
