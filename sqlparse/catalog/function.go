package catalog

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/diag"
)

// Function is a CREATE FUNCTION. Its body is text, bound anew for every statement that calls it.
type Function struct {
	Name     string
	Args     []*FuncArg
	Language string // plpgsql or sql
	Body     string
	// BodySpan is where Body stands; Offsets, when not nil, is the place of each byte of a body that has escapes.
	BodySpan diag.Span
	Offsets  []int
	// Returns is the type of the result; kind Void for RETURNS void, Record when the OUT arguments or Table say the columns.
	Returns value.Type
	SetOf   bool
	Table   *Table  // RETURNS [SETOF] table
	Domain  *Domain // that Returns is the base of, nil when it is none
	Trigger bool
	Strict  bool // RETURNS NULL ON NULL INPUT
	// Volatility is what the declaration promises: that a call depends on nothing but its arguments, that it is the same throughout a
	// statement, or nothing.
	Volatility Volatility
	Span       diag.Span
	// Refused is why the function cannot be called, nil when it can.
	Refused *diag.Diagnostic
}

// Volatility is how a function is declared.
type Volatility uint8

// The volatilities of functions. A volatile function sees what the statement around it has written so far, the others the state before it.
const (
	VolatileFunction Volatility = iota
	StableFunction
	ImmutableFunction
)

// ArgMode is the mode of an argument.
type ArgMode uint8

// The modes of arguments.
const (
	ArgIn ArgMode = iota
	ArgOut
	ArgInOut
	ArgTable // a column of RETURNS TABLE
)

// FuncArg is an argument of a function.
type FuncArg struct {
	Name string // may be empty
	Mode ArgMode
	Type value.Type
	// Domain is the domain that Type is the base of, nil when it is none.
	Domain *Domain
	// Default is the text of the default, "" when there is none.
	Default     string
	DefaultSpan diag.Span
}

// Inputs are the arguments that a call gives.
func (f *Function) Inputs() []*FuncArg {
	var out []*FuncArg
	for _, a := range f.Args {
		if a.Mode == ArgIn || a.Mode == ArgInOut {
			out = append(out, a)
		}
	}
	return out
}

// Outputs are the arguments that make up the result.
func (f *Function) Outputs() []*FuncArg {
	var out []*FuncArg
	for _, a := range f.Args {
		if a.Mode != ArgIn {
			out = append(out, a)
		}
	}
	return out
}

// Origin is the offset in the source of an offset in the body.
func (f *Function) Origin(offset int) int {
	if f.Offsets == nil {
		return f.BodySpan.Start + offset
	}
	return f.Offsets[max(0, min(offset, len(f.Offsets)-1))]
}

// Function returns the declared functions with that name.
func (c *Catalog) Function(name string) []*Function {
	var out []*Function
	for _, f := range c.Functions {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}

func formatFunction(b *strings.Builder, f *Function) {
	if f.Refused != nil {
		fmt.Fprintf(b, "function %s, not compiled\n", f.Name)
		return
	}
	var args []string
	for _, a := range f.Args {
		text := strings.TrimSpace([...]string{"", "out ", "inout ", "table "}[a.Mode] + a.Name + " " + a.Type.String())
		if a.Default != "" {
			text += " default " + a.Default
		}
		args = append(args, text)
	}
	result := f.Returns.String()
	switch {
	case f.Trigger:
		result = "trigger"
	case f.Table != nil:
		result = f.Table.Name
	}
	if f.SetOf {
		result = "setof " + result
	}
	fmt.Fprintf(b, "function %s(%s) returns %s language %s\n", f.Name, strings.Join(args, ", "), result, f.Language)
}
