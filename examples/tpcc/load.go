package main

import (
	"context"
	"time"

	"github.com/prequel-db/prequel/examples/tpcc/tpccdb"
	"github.com/prequel-db/prequel/examples/tpcc/workload"
	"github.com/prequel-db/prequel/runtime/sqltype"
)

// rowsAtOnce is how many rows are written in one exchange.
const rowsAtOnce = 1000

// load fills the store and returns the number of rows.
func load(ctx context.Context, q *tpccdb.Queries, sizes workload.Sizes) (rows int, err error) {
	batch := q.Batch()
	sizes.Load(func(name string, args ...any) {
		if err != nil {
			return
		}
		add(batch, name, args)
		if rows++; rows%rowsAtOnce == 0 {
			err = batch.Send(ctx)
			batch = q.Batch()
		}
	})
	if err == nil {
		err = batch.Send(ctx)
	}
	return rows, err
}

func number(a any) sqltype.Numeric { return sqltype.Numeric(a.(workload.Decimal).String()) }

// given is a parameter that may be NULL.
func given[T any](a any) sqltype.Null[T] {
	v, ok := a.(T)
	return sqltype.Null[T]{V: v, Valid: ok}
}

// add puts the insert of a row into a batch.
func add(b *tpccdb.Batch, name string, a []any) {
	n := func(i int) int32 { return a[i].(int32) }
	s := func(i int) string { return a[i].(string) }
	switch name {
	case "AddWarehouse":
		b.AddWarehouse(tpccdb.AddWarehouseParams{
			WID: n(0), WName: s(1), WStreet1: s(2), WStreet2: s(3), WCity: s(4), WState: s(5), WZip: s(6), WTax: number(a[7]), WYtd: number(a[8]),
		})
	case "AddDistrict":
		b.AddDistrict(tpccdb.AddDistrictParams{
			DID: n(0), DWID: n(1), DName: s(2), DStreet1: s(3), DStreet2: s(4), DCity: s(5), DState: s(6), DZip: s(7), DTax: number(a[8]),
			DYtd: number(a[9]), DNextOID: n(10),
		})
	case "AddCustomer":
		b.AddCustomer(tpccdb.AddCustomerParams{
			CID: n(0), CDID: n(1), CWID: n(2), CFirst: s(3), CMiddle: s(4), CLast: s(5), CStreet1: s(6), CStreet2: s(7), CCity: s(8),
			CState: s(9), CZip: s(10), CPhone: s(11), CSince: a[12].(time.Time), CCredit: s(13), CCreditLim: number(a[14]),
			CDiscount: number(a[15]), CBalance: number(a[16]), CYtdPayment: number(a[17]), CPaymentCnt: n(18), CDeliveryCnt: n(19), CData: s(20),
		})
	case "AddHistory":
		b.AddHistory(tpccdb.AddHistoryParams{
			HCID: n(0), HCDID: n(1), HCWID: n(2), HDID: n(3), HWID: n(4), HDate: a[5].(time.Time), HAmount: number(a[6]), HData: s(7),
		})
	case "AddOrder":
		b.AddOrder(tpccdb.AddOrderParams{
			OID: n(0), ODID: n(1), OWID: n(2), OCID: n(3), OEntryD: a[4].(time.Time), OCarrierID: given[int32](a[5]), OOlCnt: n(6), OAllLocal: n(7),
		})
	case "AddNewOrder":
		b.AddNewOrder(tpccdb.AddNewOrderParams{NoOID: n(0), NoDID: n(1), NoWID: n(2)})
	case "AddItem":
		b.AddItem(tpccdb.AddItemParams{IID: n(0), IImID: n(1), IName: s(2), IPrice: number(a[3]), IData: s(4)})
	case "AddStock":
		b.AddStock(tpccdb.AddStockParams{
			SIID: n(0), SWID: n(1), SQuantity: n(2), SDist01: s(3), SDist02: s(4), SDist03: s(5), SDist04: s(6), SDist05: s(7), SDist06: s(8),
			SDist07: s(9), SDist08: s(10), SDist09: s(11), SDist10: s(12), SYtd: n(13), SOrderCnt: n(14), SRemoteCnt: n(15), SData: s(16),
		})
	case "AddOrderLine":
		b.AddOrderLine(tpccdb.AddOrderLineParams{
			OlOID: n(0), OlDID: n(1), OlWID: n(2), OlNumber: n(3), OlIID: n(4), OlSupplyWID: n(5), OlDeliveryD: given[time.Time](a[6]),
			OlQuantity: n(7), OlAmount: number(a[8]), OlDistInfo: s(9),
		})
	}
}
