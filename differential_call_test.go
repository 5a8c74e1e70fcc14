package prequel_test

import "strings"

// calledFunctions are what random expressions call: functions that raise no error, each of another kind. A case declares those that occur
// in its text.
var calledFunctions = []struct{ name, ddl string }{
	{"fx_mix", `(a integer, b integer DEFAULT 3) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(a, -1) % 11 + coalesce(b, 2) % 7'`},
	{"fx_clamp", `(x integer, low integer, high integer DEFAULT 9) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF x < low THEN RETURN low; ELSIF x > high THEN RETURN high; END IF;
  RETURN x;
END $$`},
	{"fx_strict", `(x integer) RETURNS integer LANGUAGE plpgsql STRICT AS $$
DECLARE
  y integer := x % 100;
BEGIN
  IF y > 3 THEN y := y - 3; END IF;
  RETURN y;
END $$`},
	{"fx_loop", `(n integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
  sum integer := 0;
BEGIN
  FOR i IN 1..least(n, 5) LOOP
    CONTINUE WHEN i = 2;
    sum := sum + i;
    IF sum > 9 THEN RETURN -sum; END IF;
  END LOOP;
  RETURN sum;
EXCEPTION WHEN null_value_not_allowed THEN
  RETURN NULL;
END $$`},
	{"fx_text", `(t text, n integer DEFAULT 2) RETURNS text LANGUAGE sql STRICT AS $$ SELECT left(t, n % 9) || ':' $$;
CREATE FUNCTION fx_text(t text, suffix text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN coalesce(t, '') || suffix; END $$`},
	{"fx_size", `(t text) RETURNS integer LANGUAGE sql AS $$ SELECT count(*)::integer FROM regexp_split_to_table(coalesce(t, ''), 'b') AS part $$`},
}

// withCalled puts the functions that occur in a text in front of a schema.
func withCalled(schema, text string) string {
	var b strings.Builder
	for _, f := range calledFunctions {
		if strings.Contains(text, f.name+"(") || strings.Contains(schema, f.name+"(") {
			b.WriteString("CREATE FUNCTION " + f.name + f.ddl + ";\n")
		}
	}
	return b.String() + schema
}

// called is a call of a declared function.
func (g *generator) called(s *scope, t *sqlType, depth int) *expr {
	switch t {
	case tInt4:
		form := pick(g.r, []string{
			"fx_mix(%s)", "fx_mix(b => %s, a => 4)", "fx_clamp(%s, low => 2)", "fx_clamp(%s, -3, 40)", "fx_strict(%s)", "fx_loop(%s)", "fx_mix(%s, %s)",
			"fx_clamp(%s, %s)",
		})
		if g.chance(20) {
			return op(t, "fx_size(%s)", g.value(s, tText, depth))
		}
		if strings.Count(form, "%s") == 2 {
			return op(t, form, g.value(s, t, depth), g.leaf(s, t))
		}
		return op(t, form, g.value(s, t, depth))
	case tText:
		switch g.r.IntN(3) {
		case 0:
			return op(t, "fx_text(%s)", g.value(s, t, depth))
		case 1:
			return op(t, "fx_text(%s, %s)", g.value(s, t, depth), g.leaf(s, tInt4))
		}
		return op(t, "fx_text(%s, suffix => %s)", g.value(s, t, depth), g.leaf(s, t))
	}
	return nil
}
