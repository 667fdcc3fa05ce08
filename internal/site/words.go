package site

import (
	"net/http"
	"strings"

	"citypost/internal/web"
)

func (s *Service) getHelp(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Trợ giúp", "Help")
	return web.Render(w, r, http.StatusOK, helpPage(p, s.laws(p, absences), s.laws(p, complaints), s.has("/price"), s.has("/rules")))
}

func (s *Service) getAccess(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, accessPage(web.NewPage(r, "Hỗ trợ tiếp cận", "Accessibility")))
}

func (s *Service) getPrivacy(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Quyền riêng tư", "Privacy")
	return web.Render(w, r, http.StatusOK, privacyPage(p, s.laws(p, keeping), s.laws(p, complaints[:1]), s.laws(p, rights)))
}

func (s *Service) getAbout(w http.ResponseWriter, r *http.Request) error {
	p := web.NewPage(r, "Về chương trình này", "About this program")
	return web.Render(w, r, http.StatusOK, aboutPage(p, s.Version, readNotice(s.Notice)))
}

// part is one section of NOTICE: a heading and its lines.
type part struct {
	Title string
	Lines []string
}

// readNotice takes NOTICE apart: a heading is underlined by dashes; an indented line goes on from the line before it.
func readNotice(text string) []part {
	var parts []part
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		underlined := n+1 < len(lines) && len(lines[n+1]) > 2 && strings.Trim(lines[n+1], "-") == ""
		switch {
		case strings.TrimSpace(line) == "", strings.Trim(line, "-") == "":
		case underlined:
			parts = append(parts, part{Title: line})
		case len(parts) == 0: // the head of the file: the page says it itself
		case strings.HasPrefix(line, " ") && len(parts[len(parts)-1].Lines) > 0:
			last := &parts[len(parts)-1]
			last.Lines[len(last.Lines)-1] += " " + strings.TrimSpace(line)
		default:
			last := &parts[len(parts)-1]
			last.Lines = append(last.Lines, strings.TrimSpace(line))
		}
	}
	return parts
}
