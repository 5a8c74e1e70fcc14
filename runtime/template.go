package runtime

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/prequel-db/prequel/runtime/value"
)

// A request is what one call sends: the commands, or none when the result is known to be empty.
type request struct {
	stmt     *Statement
	params   []value.Value
	commands [][]any
}

// writer fills templates in.
type writer struct {
	fn     *Function
	params []value.Value
	ready  string // what FormReady stands for
	buf    []byte
	// below says that the argument being written ends in a bound below every value. No key begins with it, so that its
	// successor is itself.
	below bool
}

// errEmpty says that a read finds nothing whatever the store holds.
var errEmpty = fmt.Errorf("nothing to read")

// commands fills in the templates of a native statement.
func (w *writer) commands() ([][]any, error) {
	for _, n := range w.fn.EmptyIfNull {
		if w.params[n-1].IsNull() {
			return nil, errEmpty
		}
	}
	out := make([][]any, len(w.fn.Commands))
	for i, c := range w.fn.Commands {
		args, err := w.appendArgs(make([]any, 0, len(c.Args)), c.Args, nil)
		if err != nil {
			return nil, err
		}
		out[i] = args
	}
	return out, nil
}

// literal is the text of a template that is the same in every call.
func (a *Arg) literal() (string, bool) {
	switch {
	case len(a.Parts) == 0:
		return string(a.Prefix), true
	case len(a.Parts) == 1 && a.Prefix == "" && !a.Succ:
		if p := &a.Parts[0]; p.Param == 0 && p.Row == nil && p.Form == "" {
			return string(p.Lit), true
		}
	}
	return "", false
}

// appendArgs fills in a list of templates. texts, where there are any, are those of the templates that are the same in every call.
func (w *writer) appendArgs(dst []any, args []Arg, texts []any) ([]any, error) {
	for i := range args {
		if texts != nil && texts[i] != nil {
			dst = append(dst, texts[i])
			continue
		}
		a := &args[i]
		if a.Each == 0 {
			s, err := w.arg(a, value.Null)
			if err != nil {
				return nil, err
			}
			dst = append(dst, s)
			continue
		}
		elem := *w.fn.Params[a.Each-1].Type.Elem
		elements, err := value.Elements(elem, w.params[a.Each-1].Str())
		if err != nil {
			return nil, err
		}
		before := len(dst)
		seen := make(map[string]bool, len(elements))
		for _, e := range elements {
			if e.IsNull() {
				continue
			}
			s, err := w.arg(a, e)
			if err != nil {
				return nil, err
			}
			if !seen[s] {
				seen[s] = true
				dst = append(dst, s)
			}
		}
		if len(dst) == before {
			return nil, errEmpty
		}
	}
	return dst, nil
}

// arg fills in one template; element is what its array parameter stands for.
func (w *writer) arg(a *Arg, element value.Value) (string, error) {
	if text, ok := a.literal(); ok {
		return text, nil
	}
	w.buf, w.below = append(w.buf[:0], a.Prefix...), false
	for i := range a.Parts {
		p := &a.Parts[i]
		var err error
		switch {
		case p.Row != nil:
			err = w.row(p.Row)
		case p.Form == FormReady:
			w.buf = append(w.buf, w.ready...)
		case p.Param == 0:
			w.buf = append(w.buf, p.Lit...)
		case p.Param == a.Each:
			err = w.part(p, *w.fn.Params[p.Param-1].Type.Elem, element)
		default:
			err = w.part(p, w.fn.Params[p.Param-1].Type, w.params[p.Param-1])
		}
		if err != nil {
			return "", err
		}
	}
	if !a.Succ || w.below {
		return string(w.buf), nil
	}
	succ, ok := value.Succ(string(w.buf[len(a.Prefix):]))
	if !ok {
		return "+", nil
	}
	return string(a.Prefix) + succ, nil
}

// part appends a parameter in one of its forms.
func (w *writer) part(p *Part, from value.Type, v value.Value) error {
	to := from
	if p.Type != nil {
		to = *p.Type
		var err error
		switch beyond := outside(from, to, v); {
		case beyond != 0 && p.Form == FormSort:
			w.appendBeyond(p, to, beyond)
			return nil
		case beyond != 0 && p.Form == FormName: // the name that such a value of the type would have: nothing has it
			to = from
		}
		if v, err = value.Assign(from, to, v); err != nil {
			return err
		}
	}
	if v.IsNull() && !p.Nullable && p.Form != FormLimit && p.Form != FormOffset {
		return fmt.Errorf("parameter $%d is NULL where its form has no place for it", p.Param)
	}
	var err error
	switch p.Form {
	case FormArgv:
		if p.Nullable {
			w.buf, err = value.AppendArgvNullable(w.buf, to, v)
		} else {
			w.buf, err = value.AppendArgv(w.buf, to, v)
		}
	case FormName:
		w.buf, err = value.AppendName(w.buf, value.NameCol{Type: to, Nullable: p.Nullable, More: p.More}, v)
	case FormSort:
		w.buf, err = value.AppendSort(w.buf, value.SortCol{Type: to, Nullable: p.Nullable, Desc: p.Desc, NullsFirst: p.NullsFirst}, v)
	case FormPack:
		w.buf, err = value.AppendPacked(w.buf, to, v)
	case FormScore:
		w.buf = appendScore(w.buf, v.Int())
	case FormLimit:
		err = w.count(v, "-1", "2201W", "LIMIT must not be negative")
	case FormOffset:
		err = w.count(v, "0", "2201X", "OFFSET must not be negative")
	case FormBucket:
		w.buf = strconv.AppendInt(w.buf, floorDiv(v.Int(), int64(p.Size)), 10)
	case FormWithin:
		w.buf = strconv.AppendInt(w.buf, v.Int()-floorDiv(v.Int(), int64(p.Size))*int64(p.Size), 10)
	case FormHash:
		var name []byte
		if name, err = value.AppendName(nil, value.NameCol{Type: to, Nullable: p.Nullable}, v); err == nil {
			sum := sha1.Sum(name)
			w.buf = append(w.buf, hex.EncodeToString(sum[:])[:min(p.Size, 40)]...)
		}
	}
	return err
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// maxExact is the largest integer that a score holds exactly together with all below it.
const maxExact = 1 << 53

func appendScore(dst []byte, n int64) []byte {
	switch {
	case n > maxExact:
		return append(dst, "+inf"...)
	case n < -maxExact:
		return append(dst, "-inf"...)
	}
	return strconv.AppendInt(dst, n, 10)
}

// count appends the count of a LIMIT or OFFSET.
func (w *writer) count(v value.Value, null, sqlstate, negative string) error {
	if v.IsNull() {
		w.buf = append(w.buf, null...)
		return nil
	}
	if v.Int() < 0 {
		return &Error{SQLSTATE: sqlstate, Message: negative, Statement: w.fn.Name}
	}
	w.buf = strconv.AppendInt(w.buf, v.Int(), 10)
	return nil
}

// outside tells whether an integer is below (-1) or above (1) every value of a narrower integer type.
func outside(from, to value.Type, v value.Value) int {
	lo, hi, ok := integerRange(to.Kind)
	if _, _, isInt := integerRange(from.Kind); !ok || !isInt || v.IsNull() {
		return 0
	}
	switch {
	case v.Int() < lo:
		return -1
	case v.Int() > hi:
		return 1
	}
	return 0
}

func integerRange(k value.Kind) (lo, hi int64, ok bool) {
	switch k {
	case value.Int2:
		return -1 << 15, 1<<15 - 1, true
	case value.Int4:
		return -1 << 31, 1<<31 - 1, true
	case value.Int8:
		return -1 << 63, 1<<63 - 1, true
	}
	return 0, 0, false
}

// appendBeyond appends bytes that stand before or after the sort keys of every value of a type, though not of NULL.
func (w *writer) appendBeyond(p *Part, t value.Type, beyond int) {
	low, high := byte(0), byte(0xff)
	if p.Desc {
		low, high = high, low
	}
	if p.Nullable {
		w.buf = append(w.buf, 1^(low&0xff)) // the marker of a value, complemented when the column is
	}
	fill := high
	if beyond < 0 {
		fill = low
	}
	if fill == 0 {
		w.below = true // the empty form stands before every other
		return
	}
	for range t.FixedWidth() + 1 {
		w.buf = append(w.buf, fill)
	}
}

// row appends a packed row.
func (w *writer) row(r *Row) error {
	values := make([]value.Value, len(r.Cols))
	for i, c := range r.Cols {
		to := r.Layout.Cols[i].Type
		var err error
		if c.Param == 0 {
			values[i], err = value.ParsePtr(to, c.Text)
		} else {
			values[i], err = value.Assign(w.fn.Params[c.Param-1].Type, to, w.params[c.Param-1])
		}
		if err != nil {
			return err
		}
	}
	var err error
	w.buf, err = r.Layout.AppendRow(w.buf, values)
	return err
}

// request fills in everything a call sends.
func (db *DB) request(s *Statement, params []value.Value) (*request, error) {
	w := writer{fn: s.fn, params: params, ready: db.readyKey()}
	req := &request{stmt: s, params: params}
	if s.fn.Script == nil {
		commands, err := w.commands()
		if err == errEmpty {
			return req, nil
		}
		if err != nil {
			return nil, refuse(err, s.fn.Name)
		}
		req.commands = commands
		return req, nil
	}
	args := make([]any, 3, 3+len(s.fn.Script.Keys)+len(s.args))
	args[0], args[1] = db.scriptCommand(s)
	args, err := w.appendArgs(args, s.fn.Script.Keys, s.keyTexts)
	if err != nil {
		return nil, refuse(err, s.fn.Name)
	}
	args[2] = len(args) - 3
	if args, err = w.appendArgs(args, s.args, nil); err != nil {
		return nil, refuse(err, s.fn.Name)
	}
	req.commands = [][]any{args}
	return req, nil
}
