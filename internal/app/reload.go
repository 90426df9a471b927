package app

import "accord/internal/telemetry"

// reloads are the files that other programs replace while the App runs.
type reloads []reload

// reload opens a file again. If it fails, what was in use stays in use.
type reload struct {
	// what names the file in the log.
	what string
	do   func() error
}

func (r *reloads) add(what string, do func() error) { *r = append(*r, reload{what, do}) }

// run opens all files again and logs what became of it.
func (r reloads) run(log *telemetry.Log) {
	done := []string{}
	for _, reload := range r {
		if err := reload.do(); err != nil {
			log.Error("a file cannot be opened again", "file", reload.what, "error", err)
			continue
		}
		done = append(done, reload.what)
	}
	log.Info("files opened again", "files", done)
}
