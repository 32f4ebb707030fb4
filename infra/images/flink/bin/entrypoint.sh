#!/usr/bin/env bash
# Starts one Flink process: `jobmanager`, `taskmanager`, or any other command.
#
# Options come from, weakest first: the variables' defaults (config.sh), conf/flink-conf.yaml, the variables that are
# set, FLINK_PROPERTIES. The result is /tmp/flink-conf/flink-conf.yaml, so that the root file system may be read-only.
set -euo pipefail

FLINK_HOME=${FLINK_HOME:-/opt/flink}
export FLINK_HOME
export FLINK_CONF_DIR=${FLINK_CONF_DIR:-/tmp/flink-conf}
export FLINK_LIB_DIR="$FLINK_HOME/lib" FLINK_PLUGINS_DIR="$FLINK_HOME/plugins"
# shellcheck source=config.sh
. "$FLINK_HOME/bin/config.sh"

# What Flink 1.18 and later pass to Java 17; Flink 1.14 starts with the same.
JAVA_17=(
  --add-exports=java.base/sun.net.util=ALL-UNNAMED
  --add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED
  --add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED
)
for package in java.lang java.lang.reflect java.net java.io java.nio sun.nio.ch java.text java.time \
  java.util java.util.concurrent java.util.concurrent.atomic java.util.concurrent.locks; do
  JAVA_17+=("--add-opens=java.base/$package=ALL-UNNAMED")
done

# Classes that were archived when the image was built, see archive-classes.sh.
ARCHIVE=()
if [ -f "$FLINK_HOME/cds/flink.jsa" ]; then ARCHIVE=("-XX:SharedArchiveFile=$FLINK_HOME/cds/flink.jsa"); fi

class_path() {
  local jars=("$FLINK_HOME"/lib/*.jar)
  local IFS=:
  printf '%s' "${jars[*]}"
}

# Flink's own arithmetic: JVM_PARAMETERS and DYNAMIC_OPTIONS for a role, from the memory options in force.
compute_memory() {
  local command=$1 output
  shift
  if ! output=$(java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m "${ARCHIVE[@]}" \
    -cp "$(class_path):$FLINK_HOME/bin/bash-java-utils.jar" \
    org.apache.flink.runtime.util.bash.BashJavaUtils "$command" --configDir "$FLINK_CONF_DIR" "$@" 2>&1); then
    printf '%s\n' "$output" >&2
    echo "entrypoint: Flink refuses the memory options (see above)" >&2
    exit 78
  fi
  mapfile -t results < <(printf '%s\n' "$output" | sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p')
  read -r -a JVM_PARAMETERS <<<"${results[0]}"
  read -r -a DYNAMIC_OPTIONS <<<"${results[1]}"
}

configure_logging() {
  local role=$1
  cp "$FLINK_HOME/conf/log4j.properties" "$FLINK_CONF_DIR/log4j.properties"
  LOG_OPTIONS=("-Dlog4j.configurationFile=file:$FLINK_CONF_DIR/log4j.properties")
  if [ -w "$FLINK_HOME/logs" ]; then
    cat "$FLINK_HOME/conf/log4j-file.properties" >>"$FLINK_CONF_DIR/log4j.properties"
    LOG_OPTIONS+=("-Dlog.file=$FLINK_HOME/logs/flink-$role-$(hostname).log")
  fi
}

# Starts and restarts are short of CPU, and the optimizing compiler takes most of it: with it, a rescale on two cores
# takes twice as long. The JobManager never earns it back, a TaskManager does where it has cores to spare.
# EXTRA_JAVA_OPTS=-XX:TieredStopAtLevel=4 turns it on.
compiler_option() {
  if [ "$1" = jobmanager ] || [ "$(nproc)" -le 2 ]; then echo -XX:TieredStopAtLevel=1; fi
}

# start ROLE MEMORY_COMMAND MAIN_CLASS [argument...]
start() {
  local role=$1 memory_command=$2 main=$3 java_options
  shift 3
  mkdir -p "$FLINK_CONF_DIR"
  echo "$role" >"$FLINK_CONF_DIR/role"
  write_config "$role" "$FLINK_HOME/conf/flink-conf.yaml" "$FLINK_CONF_DIR/flink-conf.yaml"
  configure_logging "$role"
  compute_memory "$memory_command" "$@"
  java_options="$(compiler_option "$role") ${EXTRA_JAVA_OPTS:-} $(option env.java.opts) $(option env.java.opts.all) $(option "env.java.opts.$role")"
  # shellcheck disable=SC2086 # options are words
  exec java "${JVM_PARAMETERS[@]}" "${ARCHIVE[@]}" "${JAVA_17[@]}" "${LOG_OPTIONS[@]}" $java_options \
    -cp "$(class_path)" "$main" --configDir "$FLINK_CONF_DIR" "${ROLE_ARGUMENTS[@]}" "${DYNAMIC_OPTIONS[@]}" "$@"
}

case "${1:-help}" in
  jobmanager)
    shift
    ROLE_ARGUMENTS=(--executionMode cluster)
    start jobmanager GET_JM_RESOURCE_PARAMS \
      org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint "$@"
    ;;
  taskmanager)
    shift
    ROLE_ARGUMENTS=()
    main=org.apache.flink.runtime.taskexecutor.TaskManagerRunner
    # Flink 1.14's own does not sign off when it is asked to stop.
    if [ -f "$FLINK_HOME/lib/flinktide-sign-off.jar" ]; then main+=ThatSignsOff; fi
    start taskmanager GET_TM_RESOURCE_PARAMS "$main" "$@"
    ;;
  help)
    echo "usage: jobmanager | taskmanager | any other command"
    ;;
  *)
    exec "$@"
    ;;
esac
