package runtime

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
)

// ManifestVersion is the version of the manifest's format that this package reads and writes.
const ManifestVersion = 1

// A Manifest describes one compiled program completely: what a client needs to call it, what a hydrator needs to fill
// its store and what `prequel explain` prints of its structures. The compiler writes it, generated clients embed it.
type Manifest struct {
	Version int `json:"version"`
	// Program is the fingerprint of the whole program: hexadecimal, and part of the ready key's name.
	Program string `json:"program"`
	// Root begins the name of every key of the program. It has the hash tag: "{fleet}".
	Root Bytes `json:"root"`
	// Library is the function library, the packaging for servers that have FUNCTION.
	Library Library `json:"library"`
	// Enums in the order of their declaration, for generated clients.
	Enums []value.EnumType `json:"enums,omitempty"`
	// Tables stand in the order in which they are loaded: behind those that their foreign keys refer to.
	Tables     []Table     `json:"tables,omitempty"`
	Structures []Structure `json:"structures,omitempty"`
	// Sequences are those that statements use.
	Sequences []Sequence `json:"sequences,omitempty"`
	// Functions in the order of the statements' declaration.
	Functions []Function `json:"functions"`
}

// A Library is the text of a Redis function library that holds every script of the program.
type Library struct {
	// Name carries the program's fingerprint, so that two programs can share a server.
	Name string `json:"name,omitempty"`
	// Code begins with the line "#!lua name=<Name>". Empty when no statement needs a script.
	Code string `json:"code,omitempty"`
	// Atomic is the name of the function that runs atomic batches, "" when no statement writes.
	Atomic string `json:"atomic,omitempty"`
}

// A Table is one table of the schema, as models and hydration see it.
type Table struct {
	Name    string   `json:"name"`
	Comment string   `json:"comment,omitempty"`
	Columns []Column `json:"columns"`
	// Key holds the positions in Columns of the primary key.
	Key []int `json:"key,omitempty"`
	// Load names the function that inserts rows of this table while hydrating, "" when no structure needs the table.
	Load string `json:"load,omitempty"`
	// Needs holds the positions in Columns that some structure depends on: what Load is given for the others changes nothing.
	Needs []int `json:"needs,omitempty"`
}

// A Sequence is a sequence of the schema. Its position in the store is the value last drawn, in decimal; there is none before the first.
type Sequence struct {
	Name string `json:"name"`
	// By is the increment.
	By int64 `json:"by"`
	// Cycle says that it begins again when it has come to its end.
	Cycle bool  `json:"cycle,omitempty"`
	Key   Bytes `json:"key"`
	// Position names the function that moves it to a position unless it is ahead.
	Position string `json:"position"`
}

// A Column is a named, typed column of a table or of a result.
type Column struct {
	Name     string     `json:"name"`
	Type     value.Type `json:"type"`
	Nullable bool       `json:"nullable,omitempty"`
	// Table and Source name the table's column a result column shows unchanged, "" for an expression.
	Table   string `json:"table,omitempty"`
	Source  string `json:"source,omitempty"`
	Comment string `json:"comment,omitempty"`
	// Embed is the name under which sqlc.embed gathers this column and its neighbours of the same name, "" for a column of its own.
	Embed string `json:"embed,omitempty"`
}

// A Structure is one maintained Redis data structure.
type Structure struct {
	// Name is unique in the program and readable: "pings_by_vehicle_at".
	Name string `json:"name"`
	// Fingerprint is the hash of the definition. It is part of every key's name.
	Fingerprint string `json:"fingerprint"`
	// Kind is the catalogue's word: "row map", "ordered index", "aggregate map" and so on.
	Kind string `json:"kind"`
	// Redis is the type of its keys: "string", "hash", "sorted set".
	Redis string `json:"redis"`
	// Prefix begins the name of every key of the structure, hash tag included.
	Prefix Bytes `json:"prefix"`
	// Partition names the columns that follow the prefix in their name forms.
	Partition []Column `json:"partition,omitempty"`
	// Field names the columns of a hash's field, in their name forms.
	Field []Column `json:"field,omitempty"`
	// Order is the sort key that begins each member of a sorted set.
	Order []OrderColumn `json:"order,omitempty"`
	// Layout is the packed row that a field holds or that follows the sort key; nil when there is none.
	Layout *value.Layout `json:"layout,omitempty"`
	// Fields names the layout's columns, in layout order.
	Fields []string `json:"fields,omitempty"`
	// Of names the tables whose rows determine the content: the table whose rows it holds, or those that a view is computed from.
	// A counter, whose content has a history, has none.
	Of []string `json:"of,omitempty"`
	// View says that the content is computed from the rows of these tables.
	View bool `json:"view,omitempty"`
	// Draws names the table whose row ids a counter draws, "" for a sequence and for what is no counter.
	Draws string `json:"draws,omitempty"`
}

// RowID is the name of the column that tells the rows of a table without a primary key apart in structures.
const RowID = "row id"

// An OrderColumn is a named column of a sort key.
type OrderColumn struct {
	Name string `json:"name"`
	value.SortCol
}

// A Mode says what a caller gets from a statement: sqlc's commands.
type Mode string

// The modes, spelled as in statement files.
const (
	One      Mode = "one"
	Many     Mode = "many"
	Exec     Mode = "exec"
	ExecRows Mode = "execrows"
	// ExecResult gives a Result. The batch modes and CopyFrom take a list of parameters and call the statement for each.
	ExecResult Mode = "execresult"
	BatchExec  Mode = "batchexec"
	BatchMany  Mode = "batchmany"
	BatchOne   Mode = "batchone"
	CopyFrom   Mode = "copyfrom"
)

// Call is what one call of a statement gives, where the mode is one of several calls.
func (m Mode) Call() Mode {
	switch m {
	case BatchMany:
		return Many
	case BatchOne:
		return One
	case BatchExec:
		return Exec
	case CopyFrom, ExecResult:
		return ExecRows
	}
	return m
}

// Several reports whether the mode is one of several calls, by a list of parameters.
func (m Mode) Several() bool {
	switch m {
	case BatchExec, BatchMany, BatchOne, CopyFrom:
		return true
	}
	return false
}

// A Function is one compiled statement. Exactly one of Commands and Script is set.
type Function struct {
	// Name as declared: "RecentPings".
	Name string `json:"name"`
	// SQL is the statement's text, Comments the lines above it without their dashes.
	SQL      string   `json:"sql"`
	Comments []string `json:"comments,omitempty"`
	Mode     Mode     `json:"mode"`
	// ReadOnly statements may be retried, sent to replicas, and are called with the _RO commands.
	ReadOnly bool `json:"readOnly,omitempty"`
	// Class is the certificate's class and Bound its polynomial, both as explain prints them.
	Class string `json:"class,omitempty"`
	Bound string `json:"bound,omitempty"`
	// Params in the order of their numbers: $1 is Params[0]. Hidden ones follow those the caller gives.
	Params []Param `json:"params,omitempty"`
	// Columns of the result, empty for statements without one.
	Columns []Column `json:"columns,omitempty"`
	// NotNull lists the parameters that a native write stores in NOT NULL columns. Scripts check by themselves.
	NotNull []NotNull `json:"notNull,omitempty"`
	// EmptyIfNull lists parameters (from 1) of a native read whose NULL makes a predicate unknown: no command is sent, the
	// result is that of a command that found nothing.
	EmptyIfNull []int `json:"emptyIfNull,omitempty"`
	// Commands is the native form: one command, or several that are sent as MULTI ... EXEC in one write.
	Commands []Command `json:"commands,omitempty"`
	// Script is the function form.
	Script *Script `json:"script,omitempty"`
	Reply  Reply   `json:"reply"`
}

// Form names how the function is sent: "native", "multi" or "function".
func (f *Function) Form() string {
	switch {
	case f.Script != nil:
		return "function"
	case len(f.Commands) > 1:
		return "multi"
	}
	return "native"
}

// A Param is one parameter of a statement.
type Param struct {
	Name string     `json:"name"`
	Type value.Type `json:"type"`
	// Nullable parameters travel with a marker (docs/values.md). Where it is false NULL is refused before the call.
	Nullable bool `json:"nullable,omitempty"`
	// Table and Source name the table's column that the parameter is first compared with or stored in, "" for none.
	Table  string `json:"table,omitempty"`
	Source string `json:"source,omitempty"`
	// Hidden parameters are filled by the runtime.
	Hidden Hidden `json:"hidden,omitempty"`
}

// Hidden says what fills a hidden parameter.
type Hidden string

// HiddenNow is the clock: the time of the call, a timestamptz. Every statement of a batch has the same.
const HiddenNow Hidden = "now"

// NotNull names the column that a NULL parameter would violate.
type NotNull struct {
	Param  int    `json:"param"` // from 1
	Table  string `json:"table"`
	Column string `json:"column"`
	// Row is the refused row, for the error's detail.
	Row []RowCol `json:"row,omitempty"`
}

// A Command is one Redis command. Its first argument is its name.
type Command struct {
	Args []Arg `json:"args"`
}

// A Script is one program in both packagings.
type Script struct {
	// Function is its name in the library.
	Function string `json:"function"`
	// Source is the text for EVALSHA; its SHA-1 is computed from it.
	Source string `json:"source"`
	// Keys are KEYS. The first is the ready key (FormReady): the script refuses with the error reply "PQNOTREADY" when it
	// does not exist, before it does anything else.
	Keys []Arg `json:"keys"`
	// Args are ARGV. When it is nil, ARGV is every parameter in its ARGV form, hidden ones included.
	Args []Arg `json:"args,omitempty"`
	// Recursive says that there is a function in it that calls itself.
	Recursive bool `json:"recursive,omitempty"`
}

// An Arg is the template of one argument of a command: Prefix followed by the concatenation of its parts.
type Arg struct {
	// Prefix is literal and not touched by Succ: the "[" or "(" of a lexicographic or score bound.
	Prefix Bytes  `json:"prefix,omitempty"`
	Parts  []Part `json:"parts,omitempty"`
	// Succ replaces the concatenation by the least string that is greater than all strings that begin with it. Where none
	// exists the whole argument, Prefix included, becomes "+", the end of a lexicographic range.
	Succ bool `json:"succ,omitempty"`
	// Each is the number (from 1) of an array parameter: the argument is repeated for every distinct non-NULL element,
	// and parts with this Param mean the element. When no element is left no command is sent and the result is that of
	// a command that found nothing.
	Each int `json:"each,omitempty"`
}

// A Part is a piece of an argument: a literal (Param is 0), a parameter in one of the forms of docs/values.md, or a
// packed row.
type Part struct {
	Lit Bytes `json:"lit,omitempty"`
	// Param is the number of a parameter, from 1; 0 for none.
	Param int  `json:"param,omitempty"`
	Form  Form `json:"form,omitempty"`
	// Type is the column's type where it differs from the parameter's: the value is converted to it as an assignment
	// converts, except that a sort key of a number outside Type's range stands before or after every value of Type, and that its name is
	// one that no value of Type has.
	Type *value.Type `json:"type,omitempty"`
	// Nullable says that the form carries a null marker; without it a NULL is refused.
	Nullable bool `json:"nullable,omitempty"`
	// Desc and NullsFirst belong to FormSort, see value.SortCol.
	Desc       bool `json:"desc,omitempty"`
	NullsFirst bool `json:"nullsFirst,omitempty"`
	// More belongs to FormName: another part of the name follows, so that variable forms carry their length. The ":"
	// between parts is a literal.
	More bool `json:"more,omitempty"`
	// Size belongs to FormBucket and FormHash.
	Size int `json:"size,omitempty"`
	// Row is a packed row built from parameters and constants.
	Row *Row `json:"row,omitempty"`
}

// A Form says how a parameter is written into an argument.
type Form string

// The forms of a parameter.
const (
	FormArgv Form = "argv" // as ARGV, with the null marker when the part is nullable
	FormName Form = "name" // as part of a key's name or a hash's field
	FormSort Form = "sort" // as a column of a sort key
	FormPack Form = "pack" // as a fixed or variable column of a packed row, without length
	// FormScore is a decimal number as a bound of a score; beyond 2^53 it is "+inf" or "-inf", which is right for a set
	// whose scores are all within.
	FormScore Form = "score"
	// FormLimit is a count for LIMIT: NULL is -1 (all); a negative value is SQLSTATE 2201W.
	FormLimit Form = "limit"
	// FormOffset is a count for OFFSET: NULL is 0; a negative value is SQLSTATE 2201X.
	FormOffset Form = "offset"
	// FormBucket is floor(value / Size) of an integer, in decimal.
	FormBucket Form = "bucket"
	// FormReady is no parameter but the name of the key that exists while the store holds this program's data; while a
	// store is being filled, of the key that exists during that. Both begin with the manifest's Root.
	FormReady Form = "ready"
	// FormWithin is value - Size * floor(value / Size), in decimal.
	FormWithin Form = "within"
	// FormHash is the first Size hexadecimal digits of the SHA-1 of the name form, the bucket of what is no integer.
	FormHash Form = "hash"
)

// A Row is the template of a packed row.
type Row struct {
	Layout value.Layout `json:"layout"`
	// Cols in layout order.
	Cols []RowCol `json:"cols"`
}

// A RowCol is one column of a row template: a parameter, or a constant when Param is 0.
type RowCol struct {
	Param int `json:"param,omitempty"` // from 1
	// Text is the constant in PostgreSQL's text form, nil for NULL.
	Text *string `json:"text,omitempty"`
}

// A Shape says how a reply carries rows.
type Shape string

// The shapes.
const (
	// ShapeNone: the reply is not read, beyond its being no error.
	ShapeNone Shape = "none"
	// ShapePacked: an array of strings, each a sort key (Reply.Key, possibly empty) followed by a packed row
	// (Reply.Layout, possibly nil). A single string is an array of one; nil, as array or as element, is no row.
	ShapePacked Shape = "packed"
	// ShapeFlat: one array of Reply.Width values per row, row after row. A single value is an array of one.
	ShapeFlat Shape = "flat"
)

// A Reply says what a call's reply means: rows, a count of affected rows, or both.
type Reply struct {
	// Command is the index in Function.Commands whose reply is meant.
	Command int   `json:"command,omitempty"`
	Shape   Shape `json:"shape"`
	// Key describes the sort key that begins each packed row. Score says that a score follows each member
	// (WITHSCORES).
	Key   []value.SortCol `json:"key,omitempty"`
	Score bool            `json:"score,omitempty"`
	// Layout of packed rows.
	Layout *value.Layout `json:"layout,omitempty"`
	// Width is the number of values per flat row.
	Width int `json:"width,omitempty"`
	// Present is the position (from 1) of a value that is nil when a flat row does not exist; 0 for none.
	Present int `json:"present,omitempty"`
	// From says where each of Function.Columns comes from.
	From []From `json:"from,omitempty"`
	// Count says where the number of affected rows comes from.
	Count CountFrom `json:"count,omitempty"`
	// Affected is the count of CountFixed.
	Affected int64 `json:"affected,omitempty"`
}

// CountFrom says where the number of affected rows comes from.
type CountFrom string

// The sources of the count.
const (
	CountNone  CountFrom = ""      // the statement has none
	CountRows  CountFrom = "rows"  // the number of rows in the reply
	CountReply CountFrom = "reply" // the reply is the count; with rows, the first element of the array is
	CountFixed CountFrom = "fixed" // Reply.Affected
)

// A From is the source of one result column.
type From struct {
	Kind FromKind `json:"kind"`
	// Index is the position in the layout, in the sort key, in the flat row (all from 0), or the parameter's number (from 1).
	Index int `json:"index,omitempty"`
	// Text is a constant in PostgreSQL's text form; also what FromValue means when the reply has nil. nil is NULL.
	Text *string `json:"text,omitempty"`
}

// A FromKind says what a result column is decoded from.
type FromKind string

// The sources of a result column.
const (
	FromRow   FromKind = "row"   // column Index of the packed row
	FromKey   FromKind = "key"   // column Index of the sort key; its form must be lossless, see value.SortCol.Lossless
	FromScore FromKind = "score" // the member's score, an integer
	FromValue FromKind = "value" // value Index of the flat row, in its reply form
	FromName  FromKind = "name"  // value Index of the flat row, in its name form (a hash's field of one column)
	FromParam FromKind = "param" // parameter Index, as it was given
	FromConst FromKind = "const" // Text
)

// Bytes is a string of bytes that need not be UTF-8. In JSON each byte is the character of its number, so that ASCII
// stays readable.
type Bytes string

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	runes := make([]rune, len(b))
	for i := range len(b) {
		runes[i] = rune(b[i])
	}
	return json.Marshal(string(runes))
}

// UnmarshalJSON implements json.Unmarshaler. It fails on characters beyond U+00FF.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return fmt.Errorf("character %q is not a byte", r)
		}
		out = append(out, byte(r))
	}
	*b = Bytes(out)
	return nil
}

// ReadyKey is the name of the key that exists exactly while the store holds this program's complete data. Its value is the
// epoch, which no two fillings of a store share.
func (m *Manifest) ReadyKey() string { return string(m.Root) + "ready:" + m.Program }

// LoadingKey is the name of the key that exists while the store is being filled for this program.
func (m *Manifest) LoadingKey() string { return string(m.Root) + "loading:" + m.Program }

// MetaKey is the name of the hash that says what the store holds, whichever program's it is; see State.
func (m *Manifest) MetaKey() string { return string(m.Root) + "meta" }

// KeyPattern is the pattern of SCAN and KEYS that matches the names of all keys of the program.
func (m *Manifest) KeyPattern() string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(string(m.Root)) + "*"
}

// Encode returns the manifest as indented JSON with a final newline, the same bytes for the same manifest.
func (m *Manifest) Encode() ([]byte, error) {
	m.Version = ManifestVersion
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return append(data, '\n'), nil
}

// DecodeManifest reads what Encode wrote. It fails on another version and on unknown fields.
func DecodeManifest(r io.Reader) (*Manifest, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	m := new(Manifest)
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("decode manifest: %w", err)
	}
	if m.Version != ManifestVersion {
		return nil, fmt.Errorf("manifest has version %d, this runtime reads version %d: run prequel generate again", m.Version, ManifestVersion)
	}
	return m, nil
}
