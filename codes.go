package prequel

const (
	// codeConfig is the code of every problem of prequel.yaml and of the files it names.
	codeConfig = "PQ0020"
	// codeGenerate is the code of a program that passed every check and has no translation all the same.
	codeGenerate = "PQ0901"
)
