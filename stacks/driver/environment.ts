import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { UserError } from "../../infra/errors";
import { runDetached } from "../../infra/detached";
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
  /** Has the real world looked at first: what is gone is then made anew. @default false */
  refresh?: boolean;
  /** Beginning of the files for what pulumi prints; given, the update survives this process. */
  detachedOutput?: string;
}

export type Update = Outcome & {
  ok: boolean;
  /** Wall time of the pulumi command. */
  seconds: number;
  /** The signal that ended pulumi before its time. */
  signal: NodeJS.Signals | null;
};

const stackFileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

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

  /** Writes a stack's file from a committed one's config, changed by `change`; keys are without flinktide's namespace. */
  takeConfig(
    from: string,
    stack: string,
    change: (config: Record<string, unknown>) => Record<string, unknown>,
  ): void {
    const text = fs.readFileSync(path.join(PROJECT_DIR, `Pulumi.${from}.yaml`), "utf8");
    const { config } = stackFileSchema.parse(parse(text));
    const entries = Object.entries(config).map(([key, value]) => [
      key.replace(/^flinktide:/, ""),
      value,
    ]);
    this.writeConfig(stack, change(Object.fromEntries(entries)));
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

  /** Sets a secret of a stack's config, encrypted in its file. */
  async setSecret(stack: string, key: string, value: string): Promise<void> {
    const file = ["--config-file", this.stackFile(stack)];
    const args = ["config", "set", "--secret", key, "-s", stack, ...file];
    // Not an argument: those are in the process list.
    await exec("pulumi", args, { ...this.execOptions(), input: value });
  }

  /** One `pulumi up` without a preview before it. Never throws for a failed update: look at `ok` and `errors`. */
  up(stack: string, options: UpdateOptions = {}): Promise<Update> {
    const refresh = options.refresh === true ? ["--refresh"] : [];
    return this.run(["up", "--yes", "--skip-preview", ...refresh], stack, options);
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

  async remove(stack: string): Promise<void> {
    const args = ["stack", "rm", "--yes", "--force", "--preserve-config", "-s", stack];
    await tryExec("pulumi", args, this.execOptions());
  }

  /** The outputs of a stack's last update; undefined where there is no such stack. */
  async outputs(stack: string): Promise<Record<string, unknown> | undefined> {
    const args = ["stack", "output", "--json", "-s", stack];
    const result = await tryExec("pulumi", args, this.execOptions());
    if (result.code === 0)
      return z.record(z.string(), z.unknown()).parse(JSON.parse(result.stdout));
    if (/no stack named/.test(result.stderr)) return undefined;
    throw new UserError(`The outputs of stack ${stack} can't be read: ${result.stderr.trim()}`);
  }

  /** A platform's stacks in the backend, tenants first: the order in which they go. */
  async stacksOf(platform: string): Promise<string[]> {
    const listed = await exec("pulumi", ["stack", "ls", "--json"], this.execOptions());
    const all = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name);
    const tenants = all.filter((stack) => stack.startsWith(`${platform}-`));
    return [...tenants, ...all.filter((stack) => stack === platform)];
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
    const result = await this.pulumi(args, options);
    const outcome = readOutcome(result.stdout);
    if (result.code !== 0 && outcome.errors.length === 0) outcome.errors.push(result.stderr.trim());
    const seconds = (performance.now() - started) / 1000;
    return { ...outcome, ok: result.code === 0, seconds, signal: result.signal };
  }

  private async pulumi(args: readonly string[], { onStart, detachedOutput }: UpdateOptions) {
    const options = { ...this.execOptions(), onStart };
    return detachedOutput === undefined
      ? { ...(await tryExec("pulumi", args, options)), signal: null }
      : runDetached("pulumi", args, { ...options, outputFile: detachedOutput });
  }

  private execOptions() {
    // A preview prints the same events as an update with this, instead of a digest without the stack's outputs.
    const env = { ...this.options.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" };
    return { cwd: this.options.projectDir ?? PROJECT_DIR, env };
  }
}
