import * as fs from "node:fs";
import { checkManifests, type NamedManifest } from "../../infra/schemas/check-manifests";
import {
  KUBERNETES_RELEASES,
  type KubernetesRelease,
} from "../../infra/schemas/kubernetes-schemas";
import { renderStack } from "../../stacks/render/render";
import { DIGEST, prodStacks } from "../support/prod-stacks";

jest.setTimeout(600_000);

const RELEASES = Object.keys(KUBERNETES_RELEASES) as KubernetesRelease[];
/** Whatever a platform may be told about its cluster. */
const SETTINGS: [string, object][] = [
  ["as little as possible", {}],
  [
    "everything",
    {
      storage: { className: "fast", accessMode: "ReadWriteOnce" },
      ...{ cpuRequestShare: 0.5, metrics: "prometheus-adapter" },
      headroom: { lead: "2m" },
      conductor: {
        ...{ enabled: true, image: `registry.example.com/conductor@${DIGEST}` },
        stateBackend: { url: "s3://states", secretName: "conductor" },
        egress: [{ cidr: "203.0.113.0/24" }],
      },
    },
  ],
];

const clock = () => new Date("2026-11-23T09:00:00+08:00");
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true })));

async function rendered(
  settings: object,
  collectedBy: Parameters<typeof prodStacks>[1] = [],
): Promise<NamedManifest[]> {
  const folder = prodStacks(settings, collectedBy);
  folders.push(folder);
  const all: NamedManifest[] = [];
  for (const stack of ["prod", "prod-acme"]) {
    const { manifests } = await renderStack(stack, { folder, clock });
    all.push(...manifests.map(({ file, yaml }) => ({ file: `${stack}-${file}`, yaml })));
  }
  return all;
}

describe.each(SETTINGS)("a platform and a tenant that are told %s", (_, settings) => {
  let manifests: NamedManifest[];
  beforeAll(async () => (manifests = await rendered(settings)));

  it.each(RELEASES)("are accepted by Kubernetes %s", async (release) => {
    expect(manifests.length).toBeGreaterThan(25);
    expect(await checkManifests(manifests, release)).toEqual([]);
  });
});

describe("with a collector each", () => {
  let manifests: NamedManifest[];
  beforeAll(async () => (manifests = await rendered({}, ["platform", "tenant"])));

  it.each(RELEASES)("they are accepted by Kubernetes %s", async (release) => {
    const own = manifests.filter(({ file }) => file.includes("collector-orders"));
    expect(own.map(({ file }) => file)).toEqual([
      "prod-1-networkpolicy-collector-orders.yaml",
      "prod-3-persistentvolumeclaim-collector-orders-data.yaml",
      "prod-3-service-collector-orders.yaml",
      "prod-4-statefulset-collector-orders.yaml",
      "prod-acme-1-networkpolicy-collector-orders.yaml",
      "prod-acme-3-persistentvolumeclaim-collector-orders-data.yaml",
      "prod-acme-3-service-collector-orders.yaml",
      "prod-acme-4-statefulset-collector-orders.yaml",
    ]);
    expect(await checkManifests(manifests, release)).toEqual([]);
  });
});

describe.each(RELEASES)("Kubernetes %s refuses", (release) => {
  const refused = async (wanted: RegExp, change: (yaml: string) => string) => {
    const all = await rendered({});
    const deployment = all.find(({ file }) => file === "prod-acme-4-deployment-taskmanager.yaml");
    const yaml = change(deployment?.yaml ?? "");
    expect(yaml).not.toBe(deployment?.yaml);
    const found = await checkManifests([{ file: "wrong.yaml", yaml }], release);
    expect(found).toEqual([expect.stringMatching(wanted)]);
  };

  it("a field that it does not know", () =>
    refused(/additional properties 'replica' not allowed/, (yaml) =>
      yaml.replace("\nspec:\n", "\nspec:\n  replica: 3\n"),
    ));
  it("a value of another type", () =>
    refused(/containerPort.*got string, want integer/, (yaml) =>
      yaml.replace("containerPort: 6121", 'containerPort: "6121"'),
    ));
  it("what lacks a field that is required", () =>
    refused(/missing property 'selector'/, (yaml) => yaml.replace(/ {2}selector:\n.*\n.*\n/, "")));
  it("a kind that it does not have", () =>
    refused(/could not find schema/, (yaml) => yaml.replace("apps/v1", "apps/v1beta2")));
});
