import {
  autoscalerSpec,
  TaskManagerAutoscaler,
} from "../../../infra/kubernetes/task-manager-autoscaler";
import { inputsOf, names, record } from "../../support/pulumi-recorder";

const ARGS = { environment: "prod", tenant: "acme", least: 2, most: 6, metric: "pressure" };

it("adds a fifth at once, and never takes any away", () => {
  expect(autoscalerSpec(ARGS)).toEqual({
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "taskmanager" },
    minReplicas: 2,
    maxReplicas: 6,
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: "Max",
        policies: [{ type: "Percent", value: 20, periodSeconds: 60 }],
      },
      scaleDown: { selectPolicy: "Disabled" },
    },
    metrics: [
      {
        type: "External",
        external: {
          metric: {
            name: "pressure",
            selector: { matchLabels: { environment: "prod", tenant: "acme" } },
          },
          target: { type: "Value", value: "1" },
        },
      },
    ],
  });
});

it("a ceiling below the floor gives way", () => {
  expect(autoscalerSpec({ ...ARGS, least: 4, most: 3 })).toMatchObject({
    minReplicas: 4,
    maxReplicas: 4,
  });
});

it("lies in the tenant's namespace, and may be changed by others meanwhile", async () => {
  const all = await record(() => new TaskManagerAutoscaler("task-managers", ARGS));
  expect(names(all)).toEqual([
    "flinktide:kubernetes:TaskManagerAutoscaler task-managers",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler task-managers-autoscaler",
  ]);
  expect(inputsOf(all, "task-managers-autoscaler")["metadata"]).toMatchObject({
    namespace: "flinktide-prod-acme",
    annotations: { "pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true" },
  });
});
