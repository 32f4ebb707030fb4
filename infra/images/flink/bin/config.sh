# Environment variables -> Flink options. Sourced by entrypoint.sh.
#
# A variable that is set to nothing leaves its option to Flink.

# role | variable | option | default (- for none)
FLINK_VARIABLES='
both|JOB_MANAGER_RPC_PORT|jobmanager.rpc.port|6123
both|CHECKPOINT_DIR|state.checkpoints.dir|file:///opt/flink/checkpoints
both|SAVEPOINT_DIR|state.savepoints.dir|file:///opt/flink/savepoints
both|STATE_BACKEND|state.backend|hashmap
both|HA_MODE|high-availability|NONE
both|HA_ZOOKEEPER_QUORUM|high-availability.zookeeper.quorum|-
both|HA_CLUSTER_ID|high-availability.cluster-id|/default
jobmanager|JOB_MANAGER_RPC_ADDRESS|jobmanager.rpc.address|localhost
jobmanager|JOB_MANAGER_HEAP_SIZE|jobmanager.memory.heap.size|1024m
jobmanager|REST_PORT|rest.port|8081
jobmanager|BLOB_SERVER_PORT|blob.server.port|6124
jobmanager|PARALLELISM_DEFAULT|parallelism.default|4
jobmanager|CHECKPOINT_INTERVAL|execution.checkpointing.interval|300000
taskmanager|JOB_MANAGER_RPC_ADDRESS|jobmanager.rpc.address|jobmanager
taskmanager|TASK_MANAGER_HEAP_SIZE|taskmanager.memory.task.heap.size|1024m
taskmanager|TASK_MANAGER_MEMORY_PROCESS_SIZE|taskmanager.memory.process.size|1728m
taskmanager|TASK_MANAGER_MEMORY_MANAGED_SIZE|taskmanager.memory.managed.size|512m
taskmanager|TASK_MANAGER_NUMBER_OF_TASK_SLOTS|taskmanager.numberOfTaskSlots|4
taskmanager|TASK_MANAGER_RPC_PORT|taskmanager.rpc.port|6122
taskmanager|TASK_MANAGER_DATA_PORT|taskmanager.data.port|6121
taskmanager|TASK_MANAGER_NETWORK_MEMORY_MIN|taskmanager.memory.network.min|64m
taskmanager|TASK_MANAGER_NETWORK_MEMORY_MAX|taskmanager.memory.network.max|256m
'

# given FILE OPTION...: whether the file sets one of the options.
given() {
  local file=$1 option
  shift
  for option in "$@"; do
    if grep -qE "^[[:space:]]*${option//./\\.}[[:space:]]*:" "$file"; then return 0; fi
  done
  return 1
}

# option NAME: the value in force, or nothing.
option() {
  awk -v key="$1" 'index($0, key ":") == 1 { sub(/^[^:]*:[ \t]*/, ""); print }' "$FLINK_CONF_DIR/flink-conf.yaml"
}

# The defaults of the two heap sizes, of the process size and of managed memory can't all hold at once: a size that
# somebody chose takes the place of the defaults it contradicts.
# keeps_default VARIABLE CHOSEN: whether the variable's default still applies beside what was chosen.
keeps_default() {
  local total=(taskmanager.memory.process.size taskmanager.memory.flink.size taskmanager.heap.size)
  case "$1" in
    JOB_MANAGER_HEAP_SIZE)
      ! given "$2" jobmanager.memory.process.size jobmanager.memory.flink.size jobmanager.heap.size
      ;;
    TASK_MANAGER_MEMORY_PROCESS_SIZE)
      ! given "$2" "${total[@]:1}" taskmanager.memory.task.heap.size
      ;;
    # The process size decides; the heap size does only where a process size was taken away by setting it to nothing.
    TASK_MANAGER_HEAP_SIZE)
      [ "${TASK_MANAGER_MEMORY_PROCESS_SIZE-unset}" = "" ] && ! given "$2" "${total[@]}"
      ;;
    # 512m is 40 % (Flink's default fraction) of what the default process size leaves; another total has its own 40 %.
    TASK_MANAGER_MEMORY_MANAGED_SIZE)
      ! given "$2" "${total[@]}" taskmanager.memory.managed.fraction
      ;;
    *) return 0 ;;
  esac
}

# Options of the variables of a role that are set.
set_variables() {
  local role name key default
  while IFS='|' read -r role name key default; do
    if [ -z "$role" ] || { [ "$role" != both ] && [ "$role" != "$1" ]; }; then continue; fi
    if [ -n "${!name:-}" ]; then printf '%s: %s\n' "$key" "${!name}"; fi
  done <<<"$FLINK_VARIABLES"
}

# Options of the variables of a role that are not set: their defaults.
default_variables() {
  local role name key default
  while IFS='|' read -r role name key default; do
    if [ -z "$role" ] || { [ "$role" != both ] && [ "$role" != "$1" ]; }; then continue; fi
    if [ "$default" = - ] || [ -n "${!name+set}" ]; then continue; fi
    if keeps_default "$name" "$2"; then printf '%s: %s\n' "$key" "$default"; fi
  done <<<"$FLINK_VARIABLES"
}

# What depends on the container rather than on a variable.
derived_options() {
  local checkpoints=${CHECKPOINT_DIR:-file:///opt/flink/checkpoints}
  if [ "$1" = taskmanager ]; then
    printf 'taskmanager.host: %s\n' "$(hostname -i | cut -d' ' -f1)"
  fi
  case "${HA_MODE:-NONE}" in
    NONE | none) ;;
    *) printf 'high-availability.storageDir: %s/ha\n' "${checkpoints%/}" ;;
  esac
}

# write_config ROLE BASE TARGET: the effective options, one line each, the last one given wins.
write_config() {
  local chosen="$3.chosen"
  {
    cat "$2"
    echo
    set_variables "$1"
    printf '%s\n' "${FLINK_PROPERTIES:-}"
  } >"$chosen"
  {
    derived_options "$1"
    default_variables "$1" "$chosen"
    cat "$chosen"
  } | awk '
    /^[ \t]*(#|$)/ { next }
    { sub(/^[ \t]+/, ""); key = $0; sub(/[ \t]*:.*/, "", key) }
    !(key in value) { order[++count] = key }
    { value[key] = $0 }
    END { for (i = 1; i <= count; i++) print value[order[i]] }
  ' >"$3"
  rm "$chosen"
}
