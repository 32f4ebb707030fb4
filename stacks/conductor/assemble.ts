import { hostname } from "node:os";
import { clusterNames } from "../../infra/docker/cluster-names";
import { UserError } from "../../infra/errors";
import { DockerClusterHost } from "../../infra/flink/cluster-host";
import { identityOf } from "../../infra/process-identity";
import { say } from "../../infra/progress";
import type { Platform } from "../config";
import { PulumiActuator, type Actuator } from "./actuator";
import { CapacityBook } from "./capacity-book";
import { Catalog, readPlatform, type CatalogEntry } from "./catalog";
import { systemClock, type Clock } from "./clock";
import { watchCluster, type Connections } from "./cluster-watch";
import { EnvironmentConductor } from "./environment-conductor";
import { Gate } from "./gate";
import { Journal, readJournal, unfinished } from "./journal";
import type { Entry } from "./journal-entry";
import { FileLease, type Lease } from "./lease";
import { narrate } from "./narrate/entry";
import { ScrapedCollectors } from "./observe/collector-figures";
import { FlinkConnections } from "./observe/flink-connections";
import { KafkaPool } from "./observe/kafka-pool";
import { producedHistory } from "./observe/prometheus-history";
import type { Settings } from "./options";
import { readOrders } from "./orders";
import { conductorPaths } from "./paths";
import { Publisher } from "./publisher";
import { stackLock } from "./stack-lock";
import { firingIn } from "./tenant-alerts";
import { TenantConductor, type TenantDeps } from "./tenant-conductor";
import type { Webhook } from "./webhook";
import { webhookOf } from "./webhook-config";

/** Updates that run at once: each keeps a core busy. */
const UPDATES_AT_ONCE = 4;
/** The forecast looks back a week, a minute at a time. */
const REMEMBERED = { days: 7, stepSeconds: 60 };

export interface Assembled {
  conductor: EnvironmentConductor;
  lease: Lease;
  close(): Promise<void>;
}

/** What all tenants of an environment share. */
interface Shared {
  settings: Settings;
  env: Record<string, string>;
  platform: Platform;
  clock: Clock;
  lease: Lease;
  actuator: Actuator;
  gate: Gate;
  capacity: CapacityBook;
  connections: Connections;
  publisher: Publisher;
  webhook: Webhook | undefined;
}

/** What a measurement puts in the place of the real thing. */
export interface Substitutes {
  /** What changes the world. @default pulumi */
  actuator?: Actuator;
  /** @default the system's */
  clock?: Clock;
  /** How long Flink takes to fetch its metrics, in milliseconds. @default the observer's */
  fetchMs?: number;
}

/** Puts a conductor together from the real parts. Throws UserError where the environment can't be read. */
export async function assemble(
  settings: Settings,
  env: Record<string, string>,
  { actuator, clock = systemClock, fetchMs }: Substitutes = {},
): Promise<Assembled> {
  const { environment, dryRun, folder, only, port } = settings;
  const platform = await readPlatform(environment, folder);
  const shared: Shared = {
    ...{ settings, env, platform, clock },
    lease: dryRun ? NO_LEASE : leaseOf(environment),
    actuator: actuator ?? new PulumiActuator(environment, env, conductorPaths(environment).work),
    gate: new Gate(UPDATES_AT_ONCE),
    capacity: new CapacityBook(platform.capacity?.slots),
    connections: {
      ...{ flink: new FlinkConnections(), kafka: new KafkaPool() },
      collectors: {
        figures: new ScrapedCollectors(prometheusOf(platform), environment),
        shared: platform.collectors,
      },
      ...{ clock: clock.monotonic, ...(fetchMs === undefined ? {} : { fetchMs }) },
    },
    publisher: new Publisher(
      environment,
      dryRun ? undefined : { port, tenant: (name) => conductor.tenantOf(name) },
    ),
    webhook: dryRun ? undefined : await webhookOf(platform, environment, { folder, env }),
  };
  const { lease, capacity, connections, publisher, webhook } = shared;
  const own = spoken(environment, conductorPaths(environment).ownJournal, dryRun);
  const conductor: EnvironmentConductor = new EnvironmentConductor({
    ...{ environment, clock, lease, capacity },
    catalog: new Catalog(environment, folder),
    conductorOf: (entry) => tenantConductor(entry, shared),
    note: (sentence) => own.append({ kind: "conductor", at: new Date().toISOString(), sentence }),
    publish: (view) => publisher.publish(view),
    retire: () => publisher.retire(),
    identity: { pid: process.pid, host: hostname() },
    ...(only === undefined ? {} : { only }),
  });
  const close = async () => {
    connections.flink.close();
    await Promise.all([publisher.close(), connections.kafka.close(), webhook?.close()]);
    await lease.release();
  };
  return { conductor, lease, close };
}

function prometheusOf({ prometheus }: Platform): string {
  return `http://127.0.0.1:${prometheus.port}`;
}

async function tenantConductor(entry: CatalogEntry, shared: Shared): Promise<TenantConductor> {
  const { settings, env, platform, publisher, webhook, connections } = shared;
  const { environment, dryRun } = settings;
  const paths = conductorPaths(environment);
  const tenant = entry.tenant.name;
  const names = clusterNames(environment, tenant);
  const { entries } = await readJournal(paths.journal(tenant), { last: 200 });
  const deps: TenantDeps = {
    firing: firingIn(entries),
    ...{ ...shared, dryRun },
    journal: spoken(tenant, paths.journal(tenant), dryRun),
    lock: stackLock(env.PULUMI_BACKEND_URL ?? "", entry.stack),
    orders: () => readOrders(paths.orders(tenant)),
    watcher: (at, outputs) => watchCluster(at.tenant, outputs, connections),
    host: new DockerClusterHost(names.jobManager),
    taskManagerId: names.taskManager,
    history: async (job) =>
      (await producedHistory(prometheusOf(platform), { environment, tenant, job }, REMEMBERED)) ??
      [],
    send: (alert) => webhook?.send({ tenant, ...alert }),
    cappedMinutes: platform.alerts.cappedMinutes,
    onUpdate: (seconds) => publisher.recordUpdate(tenant, seconds),
  };
  return new TenantConductor(entry, deps, diedUpdating(entries));
}

/** True where the last update that began has no end. */
function diedUpdating(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({ kind }) => kind === "act");
  return unfinished(entries).some((act) => act === last);
}

/** A dry run acts on nothing, so it needs no leave to act. */
const NO_LEASE: Lease = {
  fence: 0,
  held: () => true,
  acquire: async () => true,
  release: async () => undefined,
};

function leaseOf(environment: string): Lease {
  const identity = identityOf(process.pid);
  if (identity === undefined) throw new UserError("This process can't see itself in /proc.");
  return new FileLease({
    ...{ folder: conductorPaths(environment).lease, identity },
    onLost: say,
  });
}

/** A journal whose entries are said, too; a dry run writes none. */
function spoken(who: string, file: string, dryRun: boolean) {
  const journal = new Journal(file);
  return {
    async append(entry: Entry): Promise<void> {
      if (!dryRun) await journal.append(entry);
      say(`${who}: ${narrate(entry)}`);
    },
  };
}
