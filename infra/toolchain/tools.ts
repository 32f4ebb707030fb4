import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { cached } from "../cached";
import { UserError } from "../errors";
import { tryExec } from "../exec";
import { say } from "../progress";
import type { Tool } from "./catalog";
import { DownloadError, downloadArchive } from "./download";
import { ensureBuilt, moduleKey } from "./go-module";
import { cacheDir } from "./paths";

/** A tool that is ready to run. */
export interface InstalledTool {
  /** Absolute paths, in the order of the tool's modules. */
  executables: readonly string[];
  /** `path`: the user's own; `cache`: downloaded or built by us. */
  from: "path" | "cache";
}

/** Changes with anything that changes what would be built, and so with the pinned version. */
export function toolKey(tool: Tool): string {
  const hash = createHash("sha256").update(JSON.stringify([tool.name, tool.version, tool.archive]));
  tool.modules.forEach((module) => hash.update(moduleKey(module)));
  return hash.digest("hex").slice(0, 8);
}

/** Where a tool lies once it is downloaded or built. */
export function toolDir(tool: Tool): string {
  return cacheDir("tools", `${tool.name}-${tool.version}-${toolKey(tool)}`);
}

/**
 * Finds or makes a tool: the user's own if its version fits, else the cached one, else the official download, else a
 * build from the Go module proxy. Throws UserError when none of these is possible.
 */
export async function ensureTool(tool: Tool): Promise<InstalledTool> {
  const own = await findOwn(tool);
  if (own !== undefined) return { executables: own, from: "path" };
  const dir = await cached(toolDir(tool), (folder) => obtain(tool, folder));
  return { executables: names(tool).map((name) => path.join(dir, name)), from: "cache" };
}

/** The user's own executables if all are there and their versions fit. */
export async function findOwn(tool: Tool): Promise<string[] | undefined> {
  const first = await firstOwn(tool);
  if (first === undefined) return undefined;
  // Pulumi looks for the language host beside the real file of the CLI.
  const dir = path.dirname(await fs.realpath(first));
  const found = names(tool).map((name, i) => (i === 0 ? first : path.join(dir, name)));
  const verdicts = await Promise.all(found.map((file) => hasRightVersion(tool, file)));
  return verdicts.every(Boolean) ? found : undefined;
}

async function firstOwn(tool: Tool): Promise<string | undefined> {
  const [name = tool.name] = names(tool);
  const folders = foreignPath();
  if (tool.plugin !== undefined) {
    const plugins = path.join(foreignPulumiHome(), "plugins");
    folders.push(path.join(plugins, `resource-${tool.plugin}-v${tool.version}`));
  }
  for (const folder of folders) {
    const file = path.join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** PATH without what an earlier `shellenv` put there. */
export function foreignPath(): string[] {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.filter((folder) => folder !== "" && !isOurs(folder));
}

/** Pulumi's home as it would be without us. */
export function foreignPulumiHome(): string {
  const given = process.env.PULUMI_HOME;
  return given !== undefined && !isOurs(given) ? given : path.join(os.homedir(), ".pulumi");
}

function isOurs(folder: string): boolean {
  return path.resolve(folder).startsWith(cacheDir("tools") + path.sep);
}

async function obtain(tool: Tool, folder: string): Promise<void> {
  await fs.mkdir(folder);
  const reason = await download(tool, folder);
  if (reason === undefined) return;
  say(`   ${reason}; building instead`);
  for (const name of names(tool)) await fs.rm(path.join(folder, name), { force: true });
  try {
    await buildInto(tool, folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}\nThe official download failed too: ${reason}.`);
  }
}

/** Downloads and tries the executables. Gives the reason if that fails. */
async function download(tool: Tool, folder: string): Promise<string | undefined> {
  try {
    say(`.. ${tool.title}: official download`);
    await downloadArchive(tool.archive, folder, { onProgress: (text) => say(`   ${text}`) });
    await requireRightVersions(tool, folder);
    return undefined;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    return error.message;
  }
}

async function buildInto(tool: Tool, folder: string): Promise<void> {
  for (const module of tool.modules) {
    const built = await ensureBuilt(module);
    await fs.link(built, path.join(folder, module.executable));
  }
  await requireRightVersions(tool, folder);
}

async function requireRightVersions(tool: Tool, folder: string): Promise<void> {
  for (const name of names(tool)) {
    const file = path.join(folder, name);
    await fs.chmod(file, 0o755);
    if (await hasRightVersion(tool, file)) continue;
    throw new DownloadError(`${name} does not run, or is not version ${tool.version}`);
  }
}

async function hasRightVersion(tool: Tool, file: string): Promise<boolean> {
  if (!(await isExecutable(file))) return false;
  const args = tool.versionArguments[path.basename(file)];
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: cacheDir("tools", "probe-home") };
  const result = await tryExec(file, args ?? ["--help"], { env, timeoutMs: 60_000 });
  if (args !== undefined) return result.code === 0 && tool.accepts(result.stdout);
  return result.code === 0 && (await fs.readFile(file)).includes(tool.version);
}

function names(tool: Tool): string[] {
  return tool.modules.map((module) => module.executable);
}

async function isExecutable(file: string): Promise<boolean> {
  return fs.access(file, fs.constants.X_OK).then(
    () => true,
    () => false,
  );
}
