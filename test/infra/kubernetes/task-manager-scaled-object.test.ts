import {
  scaledObjectSpec,
  TaskManagerScaledObject,
} from "../../../infra/kubernetes/task-manager-scaled-object";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

const ARGS = {
  ...{ environment: "prod", tenant: "acme", least: 2, most: 6 },
  prometheusUrl: "http://prometheus.flinktide-prod.svc:9090",
};

it("has KEDA add a fifth at once, never take any away, and know a missing metric from a low one", () => {
  expect(scaledObjectSpec(ARGS)).toEqual({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "taskmanager" },
    minReplicaCount: 2,
    maxReplicaCount: 6,
    advanced: {
      horizontalPodAutoscalerConfig: {
        name: "taskmanager",
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 0,
            selectPolicy: "Max",
            policies: [{ type: "Percent", value: 20, periodSeconds: 60 }],
          },
          scaleDown: { selectPolicy: "Disabled" },
        },
      },
    },
    triggers: [
      {
        type: "prometheus",
        metricType: "Value",
        metadata: {
          serverAddress: "http://prometheus.flinktide-prod.svc:9090",
          query: 'max(flinktide_capacity_pressure{environment="prod",tenant="acme"})',
          threshold: "1",
          ignoreNullValues: "false",
        },
      },
    ],
  });
});

it.each([
  ["a ceiling below the floor gives way", 4, 3, 4, 4],
  ["a floor of none is one: KEDA would scale to zero", 0, 0, 1, 1],
])("%s", (_, least, most, minReplicaCount, maxReplicaCount) => {
  expect(scaledObjectSpec({ ...ARGS, least, most })).toMatchObject({
    minReplicaCount,
    maxReplicaCount,
  });
});

it("a Prometheus is asked at its address without a slash after it: KEDA adds one", () => {
  const { triggers } = scaledObjectSpec({ ...ARGS, prometheusUrl: "https://p.example.com/x/" });
  expect(triggers[0]?.metadata.serverAddress).toBe("https://p.example.com/x");
});

it("lies in the tenant's namespace, and may be changed by others meanwhile", async () => {
  const all = await record(() => new TaskManagerScaledObject("task-managers", ARGS));
  expect(names(all)).toEqual([
    "flinktide:kubernetes:TaskManagerScaledObject task-managers",
    "kubernetes:keda.sh/v1alpha1:ScaledObject task-managers-scaled-object",
  ]);
  expect(inputsOf(all, "task-managers-scaled-object")).toMatchObject({
    metadata: {
      ...{ name: "taskmanager", namespace: "flinktide-prod-acme" },
      annotations: { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" },
      labels: { "flinktide.io/environment": "prod", "flinktide.io/tenant": "acme" },
    },
  });
});

it("may be changed", async () => {
  const transform = { scaledObject: { metadata: { name: "other" } } };
  const all = await record(() => new TaskManagerScaledObject("t", { ...ARGS, transform }));
  expect(inputsOf(all, "t-scaled-object")).toMatchObject({ metadata: { name: "other" } });
});
