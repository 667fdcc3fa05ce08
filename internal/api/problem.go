package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// Problem is the answer to a request that was refused (RFC 9457). Code is stable for ever; the sentences may change.
type Problem struct {
	Type     string   `json:"type" doc:"Always about:blank: the code says it all" example:"about:blank"`
	Title    string   `json:"title" doc:"The name of the status" example:"Conflict"`
	Status   int      `json:"status" example:"409"`
	Code     string   `json:"code" doc:"What was wrong; stable for ever" example:"custody.wrong_holder"`
	Detail   string   `json:"detail" doc:"What was wrong and what to do, in the language asked for (Accept-Language: vi or en)"`
	DetailVI string   `json:"detail_vi" doc:"The same in Vietnamese"`
	DetailEN string   `json:"detail_en" doc:"The same in English"`
	Field    string   `json:"field,omitempty" doc:"The member at fault, when it is one"`
	Errors   []Detail `json:"errors,omitempty" doc:"Every member at fault, when the form of the request was wrong"`
}

// Detail is one member of a request that has the wrong form.
type Detail struct {
	Location string `json:"location" doc:"Where it stands" example:"body.weight_g"`
	Code     string `json:"code" example:"api.missing"`
	Detail   string `json:"detail"`
	DetailVI string `json:"detail_vi"`
	DetailEN string `json:"detail_en"`
}

// Error gives the code.
func (p *Problem) Error() string { return p.Code }

// GetStatus gives the status to huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma send the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problemOf(err error, lang string) *Problem {
	f := web.Understood(err)
	if f.Code == "internal" {
		f = errInternal
	}
	s := web.Status(f)
	return &Problem{Type: "about:blank", Title: http.StatusText(s), Status: s, Code: f.Code, Detail: f.In(lang), DetailVI: f.VI, DetailEN: f.EN, Field: f.Field}
}

var errInternal = fault.New(0, "internal",
	"Hệ thống gặp trục trặc, chưa chắc đã ghi. Hãy gửi lại đúng yêu cầu này (cùng mã thao tác); nếu vẫn vậy, báo quản trị viên mã ở X-Request-Id.",
	"Something went wrong on our side and it is not certain that this was recorded. Send the same request again (same act id); if it stays so, give the administrator the X-Request-Id.")

// log keeps what a person cannot mend.
func logProblem(ctx context.Context, log *slog.Logger, p *Problem, err error) {
	if p.Status < http.StatusInternalServerError || errors.Is(err, context.Canceled) {
		return
	}
	level := slog.LevelError
	if p.Status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "api request failed", "code", p.Code, "request", web.RequestID(ctx), "err", err)
}

// retryAfter is how many seconds a caller should wait while we cannot write.
const retryAfter = "5"

// fail writes a refusal.
func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(499) // the caller has gone; nobody reads this
		return
	}
	p := problemOf(err, langOf(r.Header.Get("Accept-Language")))
	logProblem(r.Context(), s.log(), p, err)
	h := w.Header()
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="citypost"`)
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter)
	case http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close") // the rest of the body is not read
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// langOf chooses the language of the sentences: English when it is asked for before Vietnamese, else Vietnamese.
func langOf(accept string) string {
	if accept == "" || len(accept) > 200 {
		return "vi"
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return "vi"
	}
	for _, t := range tags {
		switch base, _ := t.Base(); base.String() {
		case "vi":
			return "vi"
		case "en":
			return "en"
		}
	}
	return "vi"
}

// newHumaError takes the place of huma's own errors, which repeat what was sent and know one language.
func newHumaError(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	lang, request := "vi", context.Background()
	if ctx != nil {
		lang, request = langOf(ctx.Header("Accept-Language")), ctx.Context()
	}
	switch {
	case status == http.StatusInternalServerError && len(errs) == 1:
		p := problemOf(errs[0], lang)
		logProblem(request, slog.Default(), p, errs[0])
		return p
	case status == http.StatusRequestEntityTooLarge:
		return problemOf(&http.MaxBytesError{Limit: maxBody}, lang)
	case status == http.StatusUnsupportedMediaType:
		p := problemOf(errContentType, lang)
		p.Status, p.Title = status, http.StatusText(status)
		return p
	case status == http.StatusBadRequest:
		return problemOf(errNotJSON, lang)
	}
	p := problemOf(errForm, lang)
	p.Status, p.Title = status, http.StatusText(status)
	p.addDetails(lang, errs)
	return p
}

// addDetails names every member at fault. When all are wrong in one way, that way is the code of the whole.
func (p *Problem) addDetails(lang string, errs []error) {
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		p.Errors = append(p.Errors, explain(d.ErrorDetail(), lang))
	}
	for n, d := range p.Errors {
		if n > 0 && d.Code != p.Errors[0].Code {
			return
		}
	}
	if len(p.Errors) > 0 {
		first := p.Errors[0]
		p.Code = first.Code
		if len(p.Errors) == 1 {
			p.Detail, p.DetailVI, p.DetailEN = first.Detail, first.DetailVI, first.DetailEN
			p.Field = first.Location[strings.LastIndexByte(first.Location, '.')+1:]
		}
	}
}

var (
	errForm = fault.New(fault.Invalid, "api.invalid",
		"Yêu cầu chưa đúng mẫu. Xem từng mục ở errors.", "The request does not have the right form. See each member under errors.").At("body")
	errNotJSON = fault.New(fault.Invalid, "api.not_json",
		"Nội dung gửi lên không phải JSON đọc được.", "The body is not JSON that can be read.")
	errContentType = fault.New(fault.Invalid, "api.content_type",
		"Hãy gửi nội dung dạng application/json.", "Send the body as application/json.")
	errNotText = fault.New(fault.Invalid, "api.not_text",
		"Nội dung có ký tự không đọc được (không phải UTF-8). Hãy gõ hoặc quét lại.", "There are characters that cannot be read (no UTF-8). Type or scan it again.")
)

// rule says one of huma's messages in our words; %s takes what stands after the message's beginning: a limit of ours, never what was sent.
type rule struct{ begins, code, vi, en string }

var rules = []rule{
	{"expected required property ", "api.missing", "Thiếu mục %s.", "The member %s is missing."},
	{"required ", "api.missing", "Thiếu tham số này.", "This parameter is missing."},
	{"request body is required", "api.missing", "Thiếu nội dung.", "The body is missing."},
	{"unexpected property", "api.unknown_member", "Có mục không dùng ở đây. Hãy xem lại tên các mục.", "There is a member that is not used here. Check the names."},
	{"expected string to be RFC 3339 date-time", "api.time", "Thời điểm phải theo RFC 3339, ví dụ 2026-03-02T08:00:00+07:00.", "A time is written as in RFC 3339, for example 2026-03-02T08:00:00+07:00."},
	{"expected string to be RFC 3339 date", "api.day", "Ngày phải theo dạng 2026-03-02.", "A day is written as 2026-03-02."},
	{"expected string to be RFC 4122 uuid", "api.uuid", "Mã phải là UUID.", "The id must be a UUID."},
	{"expected value to be one of ", "api.choice", "Giá trị phải là một trong %s.", "The value must be one of %s."},
	{"expected length >= ", "api.too_short", "Cần ít nhất %s ký tự.", "At least %s characters are needed."},
	{"expected length <= ", "api.too_long", "Tối đa %s ký tự.", "At most %s characters."},
	{"expected array length >= ", "api.too_few", "Cần ít nhất %s mục.", "At least %s entries are needed."},
	{"expected array length <= ", "api.too_many_entries", "Tối đa %s mục.", "At most %s entries."},
	{"expected number >= ", "api.too_small", "Giá trị nhỏ nhất là %s.", "The least value is %s."},
	{"expected number <= ", "api.too_great", "Giá trị lớn nhất là %s.", "The greatest value is %s."},
	{"expected ", "api.type", "Mục này không đúng kiểu giá trị.", "This member has the wrong kind of value."},
	{"invalid ", "api.type", "Tham số này không đúng kiểu giá trị.", "This parameter has the wrong kind of value."},
}

func explain(e *huma.ErrorDetail, lang string) Detail {
	d := Detail{Location: e.Location, Code: "api.invalid", DetailVI: "Giá trị không dùng được.", DetailEN: "The value cannot be used."}
	for _, r := range rules {
		rest, ok := strings.CutPrefix(e.Message, r.begins)
		if !ok {
			continue
		}
		rest = strings.TrimSuffix(rest, " to be present")
		d.Code, d.DetailVI, d.DetailEN = r.code, strings.ReplaceAll(r.vi, "%s", rest), strings.ReplaceAll(r.en, "%s", rest)
		break
	}
	if d.Code == "api.unknown_member" { // its name is the sender's, not ours
		d.Location = d.Location[:max(0, strings.LastIndexByte(d.Location, '.'))]
	}
	d.Detail = d.DetailVI
	if lang == "en" {
		d.Detail = d.DetailEN
	}
	return d
}
