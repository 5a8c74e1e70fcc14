package luagen

// Polymorphic reports whether a builtin needs more than the values of its arguments.
func Polymorphic(proc string) bool {
	_, ok := polymorphics[proc]
	return ok
}
