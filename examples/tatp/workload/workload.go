package workload

import (
	"fmt"
	"math/rand/v2"
)

// Subscribers is how many there are.
type Subscribers int

// number is a subscriber's number: 15 digits.
func number(id int64) string { return fmt.Sprintf("%015d", id) }

// random draws the description's values.
type random struct{ *rand.Rand }

func (r random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

func (r random) small(lo, hi int) int16 { return int16(r.between(lo, hi)) }

// letters is a text of n capital letters.
func (r random) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('A' + r.IntN(26))
	}
	return string(b)
}

// some are n of the numbers 1 to 4, in order.
func (r random) some(n int) []int {
	all := []int{1, 2, 3, 4}
	for len(all) > n {
		at := r.IntN(len(all))
		all = append(all[:at], all[at+1:]...)
	}
	return all
}

// hour is when forwarding may begin: at 0, 8 or 16 o'clock.
func (r random) hour() int16 { return int16(8 * r.IntN(3)) }

// Load makes the calls that fill an empty store.
func (n Subscribers) Load(call func(name string, args ...any)) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	for id := int64(1); id <= int64(n); id++ {
		args := []any{id, number(id)}
		for _, top := range []int{1, 15, 255} { // ten bits, ten half bytes, ten bytes
			for range 10 {
				args = append(args, r.small(0, top))
			}
		}
		call("AddSubscriber", append(args, r.Int64N(1<<32), r.Int64N(1<<32))...)
		for _, kind := range r.some(r.between(1, 4)) {
			call("AddAccessInfo", id, int16(kind), r.small(0, 255), r.small(0, 255), r.letters(3), r.letters(5))
		}
		for _, kind := range r.some(r.between(1, 4)) {
			active := int16(1)
			if r.IntN(100) < 15 {
				active = 0
			}
			call("AddSpecialFacility", id, int16(kind), active, r.small(0, 255), r.small(0, 255), r.letters(5))
			for _, third := range r.Perm(3)[:r.IntN(4)] { // none to three, each as likely
				begin := int16(8 * third)
				call("AddCallForwarding", id, int16(kind), begin, begin+r.small(1, 8), number(int64(r.between(1, int(n)))))
			}
		}
	}
}

// Calls is a sequence of transactions.
type Calls struct {
	n Subscribers
	r random
}

// Calls begins the sequence that a seed stands for.
func (n Subscribers) Calls(seed uint64) *Calls {
	return &Calls{n, random{rand.New(rand.NewPCG(seed, 3))}}
}

// subscriber is one of them, some far oftener than others.
func (c *Calls) subscriber() int64 {
	n := int(c.n)
	spread := 65535
	for spread > n && spread > 1 {
		spread /= 2
	}
	return int64((c.r.between(0, spread)|c.r.between(1, n))%n + 1)
}

// Next makes a call of the mix.
func (c *Calls) Next() (name string, args []any) {
	r, id := c.r, c.subscriber()
	switch n := r.IntN(100); {
	case n < 35:
		return "GetSubscriberData", []any{id}
	case n < 45:
		return "GetNewDestination", []any{id, r.small(1, 4), r.hour(), r.small(1, 24)}
	case n < 80:
		return "GetAccessData", []any{id, r.small(1, 4)}
	case n < 82:
		return "UpdateSubscriberData", []any{id, r.small(0, 1), r.small(0, 255), r.small(1, 4)}
	case n < 96:
		return "UpdateLocation", []any{r.Int64N(1 << 32), number(id)}
	case n < 98:
		return "InsertCallForwarding", []any{number(id), r.small(1, 4), r.hour(), r.small(1, 24), number(c.subscriber())}
	}
	return "DeleteCallForwarding", []any{number(id), r.small(1, 4), r.hour()}
}
