package config

// Describe returns one line of help, "" for options without any.
func (o *Option) Describe() string { return descriptions()[o.Key()] }

// ArgName is the word that help shows for a string argument.
func (o *Option) ArgName() string {
	if n := argNames()[o.Key()]; n != "" {
		return n
	}
	return "TEXT"
}
