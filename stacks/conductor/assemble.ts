import { hostname } from "node:os";
import { UserError } from "../../infra/errors";
import { kubernetesApi } from "../../infra/kubernetes/api";
import { CoordinationLease } from "../../infra/kubernetes/coordination-lease";
import { FileLease, StoredLease, type Lease } from "../../infra/lease/lease";
import { identityOf } from "../../infra/process-identity";
import { say } from "../../infra/progress";
import type { Platform } from "../platform-schema";
import { PulumiActuator, type Actuator } from "./actuator";
import { CapacityBook } from "./capacity-book";
import { Catalog, readPlatform, type CatalogEntry } from "./catalog";
import { systemClock, type Clock } from "./clock";
import { watchCluster, type Connections } from "./cluster-watch";
import { EnvironmentConductor } from "./environment-conductor";
import { Gate } from "./gate";
import { Journal, readJournal, unfinished } from "./journal";
import type { Entry } from "./journal-entry";
import { narrate } from "./narrate/entry";
import { ScrapedCollectors } from "./observe/collector-figures";
import { FlinkConnections } from "./observe/flink-connections";
import { KafkaPool } from "./observe/kafka-pool";
import { producedHistory } from "./observe/prometheus-history";
import type { Settings } from "./options";
import { readOrders } from "./orders";
import { leaveOrphans, removeOrphans } from "./orphans";
import { conductorPaths } from "./paths";
import { Publisher } from "./publisher";
import { stackLock } from "./stack-lock";
import { prometheusUrl, tenantTarget } from "./target";
import { firingIn } from "./tenant-alerts";
import { TenantConductor, type TenantDeps } from "./tenant-conductor";
import type { Webhook } from "./webhook";
import { startProbes } from "./web/probes";
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
    lease: dryRun ? NO_LEASE : leaseOf(settings),
    actuator: actuator ?? actuatorOf(environment, env, platform),
    gate: new Gate(UPDATES_AT_ONCE),
    capacity: new CapacityBook(platform.capacity?.slots),
    connections: {
      ...{ flink: new FlinkConnections(), kafka: new KafkaPool() },
      collectors: {
        figures: new ScrapedCollectors(prometheusUrl(platform, environment), environment),
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
  const probes =
    settings.probes === undefined
      ? undefined
      : await startProbes(settings.probes, {
          sinceRoundMs: () => conductor.sinceRoundMs,
          metrics: () => publisher.metricsText(),
        });
  const close = async () => {
    await probes?.close();
    connections.flink.close();
    await Promise.all([publisher.close(), connections.kafka.close(), webhook?.close()]);
    await lease.release();
  };
  return { conductor, lease, close };
}

function actuatorOf(environment: string, env: Record<string, string>, { target }: Platform) {
  const clearUp = target === "docker" ? removeOrphans : leaveOrphans;
  return new PulumiActuator(environment, env, conductorPaths(environment).work, clearUp);
}

async function tenantConductor(entry: CatalogEntry, shared: Shared): Promise<TenantConductor> {
  const { settings, env, platform, publisher, webhook, connections } = shared;
  const { environment, dryRun } = settings;
  const paths = conductorPaths(environment);
  const tenant = entry.tenant.name;
  const { entries } = await readJournal(paths.journal(tenant), { last: 200 });
  const deps: TenantDeps = {
    firing: firingIn(entries),
    ...{ ...shared, dryRun },
    journal: spoken(tenant, paths.journal(tenant), dryRun),
    lock: stackLock(env.PULUMI_BACKEND_URL ?? "", entry.stack),
    orders: () => readOrders(paths.orders(tenant)),
    watcher: (at, outputs) => watchCluster(at.tenant, outputs, connections),
    ...tenantTarget(platform, environment, tenant),
    history: async (job) =>
      (await producedHistory(
        prometheusUrl(platform, environment),
        { environment, tenant, job },
        REMEMBERED,
      )) ?? [],
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

function leaseOf({ environment, lease }: Settings): Lease {
  const identity = identityOf(process.pid);
  if (identity === undefined) throw new UserError("This process can't see itself in /proc.");
  const options = { identity, onLost: say };
  return lease === undefined
    ? new FileLease({ folder: conductorPaths(environment).lease, ...options })
    : new StoredLease(new CoordinationLease(kubernetesApi, lease), options);
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
