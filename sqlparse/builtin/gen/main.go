package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// callable selects the functions, aggregates and window functions of the tables: all but those over rows of the catalogs.
const callable = `p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f','a','w')
 and not exists (select from unnest(p.proargtypes) t join pg_type y on y.oid = t where y.typtype = 'c')`

// tables are the files to write, each with the query whose rows it holds.
var tables = []struct{ file, columns, query string }{
	{
		"types.tsv", "oid name category preferred kind elem array format",
		`select t.oid, t.typname, t.typcategory, t.typispreferred, t.typtype,
		   case when t.typcategory = 'A' and t.typsubscript = 'array_subscript_handler'::regproc then t.typelem else 0 end,
		   t.typarray, format_type(t.oid, null)
		 from pg_type t
		 where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b','p','r','m')
		   and not exists (select from pg_type e join pg_class c on c.oid = e.typrelid where e.oid = t.typelem and t.typcategory = 'A')
		 order by t.oid`,
	},
	{
		"procs.tsv", "oid name kind aggkind result retset strict volatility variadic args proc names defaults outs outnames body",
		`select p.oid, p.proname, p.prokind, coalesce(a.aggkind::text, ''), p.prorettype, p.proretset, p.proisstrict, p.provolatile,
		   p.provariadic, array_to_string(p.proargtypes::oid[], ','),
		   case when p.prosqlbody is null and p.prolang <> (select oid from pg_language where lanname = 'sql') and p.prokind = 'f'
		     then p.prosrc else '' end,
		   case when p.proargnames is not null then array_to_string(p.proargnames[1:cardinality(p.proargtypes::oid[])], ',') else '' end,
		   coalesce((select string_agg(pg_get_function_arg_default(p.oid, i), '|' order by i)
		     from generate_series(p.pronargs - p.pronargdefaults + 1, p.pronargs) i), ''),
		   coalesce((select string_agg(t.t::text, ',' order by t.i) from unnest(p.proallargtypes) with ordinality t(t, i)
		     where p.proargmodes[t.i] in ('o','t','b')), ''),
		   coalesce((select string_agg(p.proargnames[t.i], ',' order by t.i) from unnest(p.proallargtypes) with ordinality t(t, i)
		     where p.proargmodes[t.i] in ('o','t','b')), ''),
		   case when p.prosqlbody is not null and pg_get_function_sqlbody(p.oid) like 'RETURN %' then substr(pg_get_function_sqlbody(p.oid), 8)
		     when p.prolang = (select oid from pg_language where lanname = 'sql') and p.prosrc ~* '^select [^;]*$' and not p.proretset
		     then regexp_replace(p.prosrc, '^select ', '', 'i') else '' end
		 from pg_proc p left join pg_aggregate a on a.aggfnoid = p.oid
		 where ` + callable + ` order by p.proname, p.oid`,
	},
	{
		"operators.tsv", "oid name left right result procoid",
		`select o.oid, o.oprname, o.oprleft, o.oprright, o.oprresult, o.oprcode::oid
		 from pg_operator o join pg_proc p on p.oid = o.oprcode
		 where o.oprnamespace = 'pg_catalog'::regnamespace and ` + callable + ` order by o.oprname, o.oid`,
	},
	{
		"casts.tsv", "source target procoid context method",
		`select castsource, casttarget, castfunc, castcontext, castmethod from pg_cast order by castsource, casttarget`,
	},
	{
		"orders.tsv", "type less equal greater hash",
		`select c.opcintype, max(case when o.amopstrategy = 1 then o.amopopr end), max(case when o.amopstrategy = 3 then o.amopopr end),
		   max(case when o.amopstrategy = 5 then o.amopopr end),
		   exists (select from pg_opclass h where h.opcdefault and h.opcintype = c.opcintype
		     and h.opcmethod = (select oid from pg_am where amname = 'hash'))
		 from pg_opclass c
		 join pg_amop o on o.amopfamily = c.opcfamily and o.amoplefttype = c.opcintype and o.amoprighttype = c.opcintype
		 where c.opcdefault and c.opcmethod = (select oid from pg_am where amname = 'btree')
		 group by c.opcintype order by c.opcintype`,
	},
}

func main() {
	dsn := flag.String("dsn", "", "connection string of a PostgreSQL 15 server")
	dir := flag.String("o", ".", "folder to write to")
	flag.Parse()
	if err := run(*dsn, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dsn, dir string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var version int
	if err := conn.QueryRow(ctx, "select current_setting('server_version_num')::int / 10000").Scan(&version); err != nil {
		return err
	}
	if version != 15 {
		return fmt.Errorf("PostgreSQL 15 is the reference, the server is %d", version)
	}
	for _, t := range tables {
		text, err := dump(ctx, conn, t.columns, t.query)
		if err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, t.file), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// dump runs a query and returns its rows as tab-separated text under a header line.
func dump(ctx context.Context, conn *pgx.Conn, columns, query string) ([]byte, error) {
	rows, err := conn.Query(ctx, query, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out bytes.Buffer
	names := strings.Fields(columns)
	out.WriteString("# Generated from PostgreSQL's catalogs by gen; do not edit. Columns: " + columns + "\n")
	for rows.Next() {
		for i, v := range rows.RawValues() {
			if i > 0 {
				out.WriteByte('\t')
			}
			cell := string(v)
			switch names[i] {
			case "preferred", "retset", "strict", "hash":
				cell = strings.TrimPrefix(cell, "f")
			case "left", "elem", "array", "variadic", "procoid":
				cell = strings.TrimPrefix(cell, "0")
			}
			if strings.ContainsAny(cell, "\t") {
				return nil, fmt.Errorf("a tab in %q", cell)
			}
			out.WriteString(strings.Join(strings.Fields(cell), " "))
		}
		out.WriteByte('\n')
	}
	return out.Bytes(), rows.Err()
}
