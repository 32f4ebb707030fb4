#!/usr/bin/env bash
# Starts the collector, or any other command.
#
# HEAP_SIZE        heap (default 512m)
# EXTRA_JAVA_OPTS  more options for the JVM
# LOG_LEVEL        TRACE, DEBUG, INFO, WARN or ERROR (default INFO)
# The collector itself reads the other variables: docs/collector.md lists them.
set -euo pipefail

if [ "${1:-collector}" != collector ]; then exec "$@"; fi

HOME_FOLDER=${COLLECTOR_HOME:-/opt/cdc-collector}
case "${LOG_LEVEL:=INFO}" in
  TRACE | DEBUG | INFO | WARN | ERROR) ;;
  *)
    echo "LOG_LEVEL is \"$LOG_LEVEL\"; give TRACE, DEBUG, INFO, WARN or ERROR." >&2
    exit 78
    ;;
esac

logging=/tmp/log4j.properties
cp "$HOME_FOLDER/config/log4j.properties" "$logging"
if [ -w "$HOME_FOLDER/logs" ]; then
  cat "$HOME_FOLDER/config/log4j-file.properties" >>"$logging"
fi
# shellcheck disable=SC2086 # options are words
exec java "-Xms${HEAP_SIZE:-512m}" "-Xmx${HEAP_SIZE:-512m}" -XX:+ExitOnOutOfMemoryError \
  "-Dlog.level=$LOG_LEVEL" "-Dlog.folder=$HOME_FOLDER/logs" "-Dlog4j.configuration=file:$logging" \
  ${EXTRA_JAVA_OPTS:-} -cp "$HOME_FOLDER/lib/*" io.flinktide.collector.Collector
