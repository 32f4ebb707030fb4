import { z } from "zod";
import type { LeaseStore } from "../lease/lease-files";
import { parseRecord } from "../lease/lease-record";
import { unlessStatus, type ObjectApi } from "./api";
import type { ObjectName } from "./object-url";

const RECORD = "flinktide.io/record";

const leaseSchema = z.looseObject({
  metadata: z.looseObject({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ leaseTransitions: z.int().nonnegative().default(0) }),
});
type LeaseObject = z.output<typeof leaseSchema>;

/** Renewals of one holder meet nobody else's; a person's annotation may come between. */
const WRITES = 5;

/**
 * Claims and records in a Lease (coordination.k8s.io/v1). Its `leaseTransitions` is the highest fence, an annotation
 * the record of who claimed it. Each change is a replacement of the version that was read, so that the API server
 * makes one and refuses every other: a fence is never claimed twice nor lowered, and what a holder of before writes
 * that was frozen is lost.
 */
export class CoordinationLease implements LeaseStore {
  /** `api`: what finds the cluster, asked before each request. */
  constructor(
    private readonly api: () => Promise<ObjectApi>,
    private readonly at: ObjectName,
    /** For who looks at it with kubectl. */
    private readonly ttlSeconds = 15,
  ) {}

  async highest(): Promise<number> {
    return (await this.look())?.spec.leaseTransitions ?? 0;
  }

  async claim(fence: number): Promise<boolean> {
    const found = await this.look();
    if (fence <= (found?.spec.leaseTransitions ?? 0)) return false;
    const now = microTime();
    const spec = {
      ...{ leaseTransitions: fence, leaseDurationSeconds: this.ttlSeconds },
      ...{ acquireTime: now, renewTime: now },
    };
    return this.put(found, spec, "");
  }

  async read(fence: number): Promise<string> {
    const found = await this.look();
    if (found?.spec.leaseTransitions !== fence) return "";
    return found.metadata.annotations[RECORD] ?? "";
  }

  /** Nothing where somebody else has claimed a higher one: nobody asks for that record any more. */
  async write(fence: number, text: string): Promise<void> {
    const holder = parseRecord(text, fence)?.holder;
    const holderIdentity = holder ? `${holder.host}/${holder.pid}` : "";
    for (let i = 0; i < WRITES; i++) {
      const found = await this.look();
      if (found?.spec.leaseTransitions !== fence) return;
      const spec = { ...found.spec, holderIdentity, renewTime: microTime() };
      if (await this.put(found, spec, text)) return;
    }
    throw new Error(`the Lease ${this.path} is written by others all the time`);
  }

  /** There is only the highest. */
  async sweep(): Promise<void> {}

  private get path(): string {
    return `${this.folder}/${this.at.name}`;
  }

  private get folder(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.at.namespace}/leases`;
  }

  private async look(): Promise<LeaseObject | undefined> {
    return (await this.api()).find(this.path, leaseSchema, { timeoutMs: TIMEOUT_MS });
  }

  /** False where it is not any more what was found. */
  private async put(
    found: LeaseObject | undefined,
    spec: object,
    record: string,
  ): Promise<boolean> {
    const { name, namespace } = this.at;
    const annotations = { ...found?.metadata.annotations, [RECORD]: record };
    const body = {
      ...{ apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
      metadata: { ...(found?.metadata ?? { name, namespace }), annotations },
      spec,
    };
    const request =
      found === undefined
        ? ({ method: "POST", path: this.folder } as const)
        : ({ method: "PUT", path: this.path } as const);
    const whole = { ...request, body, timeoutMs: TIMEOUT_MS };
    const answer = (await this.api()).request(whole, leaseSchema);
    return (await unlessStatus(CONFLICT, answer)) !== undefined;
  }
}

/** Of one request: a lease is lost in 12 s, and renewed with three of them. */
const TIMEOUT_MS = 3_000;
/** Another version, or it is there already. */
const CONFLICT = 409;

/** As the API server takes it (metav1.MicroTime). */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
