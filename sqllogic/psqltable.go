package sqllogic

import (
	"regexp"
	"strconv"
	"strings"
)

// psqlTable is a table in psql's aligned format:
//
//	 id | name
//	----+-------
//	  1 | first+
//	    | line
//	(1 row)
type psqlTable struct {
	columns int
	rows    []string // cells divided by cellSeparator, without the blanks that pad them
}

var (
	tableRule   = regexp.MustCompile(`^-[-+]*$`)
	tableFooter = regexp.MustCompile(`^\((\d+) rows?\)$`)
)

// readTable reads the table at the beginning of lines and the blank line after it. ok is false when there is none, or
// when it has no end.
func readTable(lines []string) (table psqlTable, rest []string, ok bool) {
	rule := 0
	for rule < len(lines) && !tableRule.MatchString(lines[rule]) {
		rule++ // a header takes several lines when a name contains a newline
	}
	if rule == len(lines) || rule == 0 && lines[0] != "--" {
		return psqlTable{}, nil, false
	}
	var widths []int
	if rule > 0 { // a table without columns has no header
		for _, dashes := range strings.Split(lines[rule], "+") {
			widths = append(widths, len(dashes))
		}
	}
	table.columns = len(widths)
	var cells []string // of the row being read
	continues := false
	for i := rule + 1; i < len(lines); i++ {
		if footer := tableFooter.FindStringSubmatch(lines[i]); footer != nil && !continues {
			if table.columns == 0 { // such rows print nothing
				n, err := strconv.Atoi(footer[1])
				if err != nil {
					return psqlTable{}, nil, false
				}
				table.rows = make([]string, n)
			}
			rest = lines[i+1:]
			if len(rest) > 0 && strings.TrimSpace(rest[0]) == "" {
				rest = rest[1:]
			}
			return table, rest, true
		}
		line, more, fits := cellsOf(lines[i], widths)
		if !fits {
			return psqlTable{}, nil, false
		}
		if continues {
			for c := range line {
				cells[c] += "\n" + line[c]
			}
		} else {
			cells = line
		}
		if continues = more; !continues {
			for c := range cells {
				cells[c] = strings.TrimRight(cells[c], "\n")
			}
			table.rows = append(table.rows, strings.Join(cells, cellSeparator))
		}
	}
	return psqlTable{}, nil, false
}

// cellsOf cuts a line of a table at its columns. more says that some cell goes on in the next line: psql marks that with
// a + behind it. Widths count characters, as psql does for text without wide ones; a last column is not padded.
func cellsOf(line string, widths []int) (cells []string, more, ok bool) {
	chars := []rune(line)
	at := 0
	for i, width := range widths {
		end := min(at+width, len(chars))
		if i < len(widths)-1 && (at+width >= len(chars) || chars[at+width] != '|') {
			return nil, false, false
		}
		if i == len(widths)-1 {
			end = len(chars)
		}
		cell := chars[min(at, end):end]
		// The mark stands in the column's last place, which is a blank otherwise.
		if len(cell) == width && width > 0 && cell[width-1] == '+' {
			more = true
			cell = cell[:width-1]
		}
		cells = append(cells, strings.TrimSpace(string(cell)))
		at += width + 1
	}
	return cells, more, len(widths) > 0 || strings.TrimSpace(line) == ""
}
