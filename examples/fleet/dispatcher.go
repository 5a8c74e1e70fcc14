package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/prequel-db/prequel/examples/fleet/fleetdb"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/sqltype"
)

// dispatcher is the application: it knows the generated client and nothing below it.
type dispatcher struct {
	q       *fleetdb.Queries
	source  *sql.DB
	out     io.Writer
	calls   int
	checked int
}

// The part of the day that is asked about.
var (
	morning = firstPing.Add(2 * time.Hour)
	noon    = firstPing.Add(8 * time.Hour)
)

const (
	aFleet   = 7
	aVehicle = 27 // of fleet 7
)

// day reads, checks the answers with the source, and writes.
func (d *dispatcher) day(ctx context.Context) error {
	for _, step := range []func(context.Context) error{d.reads, d.compare, d.writes} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// timed calls a statement for many vehicles and reports the latencies, and what the first call answered.
func timed[T any](ctx context.Context, d *dispatcher, name string, call func(ctx context.Context, vehicle int64) (T, error), show func(T) string) error {
	var first T
	took := make([]time.Duration, 0, d.calls)
	for i := range d.calls {
		vehicle := int64(aVehicle)
		if i > 0 {
			vehicle = int64(1 + (i*37)%vehicleCount)
		}
		start := time.Now()
		answer, err := call(ctx, vehicle)
		took = append(took, time.Since(start))
		if err != nil && !errors.Is(err, runtime.ErrNoRows) {
			return err
		}
		if i == 0 {
			first = answer
		}
	}
	slices.Sort(took)
	fmt.Fprintf(d.out, "  %-16s p50 %7s  p99 %7s   %s\n", name, took[len(took)/2].Round(time.Microsecond),
		took[len(took)*99/100].Round(time.Microsecond), show(first))
	return nil
}

// fleetOf is the fleet that a vehicle of the source belongs to.
func fleetOf(vehicle int64) int32 { return int32(1 + (vehicle-1)%fleetCount) }

func (d *dispatcher) reads(ctx context.Context) error {
	fmt.Fprintf(d.out, "\nreads, %d calls each, through the generated client\n", d.calls)
	return errors.Join(
		timed(ctx, d, "GetVehicle", d.q.GetVehicle, func(v fleetdb.Vehicle) string {
			return fmt.Sprintf("vehicle %d is %s of fleet %d, %s", v.ID, v.Label, v.FleetID, v.Status)
		}),
		timed(ctx, d, "LatestPosition", d.q.LatestPosition, func(p fleetdb.LatestPositionRow) string {
			return fmt.Sprintf("at %s: %.5f, %.5f, %g km/h", p.At.UTC().Format(time.TimeOnly), p.Lat, p.Lon, p.Speed)
		}),
		timed(ctx, d, "FleetPositions", func(ctx context.Context, v int64) ([]fleetdb.FleetPositionsRow, error) {
			return d.q.FleetPositions(ctx, fleetOf(v))
		}, func(rows []fleetdb.FleetPositionsRow) string { return fmt.Sprintf("%d vehicles", len(rows)) }),
		timed(ctx, d, "RecentPings", func(ctx context.Context, v int64) ([]fleetdb.RecentPingsRow, error) {
			return d.q.RecentPings(ctx, fleetdb.RecentPingsParams{VehicleID: v, Since: morning, Until: noon, MaxRows: 20})
		}, func(rows []fleetdb.RecentPingsRow) string { return fmt.Sprintf("%d pings, newest first", len(rows)) }),
		timed(ctx, d, "FastPings", func(ctx context.Context, v int64) ([]fleetdb.FastPingsRow, error) {
			return d.q.FastPings(ctx, fleetdb.FastPingsParams{
				VehicleID: v, Since: morning, Until: noon, MinSpeed: sqltype.From(float32(100)), MaxRows: 20,
			})
		}, func(rows []fleetdb.FastPingsRow) string {
			return fmt.Sprintf("%d pings of 100 km/h and more", len(rows))
		}),
		timed(ctx, d, "HourlySpeed", func(ctx context.Context, v int64) ([]fleetdb.HourlySpeedRow, error) {
			return d.q.HourlySpeed(ctx, fleetdb.HourlySpeedParams{VehicleID: v, Since: morning, Until: noon})
		}, func(rows []fleetdb.HourlySpeedRow) string {
			if len(rows) == 0 {
				return "no hours"
			}
			return fmt.Sprintf("%d hours, the first with %d pings at %.2f km/h", len(rows), rows[0].Pings, rows[0].Average)
		}),
		timed(ctx, d, "CountByStatus", func(ctx context.Context, v int64) ([]fleetdb.CountByStatusRow, error) {
			return d.q.CountByStatus(ctx, fleetOf(v))
		}, func(rows []fleetdb.CountByStatusRow) string {
			text := ""
			for _, r := range rows {
				text += fmt.Sprintf("%d %s ", r.Vehicles, r.Status)
			}
			return text
		}),
		timed(ctx, d, "FastestVehicles", func(ctx context.Context, v int64) ([]fleetdb.FastestVehiclesRow, error) {
			return d.q.FastestVehicles(ctx, fleetdb.FastestVehiclesParams{FleetID: fleetOf(v), Since: morning})
		}, func(rows []fleetdb.FastestVehiclesRow) string {
			if len(rows) == 0 {
				return "none"
			}
			return fmt.Sprintf("%s leads with %g km/h", rows[0].Label, rows[0].TopSpeed)
		}),
		timed(ctx, d, "SilentVehicles", func(ctx context.Context, v int64) ([]fleetdb.SilentVehiclesRow, error) {
			return d.q.SilentVehicles(ctx, fleetdb.SilentVehiclesParams{FleetID: fleetOf(v), Since: noon})
		}, func(rows []fleetdb.SilentVehiclesRow) string {
			return fmt.Sprintf("%d not heard of since %s", len(rows), noon.Format(time.TimeOnly))
		}),
	)
}

// newVehicle is registered, driven and retired by writes.
const newVehicle = 5000

func (d *dispatcher) writes(ctx context.Context) error {
	fmt.Fprintln(d.out, "\nwrites")
	if err := d.q.RegisterVehicle(ctx, fleetdb.RegisterVehicleParams{ID: newVehicle, FleetID: aFleet, Label: "F07-new"}); err != nil {
		return err
	}
	n, err := d.q.SetStatus(ctx, fleetdb.SetStatusParams{ID: newVehicle, Status: fleetdb.VehicleStatusMoving})
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  vehicle %d registered, %d status set\n", newVehicle, n)

	// One network write for a thousand calls; each is atomic by itself.
	const pings = 1000
	start := time.Now()
	batch := d.q.Batch()
	for i := range pings {
		batch.RecordPing(fleetdb.RecordPingParams{
			VehicleID: newVehicle, At: noon.Add(time.Duration(i) * time.Second), Lat: 47.4, Lon: 8.5, Speed: float32(i % 130), Heading: int16(i % 360),
		})
	}
	if err := batch.Send(ctx); err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(d.out, "  %d pings recorded in one batch, %.0f a second\n", pings, pings/took.Seconds())
	last, err := d.q.LatestPosition(ctx, newVehicle)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  its latest position is of %s\n", last.At.UTC().Format(time.TimeOnly))

	// The same ping again is refused, as PostgreSQL refuses it, and changes nothing.
	err = d.q.RecordPing(ctx, fleetdb.RecordPingParams{VehicleID: newVehicle, At: noon, Lat: 0, Lon: 0})
	var refused *runtime.Error
	if !errors.As(err, &refused) {
		return fmt.Errorf("a second ping of the same moment gave %v", err)
	}
	fmt.Fprintf(d.out, "  a second ping of the same moment: %s (%s)\n", refused.Message, refused.SQLSTATE)

	retire := d.q.Batch()
	dropped, retired := retire.DropPings(newVehicle), retire.RetireVehicle(newVehicle)
	if err := retire.Send(ctx); err != nil {
		return err
	}
	gone, err := dropped.Get()
	if err != nil {
		return err
	}
	if n, err = retired.Get(); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "  %d vehicle retired with %d pings\n", n, gone)
	if _, err := d.q.GetVehicle(ctx, newVehicle); !errors.Is(err, runtime.ErrNoRows) {
		return fmt.Errorf("the retired vehicle is still there: %v", err)
	}
	return nil
}
