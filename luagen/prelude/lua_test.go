package prelude_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/prequel-db/prequel/luagen/prelude"
)

// standardNames are the globals a definition may use; they exist in Redis and in miniredis.
var standardNames = []string{
	"error", "ipairs", "math", "pairs", "pcall", "select", "string", "table", "tonumber", "tostring", "type", "unpack", "setmetatable",
}

// scope finds the free names of a chunk.
type scope struct {
	t     *testing.T
	name  string
	bound []string
	free  map[string]bool
}

// TestDefinitions parses every definition and holds it to what doc.go promises.
func TestDefinitions(t *testing.T) {
	for _, name := range prelude.Names() {
		d, _ := prelude.Lookup(name)
		chunk, err := parse.Parse(strings.NewReader(d.Source), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(chunk) != 1 {
			t.Errorf("%s: %d statements, want one definition", name, len(chunk))
			continue
		}
		local, ok := chunk[0].(*ast.LocalAssignStmt)
		if !ok || len(local.Names) != 1 || local.Names[0] != name {
			t.Errorf("%s: is not a definition of one local", name)
			continue
		}
		s := &scope{t: t, name: name, free: map[string]bool{}}
		s.block(chunk)
		for free := range s.free {
			if !prelude.Has(free) && !slices.Contains(standardNames, free) {
				t.Errorf("%s: unknown name %s", name, free)
			}
			if prelude.Has(free) && !slices.Contains(d.Deps, free) {
				t.Errorf("%s: dependency %s not found by the scanner", name, free)
			}
		}
		for _, dep := range d.Deps {
			if !s.free[dep] {
				t.Errorf("%s: has a local named like the definition %s", name, dep)
			}
		}
	}
}

func (s *scope) use(name string) {
	if !slices.Contains(s.bound, name) {
		s.free[name] = true
	}
}

func (s *scope) block(stmts []ast.Stmt) {
	depth := len(s.bound)
	for _, stmt := range stmts {
		s.stmt(stmt)
	}
	s.bound = s.bound[:depth]
}

func (s *scope) stmt(stmt ast.Stmt) {
	switch n := stmt.(type) {
	case *ast.AssignStmt:
		s.exprs(n.Lhs)
		s.exprs(n.Rhs)
		s.parallel(n)
		for _, l := range n.Lhs {
			if id, ok := l.(*ast.IdentExpr); ok && !slices.Contains(s.bound, id.Value) {
				s.t.Errorf("%s: assigns to %s, which is not its local", s.name, id.Value)
			}
		}
	case *ast.LocalAssignStmt:
		if f, ok := single(n.Exprs); ok && len(n.Names) == 1 { // local function f, which may call itself
			s.bound = append(s.bound, n.Names[0])
			s.function(f)
			return
		}
		s.exprs(n.Exprs)
		s.bound = append(s.bound, n.Names...)
	case *ast.FuncCallStmt:
		s.expr(n.Expr)
	case *ast.DoBlockStmt:
		s.block(n.Stmts)
	case *ast.WhileStmt:
		s.expr(n.Condition)
		s.block(n.Stmts)
	case *ast.RepeatStmt:
		s.block(append(slices.Clone(n.Stmts), &ast.LocalAssignStmt{Exprs: []ast.Expr{n.Condition}}))
	case *ast.IfStmt:
		s.expr(n.Condition)
		s.block(n.Then)
		s.block(n.Else)
	case *ast.NumberForStmt:
		s.exprs([]ast.Expr{n.Init, n.Limit, n.Step})
		depth := len(s.bound)
		s.bound = append(s.bound, n.Name)
		s.block(n.Stmts)
		s.bound = s.bound[:depth]
	case *ast.GenericForStmt:
		s.exprs(n.Exprs)
		depth := len(s.bound)
		s.bound = append(s.bound, n.Names...)
		s.block(n.Stmts)
		s.bound = s.bound[:depth]
	case *ast.ReturnStmt:
		s.exprs(n.Exprs)
	case *ast.BreakStmt:
	default:
		s.t.Errorf("%s: unexpected statement %T", s.name, stmt)
	}
}

// parallel refuses a, b = b, f(a): gopher-lua assigns a before it evaluates f(a).
func (s *scope) parallel(n *ast.AssignStmt) {
	for i := range n.Lhs[:len(n.Lhs)-1] {
		id, ok := n.Lhs[i].(*ast.IdentExpr)
		if !ok {
			continue
		}
		later := &scope{t: s.t, name: s.name, free: map[string]bool{}}
		for _, r := range n.Rhs[min(i+1, len(n.Rhs)):] {
			later.expr(r)
		}
		for _, l := range n.Lhs {
			if _, plain := l.(*ast.IdentExpr); !plain {
				later.expr(l)
			}
		}
		if later.free[id.Value] {
			s.t.Errorf("%s: line %d: assigns %s and reads it further right, which gopher-lua gets wrong", s.name, n.Line(), id.Value)
		}
	}
}

func single(exprs []ast.Expr) (*ast.FunctionExpr, bool) {
	if len(exprs) != 1 {
		return nil, false
	}
	f, ok := exprs[0].(*ast.FunctionExpr)
	return f, ok
}

func (s *scope) exprs(list []ast.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}

func (s *scope) function(f *ast.FunctionExpr) {
	depth := len(s.bound)
	s.bound = append(s.bound, f.ParList.Names...)
	s.block(f.Stmts)
	s.bound = s.bound[:depth]
}

func (s *scope) expr(e ast.Expr) {
	switch n := e.(type) {
	case nil, *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr, *ast.NumberExpr, *ast.StringExpr, *ast.Comma3Expr:
	case *ast.IdentExpr:
		s.use(n.Value)
	case *ast.AttrGetExpr:
		s.exprs([]ast.Expr{n.Object, n.Key})
	case *ast.TableExpr:
		for _, f := range n.Fields {
			s.exprs([]ast.Expr{f.Key, f.Value})
		}
	case *ast.FuncCallExpr:
		s.exprs([]ast.Expr{n.Func, n.Receiver})
		s.exprs(n.Args)
	case *ast.LogicalOpExpr:
		s.exprs([]ast.Expr{n.Lhs, n.Rhs})
	case *ast.RelationalOpExpr:
		s.exprs([]ast.Expr{n.Lhs, n.Rhs})
	case *ast.StringConcatOpExpr:
		s.exprs([]ast.Expr{n.Lhs, n.Rhs})
	case *ast.ArithmeticOpExpr:
		s.exprs([]ast.Expr{n.Lhs, n.Rhs})
	case *ast.UnaryMinusOpExpr:
		s.expr(n.Expr)
	case *ast.UnaryNotOpExpr:
		s.expr(n.Expr)
	case *ast.UnaryLenOpExpr:
		s.expr(n.Expr)
	case *ast.FunctionExpr:
		s.function(n)
	default:
		s.t.Errorf("%s: unexpected expression %T", s.name, e)
	}
}
