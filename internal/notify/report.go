package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"

	"citypost/internal/fault"
	"citypost/internal/web"
)

// HeaderSignature carries base64 of HMAC-SHA256 over the body of a delivery report, by the secret of Service.Reports.
const HeaderSignature = "Notification-Signature"

// maxReport bounds the body of a report: one message each.
const maxReport = 4 << 10

// report is what a gateway says of a message that it took.
type report struct {
	Channel string `json:"channel"` // "sms"
	Ref     string `json:"ref"`     // the gateway's own name for the message
	State   State  `json:"state"`   // "delivered" or "failed"
}

// postReport takes a delivery report. It answers alike whether the message is known or not.
func (s *Service) postReport(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if !s.signed(body, r.Header.Get(HeaderSignature)) {
		return fault.New(fault.Forbidden, "notify.report_signature", "Báo cáo gửi tin không có chữ ký đúng.", "The delivery report is not signed rightly.")
	}
	var rep report
	if err := json.Unmarshal(body, &rep); err != nil || rep.State != Delivered && rep.State != Failed {
		return fault.New(fault.Invalid, "notify.report", "Báo cáo gửi tin phải có channel, ref và state là delivered hoặc failed.",
			"A delivery report has channel, ref, and state delivered or failed.")
	}
	if err := s.arrived(r.Context(), rep.Channel, rep.Ref, rep.State); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Service) signed(body []byte, signature string) bool {
	got, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || len(s.Reports) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, s.Reports)
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

func (s *Service) mountReports(m *web.Mux) {
	if len(s.Reports) > 0 {
		m.Post("/notifications/report", web.Public, s.postReport, web.MaxBody(maxReport), web.OwnAuth())
	}
}
