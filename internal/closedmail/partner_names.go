package closedmail

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"citypost/internal/fault"
)

// PartnerName is a partner's line in its table: the operator's name and address. As with bodies they come from a file, so nothing about them is typed in the house.
type PartnerName struct {
	Code    PartnerCode
	Name    string
	Address string
}

var partnerColumns = []string{"code", "name", "address"}

// maxPartners bounds the table: there is one post in each province, and the Central Post Department.
const maxPartners = 200

// ReadPartners reads the names of partners as CSV with a head line. It names every wrong row.
func ReadPartners(r io.Reader) ([]PartnerName, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = len(partnerColumns)
	head, err := in.Read()
	if err != nil || !slices.Equal(head, partnerColumns) {
		return nil, fault.New(fault.Invalid, "closedmail.import_head", "Dòng đầu của tệp phải là: %s.", "The first line of the file must be: %s.", strings.Join(partnerColumns, ","))
	}
	var all []PartnerName
	var vi, en []string
	for line := 2; ; line++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return all, wrongRows(vi, en)
		}
		if err != nil || len(all) >= maxPartners {
			return nil, fault.New(fault.Invalid, "closedmail.import_row", "Dòng %d không đọc được.", "Line %d cannot be read.", line)
		}
		p := PartnerName{Code: PartnerCode(row[0]), Name: strings.TrimSpace(row[1]), Address: strings.TrimSpace(row[2])}
		twice := slices.ContainsFunc(all, func(x PartnerName) bool { return x.Code == p.Code })
		if _, err := ParsePartner(row[0]); err != nil || twice || p.Name == "" || len(p.Name) > 300 || p.Address == "" || len(p.Address) > 300 {
			vi = append(vi, fmt.Sprintf("%d: mã không có dạng dt-01 hoặc trùng, hoặc thiếu tên, địa chỉ", line))
			en = append(en, fmt.Sprintf("%d: the code does not look like dt-01 or is there twice, or name or address is missing", line))
			continue
		}
		all = append(all, p)
	}
}

// NamePartners writes names and addresses of partners. Nobody is dropped.
func (d *Directory) NamePartners(ctx context.Context, all []PartnerName) error {
	for _, p := range all {
		if _, err := d.DB.Write().ExecContext(ctx, `INSERT INTO closedmail_partner (code, name, address) VALUES ($1, $2, $3) ON CONFLICT (code) DO UPDATE SET name = $2, address = $3`,
			string(p.Code), p.Name, p.Address); err != nil {
			return fmt.Errorf("name of partner %s: %w", p.Code, err)
		}
	}
	return nil
}

// PartnerNames gives every partner's name and address by code.
func (d *Directory) PartnerNames(ctx context.Context) (map[PartnerCode]PartnerName, error) {
	rows, err := d.DB.Read().QueryContext(ctx, `SELECT code, name, address FROM closedmail_partner`)
	if err != nil {
		return nil, fmt.Errorf("read partners: %w", err)
	}
	defer rows.Close()
	all := map[PartnerCode]PartnerName{}
	for rows.Next() {
		var p PartnerName
		if err := rows.Scan(&p.Code, &p.Name, &p.Address); err != nil {
			return nil, fmt.Errorf("read partners: %w", err)
		}
		all[p.Code] = p
	}
	return all, rows.Err()
}
