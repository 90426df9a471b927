package engine

import "runtime"

// RefuseNesting panics when the function that calls it is called within itself: the inner
// transaction would wait for the outer one.
func RefuseNesting() {
	callers := make([]uintptr, 200)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	this, more := frames.Next()
	for more {
		var frame runtime.Frame
		if frame, more = frames.Next(); frame.Function == this.Function {
			panic("store: Update within Update")
		}
	}
}
