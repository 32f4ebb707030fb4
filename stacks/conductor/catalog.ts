import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../../infra/errors";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { distinct } from "../../policies/problem";
import type { Tenant } from "../../policies/tenant";
import { interpretConfig, type RawConfig } from "../config";
import type { Platform } from "../platform-schema";

/** Where the stack files are, for the conductor and its commands: CONDUCTOR_STACKS. @default the project */
export function stacksFolder(): string {
  return process.env.CONDUCTOR_STACKS || PROJECT_DIR;
}

/** A tenant as its stack file describes it. */
export interface CatalogEntry {
  stack: string;
  tenant: Tenant;
  /** The stack file, and what stood in it when it could last be used. */
  file: string;
  text: string;
  mtimeMs: number;
}

/** Whether two versions of a tenant have the same settings by which it is measured. */
export function measuredAlike(a: Tenant, b: Tenant): boolean {
  const of = ({ jobs, scaling, taskManager, collectors }: Tenant) =>
    JSON.stringify({ jobs, scaling, taskManager, collectors });
  return of(a) === of(b);
}

/** A stack file of the environment that can't be used as it is. */
export interface BrokenEntry {
  stack: string;
  file: string;
  mtimeMs: number;
  /** With every problem. */
  error: UserError;
}

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

interface Known {
  mtimeMs: number;
  entry: CatalogEntry | undefined;
  broken: BrokenEntry | undefined;
}

/** The tenants of an environment, by their stack files; a file is read again once it has changed. */
export class Catalog {
  private known = new Map<string, Known>();

  constructor(
    private readonly environment: string,
    /** Folder of the stack files. */
    readonly folder = stacksFolder(),
  ) {}

  /** Looks at the files. A tenant whose file broke keeps what it had. */
  async refresh(): Promise<{ entries: CatalogEntry[]; broken: BrokenEntry[] }> {
    const names = (await fs.readdir(this.folder)).filter((name) => stackOf(name) !== undefined);
    const found = await Promise.all(names.map((name) => this.look(path.join(this.folder, name))));
    this.known = new Map(found.flatMap(([file, known]) => (known ? [[file, known]] : [])));
    const all = [...this.known.values()];
    return {
      entries: all.flatMap(({ entry }) => entry ?? []),
      broken: all.flatMap(({ broken }) => broken ?? []),
    };
  }

  private async look(file: string): Promise<[string, Known | undefined]> {
    const before = this.known.get(file);
    const mtimeMs = await fs
      .stat(file)
      .then((stat) => stat.mtimeMs)
      .catch(() => undefined);
    if (mtimeMs === undefined) return [file, undefined];
    if (before?.mtimeMs === mtimeMs) return [file, before];
    const stack = stackOf(path.basename(file)) ?? "";
    try {
      const entry = await readEntry(stack, file, mtimeMs, this.environment);
      return [file, { mtimeMs, entry, broken: undefined }];
    } catch (error) {
      const broken = { stack, file, mtimeMs, error: asUserError(file, error as Error) };
      return [file, { mtimeMs, entry: before?.entry, broken }];
    }
  }
}

function asUserError(file: string, error: Error): UserError {
  if (error instanceof UserError) return error;
  return new UserError(`${file} can't be read (${error.message}). Fix: make it a readable file.`);
}

/** The tenants of an environment whose files can be used. */
export async function readCatalog(
  environment: string,
  folder = stacksFolder(),
): Promise<CatalogEntry[]> {
  return (await new Catalog(environment, folder).refresh()).entries;
}

/** The platform of an environment, by its stack file. Throws UserError. */
export async function readPlatform(
  environment: string,
  folder = stacksFolder(),
): Promise<Platform> {
  const file = path.join(folder, `Pulumi.${environment}.yaml`);
  const text = await fs.readFile(file, "utf8").catch(() => {
    throw new UserError(
      `There is no environment ${environment}: ${file} does not exist. ` +
        "Fix: give the name of a platform stack with --env, for instance --env dev.",
    );
  });
  const { config, problems } = interpretConfig(readStackFile(file, text), () => new Date(0));
  if (config?.role === "platform" && problems.length === 0) return config.platform;
  throw new UserError(`${path.basename(file)} has problems:`, distinct(problems));
}

function stackOf(fileName: string): string | undefined {
  return /^Pulumi\.(.+)\.yaml$/.exec(fileName)?.[1];
}

/** undefined for a stack that is no tenant of the environment. Throws UserError with every problem of one that is. */
async function readEntry(
  stack: string,
  file: string,
  mtimeMs: number,
  environment: string,
): Promise<CatalogEntry | undefined> {
  const text = await fs.readFile(file, "utf8");
  const raw = readStackFile(file, text);
  const platform = raw["flinktide:platform"]?.split("/").at(-1);
  if (raw["flinktide:role"] !== "tenant" || platform !== environment) return undefined;
  const { config, problems } = interpretConfig(raw, () => new Date(0));
  if (config?.role === "tenant" && problems.length === 0) {
    return { stack, tenant: config.tenant, file, text, mtimeMs };
  }
  throw new UserError(`${path.basename(file)} has problems:`, distinct(problems));
}

/** A stack file's config as Pulumi gives it to a program: blocks as JSON. A secret stays as it stands. */
export function readStackFile(file: string, text: string): RawConfig {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new UserError(`${file} is not YAML: ${(error as Error).message}`);
  }
  const parsed = fileSchema.safeParse(document);
  const entries = Object.entries(parsed.success ? parsed.data.config : {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
