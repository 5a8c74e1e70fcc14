package workload

import (
	"fmt"
	"math/rand/v2"
)

// Sizes of the data. Of the calls nine in ten are for the Hot first customers.
type Sizes struct{ Customers, Hot int }

// Full is the size that is measured.
var Full = Sizes{Customers: 100_000, Hot: 1000}

// Initial is what the bank holds after Load, in cents: between 10,000 and 50,000 in every account.
func (s Sizes) Initial() int64 {
	total := int64(0)
	s.Load(func(name string, args ...any) {
		if name != "AddAccount" {
			total += args[1].(int64)
		}
	})
	return total
}

// Load makes the calls that fill an empty store.
func (s Sizes) Load(call func(name string, args ...any)) {
	r := rand.New(rand.NewPCG(3, 4))
	for id := range s.Customers {
		call("AddAccount", int64(id), Name(id))
		call("AddSavings", int64(id), 10_000+r.Int64N(40_000))
		call("AddChecking", int64(id), 10_000+r.Int64N(40_000))
	}
}

// Name is a customer's name.
func Name(id int) string { return fmt.Sprintf("%010d", id) }

func (s Sizes) customer(r *rand.Rand) string {
	if r.IntN(10) > 0 {
		return Name(r.IntN(s.Hot))
	}
	if r.IntN(1000) == 0 {
		return "nobody"
	}
	return Name(r.IntN(s.Customers))
}

// Call makes a call of the mix: a quarter moves money from one customer to another, the other transactions have fifteen in a hundred each.
func (s Sizes) Call(r *rand.Rand) (name string, args []any) {
	customer := s.customer(r)
	other := s.customer(r)
	for other == customer {
		other = s.customer(r)
	}
	switch n := r.IntN(100); {
	case n < 15:
		return "Balance", []any{customer}
	case n < 30:
		return "DepositChecking", []any{customer, int64(130)}
	case n < 45:
		return "TransactSavings", []any{customer, r.Int64N(4000) - 2000}
	case n < 60:
		return "Amalgamate", []any{customer, other}
	case n < 75:
		return "WriteCheck", []any{customer, int64(500)}
	default:
		return "SendPayment", []any{customer, other, int64(500)}
	}
}
