package workload

import (
	"math/rand/v2"
	"time"
)

// Sizes of the data.
type Sizes struct{ Segments, Campaigns, Customers int }

// Full is the size that is measured.
var Full = Sizes{Segments: 20, Campaigns: 1000, Customers: 100_000}

var start = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// Load makes the calls that fill an empty store.
func (s Sizes) Load(call func(name string, args ...any)) {
	r := rand.New(rand.NewPCG(1, 2))
	for id := 1; id <= s.Campaigns; id++ {
		price := 100 + r.IntN(900)
		budget := int64(price) * int64(20+r.IntN(5000)) // impressions that it can pay
		call("AddCampaign", int32(id), int32(id%s.Segments), int32(r.IntN(10_000)), int32(price), budget, int32(1+r.IntN(4)))
	}
	for id := 1; id <= s.Customers; id++ {
		call("AddCustomer", int64(id), int32(r.IntN(s.Segments)))
	}
}

// Decide makes the parameters of the n-th decision, a second after the one before. A fifth of them is for a twentieth of the customers.
func (s Sizes) Decide(r *rand.Rand, n int) (customer int64, now time.Time) {
	among := s.Customers
	if r.IntN(5) == 0 {
		among = max(1, among/20)
	}
	return int64(1 + r.IntN(among)), start.Add(time.Duration(n) * time.Second)
}

// Call makes the n-th call of the mix: decisions, and now and then a change of a campaign or a look at a customer.
func (s Sizes) Call(r *rand.Rand, n int) (name string, args []any) {
	campaign := int32(1 + r.IntN(s.Campaigns))
	customer, now := s.Decide(r, n)
	switch r.IntN(50) {
	case 0:
		return "SetActive", []any{campaign, r.IntN(2) == 0}
	case 1:
		return "TopUp", []any{int64(r.IntN(1_000_000)), campaign}
	case 2:
		return "ShownTo", []any{customer, now.Add(-24 * time.Hour)}
	}
	if r.IntN(500) == 0 {
		customer += int64(s.Customers) // there is none
	}
	return "Decide", []any{customer, now}
}
