package sqlparse

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Sections of migration files that undo what the others do, by the comment line that begins them and, where sections may follow,
// the one that ends them.
var downSections = []struct{ begin, end string }{
	{"-- +goose down", "-- +goose up"},              // goose
	{"-- +migrate down", "-- +migrate up"},          // sql-migrate
	{"-- migrate:down", "-- migrate:up"},            // dbmate
	{"---- create above / drop below ----", "\x00"}, // tern: to the end
	{"-- create above / drop below ----", "\x00"},
}

// isDownFile reports whether a whole file undoes a migration (golang-migrate, bun).
func isDownFile(name string) bool { return strings.HasSuffix(name, ".down.sql") }

// metaCommands are psql's commands that pg_dump writes; they do not concern the schema.
var metaCommands = []string{`\restrict`, `\unrestrict`, `\connect`, `\c `, `\set`, `\echo`, `\pset`}

// withoutDown is the source with down sections and psql's commands blanked out, so that positions stay.
func withoutDown(src *diag.Source) string {
	var out strings.Builder
	out.Grow(len(src.Text))
	end := ""
	for line := range strings.Lines(src.Text) {
		words := strings.ToLower(strings.Join(strings.Fields(line), " "))
		if end == "" {
			for _, d := range downSections {
				if strings.HasPrefix(words, d.begin) {
					end = d.end
					break
				}
			}
		} else if strings.HasPrefix(words, end) {
			end = ""
		}
		if end != "" || isMeta(line) {
			out.WriteString(blank(line))
			continue
		}
		out.WriteString(line)
	}
	return out.String()
}

func isMeta(line string) bool {
	for _, m := range metaCommands {
		if strings.HasPrefix(line, m) {
			return true
		}
	}
	return false
}

// blank replaces a line by blanks of the same length in bytes.
func blank(line string) string {
	if body, ok := strings.CutSuffix(line, "\n"); ok {
		return strings.Repeat(" ", len(body)) + "\n"
	}
	return strings.Repeat(" ", len(line))
}
