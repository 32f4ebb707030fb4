import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { clusterNames } from "../../infra/docker/cluster-names";
import type { TenantInput } from "../../policies/tenant";
import type { PlayedTenant } from "./conductor-recording";

/** When the conductor's clock starts: a Monday, two minutes before the first edge of the tenants that have one. */
export const START = "2026-11-23T07:58:00Z";

const FIRST_PORT = 10_000;

/** Windows far from the start, in zones of their own. */
const LATER = [
  { name: "midday", from: "20:00", to: "22:00", zone: "Asia/Shanghai", floor: 2, ceiling: 3 },
  { name: "evening", from: "19:00", to: "21:00", zone: "Europe/Berlin", floor: 2, ceiling: 4 },
  { name: "night", from: "17:00", to: "21:00", zone: "America/New_York", floor: 1, ceiling: 3 },
];

/** Two windows of a minute, a minute apart. */
const RUSHES = ["08:00", "08:02"].map((from, i) => ({
  ...{ name: `rush-${i + 1}`, from, to: from.replace(/.$/, (digit) => String(Number(digit) + 1)) },
  ...{ zone: "UTC", floor: 3, ceiling: 4, parallelism: 6 },
}));

/** Tenants of one job each; every second one has four edges within the first minutes. */
export function conductorTenants(count: number): TenantInput[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `n${count}-${i}`;
    return {
      name,
      jobManager: { restPort: FIRST_PORT + i },
      taskManager: { slots: 2 },
      topics: [{ name: topicOf(name), partitions: 1 }],
      jobs: [
        {
          ...{ name: "wordcount", jar: "wordcount", entryClass: "Main" },
          parallelism: { min: 2, max: 8 },
        },
      ],
      windows: i % 2 === 0 ? [...RUSHES, ...LATER] : LATER,
      otherwise: { floor: 1, ceiling: 2, parallelism: 2 },
    };
  });
}

export function topicOf(tenant: string): string {
  return `${tenant}.lines`;
}

/** How a tenant's cluster is played. */
export function playedTenant(environment: string, tenant: string, index: number): PlayedTenant {
  const [jobId, topic] = [index.toString(16).padStart(32, "0"), topicOf(tenant)];
  const { taskManager } = clusterNames(environment, tenant);
  return { jobId, topic, taskManagerPrefix: taskManager(0).slice(0, -1) };
}

export interface PlatformPorts {
  kafka: number;
  prometheus: number;
}

/** Writes the stack files of an environment: its platform, which has slots for all at their largest, and its tenants. */
export function writeStackFiles(
  folder: string,
  environment: string,
  { kafka, prometheus }: PlatformPorts,
  tenants: readonly TenantInput[],
): void {
  fs.mkdirSync(folder, { recursive: true });
  const write = (stack: string, config: object) =>
    fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  write(environment, {
    "flinktide:role": "platform",
    "flinktide:platform": {
      kafka: { port: kafka },
      prometheus: { port: prometheus },
      capacity: { slots: tenants.length * 8 },
    },
  });
  for (const tenant of tenants) {
    write(`${environment}-${tenant.name}`, {
      "flinktide:role": "tenant",
      "flinktide:platform": environment,
      "flinktide:tenant": tenant,
    });
  }
}
