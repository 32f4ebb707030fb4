import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { dockerProvider, kubernetesProvider, pulumiTool, type Tool } from "./catalog";
import { cacheDir, stateDir } from "./paths";
import { ensureTool, foreignPath, foreignPulumiHome, toolKey, type InstalledTool } from "./tools";

/** What a child process needs to run Pulumi as this project does. */
export interface Toolchain {
  /** To be merged over `process.env`. */
  env: Record<string, string>;
}

export interface ToolchainOptions {
  /** Also the Kubernetes provider, which takes long to build. @default false */
  kubernetes?: boolean;
}

/**
 * Protects nothing and is meant not to: secrets in a dev state lie in a folder that only its user can read. Whoever
 * wants more sets PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE before the first `up`.
 */
const DEV_PASSPHRASE = "flinktide-dev";

const Marker = z.object({
  /** Folder to put before PATH; null when the user's own CLI is used. */
  bin: z.string().nullable(),
  /** Every executable with its size and time of change, so that a replaced one is noticed. */
  files: z.array(z.object({ path: z.string(), size: z.number(), mtimeMs: z.number() })),
});
type Marker = z.infer<typeof Marker>;

/**
 * Makes Pulumi ready: CLI, language host and providers, found, downloaded or built. The first call may take minutes
 * and says so; later ones take milliseconds and start no process. Throws UserError when a tool cannot be had.
 */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const tools = [pulumiTool, dockerProvider, ...(options.kubernetes ? [kubernetesProvider] : [])];
  const home = cacheDir("tools", `home-${toolKey(pulumiTool)}-${toolKey(dockerProvider)}`);
  const markerFile = path.join(home, `ready-${tools.map(toolKey).join("-")}.json`);
  const marker = readMarker(markerFile) ?? (await prepare(tools, home, markerFile));
  return { env: environment(marker, home) };
}

async function prepare(tools: readonly Tool[], home: string, markerFile: string): Promise<Marker> {
  fs.mkdirSync(home, { recursive: true });
  const installed = new Map<Tool, InstalledTool>();
  for (const tool of tools) installed.set(tool, await ensureTool(tool));
  for (const [tool, { executables }] of installed) {
    if (tool.plugin !== undefined) placePlugin(home, tool, executables);
  }
  const cli = installed.get(pulumiTool);
  const marker: Marker = {
    bin: cli?.from === "cache" ? path.dirname(cli.executables[0] ?? "") : null,
    files: [...installed.values()].flatMap((tool) => tool.executables).map(fingerprint),
  };
  writeWhole(markerFile, JSON.stringify(marker));
  return marker;
}

/** Links a provider to where Pulumi looks for it, in one step, since another run may be using it. */
function placePlugin(home: string, tool: Tool, executables: readonly string[]): void {
  const folder = path.join(home, "plugins", `resource-${tool.plugin}-v${tool.version}`);
  fs.mkdirSync(folder, { recursive: true });
  for (const executable of executables) {
    const link = path.join(folder, path.basename(executable));
    const temporary = `${link}.${process.pid}`;
    fs.rmSync(temporary, { force: true });
    fs.symlinkSync(executable, temporary);
    fs.renameSync(temporary, link);
  }
}

function readMarker(file: string): Marker | undefined {
  try {
    const marker = Marker.parse(JSON.parse(fs.readFileSync(file, "utf8")));
    const unchanged = marker.files.every((known) => {
      const now = fingerprint(known.path);
      return now.size === known.size && now.mtimeMs === known.mtimeMs;
    });
    return unchanged ? marker : undefined;
  } catch {
    return undefined;
  }
}

function fingerprint(file: string): Marker["files"][number] {
  const { size, mtimeMs } = fs.statSync(file);
  return { path: file, size, mtimeMs };
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}

function environment(marker: Marker, home: string): Record<string, string> {
  const foreign = foreignPath();
  const env: Record<string, string> = {
    PATH: [marker.bin, nodeFolder(foreign), ...foreign].filter(Boolean).join(path.delimiter),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    FLINKTIDE_CACHE: cacheDir(),
    FLINKTIDE_STATE: stateDir(),
  };
  return { ...env, ...backend() };
}

/**
 * A folder as Pulumi's backend. Without the files that it would keep beside each state: it empties them before it
 * writes them, so that whoever reads the state at that moment fails with EOF, as an update that reads its own stack.
 */
export function folderBackend(folder: string): string {
  return `file://${folder}?metadata=skip`;
}

/** The user's own backend with the user's own login, else a folder of this user alone. */
function backend(): Record<string, string> {
  const given = process.env.PULUMI_BACKEND_URL ?? "";
  // An earlier `shellenv` says so of its own choice, which may have been made for another state folder.
  if (given !== "" && given !== process.env.FLINKTIDE_BACKEND_URL) {
    const login = process.env.PULUMI_CREDENTIALS_PATH ?? foreignPulumiHome();
    return { PULUMI_BACKEND_URL: given, PULUMI_CREDENTIALS_PATH: login };
  }
  const folder = stateDir("pulumi");
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const passphraseGiven =
    process.env.PULUMI_CONFIG_PASSPHRASE !== undefined ||
    process.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  return {
    PULUMI_BACKEND_URL: folderBackend(folder),
    FLINKTIDE_BACKEND_URL: folderBackend(folder),
    ...(passphraseGiven ? {} : { PULUMI_CONFIG_PASSPHRASE: DEV_PASSPHRASE }),
  };
}

/** Pulumi starts `node` by name; this makes it the Node that runs us. Undefined where it is that already. */
function nodeFolder(folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      const same = fs.realpathSync(path.join(folder, "node")) === fs.realpathSync(process.execPath);
      return same ? undefined : path.dirname(process.execPath);
    } catch {
      continue;
    }
  }
  return path.dirname(process.execPath);
}
