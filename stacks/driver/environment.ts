import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { UserError } from "../../infra/errors";
import { exec, tryExec } from "../../infra/exec";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { readOutcome, type Outcome } from "./engine-events";

export interface EnvironmentOptions {
  /** Environment variables for pulumi, as `ensureToolchain` gives them, with backend and state folder. */
  env: Record<string, string>;
  /** Folder that holds this environment's stack files; the committed ones are never written. */
  configDir: string;
  /** Folder of Pulumi.yaml. @default the checkout */
  projectDir?: string;
}

export interface UpdateOptions {
  /** "Now" of the plan, ISO 8601 with a zone. @default the clock */
  at?: string;
  /** Called with the process id of pulumi once it runs. */
  onStart?: (pid: number) => void;
}

export type Update = Outcome & {
  ok: boolean;
  /** Wall time of the pulumi command. */
  seconds: number;
};

const stateSchema = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({
        type: z.string(),
        urn: z.string(),
        inputs: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
});
export type StateResource = z.output<typeof stateSchema>["deployment"]["resources"][number];

/** Drives the stacks of one environment with the pulumi command, as a person would. */
export class Environment {
  constructor(private readonly options: EnvironmentOptions) {
    fs.mkdirSync(options.configDir, { recursive: true });
    const project = { name: "flinktide", runtime: "nodejs" };
    fs.writeFileSync(path.join(options.configDir, "Pulumi.yaml"), stringify(project));
  }

  /** Takes the committed stack file over. */
  copyStackFile(stack: string): void {
    fs.copyFileSync(path.join(PROJECT_DIR, `Pulumi.${stack}.yaml`), this.stackFile(stack));
  }

  /** Writes a stack's config; keys without namespace are flinktide's. */
  writeConfig(stack: string, config: Record<string, unknown>): void {
    const entries = Object.entries(config).map(([key, value]) => [
      key.includes(":") ? key : `flinktide:${key}`,
      value,
    ]);
    const file = this.stackFile(stack);
    const old = fs.existsSync(file) ? (parse(fs.readFileSync(file, "utf8")) as object) : {};
    fs.writeFileSync(file, stringify({ ...old, config: Object.fromEntries(entries) }));
  }

  stackFile(stack: string): string {
    return path.join(this.options.configDir, `Pulumi.${stack}.yaml`);
  }

  /**
   * Makes the stack in the backend unless it is there. Done from the config folder, because pulumi writes the
   * stack's encryption salt into the stack file beside Pulumi.yaml.
   */
  async init(stack: string): Promise<void> {
    const options = { ...this.execOptions(), cwd: this.options.configDir };
    const result = await tryExec("pulumi", ["stack", "init", stack], options);
    if (result.code === 0 || result.stderr.includes("already exists")) return;
    throw new UserError(`The stack ${stack} can't be made: ${result.stderr.trim()}`);
  }

  /** One `pulumi up` without a preview before it. Never throws for a failed update: look at `ok` and `errors`. */
  up(stack: string, options: UpdateOptions = {}): Promise<Update> {
    return this.run(["up", "--yes", "--skip-preview"], stack, options);
  }

  /** One `pulumi preview`, which changes nothing. */
  preview(stack: string, options: UpdateOptions = {}): Promise<Update> {
    return this.run(["preview"], stack, options);
  }

  refresh(stack: string): Promise<Update> {
    return this.run(["refresh", "--yes", "--skip-preview"], stack, {});
  }

  destroy(stack: string): Promise<Update> {
    return this.run(["destroy", "--yes", "--skip-preview"], stack, {});
  }

  /** Frees a stack whose update was killed. */
  async cancel(stack: string): Promise<void> {
    await tryExec("pulumi", ["cancel", "--yes", "-s", stack], this.execOptions());
  }

  async remove(stack: string): Promise<void> {
    const args = ["stack", "rm", "--yes", "--force", "--preserve-config", "-s", stack];
    await tryExec("pulumi", args, this.execOptions());
  }

  /** Names of the stacks in the backend. */
  async stacks(): Promise<string[]> {
    const listed = await exec("pulumi", ["stack", "ls", "--json"], this.execOptions());
    return (JSON.parse(listed) as { name: string }[]).map((stack) => stack.name);
  }

  /** The resources in a stack's state. */
  async resources(stack: string): Promise<StateResource[]> {
    const text = await exec("pulumi", ["stack", "export", "-s", stack], this.execOptions());
    return stateSchema.parse(JSON.parse(text)).deployment.resources;
  }

  private async run(command: string[], stack: string, options: UpdateOptions): Promise<Update> {
    const at = options.at === undefined ? [] : ["-c", `flinktide:at=${options.at}`];
    const file = ["--config-file", this.stackFile(stack)];
    const args = [...command, "--json", "--non-interactive", "-s", stack, ...file, ...at];
    const started = performance.now();
    const result = await tryExec("pulumi", args, {
      ...this.execOptions(),
      onStart: options.onStart,
    });
    const outcome = readOutcome(result.stdout);
    if (result.code !== 0 && outcome.errors.length === 0) outcome.errors.push(result.stderr.trim());
    return { ...outcome, ok: result.code === 0, seconds: (performance.now() - started) / 1000 };
  }

  private execOptions() {
    // A preview prints the same events as an update with this, instead of a digest without the stack's outputs.
    const env = { ...this.options.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
    return { cwd: this.options.projectDir ?? PROJECT_DIR, env };
  }
}
