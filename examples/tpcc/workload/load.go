package workload

import (
	"math/rand/v2"
	"time"
)

// Districts is how many districts a warehouse has.
const Districts = 10

// Sizes of the data. Customers are those of a district, a multiple of 10.
type Sizes struct{ Warehouses, Items, Customers int }

// Full is the size that the specification asks for.
func Full(warehouses int) Sizes {
	return Sizes{Warehouses: warehouses, Items: 100_000, Customers: 3000}
}

// start is when the first transaction comes.
var start = time.Date(2025, 3, 1, 8, 0, 0, 0, time.UTC)

// open is the first order of a district that is not delivered at the start.
func (s Sizes) open() int { return s.Customers*7/10 + 1 }

// Delivered is how many orders of a district are delivered at the start.
func (s Sizes) Delivered() int64 { return int64(s.open() - 1) }

// names is how many last names there are.
func (s Sizes) names() int { return min(1000, max(1, s.Customers/3)) }

// Load makes the calls that fill an empty store.
func (s Sizes) Load(call func(name string, args ...any)) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	for i := range s.Items {
		call("AddItem", int32(i+1), int32(r.between(1, 10_000)), r.text(14, 24), cents(int64(r.between(100, 10_000)-1)), r.data())
	}
	for i := range s.Warehouses {
		s.loadWarehouse(r, i+1, call)
	}
}

// address is two streets, a city, a state and a code.
func (r random) address() []any {
	return []any{r.text(10, 20), r.text(10, 20), r.text(10, 20), r.of(letters[26:52], 2), r.digits(4) + "11111"}
}

func (s Sizes) loadWarehouse(r random, w int, call func(name string, args ...any)) {
	args := append([]any{int32(w), r.text(6, 10)}, r.address()...)
	call("AddWarehouse", append(args, Decimal{int64(r.between(0, 2000)), 4}, cents(int64(s.Customers*Districts*10_00)))...)
	for i := range s.Items {
		args := []any{int32(i + 1), int32(w), int32(r.between(10, 100))}
		for range Districts {
			args = append(args, r.text(24, 24))
		}
		call("AddStock", append(args, int32(0), int32(0), int32(0), r.data())...)
	}
	for d := 1; d <= Districts; d++ {
		args := append([]any{int32(d), int32(w), r.text(6, 10)}, r.address()...)
		call("AddDistrict", append(args, Decimal{int64(r.between(0, 2000)), 4}, cents(int64(s.Customers*10_00)), int32(s.Customers+1))...)
		for c := 1; c <= s.Customers; c++ {
			s.loadCustomer(r, w, d, c, call)
		}
		for o, c := range r.Perm(s.Customers) {
			s.loadOrder(r, w, d, o+1, c+1, call)
		}
	}
}

func (s Sizes) loadCustomer(r random, w, d, c int, call func(name string, args ...any)) {
	name := c - 1
	if name >= s.names() {
		name = r.nonUniform(255, 7, 0, s.names()-1)
	}
	credit := "GC"
	if r.IntN(10) == 0 {
		credit = "BC"
	}
	args := append([]any{int32(c), int32(d), int32(w), r.text(8, 16), "OE", lastName(name)}, r.address()...)
	call("AddCustomer", append(args, r.digits(16), start, credit, cents(50_000_00), Decimal{int64(r.between(0, 5000)), 4}, cents(-10_00),
		cents(10_00), int32(1), int32(0), r.text(300, 500))...)
	call("AddHistory", int32(c), int32(d), int32(w), int32(d), int32(w), start, cents(10_00), r.text(12, 24))
}

func (s Sizes) loadOrder(r random, w, d, o, c int, call func(name string, args ...any)) {
	lines := r.between(5, 15)
	delivered := o < s.open()
	carrier, delivery := any(nil), any(nil)
	if delivered {
		carrier, delivery = int32(r.between(1, 10)), start
	}
	call("AddOrder", int32(o), int32(d), int32(w), int32(c), start, carrier, int32(lines), int32(1))
	for l := 1; l <= lines; l++ {
		amount := cents(0)
		if !delivered {
			amount = cents(int64(r.between(1, 9999_99)))
		}
		call("AddOrderLine", int32(o), int32(d), int32(w), int32(l), int32(r.between(1, s.Items)), int32(w), delivery, int32(5), amount, r.text(24, 24))
	}
	if !delivered {
		call("AddNewOrder", int32(o), int32(d), int32(w))
	}
}

// Spoil adds rows to a loaded store that violate every consistency condition: a district with payments that its warehouse does not
// have, a payment that nobody booked, an open order behind the last one, with a carrier and a line too few, and one whose line is delivered.
func (s Sizes) Spoil(call func(name string, args ...any)) {
	r := random{rand.New(rand.NewPCG(3, 4))}
	args := append([]any{int32(Districts + 1), int32(1), "spoiled"}, r.address()...)
	call("AddDistrict", append(args, Decimal{0, 4}, cents(1), int32(1))...)
	o, c := int32(1_000_000), int32(s.Customers)
	call("AddHistory", c, int32(1), int32(1), int32(1), int32(1), start, cents(1_00), "nobody booked this")
	call("AddOrder", o, int32(1), int32(1), c, start, int32(1), int32(2), int32(1))
	call("AddOrderLine", o, int32(1), int32(1), int32(1), int32(1), int32(1), nil, int32(5), cents(7_00), "a line")
	call("AddOrder", o+1, int32(1), int32(1), c, start, nil, int32(1), int32(1))
	call("AddOrderLine", o+1, int32(1), int32(1), int32(1), int32(1), int32(1), start, int32(5), cents(7_00), "a delivered line")
	call("AddNewOrder", o, int32(1), int32(1))
}
