#!/usr/bin/env bash
# Run while the image is built: formats a storage folder and archives the classes of a start (AppCDS).
set -euo pipefail
jars=(/opt/kafka/libs/*.jar)
class_path=$(IFS=:; printf '%s' "${jars[*]}")
log4j=-Dlog4j.configuration=file:/opt/kafka/config/log4j.properties

sed 's|^log.dirs=.*|log.dirs=/opt/kafka/formatted|' /opt/kafka/config/server.properties >/tmp/format.properties
java "$log4j" -cp "$class_path" kafka.tools.StorageTool format \
  -t "$(tr -d - </proc/sys/kernel/random/uuid | cut -c1-22)" -c /tmp/format.properties >/dev/null

EXTRA_JAVA_OPTS="-XX:ArchiveClassesAtExit=/opt/kafka/cds/kafka.jsa -Xlog:cds=off -Xlog:cds+dynamic=off" INSIDE_HOST=localhost \
  /opt/kafka/bin/entrypoint.sh kafka >/tmp/kafka.out 2>&1 &
broker=$!
for _ in $(seq 120); do
  if grep -q 'Kafka Server started' /tmp/kafka.out; then break; fi
  sleep 0.5
done
grep 'Kafka Server started' /tmp/kafka.out
kill -TERM "$broker"
wait "$broker" || true
ls -l /opt/kafka/cds /opt/kafka/formatted
rm -rf /tmp/*.properties /tmp/kafka.out /var/lib/kafka/*
