import * as fc from "fast-check";
import {
  checkMaxParallelism,
  maxParallelismIn,
} from "../../../policies/guard-rails/max-parallelism";
import { milliOf, printMilli } from "../../../policies/guard-rails/quantity";
import { ceilingWithinQuota } from "../../../policies/guard-rails/quota";
import { oneOwnerOfReplicas } from "../../../policies/guard-rails/scaling";
import type { GuardedResource } from "../../../policies/guard-rails/resource";
import { guardedAutoscaler, guardedDeployment, kubernetesObject } from "../../support/guarded";

const scaledObject = (spec: Record<string, unknown> = {}) =>
  kubernetesObject("keda.sh/v1alpha1:ScaledObject", "keda", {
    scaleTargetRef: { name: "taskmanager" },
    ...spec,
  });

describe("the replicas have one owner", () => {
  const check = (...resources: GuardedResource[]) => oneOwnerOfReplicas.check(resources);

  it("an autoscaler beside a Deployment that says nothing of them", () => {
    expect(check(guardedDeployment(), guardedAutoscaler(4))).toEqual([]);
  });

  it("the stack, where nothing scales", () => {
    expect(check(guardedDeployment({ spec: { replicas: 3 } }))).toEqual([]);
  });

  it("not two autoscalers, of whichever kind", () => {
    const problem = (first: string, name: string) => ({
      path: `${name} spec.scaleTargetRef`,
      value: "acme/Deployment/taskmanager",
      fault: `${first} scales it already`,
      fix: "remove one of the two",
    });
    const taskManager = guardedAutoscaler(4);
    const two = guardedAutoscaler(4, "two");
    // In whichever order an engine tells of them.
    for (const both of [
      [taskManager, two],
      [two, taskManager],
    ] as const) {
      expect(check(...both)).toEqual([problem("acme-taskmanager", "acme-two")]);
    }
    expect(check(taskManager, scaledObject())).toEqual([problem("acme-keda", "acme-taskmanager")]);
  });

  it("not an autoscaler and the stack", () => {
    const deployment = guardedDeployment({ spec: { replicas: 3 } });
    expect(check(deployment, guardedAutoscaler(4))).toEqual([
      {
        path: "acme-taskmanager spec.replicas",
        value: 3,
        fault: "acme-taskmanager scales it, and every update would undo that",
        fix: 'leave it out, or give the resource ignoreChanges: ["spec.replicas"]',
      },
    ]);
    const ignoring = { ...deployment, ignoreChanges: ["spec.replicas"] };
    expect(check(ignoring, guardedAutoscaler(4))).toEqual([]);
  });

  it("and one of the same name elsewhere is another", () => {
    const elsewhere = guardedAutoscaler(4, "two");
    (elsewhere.props as { metadata: object }).metadata = { name: "two", namespace: "globex" };
    expect(check(guardedAutoscaler(4), elsewhere)).toEqual([]);
  });
});

describe("the ceiling is within the quota", () => {
  const quota = (hard: object) => kubernetesObject("core/v1:ResourceQuota", "quota", { hard });
  const check = (hard: object, ...resources: GuardedResource[]) =>
    ceilingWithinQuota.check([quota(hard), ...resources]);
  const surge = (maxSurge: unknown) => ({
    spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge } } },
  });
  const FITS = { pods: "5", "limits.cpu": "5", "limits.memory": "5Gi", "requests.cpu": 5 };

  it("with one step of a replacement", () => {
    expect(check(FITS, guardedDeployment(surge(1)), guardedAutoscaler(4))).toEqual([]);
  });

  it.each([
    ["pods", "4", "5"],
    ["limits.cpu", "4999m", "5"],
    ["limits.memory", "5119Mi", "5120Mi"],
    ["requests.cpu", 4, "5"],
  ])("not with %s of %s", (resource, hard, needs) => {
    const fault = `there may be 5 of acme-taskmanager, and they need ${needs}`;
    expect(
      check({ ...FITS, [resource]: hard }, guardedDeployment(surge(1)), guardedAutoscaler(4)),
    ).toEqual([
      {
        path: `acme-quota spec.hard["${resource}"]`,
        value: hard,
        fault,
        fix: `raise it to ${needs}, or lower a ceiling`,
      },
    ]);
  });

  it.each<[string, number, GuardedResource[]]>([
    ["a Deployment alone, and Kubernetes' own surge of a quarter", 2, [guardedDeployment()]],
    [
      "one that is recreated",
      3,
      [guardedDeployment({ spec: { replicas: 3, strategy: { type: "Recreate" } } })],
    ],
    ["a surge in percent", 6, [guardedDeployment(surge("50%")), guardedAutoscaler(4)]],
    ["a ScaledObject", 11, [guardedDeployment(surge(1)), scaledObject({ maxReplicaCount: 10 })]],
    ["KEDA's own ceiling", 101, [guardedDeployment(surge(1)), scaledObject()]],
    ["pods of another namespace", 0, [elsewhere(guardedDeployment())]],
  ])("counts %s as %i pods", (_, pods, resources) => {
    expect(check({ pods: pods }, ...resources)).toEqual([]);
    if (pods > 0) expect(check({ pods: pods - 1 }, ...resources)).toHaveLength(1);
  });
});

describe("amounts", () => {
  it.each<[unknown, number | undefined]>([
    ["500m", 500],
    ["2", 2000],
    [2, 2000],
    ["0.1", 100],
    ["1Mi", 1_048_576_000],
    ["1M", 1_000_000_000],
    ["1.5Gi", 1_610_612_736_000],
    ["1.0001m", 2],
    ["lots", undefined],
    ["-1", undefined],
    ["1toString", undefined],
    [undefined, undefined],
  ])("%j is %s thousandths", (quantity, milli) => {
    expect(milliOf(quantity)).toBe(milli);
  });

  it("are printed so that they are read as at least the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (milli) => {
        expect(milliOf(printMilli(milli, "cpu"))).toBe(milli);
        expect(milliOf(printMilli(milli, "memory"))).toBeGreaterThanOrEqual(milli);
      }),
    );
  });
});

describe("the maximum parallelism", () => {
  it.each<[string[], number | undefined]>([
    [["--input", "a", "--max-parallelism", "256"], 256],
    [["--max-parallelism=256"], 256],
    [["--maxParallelism", "256"], 256],
    [["-Dpipeline.max-parallelism=256"], 256],
    [["--max-parallelism"], undefined],
    [["--max-parallelism", "many"], undefined],
    [["--parallelism", "4"], undefined],
    [[], undefined],
  ])("in %j is %s", (args, value) => {
    expect(maxParallelismIn(args)).toBe(value);
  });

  const args = (value: number) => ["--max-parallelism", String(value)];

  it("stays as it is while there is state", () => {
    expect(checkMaxParallelism("words", args(256), args(256))).toEqual([]);
    expect(checkMaxParallelism("words", undefined, args(512))).toEqual([]);
    expect(checkMaxParallelism("words", [], args(512))).toEqual([]);
  });

  it("can't be changed or left out", () => {
    const text = {
      path: "words maxParallelism",
      fault: "the job's state was written with 256, and can't be read with another",
      fix: "set it back to 256, or give the job another name to start it without its state",
    };
    expect(checkMaxParallelism("words", args(256), args(512))).toEqual([{ ...text, value: 512 }]);
    expect(checkMaxParallelism("words", args(256), [])).toEqual([text]);
  });
});

function elsewhere(resource: GuardedResource): GuardedResource {
  const { spec } = resource.props as { spec: object };
  return { ...resource, props: { metadata: { name: "x", namespace: "globex" }, spec } };
}
