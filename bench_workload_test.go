package prequel_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	prequel "github.com/prequel-db/prequel"
	offer "github.com/prequel-db/prequel/examples/offer/workload"
	smallbank "github.com/prequel-db/prequel/examples/smallbank/workload"
	voter "github.com/prequel-db/prequel/examples/voter/workload"
	"github.com/prequel-db/prequel/runtime"
	"github.com/prequel-db/prequel/runtime/value"
	"github.com/prequel-db/prequel/sqllogic/testdb"
)

// benchWorkload is an example's workload: calls of compiled functions, the same calls of functions written by hand, and the data of both.
type benchWorkload struct {
	name string
	load func(call func(name string, args ...any))
	// call makes the n-th call; calls of different clients may have the same n, and r is their own.
	call func(r *rand.Rand, n int) (name string, args []any)
	// handLoad fills the hand-written functions' store from the calls of load.
	handLoad func(pipe redis.Pipeliner, name string, args []any)
	hand     func(name string, args []any) []any
}

var benchWorkloads = []benchWorkload{
	{
		name: "offer", load: offer.Full.Load,
		call: func(r *rand.Rand, n int) (string, []any) {
			customer, now := offer.Full.Decide(r, n)
			return "Decide", []any{customer, now}
		},
		handLoad: offerByHand,
		hand: func(_ string, args []any) []any {
			return []any{
				"FCALL", "decide", 3, "{h}customers", fmt.Sprint("{h}impressions:", args[0]), "{h}impression_ids",
				args[0], args[1].(time.Time).UnixMicro() - 946684800000000,
			}
		},
	},
	{
		name: "voter", load: voter.Full.Load,
		call: func(r *rand.Rand, _ int) (string, []any) {
			phone, contestant, maxVotes := voter.Full.Vote(r)
			return "Vote", []any{phone, contestant, maxVotes}
		},
		handLoad: func(pipe redis.Pipeliner, name string, args []any) {
			key := "{h}contestants"
			if name == "AddAreaCode" {
				key = "{h}states"
			}
			pipe.HSet(context.Background(), key, fmt.Sprint(args[0]), args[1])
		},
		hand: func(_ string, args []any) []any {
			return []any{"FCALL", "vote", 4, "{h}contestants", "{h}votes", "{h}states", fmt.Sprint("{h}votes:", args[1]), args[0], args[1], args[2]}
		},
	},
	{
		name: "smallbank", load: smallbank.Full.Load,
		call: func(r *rand.Rand, _ int) (string, []any) { return smallbank.Full.Call(r) },
		handLoad: func(pipe redis.Pipeliner, name string, args []any) {
			key := map[string]string{"AddAccount": "{h}accounts", "AddSavings": "{h}savings", "AddChecking": "{h}checking"}[name]
			if name == "AddAccount" {
				args[0], args[1] = args[1], args[0]
			}
			pipe.HSet(context.Background(), key, fmt.Sprint(args[0]), args[1])
		},
		hand: func(name string, args []any) []any {
			command := "FCALL"
			if name == "Balance" {
				command = "FCALL_RO"
			}
			return append([]any{command, smallBankByHand[name], 3, "{h}accounts", "{h}savings", "{h}checking"}, args...)
		},
	},
}

// smallBankByHand are the functions that workloads.lua has for the bank's.
var smallBankByHand = map[string]string{
	"Balance": "balance", "DepositChecking": "deposit_checking", "TransactSavings": "transact_savings", "Amalgamate": "amalgamate",
	"WriteCheck": "write_check", "SendPayment": "send_payment",
}

// offerByHand packs campaigns and customers as workloads.lua reads them.
func offerByHand(pipe redis.Pipeliner, name string, args []any) {
	ctx := context.Background()
	pack := func(values ...any) string {
		var out []byte
		for _, v := range values {
			switch v := v.(type) {
			case int32:
				out = binary.BigEndian.AppendUint32(out, uint32(v))
			case float64:
				out = binary.BigEndian.AppendUint64(out, math.Float64bits(v))
			}
		}
		return string(out)
	}
	if name == "AddCustomer" {
		pipe.HSet(ctx, "{h}customers", fmt.Sprint(args[0]), pack(args[1], int32(0), int32(0), 0.0))
		return
	}
	id, segment, score, price, budget, limit := args[0], args[1], args[2].(int32), args[3], float64(args[4].(int64)), args[5]
	pipe.HSet(ctx, "{h}campaigns", fmt.Sprint(id), pack(segment, score, price, budget, 0.0, limit, int32(1)))
	pipe.ZAdd(ctx, fmt.Sprint("{h}show:", segment), redis.Z{Member: pack(math.MaxInt32-score, id, price, limit)})
}

// workloadStore is a Redis with a workload's data in both layouts.
type workloadStore struct {
	*benchWorkload
	db     *runtime.DB
	prog   *runtime.Program
	client *redis.Client
}

// compileWorkload compiles an example's project.
func compileWorkload(tb testing.TB, name string) (*prequel.Compiled, prequel.Config) {
	tb.Helper()
	project, problems, err := prequel.ReadProject("examples/" + name + "/prequel.yaml")
	if err != nil || problems.HasErrors() {
		tb.Fatal(err, problems)
	}
	cfg, problems := project.Config()
	if problems.HasErrors() {
		tb.Fatal(problems)
	}
	c, problems := prequel.Compile(cfg)
	if problems.HasErrors() {
		tb.Fatal(problems)
	}
	return c, cfg
}

func newWorkloadStore(b *testing.B, w *benchWorkload, config ...string) *workloadStore {
	b.Helper()
	ctx := context.Background()
	addr := testdb.Redis(b, config...)
	c, _ := compileWorkload(b, w.name)
	db := freshStore(b, "redis://"+addr, c.Manifest)
	b.Cleanup(func() { db.Close() })
	prog := db.Program()
	s := &workloadStore{benchWorkload: w, db: db, prog: prog, client: redis.NewClient(&redis.Options{Addr: addr, PoolSize: 16})}
	b.Cleanup(func() { s.client.Close() })
	text, err := os.ReadFile("testdata/bench/workloads.lua")
	if err != nil {
		b.Fatal(err)
	}
	if err := s.client.FunctionLoadReplace(ctx, string(text)).Err(); err != nil {
		b.Fatal(err)
	}
	batch, pipe, n := db.Batch(), s.client.Pipeline(), 0
	flush := func() {
		if err := batch.Send(ctx); err != nil {
			b.Fatal(err)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			b.Fatal(err)
		}
		batch, pipe = db.Batch(), s.client.Pipeline()
	}
	w.load(func(name string, args ...any) {
		st := prog.MustStatement(name)
		batch.Add(st, workloadValues(b, st.Function(), args)...)
		w.handLoad(pipe, name, args)
		if n++; n%1000 == 0 {
			flush()
		}
	})
	flush()
	return s
}

// workloadValues are a call's parameters.
func workloadValues(tb testing.TB, fn *runtime.Function, args []any) []value.Value {
	out := make([]value.Value, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case time.Time:
			out[i] = value.FromTimestamptz(a)
		case string:
			out[i] = value.String(a)
		case int64:
			out[i] = value.Int(a)
		case int32:
			out[i] = value.Int(int64(a))
		case int16:
			out[i] = value.Int(int64(a))
		default:
			tb.Fatalf("%s: a parameter is a %T", fn.Name, a)
		}
	}
	return out
}

// refusedCall reports whether a call ended in an error that the workload's own rules raise, in one of the three forms that functions give
// it: an error of the runtime, a compiled function's reply, a reply by hand.
func refusedCall(err error) bool {
	var refused *runtime.Error
	if errors.As(err, &refused) {
		return workloadRefusals[refused.SQLSTATE]
	}
	var reply redis.Error
	if !errors.As(err, &reply) {
		return false
	}
	state, _, _ := strings.Cut(strings.TrimPrefix(reply.Error(), "ERR "), " ")
	return workloadRefusals[strings.TrimPrefix(state, "PQ")]
}

// workloadRefusals are what the examples' functions raise: nobody is there, too little money, a negative amount.
var workloadRefusals = map[string]bool{"P0002": true, "23514": true, "22023": true}

// BenchmarkWorkloadServerTime compares the server's time per call of the examples' compiled functions with hand-written ones, in alternating
// rounds of the same calls. How they are sent, and the metrics, are BenchmarkServerTime's.
func BenchmarkWorkloadServerTime(b *testing.B) {
	ctx := context.Background()
	for i := range benchWorkloads {
		w := &benchWorkloads[i]
		b.Run(w.name, func(b *testing.B) {
			s := newWorkloadStore(b, w)
			addr := testdb.Redis(b)
			compiled, _ := compileWorkload(b, w.name)
			other := freshStore(b, "redis://"+addr, compiled.Manifest) // has no data: it sees what commands look like
			defer other.Close()
			e := &bench{client: s.client}
			const rounds, calls, pipeline = 10, 3000, 100
			var ratios, ours, theirs []float64
			n := 0
			for range b.N {
				for round := range rounds {
					r := rand.New(rand.NewPCG(9, uint64(n)))
					byHand := make([][]any, calls)
					byCompiler := watched(b, addr, func() error {
						for i := range calls {
							name, args := w.call(r, n+i)
							byHand[i] = w.hand(name, args)
							st := other.Program().MustStatement(name)
							if _, err := other.Query(ctx, st, workloadValues(b, st.Function(), args)...); err != nil && !refusedCall(err) {
								return err
							}
						}
						return nil
					})
					if len(byCompiler) < calls {
						b.Fatalf("%d commands of %d calls", len(byCompiler), calls)
					}
					n += calls
					var c, h float64
					if round%2 == 0 { // who comes first finds colder caches
						c, h = e.timed(b, byCompiler, pipeline, refusedCall), e.timed(b, byHand, pipeline, refusedCall)
					} else {
						h, c = e.timed(b, byHand, pipeline, refusedCall), e.timed(b, byCompiler, pipeline, refusedCall)
					}
					ratios, ours, theirs = append(ratios, c/h), append(ours, c), append(theirs, h)
				}
			}
			b.ReportMetric(median(ours), "compiled-us")
			b.ReportMetric(median(theirs), "hand-us")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
