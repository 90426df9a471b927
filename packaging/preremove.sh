#!/bin/sh
# The store in /var/lib/accord and the settings stay. An upgrade does not stop the service.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then
      systemctl disable --now accord.service
    fi
    ;;
esac
