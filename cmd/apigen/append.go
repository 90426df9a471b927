package main

// appenders are what appends the values of one form of the wire.
type appenders struct {
	// method is the name of the methods that append structures and times.
	method string
	// text is the function that appends a string.
	text string
}

// appendValue is the expression that appends one value: place is where it lies,
// value what lies there.
func (m *Model) appendValue(shape, place, value string, form appenders) string {
	switch s := m.Shapes[shape]; {
	case s.Type == "structure", s.Type == "timestamp":
		return place + "." + form.method + "(b)"
	case s.Type == "integer":
		return "strconv.AppendInt(b, int64(" + value + "), 10)"
	case s.Type == "boolean":
		return "strconv.AppendBool(b, " + value + ")"
	case s.Enum != nil:
		value = "string(" + value + ")"
	}
	return form.text + "(b, " + value + ")"
}
