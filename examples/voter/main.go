package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/prequel-db/prequel/examples/voter/voterdb"
	"github.com/prequel-db/prequel/examples/voter/workload"
	_ "github.com/prequel-db/prequel/runtime/embedded" // an engine
)

func main() {
	engine := flag.String("engine", "embedded", "where to run: embedded or redis://host:port")
	phones := flag.Int("phones", 20_000, "how many telephones there are")
	calls := flag.Int("calls", 30_000, "how many calls to make")
	flag.Parse()
	sizes := workload.Full
	sizes.Phones = *phones
	if err := run(context.Background(), os.Stdout, *engine, sizes, *calls); err != nil {
		fmt.Fprintln(os.Stderr, "voter:", err)
		os.Exit(1)
	}
}

// run is the whole example.
func run(ctx context.Context, out io.Writer, engine string, sizes workload.Sizes, calls int) error {
	db, err := voterdb.Open(ctx, engine)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Initialize(ctx); err != nil {
		return err
	}
	s := &show{q: voterdb.New(db), sizes: sizes, votes: map[int64]int64{}, outcomes: map[int32]int{}}
	if err := s.open(ctx); err != nil {
		return err
	}
	start := time.Now()
	r := rand.New(rand.NewPCG(7, 8))
	for range calls {
		if err := s.call(ctx, r); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "called   %d times in %s: %d votes, %d for nobody, %d too many\n", calls, time.Since(start).Round(time.Millisecond),
		s.outcomes[0], s.outcomes[1], s.outcomes[2])
	if err := s.check(ctx, out); err != nil {
		return err
	}
	fmt.Fprintf(out, "checked  %d telephones, %d votes by contestant and by state: all hold\n", len(s.votes), s.outcomes[0])
	return nil
}

// show calls the statements and keeps count of what they answered.
type show struct {
	q        *voterdb.Queries
	sizes    workload.Sizes
	votes    map[int64]int64 // accepted, by telephone
	outcomes map[int32]int   // what vote returned, how often
}

// open fills the store.
func (s *show) open(ctx context.Context) error {
	batch := s.q.Batch()
	s.sizes.Load(func(name string, args ...any) {
		switch name {
		case "AddContestant":
			batch.AddContestant(voterdb.AddContestantParams{ContestantNumber: args[0].(int32), ContestantName: args[1].(string)})
		case "AddAreaCode":
			batch.AddAreaCode(voterdb.AddAreaCodeParams{AreaCode: args[0].(int16), State: args[1].(string)})
		}
	})
	return batch.Send(ctx)
}

// call makes one call.
func (s *show) call(ctx context.Context, r *rand.Rand) error {
	name, args := s.sizes.Call(r)
	var err error
	switch name {
	case "Vote":
		phone := args[0].(int64)
		outcome, failed := s.q.Vote(ctx, voterdb.VoteParams{Phone: phone, Contestant: args[1].(int32), MaxVotes: args[2].(int64)})
		if failed != nil {
			return failed
		}
		s.outcomes[outcome.V]++
		if outcome.V == 0 {
			s.votes[phone]++
		}
	case "Leaderboard":
		_, err = s.q.Leaderboard(ctx)
	case "Heatmap":
		_, err = s.q.Heatmap(ctx, args[0].(int32))
	}
	return err
}

// check compares the results with what was counted here.
func (s *show) check(ctx context.Context, out io.Writer) error {
	for phone, want := range s.votes {
		got, err := s.q.VotesOf(ctx, phone)
		if err != nil {
			return err
		}
		if got != want || got > int64(s.sizes.MaxVotes) {
			return fmt.Errorf("%d has voted %d times, not %d; at most %d are allowed", phone, got, want, s.sizes.MaxVotes)
		}
	}
	leaders, err := s.q.Leaderboard(ctx)
	if err != nil {
		return err
	}
	total := int64(0)
	for _, c := range leaders {
		states, err := s.q.Heatmap(ctx, c.ContestantNumber)
		if err != nil {
			return err
		}
		byState := int64(0)
		for _, state := range states {
			byState += state.NumVotes
		}
		if fmt.Sprint(byState) != c.TotalVotes.String() {
			return fmt.Errorf("%s has %s votes, but %d in the states together", c.ContestantName, c.TotalVotes.String(), byState)
		}
		total += byState
		fmt.Fprintf(out, "  %-16s %6d\n", c.ContestantName, byState)
	}
	if total != int64(s.outcomes[0]) {
		return fmt.Errorf("%d votes were counted, and %d accepted", total, s.outcomes[0])
	}
	return nil
}
