package main

import (
	"github.com/coreos/go-systemd/v22/daemon"

	"accord/internal/telemetry"
)

// notifyManager tells a service manager such as systemd, which has set NOTIFY_SOCKET, how
// the server is. Without one it does nothing. [systemd: sd_notify(3)]
func notifyManager(log *telemetry.Log, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("the service manager was not told", "state", state, "error", err)
	}
}
