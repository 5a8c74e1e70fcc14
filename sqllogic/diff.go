package sqllogic

import (
	"fmt"
	"strings"
)

// maxDiffLines is how many lines of a difference are shown.
const maxDiffLines = 40

// maxAligned is up to how many lines two answers are aligned line by line (the work grows with the square).
const maxAligned = 500

// diff shows how the lines got differ from want: "- " is missing, "+ " is too much, two blanks are in both.
func diff(want, got []string) string {
	// What both begin with is shown by its last line only.
	same := 0
	for same < len(want) && same < len(got) && want[same] == got[same] {
		same++
	}
	var lines []string
	if same > 1 {
		lines = append(lines, fmt.Sprintf("  ... %d equal rows", same-1))
	}
	if same > 0 {
		lines = append(lines, "  "+want[same-1])
	}
	want, got = want[same:], got[same:]
	if len(want) > maxAligned || len(got) > maxAligned {
		lines = append(lines, fmt.Sprintf("  (%d rows wanted, %d got from here)", len(want), len(got)))
		want, got = want[:min(len(want), maxDiffLines/2)], got[:min(len(got), maxDiffLines/2)]
	}
	lines = append(lines, aligned(want, got)...)
	if len(lines) > maxDiffLines {
		lines = append(lines[:maxDiffLines], fmt.Sprintf("  ... %d more lines", len(lines)-maxDiffLines))
	}
	return strings.Join(lines, "\n")
}

// aligned is the shortest edit from want to got, from a longest common subsequence.
func aligned(want, got []string) []string {
	// common[i][j] is the length of the longest common subsequence of want[i:] and got[j:].
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []string
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			lines = append(lines, "  "+want[i])
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			lines = append(lines, "- "+want[i])
			i++
		default:
			lines = append(lines, "+ "+got[j])
			j++
		}
	}
	return lines
}
