// Package sheet writes tables as files that people take along: XLSX, CSV and PDF.
//
// It owns no table of the database and no rule. Its promise: the three files of one document hold the same rows in the same order; figures are numbers, not text;
// Vietnamese letters survive every program that reads them; and no cell is taken for a formula.
// It leans on excelize for XLSX and fpdf for PDF, with the letters of the pages (web/assets). What a table says is the capability's affair. Start with Document.
package sheet
