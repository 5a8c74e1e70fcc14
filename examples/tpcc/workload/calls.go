package workload

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// Calls is a sequence of transactions.
type Calls struct {
	sizes Sizes
	r     random
	now   time.Time
}

// Calls begins the sequence that a seed stands for.
func (s Sizes) Calls(seed uint64) *Calls {
	return &Calls{sizes: s, r: random{rand.New(rand.NewPCG(seed, 3))}, now: start}
}

// Next makes a call of the mix: of 100, 45 new orders, 43 payments, and 4 of each other.
func (c *Calls) Next() (name string, args []any) {
	switch n := c.r.IntN(100); {
	case n < 45:
		return "NewOrder", c.NewOrder()
	case n < 88:
		return "Payment", c.payment()
	case n < 92:
		return "OrderStatus", c.orderStatus()
	case n < 96:
		return "Delivery", []any{c.warehouse(), int32(c.r.between(1, 10)), c.tick()}
	}
	return "StockLevel", []any{c.warehouse(), c.district(), int32(c.r.between(10, 20))}
}

// tick lets time go on.
func (c *Calls) tick() time.Time {
	c.now = c.now.Add(time.Duration(1+c.r.IntN(500)) * time.Millisecond)
	return c.now
}

func (c *Calls) warehouse() int32 { return int32(c.r.between(1, c.sizes.Warehouses)) }

func (c *Calls) district() int32 { return int32(c.r.between(1, Districts)) }

func (c *Calls) customer() int32 { return int32(c.r.nonUniform(1023, 259, 1, c.sizes.Customers)) }

// another is a warehouse that is not w, where there is one.
func (c *Calls) another(w int32) int32 {
	if c.sizes.Warehouses == 1 {
		return w
	}
	other := int32(c.r.between(1, c.sizes.Warehouses-1))
	if other >= w {
		other++
	}
	return other
}

// customerKey is a customer's number, or in six of ten cases the last name, and NULL for the other.
func (c *Calls) customerKey() []any {
	if c.r.IntN(10) < 6 {
		return []any{nil, lastName(c.r.nonUniform(255, 223, 0, c.sizes.names()-1))}
	}
	return []any{c.customer(), nil}
}

// NewOrder makes the parameters of a new order. One of a hundred has an item that does not exist; one line of a hundred is supplied by
// another warehouse.
func (c *Calls) NewOrder() []any {
	w := c.warehouse()
	args := []any{w, c.district(), c.customer()}
	var items, supply, quantities Ints
	for range c.r.between(5, 15) {
		items = append(items, int32(c.r.nonUniform(8191, 7911, 1, c.sizes.Items)))
		from := w
		if c.r.IntN(100) == 0 {
			from = c.another(w)
		}
		supply = append(supply, from)
		quantities = append(quantities, int32(c.r.between(1, 10)))
	}
	if c.r.IntN(100) == 0 {
		items[len(items)-1] = int32(c.sizes.Items + 1)
	}
	return append(args, items, supply, quantities, c.tick())
}

// payment makes the parameters of a payment. In 15 of 100 cases the customer is of another warehouse.
func (c *Calls) payment() []any {
	w, d := c.warehouse(), c.district()
	cw, cd := w, d
	if c.r.IntN(100) < 15 {
		cw, cd = c.another(w), c.district()
	}
	args := append([]any{w, d, cw, cd}, c.customerKey()...)
	return append(args, cents(int64(c.r.between(1_00, 5000_00))), c.tick())
}

func (c *Calls) orderStatus() []any {
	return append([]any{c.warehouse(), c.district()}, c.customerKey()...)
}

// Conditions is how many consistency conditions there are.
const Conditions = 12

// Condition makes the call of a consistency condition, whose rows are what violates it.
func (s Sizes) Condition(n int) (name string, args []any) {
	if n == 11 {
		args = []any{s.Delivered()}
	}
	return "Condition" + strconv.Itoa(n), args
}
