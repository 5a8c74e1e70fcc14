package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver named sqlite
)

// The size of the source and where its clock starts.
const (
	fleetCount      = 20
	vehicleCount    = 1000
	pingsPerVehicle = 110
	pingInterval    = 6 * time.Minute
)

var firstPing = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

// sourceSchema is schema.sql as SQLite says it.
const sourceSchema = `
CREATE TABLE vehicles (id INTEGER PRIMARY KEY, fleet_id INTEGER NOT NULL, label TEXT NOT NULL, status TEXT NOT NULL);
CREATE TABLE pings (
	vehicle_id INTEGER NOT NULL, at TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, speed REAL NOT NULL, heading INTEGER NOT NULL,
	PRIMARY KEY (vehicle_id, at)) WITHOUT ROWID;`

// sqliteTime is how the source writes a time: its order as text is that of time.
const sqliteTime = "2006-01-02 15:04:05.000Z"

var statuses = []string{"idle", "moving", "charging", "workshop"}

// writeSource makes the SQLite database that the example hydrates from. It is the same for every run: vehicles drive
// about a city in a random walk with a fixed seed; the last vehicle of each fleet has never reported, and every
// seventh fell silent half-way.
func writeSource(ctx context.Context, file string) (err error) {
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = off; PRAGMA synchronous = off;"+sourceSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	vehicle, err := tx.PrepareContext(ctx, "INSERT INTO vehicles VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	ping, err := tx.PrepareContext(ctx, "INSERT INTO pings VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	for id := 1; id <= vehicleCount; id++ {
		fleet := 1 + (id-1)%fleetCount
		status := statuses[r.IntN(len(statuses))]
		if _, err := vehicle.ExecContext(ctx, id, fleet, fmt.Sprintf("F%02d-%04d", fleet, id), status); err != nil {
			return err
		}
		count := pingsPerVehicle
		switch {
		case id > vehicleCount-fleetCount:
			count = 0
		case id%7 == 0:
			count /= 2
		}
		lat, lon, heading := 47.3769+r.Float64()/5, 8.5417+r.Float64()/5, r.IntN(360)
		for i := range count {
			at := firstPing.Add(time.Duration(i)*pingInterval + time.Duration(r.IntN(60_000))*time.Millisecond)
			heading = (heading + r.IntN(61) - 30 + 360) % 360
			speed := float64(r.IntN(241)) / 2 // up to 120 km/h; halves are exact in binary
			angle := float64(heading) * math.Pi / 180
			lat += math.Cos(angle) * speed * 1e-5
			lon += math.Sin(angle) * speed * 1e-5
			if _, err := ping.ExecContext(ctx, id, at.Format(sqliteTime), micro(lat), micro(lon), speed, heading); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// micro rounds a coordinate to a millionth of a degree, about a decimetre.
func micro(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }
