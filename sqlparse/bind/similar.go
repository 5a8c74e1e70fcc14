package bind

import "fmt"

// similar suggests the visible column whose name is closest to a mistyped one, "" when none is close.
func similar(name string, items ...*item) string {
	best, limit := "", max(1, len(name)/3)+1
	for _, it := range items {
		for _, c := range it.cols {
			if d := editDistance(name, c.name, limit); d < limit {
				best, limit = c.name, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("perhaps you meant the column %q", best)
}

// editDistance is Levenshtein's, cut off at limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 64 || len(b) > 64 {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}
