package prelude_test

import (
	"strings"
	"testing"
)

// temporalFunctions are the functions of time types by signature; each is called by its prosrc in Lua and by the given SQL.
var temporalFunctions = []struct{ args, ret, names string }{
	// Where no SQL follows a name, the SQL is a call of pg_proc's function of that name.
	{"timestamp", "text", "timestamp_out=a::text"},
	{"timestamptz", "text", "timestamptz_out=a::text"},
	{"date", "text", "date_out=a::text"},
	{"time", "text", "time_out=a::text"},
	{"interval", "text", "interval_out=a::text"},
	{"timestamp interval", "timestamp", "timestamp_pl_interval timestamp_mi_interval"},
	{"timestamptz interval", "timestamptz", "timestamptz_pl_interval timestamptz_mi_interval"},
	{"timestamp timestamp", "interval", "timestamp_mi timestamp_age=age(a,b)"},
	{"timestamptz timestamptz", "interval", "timestamptz_age=age(a,b)"},
	{"timestamp timestamp", "timestamp", "timestamp_larger timestamp_smaller"},
	{"timestamp timestamp", "bool", "timestamp_eq timestamp_ne timestamp_lt timestamp_le timestamp_gt timestamp_ge"},
	{"timestamp timestamp", "int4", "timestamp_cmp"},
	{"timestamp timestamptz", "bool", "timestamp_eq_timestamptz timestamp_ne_timestamptz timestamp_lt_timestamptz " +
		"timestamp_le_timestamptz timestamp_gt_timestamptz timestamp_ge_timestamptz"},
	{"timestamptz timestamp", "bool", "timestamptz_eq_timestamp timestamptz_ne_timestamp timestamptz_lt_timestamp " +
		"timestamptz_le_timestamp timestamptz_gt_timestamp timestamptz_ge_timestamp"},
	{"timestamp timestamptz", "int4", "timestamp_cmp_timestamptz"},
	{"timestamptz timestamp", "int4", "timestamptz_cmp_timestamp"},
	{"timestamp", "bool", "timestamp_finite=isfinite(a)"},
	{"timestamp", "timestamptz", "timestamp_timestamptz=a::timestamptz"},
	{"timestamptz", "timestamp", "timestamptz_timestamp=a::timestamp"},
	{"timestamp", "date", "timestamp_date=a::date"},
	{"timestamptz", "date", "timestamptz_date=a::date"},
	{"timestamp", "time", "timestamp_time=a::time"},
	{"timestamptz", "time", "timestamptz_time=a::time"},
	{"float8", "timestamptz", "float8_timestamptz=to_timestamp(a)"},
	{"date", "timestamp", "date_timestamp=a::timestamp"},
	{"date", "timestamptz", "date_timestamptz=a::timestamptz"},
	{"date int4", "date", "date_pli date_mii"},
	{"date date", "int4", "date_mi date_cmp"},
	{"date date", "date", "date_larger date_smaller"},
	{"date date", "bool", "date_eq date_ne date_lt date_le date_gt date_ge"},
	{"date", "bool", "date_finite=isfinite(a)"},
	{"date interval", "timestamp", "date_pl_interval date_mi_interval"},
	{"date time", "timestamp", "datetime_timestamp=a+b"},
	{"date timestamp", "bool", "date_eq_timestamp date_ne_timestamp date_lt_timestamp date_le_timestamp date_gt_timestamp date_ge_timestamp"},
	{"date timestamp", "int4", "date_cmp_timestamp"},
	{"date timestamptz", "bool", "date_eq_timestamptz date_ne_timestamptz date_lt_timestamptz date_le_timestamptz date_gt_timestamptz " +
		"date_ge_timestamptz"},
	{"date timestamptz", "int4", "date_cmp_timestamptz"},
	{"timestamp date", "bool", "timestamp_eq_date timestamp_ne_date timestamp_lt_date timestamp_le_date timestamp_gt_date timestamp_ge_date"},
	{"timestamp date", "int4", "timestamp_cmp_date"},
	{"timestamptz date", "bool", "timestamptz_eq_date timestamptz_ne_date timestamptz_lt_date timestamptz_le_date timestamptz_gt_date " +
		"timestamptz_ge_date"},
	{"timestamptz date", "int4", "timestamptz_cmp_date"},
	{"time interval", "time", "time_pl_interval time_mi_interval"},
	{"time time", "interval", "time_mi_time"},
	{"time time", "bool", "time_eq time_ne time_lt time_le time_gt time_ge"},
	{"time time", "int4", "time_cmp"},
	{"time time", "time", "time_larger time_smaller"},
	{"time", "interval", "time_interval=a::interval"},
	{"interval", "time", "interval_time=a::time"},
	{"interval", "interval", "interval_um interval_justify_hours=justify_hours(a) interval_justify_days=justify_days(a) " +
		"interval_justify_interval=justify_interval(a)"},
	{"interval interval", "interval", "interval_pl interval_mi interval_larger interval_smaller"},
	{"interval interval", "bool", "interval_eq interval_ne interval_lt interval_le interval_gt interval_ge"},
	{"interval interval", "int4", "interval_cmp"},
	{"interval", "bool", "interval_finite=isfinite(a)"},
	{"interval float8", "interval", "interval_mul interval_div"},
	{"float8 interval", "interval", "mul_d_interval"},
	{"text timestamp", "timestamp", "timestamp_trunc=date_trunc(a,b)"},
	{"text timestamptz", "timestamptz", "timestamptz_trunc=date_trunc(a,b)"},
	{"text interval", "interval", "interval_trunc=date_trunc(a,b)"},
	{"interval timestamp timestamp", "timestamp", "timestamp_bin=date_bin(a,b,c)"},
	{"interval timestamptz timestamptz", "timestamptz", "timestamptz_bin=date_bin(a,b,c)"},
	{"text timestamp", "numeric", "extract_timestamp=extract(a,b)"},
	{"text timestamptz", "numeric", "extract_timestamptz=extract(a,b)"},
	{"text date", "numeric", "extract_date=extract(a,b)"},
	{"text time", "numeric", "extract_time=extract(a,b)"},
	{"text interval", "numeric", "extract_interval=extract(a,b)"},
	{"text timestamp", "float8", "timestamp_part=date_part(a,b)"},
	{"text timestamptz", "float8", "timestamptz_part=date_part(a,b)"},
	{"text time", "float8", "time_part=date_part(a,b)"},
	{"text interval", "float8", "interval_part=date_part(a,b)"},
}

// overflowing are functions whose arithmetic overflows in PostgreSQL 15, which then answers nonsense; Prequel refuses.
var overflowing = map[string]bool{
	"timestamp_mi": true, "timestamp_age": true, "timestamptz_age": true, "time_pl_interval": true, "time_mi_interval": true, "interval_time": true,
	"interval_scale": true,
}

func TestTimeFunctions(t *testing.T) {
	o := newTemporalOracle(t)
	for _, f := range temporalFunctions {
		args := strings.Fields(f.args)
		rows := temporalRows(400, args...)
		for _, spec := range strings.Fields(f.names) {
			name, sql, ok := strings.Cut(spec, "=")
			if !ok {
				sql = name + "(" + strings.Join(strings.Split(letters[:len(args)], ""), ",") + ")"
			}
			sql = strings.Replace(sql, "extract(a,b)", `pg_catalog."extract"(a,b)`, 1)
			o.runTemporal(t, check{lua: name, sql: sql, args: args, ret: f.ret}, rows)
		}
	}
}
