#!/bin/sh
# Starts Prometheus on port 9090; arguments are passed on to it.
#
# PROMETHEUS_CONFIG     the whole configuration as YAML text (default: the file /etc/prometheus/prometheus.yml)
# PROMETHEUS_RETENTION  how long samples are kept (default 15d)
set -eu
config=/etc/prometheus/prometheus.yml
if [ -n "${PROMETHEUS_CONFIG:-}" ]; then
  config=/tmp/prometheus.yml
  printf '%s\n' "$PROMETHEUS_CONFIG" >"$config"
fi
exec prometheus --config.file="$config" --storage.tsdb.path=/prometheus \
  --storage.tsdb.retention.time="${PROMETHEUS_RETENTION:-15d}" --web.listen-address=0.0.0.0:9090 \
  --web.enable-lifecycle "$@"
