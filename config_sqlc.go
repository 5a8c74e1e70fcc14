package prequel

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prequel-db/prequel/sqlparse/diag"
)

// ReadSqlc reads a project of sqlc, version 2 of its format, as it stands: one Project for each of its packages, in order. The list has
// notes on settings that are ignored and errors; err is an unreadable file.
func ReadSqlc(path string) ([]*Project, diag.List, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	projects, problems := ParseSqlc(&diag.Source{Name: path, Text: string(text)})
	return projects, problems, nil
}

// ParseSqlc reads the text of a sqlc.yaml or sqlc.json.
func ParseSqlc(src *diag.Source) ([]*Project, diag.List) {
	r := &sqlcReader{projectReader: projectReader{src: src, lenient: true}}
	n := r.document(`version: "2"`)
	if n == nil {
		return nil, r.problems
	}
	var version string
	var packages, overrides *yaml.Node
	ignore := func(_, _ *yaml.Node) {}
	r.mapping(n, "the file", []field{
		{"version", true, func(_, v *yaml.Node) {
			if version = v.Value; version != "2" {
				r.errorf(r.span(v), "see sqlc's documentation on how to migrate to version 2", "version 2 of sqlc's format can be read, not %s", shown(v))
			}
		}},
		{"sql", true, func(_, v *yaml.Node) { packages = v }},
		{"overrides", false, func(_, v *yaml.Node) { overrides = v }},
		{"plugins", false, ignore},
		{"rules", false, ignore},
		{"servers", false, ignore},
		{"cloud", false, ignore},
		{"project", false, ignore},
	})
	if version != "2" || packages == nil {
		return nil, r.problems
	}
	if packages.Kind != yaml.SequenceNode || len(packages.Content) == 0 {
		r.errorf(r.span(packages), "list the packages, each with schema, queries and gen", "sql must be a list, not %s", shown(packages))
		return nil, r.problems
	}
	for _, n := range packages.Content {
		r.pkg(dealias(n))
	}
	if overrides != nil {
		r.global(overrides)
	}
	if len(r.projects) == 0 && !r.problems.HasErrors() {
		r.errorf(r.span(packages), "add to one of them: gen: {go: {package: db, out: db}}", "no package is generated for Go")
	}
	return r.projects, r.problems
}

// sqlcReader reads packages one by one; p is the current one.
type sqlcReader struct {
	projectReader
	projects []*Project
}

// pkg reads an element of sql.
func (r *sqlcReader) pkg(n *yaml.Node) {
	r.p = newProject(r.src)
	r.p.PerSource = true
	ignore := func(_, _ *yaml.Node) {}
	generated := false
	r.mapping(n, "the package", []field{
		{"name", false, ignore},
		{"engine", true, func(_, v *yaml.Node) {
			if v.Value != "postgresql" {
				r.errorf(r.span(v), "PostgreSQL defines what a statement means here", "the engine must be postgresql, not %s", shown(v))
			}
		}},
		{"schema", true, func(_, v *yaml.Node) { r.p.Schema = r.paths(v, "schema") }},
		{"queries", true, func(_, v *yaml.Node) { r.p.Queries = r.paths(v, "queries") }},
		{"gen", false, func(_, v *yaml.Node) {
			r.mapping(v, "gen", []field{
				{"go", false, func(_, v *yaml.Node) { generated = true; r.golang(v) }},
				{"json", false, func(k, _ *yaml.Node) { r.note(r.span(k), "only Go is generated") }},
			})
		}},
		{"codegen", false, func(k, _ *yaml.Node) { r.note(r.span(k), "plugins are not run") }},
		{"database", false, ignore},
		{"analyzer", false, ignore},
		{"rules", false, ignore},
		{"strict_function_checks", false, ignore},
		{"strict_order_by", false, ignore},
	})
	if generated {
		r.projects = append(r.projects, r.p)
	}
}

// golang reads gen.go.
func (r *sqlcReader) golang(n *yaml.Node) {
	o := &r.p.Client
	o.NoInterface = true
	flag := func(key string, set *bool) field {
		return field{key, false, func(_, v *yaml.Node) { *set = r.boolean(v) }}
	}
	text := func(key string, set *string) field {
		return field{key, false, func(_, v *yaml.Node) { *set = v.Value }}
	}
	without := func(key, why string) field {
		return field{key, false, func(k, v *yaml.Node) {
			if r.boolean(v) {
				r.note(r.span(k), "%s is ignored: %s", key, why)
			}
		}}
	}
	either := func(_, _ *yaml.Node) {}
	fields := []field{
		{"package", false, func(_, v *yaml.Node) { r.p.GoPackage = r.goPackage(v) }},
		{"out", true, func(_, v *yaml.Node) { r.p.GoOut = r.text(v, "a directory") }},
		{"sql_package", false, either},
		{"sql_driver", false, either}, // the client speaks to Redis
		{"emit_interface", false, func(_, v *yaml.Node) { o.NoInterface = !r.boolean(v) }},
		flag("emit_json_tags", &o.JSONTags), flag("emit_db_tags", &o.DBTags),
		flag("json_tags_id_uppercase", &o.JSONUpperID),
		{"json_tags_case_style", false, func(_, v *yaml.Node) {
			switch v.Value {
			case "camel", "pascal", "snake":
				o.JSONCase = v.Value
			case "none", "":
			default:
				r.errorf(r.span(v), "use camel, pascal, snake or none", "%s is no style of json tags", shown(v))
			}
		}},
		flag("emit_empty_slices", &o.EmptySlices),
		flag("emit_result_struct_pointers", &o.ResultPointers), flag("emit_params_struct_pointers", &o.ParamPointers),
		flag("emit_pointers_for_null_types", &o.NullPointers),
		flag("emit_all_enum_values", &o.AllEnumValues),
		{"emit_enum_valid_method", false, either}, // it always is
		flag("emit_exact_table_names", &o.ExactTableNames), flag("omit_unused_structs", &o.OmitUnused),
		without("emit_prepared_queries", "functions are loaded into the server once"),
		without("emit_methods_with_db_argument", "methods call the connection that New was given"),
		without("emit_exported_queries", "the SQL stands in the methods' documentation"),
		{"emit_sql_as_comment", false, either},
		{"omit_sqlc_version", false, either},
		text("build_tags", &o.BuildTags),
		text("output_db_file_name", &o.DBFile), text("output_models_file_name", &o.ModelsFile),
		text("output_querier_file_name", &o.QuerierFile), text("output_batch_file_name", &o.BatchFile),
		{"output_copyfrom_file_name", false, either},
		text("output_files_suffix", &r.p.FileSuffix),
		{"query_parameter_limit", false, func(_, v *yaml.Node) {
			var n int
			if err := v.Decode(&n); err != nil || n < 0 {
				r.errorf(r.span(v), "write a number of parameters, 0 for a struct always", "%s is not a limit", shown(v))
				return
			}
			o.ParameterLimit = &n
		}},
		{"initialisms", false, func(_, v *yaml.Node) { o.Initialisms = r.words(v, "initialisms") }},
		{"inflection_exclude_table_names", false, func(_, v *yaml.Node) { o.KeepPlural = r.words(v, "inflection_exclude_table_names") }},
		{"rename", false, func(_, v *yaml.Node) { r.rename(v) }},
		{"overrides", false, func(_, v *yaml.Node) { r.overrides(v) }},
	}
	r.mapping(n, "gen.go", fields)
	if r.p.GoPackage == "" && r.p.GoOut != "" {
		r.p.GoPackage = regexp.MustCompile(`[^a-z0-9_]`).ReplaceAllString(strings.ToLower(lastElement(r.p.GoOut)), "")
	}
	for _, name := range []*string{&o.DBFile, &o.ModelsFile, &o.QuerierFile, &o.BatchFile} {
		if *name != "" && !strings.HasSuffix(*name, ".go") {
			*name += ".go"
		}
	}
}

func lastElement(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// global reads the overrides that hold for all packages, behind those of their own.
func (r *sqlcReader) global(n *yaml.Node) {
	r.mapping(n, "overrides", []field{{"go", false, func(_, v *yaml.Node) {
		for _, p := range r.projects {
			r.p = p
			own := p.Client.Rename
			p.Client.Rename = nil
			before := len(r.problems)
			r.mapping(v, "overrides.go", []field{
				{"overrides", false, func(_, v *yaml.Node) { r.overrides(v) }},
				{"rename", false, func(_, v *yaml.Node) { r.rename(v) }},
			})
			for name, renamed := range own {
				r.addRename(name, renamed)
			}
			if p != r.projects[0] {
				r.problems = r.problems[:before] // they were reported for the first
			}
		}
	}}})
}

func (r *sqlcReader) rename(n *yaml.Node) {
	names := map[string]string{}
	if err := n.Decode(&names); err != nil {
		r.errorf(r.span(n), "write a name of SQL and a Go name on each line", "rename must be a mapping of names, not %s", shown(n))
		return
	}
	for name, renamed := range names {
		r.addRename(name, renamed)
	}
}

func (r *sqlcReader) addRename(name, renamed string) {
	if r.p.Client.Rename == nil {
		r.p.Client.Rename = map[string]string{}
	}
	r.p.Client.Rename[name] = renamed
}

func (r *sqlcReader) boolean(n *yaml.Node) bool {
	var b bool
	if err := n.Decode(&b); err != nil {
		r.errorf(r.span(n), "write true or false", "expected true or false, not %s", shown(n))
	}
	return b
}

func (r *sqlcReader) words(n *yaml.Node, what string) []string {
	out := []string{}
	if err := n.Decode(&out); err != nil {
		r.errorf(r.span(n), "write a list of words", "%s must be a list, not %s", what, fmt.Sprint(shown(n)))
	}
	return out
}
