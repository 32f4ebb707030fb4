#!/bin/sh
# Starts Prometheus on port 9090; arguments are passed on to it.
#
# PROMETHEUS_CONFIG     the whole configuration as YAML text (default: the file /etc/prometheus/prometheus.yml)
# PROMETHEUS_RULES      rules as YAML text; the file rules.yml beside the configuration (default: none)
# PROMETHEUS_RETENTION  how long samples are kept (default 15d)
# CONDUCTOR_SOCKET      Unix socket on which the conductor serves its metrics (default: none)
# CONDUCTOR_PORT        port on 127.0.0.1, inside the container, that leads to that socket
set -eu
config=/etc/prometheus/prometheus.yml
if [ -n "${PROMETHEUS_CONFIG:-}" ]; then
  config=${TMPDIR:-/tmp}/prometheus.yml
  printf '%s\n' "$PROMETHEUS_CONFIG" >"$config"
fi
if [ -n "${PROMETHEUS_RULES:-}" ]; then
  printf '%s\n' "$PROMETHEUS_RULES" >"${TMPDIR:-/tmp}/rules.yml"
fi
if [ -n "${CONDUCTOR_SOCKET:-}" ]; then
  : "${CONDUCTOR_PORT:?}"
  # In a subshell of its own, so that tini is its parent, and not Prometheus, which reaps nothing.
  ("$(dirname "$0")/relay.sh" "$CONDUCTOR_SOCKET" "$CONDUCTOR_PORT" &)
fi
exec prometheus --config.file="$config" --storage.tsdb.path=/prometheus \
  --storage.tsdb.retention.time="${PROMETHEUS_RETENTION:-15d}" --web.listen-address=0.0.0.0:9090 \
  --web.enable-lifecycle "$@"
