package builtin

import (
	"github.com/prequel-db/prequel/runtime/value"
)

// The types that rules mention by name.
const (
	BoolOID, ByteaOID, Int8OID, Int2OID, Int4OID, TextOID             OID = 16, 17, 20, 21, 23, 25
	JSONOID, JSONBOID, Float4OID, Float8OID, UnknownOID               OID = 114, 3802, 700, 701, 705
	BpcharOID, VarcharOID, DateOID, TimeOID, TimestampOID             OID = 1042, 1043, 1082, 1083, 1114
	TimestamptzOID, IntervalOID, NumericOID, UUIDOID, RecordOID       OID = 1184, 1186, 1700, 2950, 2249
	VoidOID, NameOID, CharOID, RecordArrayOID                         OID = 2278, 19, 18, 2287
	AnyOID, AnyArrayOID, AnyElementOID, AnyNonArrayOID, AnyEnumOID    OID = 2276, 2277, 2283, 2776, 3500
	AnyRangeOID, AnyMultirangeOID                                     OID = 3831, 4537
	AnyCompatibleOID, AnyCompatibleArrayOID, AnyCompatibleNonArrayOID OID = 5077, 5078, 5079
	AnyCompatibleRangeOID, AnyCompatibleMultirangeOID                 OID = 5080, 4538
	int2vectorOID, oidvectorOID                                       OID = 22, 30
	firstEnumOID                                                      OID = 1 << 20 // enums: even offsets, their arrays: odd
)

var kindOIDs = [...]OID{
	value.Unknown: UnknownOID, value.Bool: BoolOID, value.Int2: Int2OID, value.Int4: Int4OID, value.Int8: Int8OID,
	value.Float4: Float4OID, value.Float8: Float8OID, value.Numeric: NumericOID, value.Text: TextOID, value.Varchar: VarcharOID,
	value.Char: BpcharOID, value.Bytea: ByteaOID, value.Date: DateOID, value.Time: TimeOID, value.Timestamp: TimestampOID,
	value.Timestamptz: TimestamptzOID, value.Interval: IntervalOID, value.UUID: UUIDOID, value.JSON: JSONOID, value.JSONB: JSONBOID,
	value.Record: RecordOID, value.Void: VoidOID,
}

var oidKinds = func() map[OID]value.Kind {
	m := map[OID]value.Kind{}
	for k, o := range kindOIDs {
		if o != 0 {
			m[o] = value.Kind(k)
		}
	}
	return m
}()

// Universe is PostgreSQL's types with a schema's enum types. It is immutable and safe for concurrent use.
type Universe struct {
	t     *tableSet
	enums []*value.EnumType
	types []*Type // two for each enum: the type and its array
	index map[string]int
}

// NewUniverse returns the universe of a schema with those enum types.
func NewUniverse(enums []*value.EnumType) *Universe {
	u := &Universe{t: tables(), enums: enums, index: map[string]int{}}
	for i, e := range enums {
		at := firstEnumOID + OID(2*i)
		u.index[e.Name] = i
		u.types = append(u.types,
			&Type{OID: at, Name: e.Name, Category: 'E', Kind: 'e', Array: at + 1, Format: e.Name},
			&Type{OID: at + 1, Name: "_" + e.Name, Category: 'A', Kind: 'b', Elem: at, Format: e.Name + "[]"})
	}
	return u
}

// Type returns a type's description, nil when there is none with that OID.
func (u *Universe) Type(o OID) *Type {
	if o >= firstEnumOID {
		if i := int(o - firstEnumOID); i < len(u.types) {
			return u.types[i]
		}
		return nil
	}
	return u.t.types[o]
}

// Format is the type's name in messages.
func (u *Universe) Format(o OID) string {
	if t := u.Type(o); t != nil {
		return t.Format
	}
	return "???"
}

// TypeNamed finds a type by its internal name (int4, _text, an enum's name). Enum types of the schema come last, as
// pg_catalog comes first in the search path.
func (u *Universe) TypeNamed(name string) *Type {
	if t := u.t.typeNames[name]; t != nil {
		return t
	}
	if i, ok := u.index[name]; ok {
		return u.types[2*i]
	}
	if len(name) > 1 && name[0] == '_' {
		if i, ok := u.index[name[1:]]; ok {
			return u.types[2*i+1]
		}
	}
	return nil
}

// OID is the catalog's identifier of a type of values.
func (u *Universe) OID(t value.Type) OID {
	switch t.Kind {
	case value.Enum:
		if i, ok := u.index[t.Enum.Name]; ok {
			return firstEnumOID + OID(2*i)
		}
		return 0
	case value.Array:
		if t.Elem.Kind == value.Unknown {
			return 0
		}
		if e := u.Type(u.OID(*t.Elem)); e != nil {
			return e.Array
		}
		return 0
	}
	return kindOIDs[t.Kind]
}

// TypeOf is the type of values with that OID, without modifier; false when Prequel has no values of the type.
func (u *Universe) TypeOf(o OID) (value.Type, bool) {
	if o >= firstEnumOID {
		i := int(o - firstEnumOID)
		if i >= len(u.types) {
			return value.Type{}, false
		}
		t := value.Type{Kind: value.Enum, Enum: u.enums[i/2]}
		if i%2 == 1 {
			t = value.ArrayOf(t)
		}
		return t, true
	}
	if k, ok := oidKinds[o]; ok {
		return value.Of(k), true
	}
	if t := u.t.types[o]; t != nil && t.Elem != 0 {
		if k, ok := oidKinds[t.Elem]; ok {
			return value.ArrayOf(value.Of(k)), true
		}
	}
	return value.Type{}, false
}

// ElemOf is the element type of an array type, 0 for others.
func (u *Universe) ElemOf(o OID) OID {
	if t := u.Type(o); t != nil {
		return t.Elem
	}
	return 0
}

// ArrayOf is the array type over an element type, 0 when there is none.
func (u *Universe) ArrayOf(o OID) OID {
	if t := u.Type(o); t != nil {
		return t.Array
	}
	return 0
}

func (u *Universe) category(o OID) (byte, bool) {
	if t := u.Type(o); t != nil {
		return t.Category, t.Preferred
	}
	return 0, false
}

func (u *Universe) preferred(category byte, o OID) bool {
	c, p := u.category(o)
	return p && (c == category || category == 0)
}

// Procs returns the functions of that name, in catalog order.
func (u *Universe) Procs(name string) []*Proc { return u.t.procs[name] }

// Less, Equal and Greater are a type's btree operators (strategies 1, 3, 5) over the type that declares them.
type Ordering struct{ Less, Equal, Greater *Operator }

// Ordering is the type's default sort order; false when the type has none (json, point).
func (u *Universe) Ordering(o OID) (Ordering, bool) {
	t := u.Type(o)
	if t == nil {
		return Ordering{}, false
	}
	key := o
	switch {
	case o == VarcharOID:
		key = TextOID // binary coercible, varchar has no operators of its own
	case t.Kind == 'e':
		key = AnyEnumOID
	case t.Elem != 0:
		if _, ok := u.Ordering(t.Elem); !ok {
			return Ordering{}, false
		}
		key = AnyArrayOID
	case t.Kind == 'r':
		key = AnyRangeOID
	case t.Kind == 'm':
		key = AnyMultirangeOID
	}
	d, ok := u.t.orders[key]
	if !ok {
		return Ordering{}, false
	}
	return Ordering{u.t.operByOID[d.less], u.t.operByOID[d.equal], u.t.operByOID[d.greater]}, true
}
