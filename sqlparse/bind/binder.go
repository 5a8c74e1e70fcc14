package bind

import (
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqlparse/bound"
	"github.com/prequel-db/prequel/sqlparse/builtin"
	"github.com/prequel-db/prequel/sqlparse/catalog"
	"github.com/prequel-db/prequel/sqlparse/diag"
	"github.com/prequel-db/prequel/sqlparse/scalar"

	pg "github.com/pganalyze/pg_query_go/v5"
)

// Binder resolves the statements of one schema. It is not safe for concurrent use.
type Binder struct {
	cat   *catalog.Catalog
	types *builtin.Universe
	funcs map[funcKey]*scalar.Func
	trees map[string]*pg.Node // parsed defaults, function bodies and views
}

type funcKey struct {
	oid  builtin.OID
	name string
}

// New makes a binder for a schema.
func New(cat *catalog.Catalog) *Binder {
	return &Binder{cat: cat, types: builtin.NewUniverse(cat.Enums), funcs: map[funcKey]*scalar.Func{}, trees: map[string]*pg.Node{}}
}

// Catalog is the schema that statements are bound to.
func (b *Binder) Catalog() *catalog.Catalog { return b.cat }

// Input is one parsed statement.
type Input struct {
	Text Text
	Node *pg.Node
	// ParamTypes fixes the types of parameters; one of kind Unknown, or beyond the list, is inferred.
	ParamTypes []value.Type
	// Named describes parameters that have names in the source, by number from 1 at index 0.
	Named []NamedParam
	// Embeds are the places of table.* that sqlc.embed stands for, by offset in Text.
	Embeds map[int]string
}

// NamedParam is what the source says about a parameter.
type NamedParam struct {
	Name     string
	Nullable bool // sqlc.narg
}

// Bind resolves a statement. Only Params, Columns, Body and Span of the result are set.
func (b *Binder) Bind(in Input) (*bound.Statement, error) {
	s := b.begin(in.Text)
	s.fixed, s.embeds = in.ParamTypes, in.Embeds
	for i, n := range in.Named {
		p := s.param(i + 1)
		p.name, p.named, p.narg = n.Name, n.Name != "", n.Nullable
	}
	body, err := s.callStatement(in.Node)
	if body == nil && err == nil {
		body, err = s.statement(in.Node)
	}
	if err != nil {
		return nil, err
	}
	params, err := s.finishParams()
	if err != nil {
		return nil, err
	}
	if err := s.checkEmbeds(body); err != nil {
		return nil, err
	}
	if err := s.checkVolatile(body); err != nil {
		return nil, err
	}
	s.finishColumns()
	return &bound.Statement{Params: params, Columns: s.cols, Body: body, Span: s.text.between(0, len(s.text.SQL))}, nil
}

// stmt is the state of binding one statement.
type stmt struct {
	*Binder
	text   Text
	cols   *scalar.Columns
	facts  []columnFacts // by ColumnID
	fixed  []value.Type
	params []paramInfo
	loose  []*scalar.Param // uses whose type is not known yet
	// substitute holds the arguments while the body of an SQL function is bound.
	substitute []scalar.Expr
	views      int                // depth of nested views
	routine    *routine           // the function whose body is bound, nil outside
	firing     []*catalog.Trigger // those whose functions are bound, the outermost first
	depth      int                // pg_trigger_depth()
	work       int                // expressions bound so far
	maxWork    int
	links      int // queries inside expressions so far
	queries    []link
	embeds     map[int]string
	rows       map[scalar.Expr]*rowValue // of values of type record
	outermost  *pg.WithClause            // the statement's own WITH, which may hold writes
	parts      []*bound.CTE              // these writes
	callables  []*callable               // the declared functions that expressions call
	open       []*catalog.Table          // those that statements around are reading or writing, which TRUNCATE refuses
	lasting    *lasting                  // of an index's expression, nil otherwise
}

// begin starts a statement, or an expression of the schema.
func (b *Binder) begin(text Text) *stmt {
	return &stmt{Binder: b, text: text, cols: &scalar.Columns{}, maxWork: baseWork + 4*len(text.SQL)}
}

func (s *stmt) statement(n *pg.Node) (bound.Body, error) {
	outermost, parts := s.outermost, s.parts
	s.outermost, s.parts = withOf(n), nil
	main, err := s.mainStatement(n)
	if len(s.parts) > 0 && err == nil {
		c := &bound.Compound{Parts: s.parts, Main: main}
		main, err = c, together(c, s.text.span(firstToken(s.text.SQL)))
	}
	s.outermost, s.parts = outermost, parts
	return main, err
}

// withOf is a statement's own WITH.
func withOf(n *pg.Node) *pg.WithClause {
	switch n := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return n.SelectStmt.WithClause
	case *pg.Node_InsertStmt:
		return n.InsertStmt.WithClause
	case *pg.Node_UpdateStmt:
		return n.UpdateStmt.WithClause
	case *pg.Node_DeleteStmt:
		return n.DeleteStmt.WithClause
	case *pg.Node_MergeStmt:
		return n.MergeStmt.WithClause
	}
	return nil
}

// write binds INSERT, UPDATE or DELETE, which see the WITH queries of a surrounding statement (nil: there is none).
func (s *stmt) write(around *scope, n *pg.Node) (bound.Body, error) {
	switch n := n.GetNode().(type) {
	case *pg.Node_InsertStmt:
		return s.insert(around, n.InsertStmt)
	case *pg.Node_UpdateStmt:
		return s.update(around, n.UpdateStmt)
	default:
		return s.delete(around, n.(*pg.Node_DeleteStmt).DeleteStmt)
	}
}

func (s *stmt) mainStatement(n *pg.Node) (bound.Body, error) {
	switch x := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return s.query(nil, x.SelectStmt, true)
	case *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt:
		return s.write(nil, n)
	case *pg.Node_MergeStmt:
		return s.merge(x.MergeStmt)
	case *pg.Node_TruncateStmt:
		return s.truncate(x.TruncateStmt)
	}
	first := s.text.span(firstToken(s.text.SQL))
	return nil, diag.UnsupportedStatement.At(first, "%s cannot be compiled", StatementName(s.text.SQL)).
		WithHelp("declare SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE")
}

// newColumn adds a column of a FROM item that belongs to a scope.
func (s *stmt) newColumn(sc *scope, name string, typ value.Type, nullable bool) scalar.ColumnID {
	id := s.cols.New(name, typ, nullable)
	for len(s.facts) <= int(id) {
		s.facts = append(s.facts, columnFacts{})
	}
	s.facts[id] = columnFacts{owner: sc, nullable: nullable}
	return id
}

func (s *stmt) column(id scalar.ColumnID, span diag.Span) *scalar.Column {
	return &scalar.Column{Node: scalar.Node{Typ: s.cols.Get(id).Type, Pos: span}, ID: id}
}

func (s *stmt) oid(e scalar.Expr) builtin.OID { return s.types.OID(e.Type()) }

// typeOf is the type of values with that OID, or a diagnostic when there are none in Prequel.
func (s *stmt) typeOf(o builtin.OID, span diag.Span) (value.Type, error) {
	t, ok := s.types.TypeOf(o)
	if !ok {
		return t, diag.UnsupportedType.At(span, "type %s is not supported", s.types.Format(o)).
			WithHelp("cast to a supported type inside the database, or store text")
	}
	return t, nil
}
