#!/bin/sh
# kubernetes-targets.sh LABEL_SELECTOR FILE: keeps FILE as Prometheus's file_sd has it, with every running pod of the
# cluster that the selector fits and that has a port called "metrics". Debian's Prometheus can't ask Kubernetes itself.
# Asks as the pod's service account, every 5 s; a question that fails leaves FILE as it was.
set -u
account=/var/run/secrets/kubernetes.io/serviceaccount
api="https://${KUBERNETES_SERVICE_HOST:?}:${KUBERNETES_SERVICE_PORT:-443}/api/v1/pods"
targets='[.items[] | select(.status.phase == "Running" and .status.podIP) | . as $pod
  | .spec.containers[].ports[]? | select(.name == "metrics")
  | { targets: ["\($pod.status.podIP):\(.containerPort)"],
      labels: { tenant: ($pod.metadata.labels["flinktide.io/tenant"] // ""),
                process: ($pod.metadata.labels["app.kubernetes.io/name"] // ""),
                pod: $pod.metadata.name } }] | sort_by(.labels.pod)'
trap 'exit 0' TERM INT
while :; do
  if pods=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat "$account/token")" |
    curl -fsS --max-time 10 --config - --cacert "$account/ca.crt" --get --data-urlencode "labelSelector=$1" "$api") &&
    printf '%s' "$pods" | jq "$targets" >"$2.new"; then
    cmp -s "$2.new" "$2" || mv "$2.new" "$2"
  fi
  sleep 5 &
  wait $!
done
