package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prequel-db/prequel/examples/fleet/fleetdb"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/sqltype"
)

// compare asks the source the same questions, in SQLite's words, and fails on the first answer that differs.
func (d *dispatcher) compare(ctx context.Context) error {
	for fleet := int32(1); fleet <= fleetCount; fleet++ {
		if err := d.compareFleet(ctx, fleet); err != nil {
			return fmt.Errorf("fleet %d: %w", fleet, err)
		}
	}
	for vehicle := int64(1); vehicle <= vehicleCount; vehicle += 13 {
		if err := d.compareVehicle(ctx, vehicle); err != nil {
			return fmt.Errorf("vehicle %d: %w", vehicle, err)
		}
	}
	fmt.Fprintf(d.out, "\nchecked   %d answers against the source: all equal\n", d.checked)
	return nil
}

func (d *dispatcher) compareFleet(ctx context.Context, fleet int32) error {
	positions, err := d.q.FleetPositions(ctx, fleet)
	if err := check(ctx, d, err, positions, func(r fleetdb.FleetPositionsRow) []any {
		return []any{r.ID, r.Label, string(r.Status), clock(r.At), r.Lat, r.Lon, float64(r.Speed), int64(r.Heading)}
	}, `SELECT v.id, v.label, v.status, p.at, p.lat, p.lon, p.speed, p.heading FROM vehicles v
		JOIN pings p ON p.vehicle_id = v.id AND p.at = (SELECT max(at) FROM pings WHERE vehicle_id = v.id)
		WHERE v.fleet_id = ? ORDER BY v.id`, fleet); err != nil {
		return err
	}
	counts, err := d.q.CountByStatus(ctx, fleet)
	if err := check(ctx, d, err, counts, func(r fleetdb.CountByStatusRow) []any { return []any{string(r.Status), r.Vehicles} },
		`SELECT status, count(*) FROM vehicles WHERE fleet_id = ? GROUP BY status
		ORDER BY CASE status WHEN 'idle' THEN 1 WHEN 'moving' THEN 2 WHEN 'charging' THEN 3 ELSE 4 END`, fleet); err != nil {
		return err
	}
	fastest, err := d.q.FastestVehicles(ctx, fleetdb.FastestVehiclesParams{FleetID: fleet, Since: morning})
	if err := check(ctx, d, err, fastest, func(r fleetdb.FastestVehiclesRow) []any { return []any{r.ID, r.Label, float64(r.TopSpeed)} },
		`SELECT v.id, v.label, max(p.speed) AS top FROM vehicles v JOIN pings p ON p.vehicle_id = v.id
		WHERE v.fleet_id = ? AND p.at >= ? GROUP BY v.id, v.label ORDER BY top DESC, v.id LIMIT 10`, fleet, clock(morning)); err != nil {
		return err
	}
	silent, err := d.q.SilentVehicles(ctx, fleetdb.SilentVehiclesParams{FleetID: fleet, Since: noon})
	return check(ctx, d, err, silent, func(r fleetdb.SilentVehiclesRow) []any {
		if !r.LastSeen.Valid {
			return []any{r.ID, r.Label, nil}
		}
		return []any{r.ID, r.Label, clock(r.LastSeen.V)}
	}, `SELECT v.id, v.label, max(p.at) AS seen FROM vehicles v LEFT JOIN pings p ON p.vehicle_id = v.id
		WHERE v.fleet_id = ? GROUP BY v.id HAVING seen IS NULL OR seen < ? ORDER BY seen, v.id`, fleet, clock(noon))
}

func (d *dispatcher) compareVehicle(ctx context.Context, vehicle int64) error {
	one, err := d.q.GetVehicle(ctx, vehicle)
	if err := check(ctx, d, err, []fleetdb.Vehicle{one}, func(v fleetdb.Vehicle) []any {
		return []any{v.ID, int64(v.FleetID), v.Label, string(v.Status)}
	}, "SELECT id, fleet_id, label, status FROM vehicles WHERE id = ?", vehicle); err != nil {
		return err
	}
	latest, err := d.q.LatestPosition(ctx, vehicle)
	rows := []fleetdb.LatestPositionRow{latest}
	if errors.Is(err, runtime.ErrNoRows) {
		rows, err = nil, nil
	}
	if err := check(ctx, d, err, rows, func(r fleetdb.LatestPositionRow) []any {
		return []any{clock(r.At), r.Lat, r.Lon, float64(r.Speed), int64(r.Heading)}
	},
		"SELECT at, lat, lon, speed, heading FROM pings WHERE vehicle_id = ? ORDER BY at DESC LIMIT 1", vehicle); err != nil {
		return err
	}
	recent, err := d.q.RecentPings(ctx, fleetdb.RecentPingsParams{VehicleID: vehicle, Since: morning, Until: noon, MaxRows: 50})
	if err := check(ctx, d, err, recent, func(r fleetdb.RecentPingsRow) []any {
		return []any{clock(r.At), r.Lat, r.Lon, float64(r.Speed), int64(r.Heading)}
	},
		"SELECT at, lat, lon, speed, heading FROM pings WHERE vehicle_id = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT 50",
		vehicle, clock(morning), clock(noon)); err != nil {
		return err
	}
	fast, err := d.q.FastPings(ctx, fleetdb.FastPingsParams{
		VehicleID: vehicle, Since: morning, Until: noon, MinSpeed: sqltype.From(float32(90)), MaxRows: 5,
	})
	if err := check(ctx, d, err, fast, func(r fleetdb.FastPingsRow) []any { return []any{clock(r.At), float64(r.Speed)} },
		"SELECT at, speed FROM pings WHERE vehicle_id = ? AND at >= ? AND at < ? AND speed >= 90 ORDER BY at DESC LIMIT 5",
		vehicle, clock(morning), clock(noon)); err != nil {
		return err
	}
	hours, err := d.q.HourlySpeed(ctx, fleetdb.HourlySpeedParams{VehicleID: vehicle, Since: morning, Until: noon})
	return check(ctx, d, err, hours, func(r fleetdb.HourlySpeedRow) []any {
		return []any{r.Hour.UTC().Format("2006-01-02 15"), r.Pings, r.Average, float64(r.Maximum)}
	}, `SELECT substr(at, 1, 13) AS hour, count(*), avg(speed), max(speed) FROM pings
		WHERE vehicle_id = ? AND at >= ? AND at < ? GROUP BY hour ORDER BY hour`, vehicle, clock(morning), clock(noon))
}

func clock(t time.Time) string { return t.UTC().Format(sqliteTime) }

// check compares rows, as cells make them, with what the source answers.
func check[R any](ctx context.Context, d *dispatcher, err error, rows []R, cells func(R) []any, query string, args ...any) error {
	if err != nil {
		return err
	}
	var got, want []string
	for _, r := range rows {
		got = append(got, fmt.Sprint(cells(r)...))
	}
	answer, err := d.source.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer answer.Close()
	columns, err := answer.Columns()
	if err != nil {
		return err
	}
	for answer.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := answer.Scan(into...); err != nil {
			return err
		}
		want = append(want, fmt.Sprint(row...))
	}
	if err := answer.Err(); err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s\nthe source says %q\nthe store says  %q", query, want, got)
	}
	d.checked++
	return nil
}
