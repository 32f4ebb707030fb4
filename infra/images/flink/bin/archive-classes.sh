#!/usr/bin/env bash
# Run while the image is built: archives classes (CDS), those that both processes load at their start and those in
# classes.txt. A start takes half as long, and so does the first job on a fresh process.
set -euo pipefail
export FLINK_PROPERTIES="jobmanager.rpc.address: localhost
taskmanager.host: localhost"
work=$(mktemp -d)

# record ROLE: starts a process that lists the classes it loads.
record() {
  EXTRA_JAVA_OPTS="-XX:DumpLoadedClassList=$work/$1.classes" FLINK_CONF_DIR="$work/$1" \
    "$FLINK_HOME/bin/entrypoint.sh" "$1" >"$work/$1.out" 2>&1 &
}

record jobmanager
job_manager=$!
record taskmanager
task_manager=$!
for _ in $(seq 240); do
  if curl -fs http://localhost:8081/overview | grep -q '"taskmanagers":1'; then break; fi
  sleep 0.5
done
curl -fs http://localhost:8081/overview | grep -q '"taskmanagers":1' || { cat "$work"/*.out && exit 1; }
curl -fs http://localhost:8081/jobs/overview >/dev/null
kill -TERM "$task_manager"
wait "$task_manager" || true
kill -TERM "$job_manager"
wait "$job_manager" || true

sed -s -e '/^[#@]/d' -e 's/ id:.*//' "$work"/*.classes "$FLINK_HOME/cds/classes.txt" | awk '!seen[$0]++' >"$work/all"
jars=("$FLINK_HOME"/lib/*.jar)
java -Xshare:dump -XX:SharedClassListFile="$work/all" -XX:SharedArchiveFile="$FLINK_HOME/cds/flink.jsa" \
  -XX:+UseG1GC -cp "$(IFS=:; printf '%s' "${jars[*]}")" >"$work/dump.out" 2>&1 || { tail -n 20 "$work/dump.out" && exit 1; }
ls -l "$FLINK_HOME/cds"
rm -rf "$work" "$FLINK_HOME"/logs/*
