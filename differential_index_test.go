package prequel_test

import (
	"slices"
	"strings"
)

// indexKey is an expression over a column that a unique index is over. %s in text is the column; a risky one can raise.
type indexKey struct {
	text  string
	col   *column
	typ   *sqlType
	risky bool
}

// over is the expression over the column as a query has it.
func (k *indexKey) over(c *scopeColumn) *expr { return op(k.typ, k.text, colExpr(c)) }

// bare prints the expression as the schema has it.
func (k *indexKey) bare() string {
	var p printer
	p.expr(k.over(&scopeColumn{from: &fromItem{bare: true}, col: k.col}))
	return p.String()
}

// indexForms are expressions by the family of their column.
var indexForms = map[*sqlType][]indexKey{
	tBool:  {{text: "(NOT %s)", typ: tBool}},
	tInt2:  {{text: "(%s %% 3)", typ: tInt4}, {text: "(%s::text)", typ: tText}, {text: "(10 / %s)", typ: tInt4, risky: true}},
	tInt4:  {{text: "(%s %% 3)", typ: tInt4}, {text: "abs(%s)", typ: tInt4, risky: true}, {text: "(%s + 1)", typ: tInt4, risky: true}, {text: "(10 / %s)", typ: tInt4, risky: true}},
	tInt8:  {{text: "(%s %% 5)", typ: tInt8}, {text: "(%s::numeric)", typ: tNum}, {text: "(%s::integer)", typ: tInt4, risky: true}, {text: "greatest(%s, 1)", typ: tInt8}},
	tNum:   {{text: "floor(%s)", typ: tNum}, {text: "(%s * 2)", typ: tNum}, {text: "(%s::integer)", typ: tInt4, risky: true}},
	tText:  {{text: "lower(%s)", typ: tText}, {text: "upper(%s)", typ: tText}, {text: "lower(%s)", typ: tText}, {text: "left(%s, 1)", typ: tText}, {text: "length(%s)", typ: tInt4}, {text: "(coalesce(%s, '') || 'x')", typ: tText}, {text: "nullif(%s, 'a')", typ: tText}},
	tVchar: {{text: "lower(%s)", typ: tText}, {text: "trim(%s)", typ: tText}},
	tChar:  {{text: "lower(%s)", typ: tText}},
	tDate:  {{text: "(%s - '2024-02-29'::date)", typ: tInt4, risky: true}, {text: "coalesce(%s, '2024-02-29')", typ: tDate}},
	tTs:    {{text: "(%s::date)", typ: tDate}, {text: "date_trunc('year', %s)", typ: tTs}},
	tTstz:  {{text: "(%s AT TIME ZONE 'UTC')", typ: tTs}, {text: "((%s AT TIME ZONE 'UTC')::date)", typ: tDate}},
	tUUID:  {{text: "(%s::text)", typ: tText}},
	tBytea: {{text: "length(%s)", typ: tInt4}, {text: "encode(%s, 'hex')", typ: tText}},
	tJSONB: {{text: "(%s ->> 'a')", typ: tText}, {text: "(%s -> 'a')", typ: tJSONB}},
	tInt4s: {{text: "cardinality(%s)", typ: tInt4}},
}

// indexKey makes an expression over one of a table's columns, nil when there is none for it.
func (g *generator) indexKey(t *table) *indexKey {
	c := pick(g.r, t.cols)
	forms := indexForms[c.typ.plain()]
	if len(forms) == 0 {
		return nil
	}
	k := pick(g.r, forms)
	k.col = c
	return &k
}

// keyed compares an expression that a unique index of the column's table is over with a value, as what looks a row up does; nil where there
// is none.
func (g *generator) keyed(s *scope, c *scopeColumn) *expr {
	if c.as != nil || c.from == nil || c.from.table == nil {
		return nil
	}
	for _, k := range c.from.table.constraints {
		for _, x := range k.exprs {
			if x.col == c.col && !x.risky && x.typ != tJSONB {
				e := x.over(c)
				switch g.r.IntN(6) {
				case 0:
					return op(tBool, "(%s IS NOT DISTINCT FROM %s)", e, g.leaf(s, x.typ))
				case 1:
					return op(tBool, "(%s IN (%s, %s))", e, litExpr(x.typ, x.typ.pick(g.r)), g.leaf(s, x.typ))
				case 2:
					return op(tBool, "(%s "+pick(g.r, comparisons)+" %s)", e, g.leaf(s, x.typ))
				}
				return op(tBool, "(%s = %s)", e, g.leaf(s, x.typ))
			}
		}
	}
	return nil
}

// keyList is what a unique index is over, its columns first.
func (k *constraint) keyList() string {
	var list []string
	for _, c := range k.cols {
		list = append(list, c.name)
	}
	for _, x := range k.exprs {
		list = append(list, x.bare())
	}
	return strings.Join(list, ", ")
}

// over reports whether a unique index is over a column or an expression of it.
func (k *constraint) over(c *column) bool {
	return slices.Contains(k.cols, c) || slices.ContainsFunc(k.exprs, func(x *indexKey) bool { return x.col == c })
}
