package runtime

import "github.com/prequel-db/prequel/runtime/value"

// Collect reads all rows of a query: runtime.Collect(c, err, scan) with what Query gave.
func Collect[T any](c *Cursor, err error, scan func(*Cursor) T) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var items []T
	if n := c.Len(); n > 0 {
		items = make([]T, 0, n)
	}
	for c.Next() {
		items = append(items, scan(c))
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	return items, nil
}

// First reads the first row of a query. It is ErrNoRows when there is none.
func First[T any](c *Cursor, err error, scan func(*Cursor) T) (T, error) {
	var item T
	if err != nil {
		return item, err
	}
	if !c.Next() {
		if err := c.Err(); err != nil {
			return item, err
		}
		return item, ErrNoRows
	}
	row := scan(c)
	if err := c.Err(); err != nil {
		return item, err
	}
	return row, nil
}

// A Future is the result of a call of a batch, there once the batch was sent.
type Future[T any] struct {
	pending *Pending
	read    func(*Cursor, error) (T, error)
	value   T
	err     error
	done    bool
}

// Get returns the result. Before the batch was sent it is an error.
func (f *Future[T]) Get() (T, error) {
	if !f.done {
		c, err := f.pending.Cursor()
		f.value, f.err = f.read(c, err)
		f.done = *f.pending.sent
	}
	return f.value, f.err
}

// call is the call that the future is of.
func (f *Future[T]) call() *Pending { return f.pending }

// FutureMany is the future of a :many statement.
func FutureMany[T any](p *Pending, scan func(*Cursor) T) *Future[[]T] {
	return &Future[[]T]{pending: p, read: func(c *Cursor, err error) ([]T, error) { return Collect(c, err, scan) }}
}

// FutureOne is the future of a :one statement.
func FutureOne[T any](p *Pending, scan func(*Cursor) T) *Future[T] {
	return &Future[T]{pending: p, read: func(c *Cursor, err error) (T, error) { return First(c, err, scan) }}
}

// FutureRows is the future of an :exec or :execrows statement: the number of affected rows.
func FutureRows(p *Pending) *Future[int64] {
	return &Future[int64]{pending: p, read: func(c *Cursor, err error) (int64, error) {
		if err != nil {
			return 0, err
		}
		return c.Affected(), nil
	}}
}

// LabelOf is column i, an enum, as the Go type of its labels.
func LabelOf[T ~string](c *Cursor, i int) T { return T(c.Label(i)) }

// EnumOf is the type of an enum, for LabelParam.
func EnumOf(name string, labels ...string) value.Type {
	return value.Type{Kind: value.Enum, Enum: &value.EnumType{Name: name, Labels: labels}}
}

// NonNil makes an empty slice of a nil one: NonNil(Collect(c, err, scan)). Errors pass.
func NonNil[T any](items []T, err error) ([]T, error) {
	if items == nil && err == nil {
		items = []T{}
	}
	return items, err
}

// NonNilFuture is NonNil of the result of a call of a batch.
func NonNilFuture[T any](f *Future[[]T]) *Future[[]T] {
	read := f.read
	return &Future[[]T]{pending: f.pending, read: func(c *Cursor, err error) ([]T, error) { return NonNil(read(c, err)) }}
}
