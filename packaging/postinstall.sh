#!/bin/sh
# The service is neither enabled nor started: that is the operator's decision. One that
# runs goes on with the program that was installed.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart accord.service
fi
