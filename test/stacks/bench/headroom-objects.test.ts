import { planFor } from "../../../policies/plan";
import { fleetObjects } from "../../../stacks/bench/headroom-objects";
import { readTenant, tenantBlock } from "../../support/tenant-file";

const acme = readTenant(tenantBlock("dev-acme"));
const globex = { ...acme, name: "globex" };
const NIGHT = new Date("2026-11-22T20:00:00Z");

const brief = ({
  kind,
  metadata: { namespace, name },
}: { kind: string; metadata: object } & {
  metadata: { namespace?: string; name: string };
}) => `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

it("are what the product makes, in an order in which it can be made", async () => {
  const fleet = {
    environment: "bench",
    tenants: [acme, globex],
    room: { kind: "pods" as const, lead: "2m" },
  };
  const phases = await fleetObjects(fleet, NIGHT);
  expect(phases[0]?.map(brief)).toEqual([
    "Namespace flinktide-bench-acme",
    "Namespace flinktide-bench-globex",
    "Namespace flinktide-bench",
    "PriorityClass flinktide-bench-headroom",
  ]);
  expect(phases[2]?.map(brief).sort()).toEqual([
    "Deployment flinktide-bench-acme/jobmanager",
    "Deployment flinktide-bench-acme/taskmanager",
    "Deployment flinktide-bench-globex/jobmanager",
    "Deployment flinktide-bench-globex/taskmanager",
    "Deployment flinktide-bench/headroom-acme",
    "Deployment flinktide-bench/headroom-globex",
  ]);
  const volumes = phases[1]?.filter(({ kind }) => kind.startsWith("PersistentVolume")).map(brief);
  expect(volumes?.sort()).toEqual([
    "PersistentVolume flinktide-bench-acme-flink-state",
    "PersistentVolume flinktide-bench-globex-flink-state",
    "PersistentVolumeClaim flinktide-bench-acme/flink-state",
    "PersistentVolumeClaim flinktide-bench-globex/flink-state",
  ]);
});

it("run on simulated nodes alone, one TaskManager each at night", async () => {
  expect(planFor(acme, NIGHT, {}).taskManagers).toBe(1);
  const phases = await fleetObjects({ environment: "bench", tenants: [acme] }, NIGHT);
  const deployments = phases[2] as unknown as {
    metadata: { name: string };
    spec: { replicas?: number; template: { spec: object } };
  }[];
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(["jobmanager", "taskmanager"]);
  for (const { spec } of deployments) {
    expect(spec.template.spec).toMatchObject({
      nodeSelector: { type: "kwok" },
      tolerations: [{ key: "kwok.x-k8s.io/node", value: "fake" }],
    });
  }
  // None is said: one is made.
  expect(deployments[1]?.spec).not.toHaveProperty("replicas");
});
