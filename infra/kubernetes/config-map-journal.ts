import { randomUUID } from "node:crypto";
import { z } from "zod";
import { UserError } from "../errors";
import {
  journalBusy,
  JOURNAL_WAIT_SECONDS,
  parseJournal,
  printJournal,
  type Journal,
  type JournalStore,
} from "../flink/journal";
import { waitFor } from "../flink/wait";
import { StoredLease } from "../lease/lease";
import { identityOf } from "../process-identity";
import { KubernetesApiError, type ObjectApi } from "./api";
import { CoordinationLease } from "./coordination-lease";
import { KUBERNETES_SCHEME, type ObjectName } from "./object-url";

/** The key under which the ConfigMap holds the journal; those of archives have the lineage in their names. */
const CURRENT = "journal.json";
/** Of who works on it. */
const HOLDER = "flinktide.io/holder";

const configMapSchema = z.object({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  data: z.record(z.string(), z.string()).default({}),
});
type ConfigMap = z.output<typeof configMapSchema>;

/** How long the API server is waited for, in milliseconds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 500;
const LEASE_SECONDS = 15;

/**
 * A job's journal in a ConfigMap, with a Lease of the same name beside it. Who takes the Lease changes the ConfigMap
 * first; and each change replaces the version that was seen last. So one who has lost the Lease without knowing, as
 * after a pause, fails at its next step before it has taken it.
 */
export class ConfigMapJournal implements JournalStore {
  /** As it was seen or written last; null where there was none. */
  private seen: ConfigMap | null | undefined;
  private readonly place: string;

  /**
   * @param patienceMs how long the API server is waited for
   * @param waitSeconds how long another process that works on the same job is waited for
   */
  constructor(
    private readonly api: () => Promise<ObjectApi>,
    private readonly at: ObjectName,
    private readonly patienceMs = PATIENCE_MS,
    private readonly waitSeconds = JOURNAL_WAIT_SECONDS,
  ) {
    this.place = `${KUBERNETES_SCHEME}${at.namespace}/${at.name}`;
  }

  async load(): Promise<Journal | undefined> {
    const text = (await this.look())?.data[CURRENT];
    return text === undefined ? undefined : parseJournal(text, this.place);
  }

  async save(journal: Journal): Promise<void> {
    const text = printJournal(journal);
    await this.change(({ data }) => ({ data: { ...data, [CURRENT]: text } }));
  }

  async archive(journal: Journal): Promise<string> {
    const text = printJournal(journal);
    const key = `${journal.lineage}.retired.json`;
    await this.change(({ data: { [CURRENT]: _, ...others } }) => ({
      data: { ...others, [key]: text },
    }));
    return `${this.place}#${key}`;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const lease = await this.acquire();
    try {
      await this.look();
      const holder = `${lease.fence} ${randomUUID()}`;
      await this.change(({ annotations }) => ({
        annotations: { ...annotations, [HOLDER]: holder },
      }));
      return await work();
    } finally {
      // Where it can't be given back, it is free after its time.
      await lease.release().catch(() => undefined);
    }
  }

  private async acquire(): Promise<StoredLease> {
    const identity = identityOf(process.pid);
    if (identity === undefined) throw new UserError("This process can't see when it was started.");
    const store = new CoordinationLease(this.api, this.at, LEASE_SECONDS);
    const options = { identity, ttlMs: LEASE_SECONDS * 1000, onLost: () => undefined };
    const lease = new StoredLease(store, options);
    const attempt = async () => (await this.patiently(() => lease.acquire())) || undefined;
    if (await waitFor(attempt, this.waitSeconds * 1000, PAUSE_MS)) return lease;
    throw journalBusy(this.place, this.waitSeconds);
  }

  private async look(): Promise<ConfigMap | null> {
    const found = await this.patiently(async () =>
      (await this.api()).find(this.path, configMapSchema),
    );
    return (this.seen = found ?? null);
  }

  /** Replaces what was seen last, and nothing else. */
  private async change(changed: (was: Content) => Partial<Content>): Promise<void> {
    const seen = this.seen === undefined ? await this.look() : this.seen;
    const was = { data: seen?.data ?? {}, annotations: seen?.metadata.annotations ?? {} };
    const wanted = { ...was, ...changed(was) };
    await this.patiently(async () => {
      this.seen = (await this.replace(seen, wanted)) ?? (await this.afterConflict(wanted));
    });
  }

  /** undefined where it is not any more what was seen. */
  private async replace(seen: ConfigMap | null, wanted: Content): Promise<ConfigMap | undefined> {
    const metadata = seen?.metadata ?? { ...this.at, labels: LABELS };
    const body = {
      ...{ apiVersion: "v1", kind: "ConfigMap", data: wanted.data },
      metadata: { ...metadata, annotations: wanted.annotations },
    };
    const api = await this.api();
    const request =
      seen === null
        ? ({ method: "POST", path: this.folder, body } as const)
        : ({ method: "PUT", path: this.path, body } as const);
    try {
      return await api.request(request, configMapSchema);
    } catch (error) {
      const outdated = seen === null ? [EXISTS] : [EXISTS, MISSING];
      const { status = 0 } = error as { status?: number };
      if (error instanceof KubernetesApiError && outdated.includes(status)) return undefined;
      throw error;
    }
  }

  /** The change may have been made before by a request whose answer was lost. */
  private async afterConflict(wanted: Content): Promise<ConfigMap> {
    const found = await (await this.api()).find(this.path, configMapSchema);
    if (found !== undefined && isSame(found.data, wanted.data)) {
      if (found.metadata.annotations[HOLDER] === wanted.annotations[HOLDER]) return found;
    }
    throw new UserError(
      `Another process works on the job of ${this.place}; this one leaves it alone from here on. ` +
        "Fix: wait until that update has ended, then run again.",
    );
  }

  /** Does what can be repeated until the API server answers. */
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    let fault: unknown;
    const attempt = async () => {
      try {
        return { value: await work() };
      } catch (error) {
        if (!isPassing(error)) throw error;
        fault = error;
        return undefined;
      }
    };
    const done = await waitFor(attempt, this.patienceMs, PAUSE_MS);
    if (done === undefined) throw fault;
    return done.value;
  }

  private get path(): string {
    return `${this.folder}/${this.at.name}`;
  }

  private get folder(): string {
    return `/api/v1/namespaces/${this.at.namespace}/configmaps`;
  }
}

interface Content {
  data: Record<string, string>;
  annotations: Record<string, string>;
}

const LABELS = { "app.kubernetes.io/part-of": "flinktide" };
/** It is another version, or is there already. */
const EXISTS = 409;
const MISSING = 404;

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  const print = (data: Record<string, string>) => JSON.stringify(Object.entries(data).sort());
  return print(a) === print(b);
}

/** No answer, or one that may be another soon. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof KubernetesApiError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
