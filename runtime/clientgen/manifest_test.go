package clientgen_test

import (
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// manifest is a program with a statement for every shape and a parameter and column of every type. Its statements echo their
// parameters, so that what comes back tells whether the client got them there and back.
func manifest() *runtime.Manifest {
	mood := value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad", "so-so", "2 good", ""}}}
	kinds := []struct {
		name string
		typ  value.Type
	}{
		{"ok", value.Of(value.Bool)},
		{"small", value.Of(value.Int2)},
		{"n", value.Of(value.Int4)},
		{"big", value.Of(value.Int8)},
		{"real", value.Of(value.Float4)},
		{"double", value.Of(value.Float8)},
		{"amount", value.Of(value.Numeric)},
		{"label", value.Of(value.Text)},
		{"code", value.Type{Kind: value.Varchar, Mod: 8}},
		{"raw", value.Of(value.Bytea)},
		{"day", value.Of(value.Date)},
		{"clock", value.Of(value.Time)},
		{"seen_at", value.Of(value.Timestamp)},
		{"made_at", value.Of(value.Timestamptz)},
		{"span", value.Of(value.Interval)},
		{"ref_id", value.Of(value.UUID)},
		{"feeling", mood},
		{"doc", value.Of(value.JSON)},
		{"doc_b", value.Of(value.JSONB)},
		{"ids", value.ArrayOf(value.Of(value.Int4))},
		{"moods", value.ArrayOf(mood)},
		{"tags", value.ArrayOf(value.Of(value.Text))},
	}
	var table runtime.Table
	table.Name = "things"
	var cols, nullCols []runtime.Column
	var params, nullParams []runtime.Param
	var from []runtime.From
	for i, k := range kinds {
		table.Columns = append(table.Columns, runtime.Column{Name: k.name, Type: k.typ})
		cols = append(cols, runtime.Column{Name: k.name, Type: k.typ, Table: "things", Source: k.name})
		nullCols = append(nullCols, runtime.Column{Name: k.name, Type: k.typ, Nullable: true})
		params = append(params, runtime.Param{Name: k.name, Type: k.typ})
		nullParams = append(nullParams, runtime.Param{Name: k.name, Type: k.typ, Nullable: true})
		from = append(from, runtime.From{Kind: runtime.FromValue, Index: i})
	}
	ready := runtime.Arg{Parts: []runtime.Part{{Form: runtime.FormReady}}}
	echo := func(name string, body string, null bool) *runtime.Script {
		var args []runtime.Arg
		for i := range kinds {
			args = append(args, runtime.Arg{Parts: []runtime.Part{{Param: i + 1, Form: runtime.FormArgv, Nullable: null}}})
		}
		return &runtime.Script{Function: name, Source: body, Keys: []runtime.Arg{ready}, Args: args}
	}
	m := &runtime.Manifest{
		Program: "c0ffee", Root: "{c}",
		Enums: []value.EnumType{*mood.Enum},
		Tables: []runtime.Table{table, {Name: "odd names", Comment: "A table with names that Go does not have.", Columns: []runtime.Column{
			{Name: "type", Type: value.Of(value.Text)},
			{Name: "a b", Type: value.Of(value.Int4)},
			{Name: "a_b", Type: value.Of(value.Int4)},
			{Name: "1st", Type: value.Of(value.Int4), Comment: "The first."},
			{Name: "\"", Type: value.Of(value.Int4)},
			{Name: "été", Type: value.Of(value.Int4)},
		}}},
		Functions: []runtime.Function{
			{
				Name: "EchoThing", Mode: runtime.One, ReadOnly: true, SQL: "SELECT *\nFROM things\nWHERE /* all */ true", Comments: []string{"EchoThing gives back what it gets.", "", "It is a test."},
				Class: "constant", Bound: "1 command", Params: params, Columns: cols,
				Script: echo("echo_thing", "return ARGV", false),
				Reply:  runtime.Reply{Shape: runtime.ShapeFlat, Width: len(kinds), From: from},
			},
			{
				Name: "EchoNulls", Mode: runtime.Many, ReadOnly: true, SQL: "SELECT ... two rows: as given, and with NULLs", Params: nullParams, Columns: nullCols,
				Script: echo("echo_nulls", `local out = {}
for i, v in ipairs(ARGV) do
  out[i] = v ~= '' and v:sub(2)
  out[#ARGV + i] = false
end
return out`, true),
				Reply: runtime.Reply{Shape: runtime.ShapeFlat, Width: len(kinds), From: from},
			},
			{
				Name: "OneText", Mode: runtime.One, ReadOnly: true, SQL: "SELECT $1", Params: []runtime.Param{{Name: "type", Type: value.Of(value.Text), Nullable: true}},
				Columns: []runtime.Column{{Name: "text", Type: value.Of(value.Text), Nullable: true}},
				Script:  &runtime.Script{Function: "one_text", Keys: []runtime.Arg{ready}, Source: "if ARGV[1] == '' then return {} end return {ARGV[1]:sub(2)}"},
				Reply:   runtime.Reply{Shape: runtime.ShapeFlat, Width: 1, From: []runtime.From{{Kind: runtime.FromValue}}},
			},
			{
				Name: "ListNumbers", Mode: runtime.Many, ReadOnly: true, SQL: "SELECT generate_series(1, 3)",
				Columns: []runtime.Column{{Name: "generate_series", Type: value.Of(value.Int4)}},
				Script:  &runtime.Script{Function: "list_numbers", Keys: []runtime.Arg{ready}, Source: "return {1, 2, 3}"},
				Reply:   runtime.Reply{Shape: runtime.ShapeFlat, Width: 1, From: []runtime.From{{Kind: runtime.FromValue}}},
			},
			{
				Name: "Touch", Mode: runtime.Exec, SQL: "UPDATE things SET n = n", Script: &runtime.Script{Function: "touch", Keys: []runtime.Arg{ready}, Source: "return 4"},
				Reply: runtime.Reply{Shape: runtime.ShapeNone, Count: runtime.CountReply},
			},
			{
				Name: "TouchSome", Mode: runtime.ExecRows, SQL: "UPDATE things SET n = n WHERE c = $1", Params: []runtime.Param{{Name: "c", Type: value.Of(value.Int8)}},
				Script: &runtime.Script{Function: "touch_some", Keys: []runtime.Arg{ready}, Source: "return tonumber(ARGV[1])"},
				Reply:  runtime.Reply{Shape: runtime.ShapeNone, Count: runtime.CountReply},
			},
			{
				Name: "OddRow", Mode: runtime.One, ReadOnly: true, SQL: "SELECT 1 AS x, 2 AS x", Params: []runtime.Param{
					{Name: "map", Type: value.Of(value.Int4)}, {Name: "ctx", Type: value.Of(value.Int4)}, {Name: "now", Type: value.Of(value.Timestamptz), Hidden: runtime.HiddenNow},
				},
				Columns: []runtime.Column{{Name: "x", Type: value.Of(value.Int4)}, {Name: "x", Type: value.Of(value.Int4)}, {Name: "at", Type: value.Of(value.Timestamptz)}},
				Script:  &runtime.Script{Function: "odd_row", Keys: []runtime.Arg{ready}, Source: "return ARGV"},
				Reply: runtime.Reply{Shape: runtime.ShapeFlat, Width: 3, From: []runtime.From{
					{Kind: runtime.FromValue}, {Kind: runtime.FromValue, Index: 1}, {Kind: runtime.FromValue, Index: 2},
				}},
			},
			several("OneOfEach", runtime.BatchOne, true, ready),
			several("AllOfEach", runtime.BatchMany, true, ready),
			several("TouchEach", runtime.BatchExec, false, ready),
			several("LoadAll", runtime.CopyFrom, false, ready),
			several("TouchResult", runtime.ExecResult, false, ready),
		},
	}
	return m
}

// several is a function of two parameters with the sum of which it answers.
func several(name string, mode runtime.Mode, reads bool, ready runtime.Arg) runtime.Function {
	fn := runtime.Function{
		Name: name, Mode: mode, ReadOnly: reads, SQL: "SELECT $1 + $2",
		Params: []runtime.Param{{Name: "a", Type: value.Of(value.Int4)}, {Name: "b", Type: value.Of(value.Int4)}},
		Script: &runtime.Script{Function: strings.ToLower(name), Keys: []runtime.Arg{ready}, Source: "return ARGV[1] + ARGV[2]"},
		Reply:  runtime.Reply{Shape: runtime.ShapeNone, Count: runtime.CountReply},
	}
	if reads {
		fn.Columns = []runtime.Column{{Name: "sum", Type: value.Of(value.Int4)}}
		fn.Script.Source = "return {ARGV[1] + ARGV[2]}"
		fn.Reply = runtime.Reply{Shape: runtime.ShapeFlat, Width: 1, From: []runtime.From{{Kind: runtime.FromValue}}}
	}
	for i := range fn.Params {
		fn.Script.Args = append(fn.Script.Args, runtime.Arg{Parts: []runtime.Part{{Param: i + 1, Form: runtime.FormArgv}}})
	}
	return fn
}
