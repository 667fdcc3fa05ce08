package app

import (
	"context"
	"time"

	"citypost/internal/notify"
)

// NotificationConfig says how people are told. A channel without an address is not used; its secrets come apart from the address, so that no list of processes shows them.
type NotificationConfig struct {
	SMTP         string // smtp://user@host:587?from=ADDRESS
	SMTPPassword string
	SMS          string // https://host/path of the gateway
	SMSToken     string
	ReportSecret string // of the gateway's delivery reports
}

// channels opens the channels that are configured.
func (c NotificationConfig) channels() ([]notify.Channel, error) {
	var all []notify.Channel
	if c.SMTP != "" {
		mail, err := notify.ParseSMTP(c.SMTP, c.SMTPPassword)
		if err != nil {
			return nil, err
		}
		all = append(all, mail)
	}
	if c.SMS != "" {
		sms, err := notify.NewSMS(c.SMS, c.SMSToken)
		if err != nil {
			return nil, err
		}
		all = append(all, sms)
	}
	return all, nil
}

// openNotifications makes the notifications. They keep the world's time: a demonstration's clock must not hurry a retry.
func (h *House) openNotifications(ctx context.Context) error {
	channels, err := h.Messages.channels()
	if err != nil {
		return err
	}
	if h.Notifications, err = notify.New(ctx, h.DB, h.Jobs, time.Now, channels...); err != nil {
		return err
	}
	h.Notifications.Log, h.Notifications.Reports = h.Log, []byte(h.Messages.ReportSecret)
	return nil
}
