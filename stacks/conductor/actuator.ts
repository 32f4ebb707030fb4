import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { decisionSchema, type HandedDecision } from "../../policies/decision";
import { Environment } from "../driver/environment";
import { removeOrphans } from "./orphans";

/** What a tenant's stack says of itself. */
export const stackOutputsSchema = z.object({
  flinkUrl: z.string(),
  kafkaOnHost: z.string(),
  jobs: z.record(z.string(), z.object({ jobId: z.string(), parallelism: z.int() })),
  decision: decisionSchema,
  fence: z.int().default(0),
});
export type StackOutputs = z.output<typeof stackOutputsSchema>;

export interface UpdateRequest {
  stack: string;
  tenant: string;
  /** What its user wrote into the stack file. */
  text: string;
  handed: HandedDecision;
  /** What died on the way is cleared up first, and the real world looked at. */
  afterCrash: boolean;
}

export interface UpdateResult {
  ok: boolean;
  /** True where another update has the stack: nothing was done. */
  locked: boolean;
  seconds: number;
  changes: Record<string, number>;
  errors: string[];
  outputs: StackOutputs | undefined;
}

/** What changes the world for the conductor. */
export interface Actuator {
  /** Of the last update; undefined where the stack was never brought up. */
  outputs(stack: string): Promise<StackOutputs | undefined>;
  /** One update, to its end. Never throws for a failed update. */
  update(request: UpdateRequest): Promise<UpdateResult>;
}

/**
 * In a cluster a killed update leaves objects as theirs whom nobody knows any more; with other values in them than are
 * wanted now, they are else refused as somebody else's.
 */
const TAKES_OVER = { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
const LOCKED = /currently locked by|Another update is currently in progress/;

/**
 * Updates stacks with `pulumi up`: a workspace folder a stack with a copy of its file and the decision in it, and one
 * process an update, which goes on to its end if this one dies.
 *
 * Not through the Automation API: that reads pulumi through pipes, on which an update dies with its conductor.
 */
export class PulumiActuator implements Actuator {
  private readonly initialized = new Set<string>();

  constructor(
    private readonly environmentName: string,
    private readonly env: Record<string, string>,
    private readonly folderOf: (stack: string) => string,
    private readonly clearUp: typeof removeOrphans = removeOrphans,
  ) {}

  async outputs(stack: string): Promise<StackOutputs | undefined> {
    const found = await this.workspace(stack).outputs(stack);
    const parsed = stackOutputsSchema.safeParse(found);
    return parsed.success ? parsed.data : undefined;
  }

  async update({ stack, tenant, text, handed, afterCrash }: UpdateRequest): Promise<UpdateResult> {
    const workspace = this.workspace(stack, afterCrash ? TAKES_OVER : {});
    await writeWithDecision(workspace.stackFile(stack), text, handed);
    if (!this.initialized.has(stack)) await workspace.init(stack);
    this.initialized.add(stack);
    if (afterCrash)
      await this.clearUp(await workspace.resources(stack), this.environmentName, tenant);
    const update = await workspace.up(stack, {
      refresh: afterCrash,
      detachedOutput: path.join(this.folderOf(stack), "update"),
    });
    const { ok, seconds, changes, errors, outputs } = update;
    const killed = update.signal === null ? [] : [`pulumi was ended by ${update.signal}`];
    const parsed = stackOutputsSchema.safeParse(outputs);
    const odd = ok && !parsed.success ? [`odd outputs: ${z.prettifyError(parsed.error)}`] : [];
    return {
      ...{ ok: ok && parsed.success, seconds, changes, errors: [...killed, ...errors, ...odd] },
      locked: !ok && errors.some((error) => LOCKED.test(error)),
      outputs: ok ? parsed.data : undefined,
    };
  }

  private workspace(stack: string, more: Record<string, string> = {}): Environment {
    return new Environment({ env: { ...this.env, ...more }, configDir: this.folderOf(stack) });
  }
}

/**
 * Writes a stack file with the decision in it; the user's own is only read. The decision is one text: of its instants
 * pulumi would make others, were they YAML.
 */
async function writeWithDecision(to: string, text: string, handed: HandedDecision): Promise<void> {
  const document = parse(text) as { config: Record<string, unknown> };
  const config = { ...document.config, "flinktide:decision": JSON.stringify(handed) };
  await fs.writeFile(to, stringify({ ...document, config }), { mode: 0o600 });
}
