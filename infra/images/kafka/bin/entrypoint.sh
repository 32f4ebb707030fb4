#!/usr/bin/env bash
# Starts a single-node Kafka (KRaft), or any other command.
#
# INSIDE_HOST  name under which containers reach it, port 9092 (default kafka)
# HOST_PORT    port of the host that is forwarded to 9094; clients on the host are told 127.0.0.1:HOST_PORT (default 9094)
# HEAP         heap size (default 384m)
# EXTRA_JAVA_OPTS  more options for the JVM
# KAFKA_PROPERTIES  more lines for server.properties; they win
# CLUSTER_ID   one of several brokers: the id they all have (22 characters of base64); the node's own is the number at
#              the end of its host name, plus 1 (default: a cluster of one node)
set -euo pipefail

if [ "${1:-kafka}" != kafka ]; then exec "$@"; fi

DATA=/var/lib/kafka/data
CONFIG=${KAFKA_CONFIG_FILE:-/tmp/kafka-server.properties}
{
  cat /opt/kafka/config/server.properties
  echo "advertised.listeners=INSIDE://${INSIDE_HOST:-kafka}:9092,OUTSIDE://127.0.0.1:${HOST_PORT:-9094}"
  printf '%s\n' "${KAFKA_PROPERTIES:-}"
  if [ -n "${CLUSTER_ID:-}" ]; then echo "node.id=$((${HOSTNAME##*-} + 1))"; fi
} >"$CONFIG"

jars=(/opt/kafka/libs/*.jar)
class_path=$(IFS=:; printf '%s' "${jars[*]}")

# An empty volume gets the storage that was formatted when the image was built: formatting takes a JVM start.
if [ -n "${CLUSTER_ID:-}" ]; then
  java -Dlog4j.configuration=file:/opt/kafka/config/log4j.properties -cp "$class_path" kafka.tools.StorageTool format \
    --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$CONFIG" >/dev/null
elif [ ! -f "$DATA/meta.properties" ] && [ -f /opt/kafka/formatted/meta.properties ]; then
  rm -rf "$DATA.new"
  cp -r /opt/kafka/formatted "$DATA.new"
  rmdir "$DATA" 2>/dev/null || true
  mv "$DATA.new" "$DATA"
fi

flags=()
if [ -f /opt/kafka/cds/kafka.jsa ]; then flags+=(-XX:SharedArchiveFile=/opt/kafka/cds/kafka.jsa); fi
# shellcheck disable=SC2086 # options are words
exec java "-Xms${HEAP:-384m}" "-Xmx${HEAP:-384m}" -XX:+ExitOnOutOfMemoryError "${flags[@]}" \
  -Dlog4j.configuration=file:/opt/kafka/config/log4j.properties ${EXTRA_JAVA_OPTS:-} \
  -cp "$class_path" kafka.Kafka "$CONFIG"
