package server

import "accord/internal/api"

// record passes a call to the recorder. An authenticated call is recorded whether it
// succeeded or not [AWS: guide]; the transaction of a successful change has written
// its record itself, and an account that may not sign has no journal.
func (p *pipeline) record(c *Call, sent *api.Error) {
	if p.config.Recorder == nil || c.Caller.Account == "" || sent == nil && !c.Operation.Access.ReadOnly() {
		return
	}
	if sent != nil && sent.Type == api.UnrecognizedClient().Type {
		return
	}
	p.config.Recorder.Record(c.called, Record{
		At:        p.config.Clock.Now(),
		Service:   c.Service.Name,
		Operation: c.Operation.Name,
		ReadOnly:  c.Operation.Access.RecordedReadOnly(),
		Caller:    c.Caller,
		Request:   c.input(),
		Error:     sent,
	})
}
