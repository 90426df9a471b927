package dump

// Column describes a column of a dump.
type Column struct {
	Kind          string
	Optional, Key bool
}

// Columns are those of all tables, as "table.column".
func Columns() map[string]Column {
	all := map[string]Column{}
	for _, t := range tables {
		for i, c := range t.columns {
			k := string(c.kind)
			if c.kind == sequence {
				k = "n"
			}
			all[t.name+"."+c.name] = Column{k, c.optional, i < t.keys}
		}
	}
	return all
}
