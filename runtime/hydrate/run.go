package hydrate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
)

// Options of a hydration.
type Options struct {
	// Batch is the number of rows loaded by one call; 200 when 0. While one is under way the next is read.
	Batch int
	// Progress is told what was loaded, every Every (half a second when 0) and once at the end of each table. It is
	// called by one goroutine at a time.
	Progress func(Progress)
	Every    time.Duration
	// Position is where in the source's history the snapshot stands, kept in the store; may be empty.
	Position string
}

// Progress is how far a hydration has come.
type Progress struct {
	Table         string
	Number, Count int   // the table's number from 1, and how many there are
	Rows          int64 // loaded of this table
	Total         int64 // the source's count, exact or an estimate; -1 when unknown
	TableElapsed  time.Duration
	AllRows       int64 // loaded of all tables so far
	Elapsed       time.Duration
	Done          bool // the table is complete
}

// Rate is the number of rows a second of the current table.
func (p Progress) Rate() float64 {
	if s := p.TableElapsed.Seconds(); s > 0 {
		return float64(p.Rows) / s
	}
	return 0
}

// Stats sum up a hydration.
type Stats struct {
	Rows    int64
	Tables  int
	Elapsed time.Duration
}

// Run fills the store with the rows of every table that a structure needs, from one snapshot. Until it returns without an
// error the store's statements refuse to run. A failed hydration leaves the store not hydrated; it can be begun again.
func Run(ctx context.Context, db *runtime.DB, src Source, o Options) (Stats, error) {
	h := &hydration{o: o, src: src, start: time.Now()}
	if h.o.Batch == 0 {
		h.o.Batch = 200
	}
	if h.o.Every == 0 {
		h.o.Every = 500 * time.Millisecond
	}
	m := db.Program().Manifest()
	var tables []*runtime.Table
	for i := range m.Tables {
		if m.Tables[i].Load != "" {
			tables = append(tables, &m.Tables[i])
		}
	}
	loader, err := db.BeginLoad(ctx)
	if err != nil {
		return Stats{}, err
	}
	for i, t := range tables {
		if err := h.table(ctx, loader, t, Progress{Table: t.Name, Number: i + 1, Count: len(tables)}); err != nil {
			return Stats{}, err
		}
	}
	for _, q := range m.Sequences {
		last, ok, err := src.Position(ctx, q.Name, q.By)
		if err != nil {
			return Stats{}, err
		}
		if !ok {
			continue
		}
		if _, err := loader.DB().Query(ctx, db.Program().MustStatement(q.Position), value.Int(last)); err != nil {
			return Stats{}, fmt.Errorf("position of sequence %s: %w", q.Name, err)
		}
	}
	if err := loader.Finish(ctx, o.Position); err != nil {
		return Stats{}, err
	}
	return Stats{Rows: h.rows, Tables: len(tables), Elapsed: time.Since(h.start)}, nil
}

// hydration is the state of a run.
type hydration struct {
	o     Options
	src   Source
	start time.Time
	rows  int64 // of tables that are complete
}

// table loads one table: this goroutine reads and fills batches, another sends them.
func (h *hydration) table(ctx context.Context, loader *runtime.Loader, t *runtime.Table, p Progress) error {
	if err := h.src.CheckKey(ctx, t); err != nil {
		return err
	}
	var err error
	if p.Total, err = h.src.Count(ctx, t.Name); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	full := make(chan [][]value.Value, 1)
	sent := make(chan error, 1)
	begin := time.Now()
	report := func(done bool) {
		if h.o.Progress != nil {
			p.TableElapsed, p.Elapsed, p.AllRows, p.Done = time.Since(begin), time.Since(h.start), h.rows+p.Rows, done
			h.o.Progress(p)
		}
	}
	load := loader.DB().Program().MustStatement(t.Load)
	go func() {
		last := begin
		for rows := range full {
			if err := loader.Load(ctx, load, rows); err != nil {
				err = fmt.Errorf("load table %s: %w", t.Name, err)
				cancel(err) // the reader stops at its next batch
				sent <- err
				return
			}
			p.Rows += int64(len(rows))
			if time.Since(last) >= h.o.Every {
				last = time.Now()
				report(false)
			}
		}
		sent <- nil
	}()
	var rows [][]value.Value
	pass := func() error {
		select {
		case full <- rows:
			rows = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err = h.src.Rows(ctx, t, func(row []value.Value) error {
		if rows = append(rows, slices.Clone(row)); len(rows) == h.o.Batch {
			return pass()
		}
		return nil
	})
	if err == nil && len(rows) > 0 {
		err = pass()
	}
	close(full)
	if failed := <-sent; failed != nil {
		return failed // the reader's error is its consequence
	}
	if err != nil {
		return err
	}
	report(true)
	h.rows += p.Rows
	return nil
}
