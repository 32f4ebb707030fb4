#!/bin/sh
# The probe of the role this container plays.
conf=${FLINK_CONF_DIR:-/tmp/flink-conf}
case "$(cat "$conf/role" 2>/dev/null)" in
  jobmanager)
    port=$(sed -n 's/^rest\.port:[[:space:]]*//p' "$conf/flink-conf.yaml")
    exec curl -fsS -o /dev/null "http://localhost:${port:-8081}/overview"
    ;;
  taskmanager) exec pgrep -f org.apache.flink.runtime.taskexecutor.TaskManagerRunner ;;
esac
