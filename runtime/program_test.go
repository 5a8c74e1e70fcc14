package runtime_test

import (
	"strings"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// The program of the tests, as the compiler would write it: accounts in a row map, their notes in a sorted set, newest first.

var (
	moodType   = value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: "mood", Labels: []string{"sad", "ok"}}}
	int8       = value.Of(value.Int8)
	text       = value.Of(value.Text)
	stamp      = value.Of(value.Timestamptz)
	accountRow = value.Layout{Cols: []value.LayoutCol{
		{Type: moodType}, {Type: int8}, {Type: text, Nullable: true}, {Type: value.Of(value.Numeric)},
	}}
	noteRow = value.Layout{Cols: []value.LayoutCol{{Type: text}}}
	noteKey = []value.SortCol{{Type: stamp, Desc: true}}
)

const root = "{t}"

func lit(s string) runtime.Arg {
	return runtime.Arg{Parts: []runtime.Part{{Lit: runtime.Bytes(s)}}}
}

func param(prefix string, n int, form runtime.Form) runtime.Arg {
	return runtime.Arg{Parts: []runtime.Part{{Lit: runtime.Bytes(prefix)}, {Param: n, Form: form}}}
}

var readyKey = runtime.Arg{Parts: []runtime.Part{{Form: runtime.FormReady}}}

// A script as luagen packages it: body sees KEYS and ARGV.
func script(name, body string) *runtime.Script {
	return &runtime.Script{
		Function: name,
		Source: `if redis.call('EXISTS', KEYS[1]) == 0 then return {err = 'PQNOTREADY'} end
` + body,
		Keys: []runtime.Arg{readyKey},
	}
}

func testManifest() *runtime.Manifest {
	accounts, notes := root+"aaaa", root+"bbbb:"
	zero := "0"
	m := &runtime.Manifest{
		Program: "p1",
		Root:    root,
		Library: runtime.Library{Name: "prequel_p1"},
		Enums:   []value.EnumType{*moodType.Enum},
		Tables: []runtime.Table{{Name: "accounts", Key: []int{0}, Columns: []runtime.Column{
			{Name: "id", Type: int8},
			{Name: "mood", Type: moodType},
			{Name: "balance", Type: int8},
			{Name: "label", Type: text, Nullable: true},
			{Name: "rate", Type: value.Of(value.Numeric)},
		}}},
		Structures: []runtime.Structure{
			{Name: "accounts", Fingerprint: "aaaa", Kind: "row map", Redis: "hash", Prefix: runtime.Bytes(accounts)},
			{Name: "notes_by_account_at", Fingerprint: "bbbb", Kind: "ordered index", Redis: "sorted set", Prefix: runtime.Bytes(notes)},
		},
	}
	accountParams := []runtime.Param{
		{Name: "id", Type: int8},
		{Name: "mood", Type: moodType},
		{Name: "balance", Type: int8},
		{Name: "label", Type: text, Nullable: true},
		{Name: "rate", Type: value.Of(value.Numeric)},
	}
	accountColumns := m.Tables[0].Columns
	accountFrom := []runtime.From{{Kind: runtime.FromParam, Index: 1}, {Kind: runtime.FromRow}, {Kind: runtime.FromRow, Index: 1}, {Kind: runtime.FromRow, Index: 2}, {Kind: runtime.FromRow, Index: 3}}
	m.Functions = []runtime.Function{
		{
			Name: "GetAccount", Mode: runtime.One, ReadOnly: true, SQL: "SELECT * FROM accounts WHERE id = $1",
			Params: []runtime.Param{{Name: "id", Type: int8, Nullable: true}}, Columns: accountColumns, EmptyIfNull: []int{1},
			Commands: []runtime.Command{{Args: []runtime.Arg{lit("HGET"), lit(accounts), {Parts: []runtime.Part{{Param: 1, Form: runtime.FormName}}}}}},
			Reply:    runtime.Reply{Shape: runtime.ShapePacked, Layout: &accountRow, From: accountFrom},
		},
		{
			Name: "GetAccounts", Mode: runtime.Many, ReadOnly: true, SQL: "SELECT balance FROM accounts WHERE id = ANY($1)",
			Params: []runtime.Param{{Name: "ids", Type: value.ArrayOf(int8)}}, Columns: []runtime.Column{{Name: "balance", Type: int8}},
			Commands: []runtime.Command{{Args: []runtime.Arg{lit("HMGET"), lit(accounts), {Each: 1, Parts: []runtime.Part{{Param: 1, Form: runtime.FormName}}}}}},
			Reply:    runtime.Reply{Shape: runtime.ShapePacked, Layout: &accountRow, From: []runtime.From{{Kind: runtime.FromRow, Index: 1}}},
		},
		{
			Name: "CountAccounts", Mode: runtime.One, ReadOnly: true, SQL: "SELECT count(*) FROM accounts",
			Columns:  []runtime.Column{{Name: "count", Type: int8}},
			Commands: []runtime.Command{{Args: []runtime.Arg{lit("HLEN"), lit(accounts)}}},
			Reply:    runtime.Reply{Shape: runtime.ShapeFlat, Width: 1, From: []runtime.From{{Kind: runtime.FromValue, Text: &zero}}},
		},
		{
			Name: "PutAccount", Mode: runtime.ExecRows, SQL: "INSERT ... ON CONFLICT DO UPDATE",
			Params:  accountParams,
			NotNull: []runtime.NotNull{{Param: 1, Table: "accounts", Column: "id"}},
			Commands: []runtime.Command{{Args: []runtime.Arg{
				lit("HSET"), lit(accounts),
				{Parts: []runtime.Part{{Param: 1, Form: runtime.FormName}}},
				{Parts: []runtime.Part{{Row: &runtime.Row{Layout: accountRow, Cols: []runtime.RowCol{{Param: 2}, {Param: 3}, {Param: 4}, {Param: 5}}}}}},
			}}},
			Reply: runtime.Reply{Shape: runtime.ShapeNone, Count: runtime.CountFixed, Affected: 1},
		},
		{
			Name: "DropAccount", Mode: runtime.ExecRows, SQL: "DELETE of an account and its notes",
			Params: []runtime.Param{{Name: "id", Type: int8}},
			Commands: []runtime.Command{
				{Args: []runtime.Arg{lit("DEL"), param(notes, 1, runtime.FormName)}},
				{Args: []runtime.Arg{lit("HDEL"), lit(accounts), {Parts: []runtime.Part{{Param: 1, Form: runtime.FormName}}}}},
			},
			Reply: runtime.Reply{Shape: runtime.ShapeNone, Count: runtime.CountReply, Command: 1},
		},
		{
			Name: "AddNote", Mode: runtime.One, SQL: "INSERT INTO notes ... RETURNING at",
			Params:  []runtime.Param{{Name: "account", Type: int8}, {Name: "note", Type: text}, {Name: "now", Type: stamp, Hidden: runtime.HiddenNow}},
			Columns: []runtime.Column{{Name: "at", Type: stamp}},
			Script: &runtime.Script{
				Function: "p1_AddNote",
				Source: `if redis.call('EXISTS', KEYS[1]) == 0 then return {err = 'PQNOTREADY'} end
if redis.call('HEXISTS', '{t}aaaa', ARGV[1]) == 0 then
  return {err = 'PQ23503 no account\\tn\tdetail=Key (account)=(' .. ARGV[1] .. ') is missing.\tconstraint=notes_fk\ttable=notes'}
end
redis.call('ZADD', KEYS[2], 0, ARGV[2])
return {1, ARGV[3]}`,
				Keys: []runtime.Arg{readyKey, param(notes, 1, runtime.FormName)},
				Args: []runtime.Arg{
					param("", 1, runtime.FormArgv),
					{Parts: []runtime.Part{{Param: 3, Form: runtime.FormSort, Desc: true}, {Row: &runtime.Row{Layout: noteRow, Cols: []runtime.RowCol{{Param: 2}}}}}},
					param("", 3, runtime.FormArgv),
				},
			},
			Reply: runtime.Reply{Shape: runtime.ShapeFlat, Width: 1, Count: runtime.CountReply, From: []runtime.From{{Kind: runtime.FromValue}}},
		},
		{
			Name: "RecentNotes", Mode: runtime.Many, ReadOnly: true, SQL: "SELECT at, note FROM notes WHERE account = $1 AND at >= $2 ORDER BY at DESC LIMIT $3",
			Params:  []runtime.Param{{Name: "account", Type: int8}, {Name: "since", Type: stamp}, {Name: "limit", Type: int8, Nullable: true}},
			Columns: []runtime.Column{{Name: "at", Type: stamp}, {Name: "note", Type: text}},
			Commands: []runtime.Command{{Args: []runtime.Arg{
				lit("ZRANGE"), param(notes, 1, runtime.FormName), lit("-"),
				{Prefix: "(", Parts: []runtime.Part{{Param: 2, Form: runtime.FormSort, Desc: true}}, Succ: true},
				lit("BYLEX"), lit("LIMIT"), lit("0"),
				{Parts: []runtime.Part{{Param: 3, Form: runtime.FormLimit}}},
			}}},
			Reply: runtime.Reply{
				Shape: runtime.ShapePacked, Key: noteKey, Layout: &noteRow,
				From: []runtime.From{{Kind: runtime.FromKey}, {Kind: runtime.FromRow}},
			},
		},
		{
			Name: "Total", Mode: runtime.One, ReadOnly: true, SQL: "SELECT in a script: the number of accounts",
			Columns: []runtime.Column{{Name: "n", Type: int8}, {Name: "nothing", Type: text, Nullable: true}},
			Script:  script("p1_Total", "return {redis.call('HLEN', '{t}aaaa'), false}"),
			Reply:   runtime.Reply{Shape: runtime.ShapeFlat, Width: 2, From: []runtime.From{{Kind: runtime.FromValue}, {Kind: runtime.FromValue, Index: 1}}},
		},
	}
	m.Library.Code = libraryOf(m)
	return m
}

// libraryOf packages the scripts of a manifest as a function library.
func libraryOf(m *runtime.Manifest) string {
	var b strings.Builder
	b.WriteString("#!lua name=" + m.Library.Name + "\n")
	for _, f := range m.Functions {
		if f.Script == nil {
			continue
		}
		flags := ""
		if f.ReadOnly {
			flags = ", flags = {'no-writes'}"
		}
		b.WriteString("redis.register_function{function_name = '" + f.Script.Function + "', callback = function(KEYS, ARGV)\n" +
			f.Script.Source + "\nend" + flags + "}\n")
	}
	return b.String()
}
