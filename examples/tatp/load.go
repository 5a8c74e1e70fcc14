package main

import (
	"context"

	"github.com/prequel-db/prequel/examples/tatp/tatpdb"
	"github.com/prequel-db/prequel/examples/tatp/workload"
)

// rowsAtOnce is how many rows are written in one exchange.
const rowsAtOnce = 1000

// load fills the store.
func (r *register) load(ctx context.Context, subscribers workload.Subscribers) (rows int, err error) {
	batch := r.q.Batch()
	subscribers.Load(func(name string, args ...any) {
		if err != nil {
			return
		}
		r.add(batch, name, args)
		if rows++; rows%rowsAtOnce == 0 {
			err = batch.Send(ctx)
			batch = r.q.Batch()
		}
	})
	if err == nil {
		err = batch.Send(ctx)
	}
	return rows, err
}

// add puts the insert of a row into a batch.
func (r *register) add(b *tatpdb.Batch, name string, a []any) {
	id := a[0].(int64)
	n := func(i int) int16 { return a[i].(int16) }
	switch name {
	case "AddSubscriber":
		b.AddSubscriber(tatpdb.AddSubscriberParams{
			SID: id, SubNbr: a[1].(string),
			Bit1: n(2), Bit2: n(3), Bit3: n(4), Bit4: n(5), Bit5: n(6), Bit6: n(7), Bit7: n(8), Bit8: n(9), Bit9: n(10), Bit10: n(11),
			Hex1: n(12), Hex2: n(13), Hex3: n(14), Hex4: n(15), Hex5: n(16), Hex6: n(17), Hex7: n(18), Hex8: n(19), Hex9: n(20), Hex10: n(21),
			Byte21: n(22), Byte22: n(23), Byte23: n(24), Byte24: n(25), Byte25: n(26), Byte26: n(27), Byte27: n(28), Byte28: n(29),
			Byte29: n(30), Byte210: n(31), MscLocation: a[32].(int64), VlrLocation: a[33].(int64),
		})
	case "AddAccessInfo":
		b.AddAccessInfo(tatpdb.AddAccessInfoParams{SID: id, AiType: n(1), Data1: n(2), Data2: n(3), Data3: a[4].(string), Data4: a[5].(string)})
	case "AddSpecialFacility":
		r.facilities[facility{a[0].(int64), n(1)}] = true
		b.AddSpecialFacility(tatpdb.AddSpecialFacilityParams{
			SID: id, SfType: n(1), IsActive: n(2), ErrorCntrl: n(3), DataA: n(4), DataB: a[5].(string),
		})
	case "AddCallForwarding":
		r.forwarded[forwarding{facility{id, n(1)}, n(2)}] = true
		b.AddCallForwarding(tatpdb.AddCallForwardingParams{SID: id, SfType: n(1), StartTime: n(2), EndTime: n(3), Numberx: a[4].(string)})
	}
}
