package workload

import "math/rand/v2"

// Sizes of the data. Contestants are as many of names; each of AreaCodes belongs to a state.
type Sizes struct{ Contestants, AreaCodes, Phones, MaxVotes int }

// Full is the size that is measured: six contestants, and as many area codes as the United States and Canada have.
var Full = Sizes{Contestants: 6, AreaCodes: 304, Phones: 1_000_000, MaxVotes: 2}

var names = []string{
	"Edwina Burnam", "Tabatha Gehling", "Kelly Clauss", "Jessie Alloway", "Alana Bregman", "Jessie Eichman",
	"Allie Rogalski", "Nita Coster", "Kurt Walser", "Ericka Dieter", "Loraine Nygren", "Tania Mattioli",
}

var states = []string{
	"AK", "AL", "AR", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI",
	"MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA",
	"VT", "WA", "WI", "WV", "WY",
}

// areaCode is the i-th area code.
func areaCode(i int) int64 { return int64(201 + i*2) }

// Load makes the calls that fill an empty store.
func (s Sizes) Load(call func(name string, args ...any)) {
	for i := range s.Contestants {
		call("AddContestant", int32(i+1), names[i%len(names)])
	}
	for i := range s.AreaCodes {
		call("AddAreaCode", int16(areaCode(i)), states[i*7%len(states)])
	}
}

// Vote makes the parameters of a call. One in a hundred votes for nobody, and one in a hundred comes from an unknown area.
func (s Sizes) Vote(r *rand.Rand) (phone int64, contestant int32, maxVotes int64) {
	contestant = int32(1 + r.IntN(s.Contestants))
	if r.IntN(100) == 0 {
		contestant = 999
	}
	subscriber := r.IntN(s.Phones)
	area := areaCode(subscriber % s.AreaCodes)
	if subscriber%100 == 99 {
		area = 200
	}
	return area*10_000_000 + int64(subscriber), contestant, int64(s.MaxVotes)
}

// Call makes a call of the mix: votes, and now and then a look at the results.
func (s Sizes) Call(r *rand.Rand) (name string, args []any) {
	phone, contestant, maxVotes := s.Vote(r)
	switch r.IntN(100) {
	case 0:
		return "Leaderboard", nil
	case 1:
		return "Heatmap", []any{contestant}
	case 2:
		return "VotesOf", []any{phone}
	}
	return "Vote", []any{phone, contestant, maxVotes}
}
