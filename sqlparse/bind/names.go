package bind

import (
	"strings"

	"github.com/prequel-db/prequel/sqlparse/token"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// StatementName is the kind of a statement as its text says it: CREATE TABLE, VACUUM.
func StatementName(sql string) string {
	var words []string
	for _, t := range token.Scan(sql) {
		if t.Kind == token.Comment {
			continue
		}
		word := strings.ToUpper(t.Text(sql))
		if t.Kind != token.Ident || len(words) == 2 || len(words) == 1 && !kindsOfTwo[words[0]] {
			break
		}
		if word != "OR" && word != "REPLACE" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "this statement"
	}
	return strings.Join(words, " ")
}

// kindsOfTwo begin statements whose kind is their first two words.
var kindsOfTwo = map[string]bool{"CREATE": true, "ALTER": true, "DROP": true, "REFRESH": true, "SECURITY": true, "IMPORT": true}

// nodeName is a node's kind for messages about syntax that has no better name here.
func nodeName(n *pg.Node) string {
	m := n.ProtoReflect()
	return strings.ReplaceAll(string(m.WhichOneof(m.Descriptor().Oneofs().Get(0)).Name()), "_", " ")
}

// firstToken is the offset of the first token that is not a comment.
func firstToken(sql string) int32 {
	at := 0
	for {
		t, ok := token.Next(sql, at)
		if !ok {
			return 0
		}
		if t.Kind != token.Comment {
			return int32(t.Start)
		}
		at = t.End
	}
}

// stringsOf is the text of a list of String nodes.
func stringsOf(list []*pg.Node) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.GetString_().GetSval()
	}
	return out
}

// FigureName is the name of an expression without alias, or another where PostgreSQL has none for it.
func FigureName(n *pg.Node, otherwise string) string {
	if name, strength := figureName(n); strength > 0 && name != "?column?" {
		return name
	}
	return otherwise
}

// figureName gives an expression without alias the name PostgreSQL gives it. The strength says how good the name is: 0 none,
// 1 from a type or keyword, 2 from a column or function.
func figureName(n *pg.Node) (name string, strength int) {
	switch n := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		fields := n.ColumnRef.Fields
		for i := len(fields) - 1; i >= 0; i-- {
			if f := fields[i].GetString_(); f != nil {
				return f.Sval, 2
			}
		}
	case *pg.Node_AIndirection:
		list := n.AIndirection.Indirection
		for i := len(list) - 1; i >= 0; i-- {
			if f := list[i].GetString_(); f != nil {
				return f.Sval, 2
			}
		}
		return figureName(n.AIndirection.Arg)
	case *pg.Node_FuncCall:
		names := stringsOf(n.FuncCall.Funcname)
		return names[len(names)-1], 2
	case *pg.Node_AExpr:
		if n.AExpr.Kind == pg.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif", 2
		}
	case *pg.Node_TypeCast:
		name, strength = figureName(n.TypeCast.Arg)
		if strength <= 1 {
			names := stringsOf(n.TypeCast.GetTypeName().GetNames())
			if len(names) > 0 {
				return names[len(names)-1], 1
			}
		}
		return name, strength
	case *pg.Node_CollateClause:
		return figureName(n.CollateClause.Arg)
	case *pg.Node_GroupingFunc:
		return "grouping", 2
	case *pg.Node_SubLink:
		return figureSubLink(n.SubLink)
	case *pg.Node_CaseExpr:
		name, strength = figureName(n.CaseExpr.Defresult)
		if strength <= 1 {
			return "case", 1
		}
		return name, strength
	case *pg.Node_AArrayExpr:
		return "array", 2
	case *pg.Node_RowExpr:
		return "row", 2
	case *pg.Node_CoalesceExpr:
		return "coalesce", 2
	case *pg.Node_MinMaxExpr:
		if n.MinMaxExpr.Op == pg.MinMaxOp_IS_LEAST {
			return "least", 2
		}
		return "greatest", 2
	case *pg.Node_SqlvalueFunction:
		return sqlValueNames[n.SqlvalueFunction.Op], 2
	}
	return "", 0
}

var sqlValueNames = map[pg.SQLValueFunctionOp]string{
	pg.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
	pg.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
	pg.SQLValueFunctionOp_SVFOP_USER:                "user",
	pg.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
	pg.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
}

func figureSubLink(l *pg.SubLink) (string, int) {
	switch l.SubLinkType {
	case pg.SubLinkType_EXISTS_SUBLINK:
		return "exists", 2
	case pg.SubLinkType_ARRAY_SUBLINK:
		return "array", 2
	case pg.SubLinkType_EXPR_SUBLINK:
		sel := l.Subselect.GetSelectStmt()
		for sel.GetLarg() != nil {
			sel = sel.Larg
		}
		if len(sel.GetValuesLists()) > 0 {
			return "column1", 2
		}
		if targets := sel.GetTargetList(); len(targets) > 0 {
			t := targets[0].GetResTarget()
			if t.GetName() != "" {
				return t.Name, 2
			}
			if name, _ := figureName(t.GetVal()); name != "" {
				return name, 2
			}
			return "?column?", 2
		}
	}
	return "", 0
}
