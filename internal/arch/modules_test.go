package arch

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestGoModSaysWhichDependenciesAreOurOwn keeps go.mod as "go mod tidy" writes it, without asking the network: what we import is direct, all else indirect.
func TestGoModSaysWhichDependenciesAreOurOwn(t *testing.T) {
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(inRoot(t, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	all := inRoot(t, "go", "list", "-f", `{{range .Imports}}{{.}}{{"\n"}}{{end}}{{range .TestImports}}{{.}}{{"\n"}}{{end}}{{range .XTestImports}}{{.}}{{"\n"}}{{end}}`, "./...")
	imports := strings.Fields(string(all))
	if len(mod.Require) == 0 || len(imports) == 0 {
		t.Fatal("go.mod or the imports could not be read")
	}
	for _, m := range mod.Require {
		ours := slices.ContainsFunc(imports, func(i string) bool { return i == m.Path || strings.HasPrefix(i, m.Path+"/") })
		if ours == m.Indirect {
			t.Errorf("go.mod: %s is imported by us: %v, marked indirect: %v; run go mod tidy", m.Path, ours, m.Indirect)
		}
	}
}

func inRoot(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return out
}
