package catalog

// ParentsFirst lists the tables such that each stands behind those that its foreign keys refer to, as far as these do not refer to each
// other in a circle; otherwise in order of declaration.
func (c *Catalog) ParentsFirst() []*Table {
	var out []*Table
	seen := map[string]bool{}
	var visit func(t *Table)
	visit = func(t *Table) {
		if t == nil || seen[t.Name] {
			return
		}
		seen[t.Name] = true
		for _, f := range t.ForeignKeys {
			visit(c.Table(f.RefTable))
		}
		out = append(out, t)
	}
	for _, t := range c.Tables {
		visit(t)
	}
	return out
}
