package phys

import (
	"fmt"
	"strings"

	"github.com/prequel-db/prequel/lowering/cost"
	"github.com/prequel-db/prequel/planner/algebra"
	"github.com/prequel-db/prequel/sqlparse/scalar"
)

// Format prints a program: its header, then one line for each instruction, those inside another one indented.
//
//	RecentPings: constant commands 1, rows 20; packed reply from pings_by_vehicle_at
//	  key = key pings_by_vehicle_at($1)
//	  rows = ZRANGE key from bound reverse limit $3    rows $limit
//	  emit list rows
func Format(p *Program) string {
	f := &formatter{p: p, names: regNames(p)}
	undo := ""
	if p.Undo {
		undo = "; an error takes writes back"
	}
	fmt.Fprintf(&f.b, "%s: %s, commands %s, rows %s; %s%s\n", p.Name, p.Bound.Class, p.Bound.Commands, p.Bound.Rows, replyText(&p.Reply), undo)
	f.ops(p.Body, 1)
	return f.b.String()
}

// FormatOp prints the first line of one instruction of a program, whose layouts need not be final: what stands inside of it is not
// looked at.
func FormatOp(p *Program, op Op) string {
	f := &formatter{p: p, names: regNames(p), head: true}
	f.op(op, 0)
	line, _, _ := strings.Cut(f.b.String(), "\n")
	return strings.TrimSpace(line)
}

type formatter struct {
	b     strings.Builder
	p     *Program
	names map[Reg]string
	head  bool // without what stands inside
}

// regNames gives each register its suggested name, with its number where the name is not unique.
func regNames(p *Program) map[Reg]string {
	uses := map[string]int{}
	for _, name := range p.RegNames {
		uses[name]++
	}
	out := map[Reg]string{}
	for r, name := range p.RegNames {
		if name == "" || uses[name] > 1 {
			name = fmt.Sprintf("%s#%d", name, r)
		}
		out[r] = name
	}
	return out
}

func replyText(r *Reply) string {
	var s string
	switch r.Kind {
	case NoRows:
		s = "no rows"
	case Packed:
		s = "packed reply from " + r.Source.Name
	case Flat:
		s = fmt.Sprintf("flat reply of %d columns", len(r.Outputs))
	}
	if r.Count {
		s += ", count"
	}
	return s
}

func (f *formatter) reg(r Reg) string {
	if name := f.names[r]; name != "" {
		return name
	}
	return fmt.Sprintf("#%d", r)
}

func (f *formatter) expr(e scalar.Expr) string { return scalar.Format(e, f.p.Columns) }

func (f *formatter) exprs(es []scalar.Expr) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = f.expr(e)
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func (f *formatter) col(id algebra.ColumnID) string {
	if id == 0 {
		return "_"
	}
	return scalar.FormatColumn(id, f.p.Columns)
}

func (f *formatter) cols(ids []algebra.ColumnID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = f.col(id)
	}
	return strings.Join(out, ", ")
}

func (f *formatter) line(depth int, format string, args ...any) {
	f.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&f.b, format, args...)
	f.b.WriteByte('\n')
}

// rows is the bound of an instruction behind its line.
func rows(p cost.Poly) string {
	if p == nil {
		return ""
	}
	return "    rows " + p.String()
}

func (f *formatter) ops(ops []Op, depth int) {
	if f.head {
		return
	}
	for _, op := range ops {
		f.op(op, depth)
	}
}

func (f *formatter) op(op Op, depth int) {
	switch op := op.(type) {
	case *Comment:
		for line := range strings.SplitSeq(op.Text, "\n") {
			f.line(depth, "-- %s", line)
		}
	case *Block:
		f.line(depth, "block %s", op.Comment)
		f.ops(op.Body, depth+1)
	case *Let:
		f.line(depth, "let %s = %s", f.col(op.Col), f.expr(op.Expr))
	case *Declare:
		f.line(depth, "declare %s", f.cols(op.Cols))
	case *Set:
		f.line(depth, "set %s = %s", f.col(op.Col), f.expr(op.Expr))
	case *DeclareReg:
		f.line(depth, "declare %s", f.reg(op.Reg))
	case *SameReg:
		f.line(depth, "%s is %s", f.reg(op.Dst), f.reg(op.Src))
	case *SetReg:
		f.line(depth, "set %s = %s", f.reg(op.Dst), f.reg(op.Src))
	case *If:
		f.line(depth, "if %s", f.cond(op.Cond))
		f.ops(op.Then, depth+1)
		if len(op.Else) > 0 {
			f.line(depth, "else")
			f.ops(op.Else, depth+1)
		}
	case *Once:
		f.line(depth, "once %s", f.col(op.Done))
		f.ops(op.Body, depth+1)
	case *Break:
		f.line(depth, "break")
	case *Raise:
		f.raise(op, depth)
	case *AddCount:
		if op.Col != 0 {
			f.line(depth, "count a row in %s", f.col(op.Col))
		} else {
			f.line(depth, "count a row")
		}
	case *EmitRow:
		f.line(depth, "emit row %s", f.exprs(op.Exprs))
	case *EmitPacked:
		f.line(depth, "emit packed %s", f.reg(op.Src))
	case *EmitList:
		f.line(depth, "emit list %s", f.reg(op.List))
	default:
		if !f.codecOp(op, depth) && !f.commandOp(op, depth) && !f.listOp(op, depth) && !f.groupOp(op, depth) && !f.controlOp(op, depth) && !f.recursionOp(op, depth) {
			f.line(depth, "%T", op)
		}
	}
}

func (f *formatter) raise(op *Raise, depth int) {
	text := f.exprs(op.Message)
	if len(op.Detail) > 0 {
		text += " detail " + f.exprs(op.Detail)
	}
	if len(op.Row) > 0 {
		text += " row " + f.exprs(op.Row)
	}
	for _, field := range []struct{ name, value string }{{"constraint", op.Constraint}, {"table", op.Table}, {"column", op.Column}} {
		if field.value != "" {
			text += " " + field.name + " " + field.value
		}
	}
	f.line(depth, "raise %s %s", op.SQLState, text)
}

func (f *formatter) cond(c Cond) string {
	switch c := c.(type) {
	case *IsTrue:
		return f.expr(c.Expr)
	case *Present:
		return f.reg(c.Reg) + " present"
	case *Negate:
		return "not (" + f.cond(c.Cond) + ")"
	case *ListEmpty:
		return f.reg(c.List) + " empty"
	case *InSet:
		return f.exprs(c.Key) + " in " + f.reg(c.Set)
	case *SameBytes:
		return f.reg(c.A) + " same bytes as " + f.reg(c.B)
	case *Full:
		return f.reg(c.List) + " has " + f.reg(c.Limit)
	}
	return fmt.Sprintf("%T", c)
}

func (f *formatter) codecOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *MakeKey:
		f.line(depth, "%s = key %s%s", f.reg(op.Dst), op.Of.Name, f.exprs(op.Parts))
	case *MakeField:
		f.line(depth, "%s = field %s%s", f.reg(op.Dst), op.Of.Name, f.exprs(op.Exprs))
	case *MakeSortKey:
		f.line(depth, "%s = sort key %s%s", f.reg(op.Dst), op.Of.Name, f.exprs(op.Exprs))
	case *Pack:
		after := ""
		if op.Key != 0 {
			after = f.reg(op.Key) + " .. "
		}
		f.line(depth, "%s = %spack %s%s", f.reg(op.Dst), after, op.Of.Name, f.exprs(op.Exprs))
	case *Unpack:
		out := make([]string, len(op.Binds))
		for i, b := range op.Binds {
			from := "?"
			switch {
			case b.InKey && op.Of.Kind == CountMap && b.Pos < len(op.Of.Field):
				from = "field." + op.Of.Field[b.Pos].Name
			case b.InKey && b.Pos < len(op.Of.Order):
				from = "key." + op.Of.Order[b.Pos].Name
			case !b.InKey && b.Pos < len(op.Of.Payload):
				from = op.Of.Payload[b.Pos].Name
			}
			out[i] = f.col(b.Col) + " = " + from
		}
		f.line(depth, "unpack %s of %s: %s", f.reg(op.Src), op.Of.Name, strings.Join(out, ", "))
	default:
		return false
	}
	return true
}

func (f *formatter) edge(e Edge) string {
	switch {
	case e.Key == 0:
		return ""
	case e.After:
		return "after " + f.reg(e.Key)
	}
	return "before " + f.reg(e.Key)
}

// between is the range of two edges.
func (f *formatter) between(from, to Edge) string {
	s := ""
	if e := f.edge(from); e != "" {
		s += " from " + e
	}
	if e := f.edge(to); e != "" {
		s += " to " + e
	}
	return s
}

func (f *formatter) commandOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *HGet:
		f.line(depth, "%s = HGET %s %s", f.reg(op.Dst), f.reg(op.Key), f.reg(op.Field))
	case *HMGet:
		f.line(depth, "%s = HMGET %s %s%s", f.reg(op.Dst), f.reg(op.Key), f.reg(op.Fields), rows(op.Rows))
	case *HVals:
		f.line(depth, "%s = HVALS %s%s", f.reg(op.Dst), f.reg(op.Key), rows(op.Rows))
	case *HGetAll:
		f.line(depth, "%s = HGETALL %s%s", f.reg(op.Dst), f.reg(op.Key), rows(op.Rows))
	case *HIncrBy:
		f.line(depth, "let %s = HINCRBY %s %s %d", f.col(op.Dst), f.reg(op.Key), f.reg(op.Field), op.By)
	case *HExists:
		f.line(depth, "let %s = HEXISTS %s %s", f.col(op.Dst), f.reg(op.Key), f.reg(op.Field))
	case *HLen:
		f.line(depth, "let %s = HLEN %s", f.col(op.Dst), f.reg(op.Key))
	case *ZRange:
		s := f.between(op.From, op.To)
		if op.Reverse {
			s += " reverse"
		}
		s += f.offsetLimit(op.Offset, op.Limit)
		f.line(depth, "%s = ZRANGE %s%s%s", f.reg(op.Dst), f.reg(op.Key), s, rows(op.Rows))
	case *ZCount:
		f.line(depth, "let %s = ZLEXCOUNT %s%s", f.col(op.Dst), f.reg(op.Key), f.between(op.From, op.To))
	case *HSet:
		over := ""
		if op.Old != 0 {
			over = " over " + f.reg(op.Old)
		}
		f.line(depth, "HSET %s %s %s%s", f.reg(op.Key), f.reg(op.Field), f.reg(op.Value), over)
	case *HDel:
		counted := ""
		if op.Counted {
			counted = ", add the reply to affected"
		}
		f.line(depth, "HDEL %s %s%s", f.reg(op.Key), f.reg(op.Field), counted)
	case *HSetNX:
		f.line(depth, "HSETNX %s %s %s, add the reply to affected", f.reg(op.Key), f.reg(op.Field), f.reg(op.Value))
	case *ZAdd:
		f.line(depth, "ZADD %s %s", f.reg(op.Key), f.reg(op.Member))
	case *ZRem:
		f.line(depth, "ZREM %s %s", f.reg(op.Key), f.reg(op.Member))
	case *Incr:
		f.line(depth, "let %s = INCR %s", f.col(op.Dst), f.reg(op.Key))
	case *NextValue:
		f.line(depth, "let %s = next value of %s %s%s", f.col(op.Dst), op.Of.Name, f.reg(op.Key), noted(op.Noted))
	case *CurrentValue:
		of := "any sequence"
		if op.Of != nil {
			of = op.Of.Name
		}
		f.line(depth, "let %s = current value of %s", f.col(op.Dst), of)
	case *SetValue:
		called := ""
		if op.Called != nil {
			called = ", called " + f.expr(op.Called)
		}
		f.line(depth, "let %s = set sequence %s to %s%s%s", f.col(op.Dst), f.reg(op.Key), f.expr(op.Value), called, noted(op.Noted))
	case *RestartSequence:
		f.line(depth, "restart sequence %s", f.reg(op.Key))
	case *RaiseSequence:
		f.line(depth, "raise sequence %s to %s", f.reg(op.Key), f.expr(op.Value))
	default:
		return false
	}
	return true
}

func (f *formatter) listOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *NewList:
		f.line(depth, "%s = new list", f.reg(op.Dst))
	case *AppendReg:
		f.line(depth, "append %s to %s", f.reg(op.Src), f.reg(op.List))
	case *AppendRow:
		f.line(depth, "append row %s to %s", f.exprs(op.Exprs), f.reg(op.List))
	case *ForEach:
		f.line(depth, "for each %s in %s%s", f.reg(op.Item), f.reg(op.List), rows(op.Rows))
	case *ForMembers:
		s := f.between(op.From, op.To)
		if op.Reverse {
			s += " reverse"
		}
		f.line(depth, "for each %s of ZRANGE %s%s in pieces%s", f.reg(op.Item), f.reg(op.Key), s, rows(op.Rows))
	case *ForPairs:
		f.line(depth, "for each %s, %s in %s%s", f.reg(op.First), f.reg(op.Second), f.reg(op.List), rows(op.Rows))
	case *ForArray:
		f.line(depth, "for each %s of array %s%s", f.col(op.Col), f.expr(op.Array), rows(op.Rows))
	case *ForRows:
		f.line(depth, "for rows of %s as %s%s", f.reg(op.List), f.cols(op.Cols), rows(op.Rows))
	case *SortRows:
		f.line(depth, "sort %s by %s", f.reg(op.List), keysText(op.Keys))
	case *RowOffset:
		f.line(depth, "%s = row offset %s", f.reg(op.Dst), f.expr(op.Offset))
	case *RowLimit:
		s := ""
		if op.Skip != 0 {
			s = " behind " + f.reg(op.Skip)
		}
		f.line(depth, "%s = row limit %s%s", f.reg(op.Dst), f.expr(op.Limit), s)
	case *KeepRows:
		s := ""
		if len(op.Ties) > 0 {
			s = " with ties by " + keysText(op.Ties)
		}
		f.line(depth, "keep first %s of %s%s", f.reg(op.Limit), f.reg(op.List), s)
	case *SkipRows:
		f.line(depth, "drop first %s of %s", f.reg(op.Skip), f.reg(op.List))
	case *MoveList:
		f.line(depth, "%s = %s", f.reg(op.Dst), f.reg(op.Src))
	case *While:
		f.line(depth, "while %s    times %s", f.cond(op.Cond), op.Times)
	case *ForSet:
		f.line(depth, "for rows of %s as %s%s%s", f.expr(op.Call), f.cols(op.Cols), f.ordinality(op.Ordinality), rows(op.Rows))
	case *ForLists:
		parts := make([]string, len(op.Lists))
		for i, l := range op.Lists {
			parts[i] = f.reg(l) + " as " + f.cols(op.Cols[i])
		}
		f.line(depth, "for rows side by side of %s%s%s", strings.Join(parts, "; "), f.ordinality(op.Ordinality), rows(op.Rows))
	case *Spend:
		f.line(depth, "spend a row of %d on %s", f.p.Budget, op.What)
	case *NewMap:
		f.line(depth, "%s = new map", f.reg(op.Dst))
	case *MapAppend:
		f.line(depth, "append row %s to %s at %s", f.exprs(op.Row), f.reg(op.Map), f.exprs(op.Key))
	case *ForMatches:
		f.line(depth, "for rows of %s at %s as %s%s", f.reg(op.Map), f.exprs(op.Key), f.cols(op.Cols), rows(op.Rows))
	case *ForMapRows:
		which := "all"
		if op.Unmarked {
			which = "unmarked"
		}
		f.line(depth, "for %s rows of %s as %s%s", which, f.reg(op.Map), f.cols(op.Cols), rows(op.Rows))
	case *MarkRow:
		f.line(depth, "mark %s", f.reg(op.Row))
	case *IfNew:
		f.line(depth, "if new %s in %s", f.exprs(op.Key), f.reg(op.Set))
	case *Tally:
		when := "not positive"
		if op.Positive {
			when = "positive"
		}
		f.line(depth, "tally %+d %s in %s, when it was %s", op.Delta, f.exprs(op.Key), f.reg(op.Counts), when)
	case *Drain:
		f.line(depth, "drain %s", f.reg(op.Events))
		for i := range op.Kinds {
			f.line(depth+1, "event %d as %s: %s%s", i+1, f.cols(op.Kinds[i].Cols), op.Kinds[i].Comment, rows(op.Kinds[i].Rows))
			f.ops(op.Kinds[i].Body, depth+2)
		}
		return true
	default:
		return false
	}
	for _, body := range Bodies(op) {
		f.ops(body, depth+1)
	}
	return true
}

func (f *formatter) offsetLimit(offset, limit scalar.Expr) string {
	s := ""
	if offset != nil {
		s += " offset " + f.expr(offset)
	}
	if limit != nil {
		s += " limit " + f.expr(limit)
	}
	return s
}

func (f *formatter) ordinality(id algebra.ColumnID) string {
	if id == 0 {
		return ""
	}
	return ", number " + f.col(id)
}

func keysText(keys []RowKey) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = fmt.Sprintf("[%d]", k.Pos)
		if k.Desc {
			out[i] += " desc"
		}
		if k.Nullable {
			if k.NullsFirst {
				out[i] += " nulls first"
			} else {
				out[i] += " nulls last"
			}
		}
	}
	return strings.Join(out, ", ")
}

func (f *formatter) agg(a *Agg) string {
	return scalar.FormatAgg(a.Name, a.Args, a.Distinct, a.OrderBy, false, a.Filter, f.p.Columns)
}

func (f *formatter) aggs(aggs []Agg) string {
	out := make([]string, len(aggs))
	for i := range aggs {
		out[i] = f.agg(&aggs[i])
	}
	return strings.Join(out, ", ")
}

func (f *formatter) groupOp(op Op, depth int) bool {
	switch op := op.(type) {
	case *NewGroups:
		kind := "groups"
		if op.Scalar {
			kind = "one group"
		}
		f.line(depth, "%s = new %s of %s", f.reg(op.Dst), kind, f.aggs(op.Aggs))
	case *GroupRow:
		f.line(depth, "group row by %s into %s: %s", f.exprs(op.Keys), f.reg(op.Groups), f.aggs(op.Aggs))
	case *ForGroups:
		f.line(depth, "for groups of %s as %s; %s%s", f.reg(op.Groups), f.cols(op.Keys), f.cols(op.Cols), rows(op.Rows))
		f.ops(op.Body, depth+1)
	case *WindowRows:
		out := make([]string, len(op.Funcs))
		for i := range op.Funcs {
			if op.Funcs[i].Agg != nil {
				out[i] = f.agg(op.Funcs[i].Agg)
			} else {
				out[i] = op.Funcs[i].Name + f.exprs(op.Funcs[i].Args)
			}
		}
		f.line(depth, "window over %s as %s, partition %s, order %s: %s", f.reg(op.List), f.cols(op.Cols), keysText(op.Partition),
			keysText(op.Order), strings.Join(out, ", "))
	default:
		return false
	}
	return true
}

// noted marks an instruction whose value is kept for CurrentValue.
func noted(is bool) string {
	if is {
		return ", noted"
	}
	return ""
}
