// Package delta splits queries into what is maintained and what is computed at read, and derives how a maintained relation
// changes when a row of a base table does. Algebra in, algebra out.
//
// Split takes the parameters out of a query: the parameter-free, total (never raising) parts below become views, the rest
// stays and reads them as if they were tables:
//
//	SELECT p.lat FROM vehicles v JOIN pings p ON p.vehicle_id = v.id WHERE v.fleet_id = $1
//	  view: vehicles JOIN pings ON p.vehicle_id = v.id     columns fleet_id, lat, and the tables' keys
//	  read: filter fleet_id = $1 over the view
//
// A view's maintenance is again a query: the view's definition with the changed table replaced by the changed row
// (algebra.Delta). Because the row's columns are constants then, every join that touched the table becomes a lookup; the
// residual has one relation less, so this ends.
//
// Not maintained here, but computed at read over maintained inputs: outer and semi joins, set operations, windows, and
// aggregates over floating point, whose sums depend on the order of addition.
package delta
