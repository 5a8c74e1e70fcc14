package lua

// Texts makes the text of a number once where several places of a function need it: those that join it to strings, and arguments of the
// calls that takesText says are made texts, such as those of Redis' commands. Each would make it anew. numbers are the variables that hold
// numbers whose text is that of tostring. share computes once what is computed several times.
func Texts(body Block, numbers map[*Var]bool, takesText func(*Call) bool, share func(Block) Block) Block {
	made := map[*Call]bool{}
	inTexts(body, takesText, func(slot *Expr) {
		if v, ok := (*slot).(*Var); ok && numbers[v] {
			text := &Call{F: Global("tostring"), Args: []Expr{v}, Pure: true}
			made[text] = true
			*slot = text
		}
	})
	body = share(body)
	inTexts(body, takesText, func(slot *Expr) { // a text that one place alone needs
		if text, ok := (*slot).(*Call); ok && made[text] {
			*slot = text.Args[0]
		}
	})
	return body
}

// inTexts visits the slots of which a text is made.
func inTexts(body Block, takesText func(*Call) bool, visit func(*Expr)) {
	EachExpr(body, func(slot *Expr) {
		switch x := (*slot).(type) {
		case *Bin:
			if x.Op == ".." {
				visit(&x.L)
				visit(&x.R)
			}
		case *Call:
			if takesText(x) {
				for i := range x.Args {
					visit(&x.Args[i])
				}
			}
		}
	})
}
