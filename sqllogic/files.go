package sqllogic

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// suffixes are the names of scripts in a folder.
var suffixes = []string{".slt", ".slt.part", ".test"}

// Files expands files and folders to scripts, in a fixed order: the arguments in theirs, a folder's scripts by name. A
// file that is named itself may have any name; in a folder, scripts end in .slt, .slt.part or .test, and an .sql file
// counts when psql's output for it stands beside it (ReadAny). A folder without a script is an error.
func Files(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(path, s) }) || psqlOutput(path) != "" {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s: no sqllogictest script in this folder", arg)
		}
	}
	return files, nil
}

// ReadAny reads a script of any kind: sqllogictest's, or an .sql file of PostgreSQL's regression suite.
func ReadAny(path string, opts ReadOptions) (*Script, error) {
	if output := psqlOutput(path); output != "" {
		return ReadRegress(path, output)
	}
	return Read(path, opts)
}

// psqlOutput returns the file with psql's output for an .sql file, "" when there is none: NAME.out beside it, or, as in
// PostgreSQL's tree, in the folder expected beside the folder sql.
func psqlOutput(path string) string {
	base, ok := strings.CutSuffix(filepath.Base(path), ".sql")
	if !ok {
		return ""
	}
	dir := filepath.Dir(path)
	for _, out := range []string{filepath.Join(dir, base+".out"), filepath.Join(filepath.Dir(dir), "expected", base+".out")} {
		if info, err := os.Stat(out); err == nil && info.Mode().IsRegular() {
			return out
		}
	}
	return ""
}
