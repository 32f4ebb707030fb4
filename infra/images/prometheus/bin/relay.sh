#!/bin/sh
# relay.sh SOCKET PORT: makes a Unix socket reachable on 127.0.0.1:PORT, as Prometheus scrapes TCP only. The socket may
# come and go: it is opened anew for each connection.
while :; do
  # Without a log: it would get a line for every scrape while no conductor runs, and that is what `up` says.
  socat -lf /dev/null -T 60 \
    "TCP-LISTEN:$2,bind=127.0.0.1,reuseaddr,fork,max-children=8" "UNIX-CONNECT:$1"
  echo "the relay to the conductor's metrics ended with code $?; starting it again" >&2
  sleep 1
done
