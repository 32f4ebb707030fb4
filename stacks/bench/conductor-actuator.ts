import type { Actuator, StackOutputs, UpdateRequest, UpdateResult } from "../conductor/actuator";

/** What an update made of a tenant's cluster. */
export interface Resized {
  tenant: string;
  taskManagers: number;
  parallelism: number;
}

/** Where a tenant's cluster answers, and its job's id. */
export type Address = Pick<StackOutputs, "flinkUrl" | "kafkaOnHost"> & { jobId: string };

/** Does at once what pulumi would do, in a record: what a stack says of itself, and which clusters changed. */
export class RecordingActuator implements Actuator {
  private readonly stacks = new Map<string, StackOutputs>();
  private resized: Resized[] = [];

  constructor(private readonly addressOf: (tenant: string) => Address) {}

  async outputs(stack: string): Promise<StackOutputs | undefined> {
    return this.stacks.get(stack);
  }

  async update({ stack, tenant, handed }: UpdateRequest): Promise<UpdateResult> {
    const { jobId, ...addresses } = this.addressOf(tenant);
    const { to } = handed.decision;
    const jobs = Object.entries(to.parallelism).map(([job, parallelism]) => {
      this.resized.push({ tenant, taskManagers: to.taskManagers, parallelism });
      return [job, { jobId, parallelism }] as const;
    });
    const outputs = { ...addresses, ...handed, jobs: Object.fromEntries(jobs) };
    this.stacks.set(stack, outputs);
    return { ok: true, locked: false, seconds: 0, changes: { update: 1 }, errors: [], outputs };
  }

  /** What has changed since this was called last. */
  takeResized(): Resized[] {
    return this.resized.splice(0);
  }
}
