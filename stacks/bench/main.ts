import * as path from "node:path";
import Table from "cli-table3";
import { UserError } from "../../infra/errors";
import { sleep } from "../../infra/flink/wait";
import { step } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { setup } from "../../infra/toolchain/setup";
import { instantFor, ScratchEnvironment, tenantConfig } from "../driver/scratch-environment";
import { CommitWatcher } from "../workload/commit-watcher";
import { startFeeder } from "../workload/feeder";
import { benchCollector } from "./collector-bench";
import { benchConductor } from "./conductor-bench";
import { distribution, type Distribution } from "./distribution";
import { readSlot } from "../../infra/cluster/layout";
import { HEADROOM_KINDS, type HeadroomKind } from "../../policies/kubernetes/headroom";
import { benchHeadroom } from "./headroom-bench";
import { benchPolicies } from "./policies-bench";
import { RescaleBench } from "./rescale-bench";
import { keepResult } from "./results";

const HELP = `Usage: npm run bench [-- --rescales N] [--policies | --conductor | --collector | --headroom] [--save]

Measures, on clusters of its own under load: how long a rescale stops the stream, by flinktide and by
the bare REST calls in turn on the same cluster, and how long one pulumi up takes. About ten minutes.

  --rescales N  rescales of each kind (default 20)
  --policies    instead, and without any container: how long it takes to plan 10,000 tenants and to simulate
                a day with each policy, and whether memory grows with the days. About a minute.
  --conductor   instead: how long the conductor's rounds over 50 and 1,000 tenants take, and what memory it holds
                after 10,000 rounds. About fifteen minutes.
  --collector   instead: how many rows and changes a second the CDC collector brings from a MariaDB into Kafka, and
                Debezium Server as its distribution has it, in turn. About ten minutes.
  --headroom    instead: on a Kubernetes cluster of its own with simulated nodes and Karpenter, how long before a window's
                beginning its nodes are ready, and how long its TaskManagers wait for their place, with and without
                headroom. About ten minutes, or half an hour for a thousand nodes.
  --nodes N     of --headroom: nodes in the window (20)
  --tenants N   of --headroom (5)
  --lead D      of --headroom: how long before TaskManagers start there is to be room (2m)
  --kind KIND   of --headroom: what holds it, pods or capacity-buffer (pods)
  --slot N      of --headroom: which of this machine's clusters it makes, 0 to 15 (3)
  --save        keep the figures under docs/results/
  --help        this text
`;

const CHECKPOINT_MS = 1_000;
/** Between two rescales: the new job checkpoints, and its first commit is seen. */
const REST_MS = 4_000;
const LINES_PER_SECOND = 100;
/** Three values, so that taking turns gives both ways every transition. */
const WALK = [2, 5, 8] as const;
const TENANTS = [
  { name: "old", version: "1.14" as const, title: "1.14.6, savepoint" },
  { name: "new", version: "1.20" as const, title: "1.20.3, in place" },
];

interface Figures {
  title: string;
  unit: "s";
  product: Distribution;
  /** The same two calls without flinktide; absent where there is no such thing. */
  bare?: Distribution;
}

async function main(): Promise<number> {
  const values = readOptions(HELP, {
    rescales: { type: "string", default: "20" },
    policies: { type: "boolean", default: false },
    conductor: { type: "boolean", default: false },
    collector: { type: "boolean", default: false },
    headroom: { type: "boolean", default: false },
    nodes: { type: "string", default: "20" },
    tenants: { type: "string", default: "5" },
    lead: { type: "string", default: "2m" },
    kind: { type: "string", default: "pods" },
    slot: { type: "string", default: "3" },
    save: { type: "boolean", default: false },
  });
  if (values === undefined) return 0;
  if (values.policies) {
    await benchPolicies(values.save);
    return 0;
  }
  if (values.conductor) return benchConductor(values.save);
  if (values.collector) return benchCollector(values.save);
  if (values.headroom) {
    const [tenants, lead] = [countOf("--tenants", values.tenants), values.lead];
    const nodes = countOf("--nodes", values.nodes, tenants * 2);
    const [kind, slot] = [kindOf(values.kind), readSlot(values.slot)];
    return benchHeadroom({ nodes, tenants, lead, kind, slot }, values.save);
  }
  const rescales = countOf("--rescales", values.rescales);
  Object.assign(process.env, (await setup()).env);
  const environment = await ScratchEnvironment.create();
  try {
    await step("platform", () => environment.upPlatform());
    const figures: Figures[] = [];
    for (const tenant of TENANTS)
      figures.push(...(await measureTenant(environment, tenant, rescales)));
    print(figures);
    if (values.save) keepResult("bench", figures);
    return 0;
  } finally {
    await environment.remove();
  }
}

function kindOf(text: string): HeadroomKind {
  const kind = HEADROOM_KINDS.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw new UserError(`--kind ${text} holds no room. Fix: give ${HEADROOM_KINDS.join(" or ")}.`);
}

function countOf(option: string, text: string, least = 1): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new UserError(
    `${option} ${text} is too little or no count. Fix: give a whole number from ${least}.`,
  );
}

async function measureTenant(
  environment: ScratchEnvironment,
  tenant: (typeof TENANTS)[number],
  rescales: number,
): Promise<Figures[]> {
  await environment.addTenant({ ...tenant, floor: 4 });
  const up = () => environment.up(tenant.name, { at: instantFor(8) });
  const { tenant: outputs } = await step(`${tenant.title}: cluster of 4 TaskManagers`, up);
  const brokers = [outputs.kafkaOnHost];
  const runId = `bench-${Date.now()}`;
  const feeder = await startFeeder({
    brokers,
    topic: `${tenant.name}.lines`,
    ledgerFile: path.join(environment.folder, `${runId}.ledger`),
    linesPerSecond: LINES_PER_SECOND,
    maxSeconds: 1_800,
    runId,
  });
  const watcher = await CommitWatcher.start({ brokers, topic: `${tenant.name}.counts` });
  const bench = new RescaleBench(await environment.jobTarget(tenant.name));
  try {
    const title = `${tenant.title}: ${rescales} rescales of each kind`;
    const restarts = await step(title, () =>
      measureRescales(bench, watcher, tenant.title, rescales),
    );
    const port = Number(new URL(outputs.flinkUrl).port);
    environment.writeTenant(tenantConfig({ ...tenant, floor: 1 }, port));
    const updates = await step(`${tenant.title}: updates`, () =>
      measureUpdates(environment, tenant),
    );
    return [...restarts, ...updates];
  } finally {
    await Promise.allSettled([feeder.stop(), watcher.stop()]);
    await environment.pulumi.destroy(environment.stackOf(tenant.name));
  }
}

async function measureRescales(
  bench: RescaleBench,
  watcher: CommitWatcher,
  title: string,
  rescales: number,
): Promise<Figures[]> {
  const running = { product: [] as number[], bare: [] as number[] };
  const gap = { product: [] as number[], bare: [] as number[] };
  // Not counted: every TaskManager loads the job's classes once.
  for (const parallelism of [2, 8, 2, 8]) await bench.byProduct(parallelism);
  await sleep(REST_MS);
  for (let i = 0; i < rescales * 2; i++) {
    const way = i % 2 === 0 ? "product" : "bare";
    const parallelism = WALK[i % WALK.length] ?? 2;
    const from = Date.now();
    const ms = await (way === "product"
      ? bench.byProduct(parallelism)
      : bench.byBareCalls(parallelism));
    await sleep(REST_MS);
    running[way].push(ms / 1000);
    gap[way].push(Math.max(0, watcher.longestGapMs(from, Date.now()) - CHECKPOINT_MS) / 1000);
  }
  const figures = (what: string, of: typeof running): Figures => ({
    title: `${title}: ${what}`,
    unit: "s",
    product: distribution(of.product),
    bare: distribution(of.bare),
  });
  return [
    figures("request to all vertices RUNNING", running),
    figures("nothing committed, less the checkpoint interval", gap),
  ];
}

async function measureUpdates(
  environment: ScratchEnvironment,
  tenant: (typeof TENANTS)[number],
): Promise<Figures[]> {
  const edges: number[] = [];
  const idle: number[] = [];
  for (const parallelism of [2, 6, 2, 6, 2, 6, 2, 6, 2]) {
    edges.push((await environment.up(tenant.name, { at: instantFor(parallelism) })).seconds);
    idle.push((await environment.up(tenant.name, { at: instantFor(parallelism) })).seconds);
  }
  const measured = { unit: "s" as const };
  // The first one also takes over the lower floor.
  return [
    {
      ...measured,
      title: `${tenant.title}: pulumi up at an edge to job RUNNING`,
      product: distribution(edges.slice(1)),
    },
    {
      ...measured,
      title: `${tenant.title}: pulumi up with nothing to do`,
      product: distribution(idle),
    },
  ];
}

function print(figures: readonly Figures[]): void {
  const head = ["seconds", "n", "min", "median", "p90", "max", "bare median", "ratio"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { title, product, bare } of figures) {
    const { count, min, median, p90, max } = product;
    const numbers = [min, median, p90, max].map((n) => n.toFixed(2));
    const against = bare ? [bare.median.toFixed(2), (median / bare.median).toFixed(2)] : ["", ""];
    table.push([title, count, ...numbers, ...against]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

if (require.main === module) runMain(main);
