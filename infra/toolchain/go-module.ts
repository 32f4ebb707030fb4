import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../cached";
import { contentHash } from "../content-hash";
import { UserError } from "../errors";
import { exec, tryExec } from "../exec";
import { step } from "../progress";
import { cacheDir } from "./paths";
import { VERSIONS, isAtLeast } from "./versions";

/** An executable that can be built from the Go module proxy. */
export interface GoModule {
  /** The committed module: go.mod, go.sum and sources. */
  dir: string;
  /** What to build: `.` or an import path. */
  package: string;
  executable: string;
  version: string;
  /** Variables the linker sets to the version, as `import/path.Name=value`. */
  linkerVariables: readonly string[];
  /** Runs where no C library is. @default false */
  static?: boolean;
  /** Makes the files that the sources embed, in the copy of the module that is built. */
  prepare?: (copy: string) => Promise<void>;
  /** Shown before a first build, for instance "6 minutes on 2 cores". */
  duration: string;
}

/** The first Go that can switch to the release a module asks for by itself. */
const FIRST_SWITCHING_GO = "1.21.0";

/** Changes with anything that changes the executable: sources, go.mod, go.sum, version, linker variables, machine. */
export function moduleKey(module: GoModule): string {
  const { package: target, version, linkerVariables } = module;
  const machine = `${process.platform}-${process.arch}`;
  const kind = module.static ? ["static"] : [];
  return contentHash(module.dir, [target, version, machine, ...kind, ...linkerVariables]);
}

/** Builds the executable, or finds it built. Gives its path. Throws UserError where Go is missing or too old. */
export async function ensureBuilt(module: GoModule): Promise<string> {
  const name = `${module.executable}-${module.version}`;
  const target = cacheDir("tools", `built-${name}-${moduleKey(module)}`);
  await cached(target, async (folder) => {
    await requireGo(name);
    const title = `${name}: build from the Go module proxy (${module.duration}, once)`;
    await step(title, () => build(module, folder));
  });
  return path.join(target, module.executable);
}

/** Runs the Go command in a module's copy. */
export function go(copy: string, args: readonly string[], env = {}): Promise<string> {
  return exec("go", args, { cwd: copy, env: { GOWORK: "off", ...env } });
}

/** Builds a package of the copy into `output`. */
export async function goBuild(
  copy: string,
  target: string,
  output: string,
  linkerVariables: readonly string[],
  env = {},
): Promise<void> {
  const linker = ["-s", "-w", ...linkerVariables.map((variable) => `-X ${variable}`)].join(" ");
  const flags = ["-mod=readonly", "-buildvcs=false", "-ldflags", linker];
  await go(copy, ["build", ...flags, "-o", output, target], env);
}

async function build(module: GoModule, folder: string): Promise<void> {
  const copy = path.join(folder, "module");
  fs.cpSync(module.dir, copy, { recursive: true });
  await module.prepare?.(copy);
  const output = path.join(folder, module.executable);
  const env = module.static ? { CGO_ENABLED: "0" } : {};
  await goBuild(copy, module.package, output, module.linkerVariables, env);
  fs.rmSync(copy, { recursive: true });
}

async function requireGo(name: string): Promise<void> {
  const found = await tryExec("go", ["version"], { env: { GOWORK: "off" } });
  const fix = `install Go ${VERSIONS.minGo} or newer, or install ${name} so that it is on PATH`;
  if (found.code !== 0) {
    throw new UserError(`${name} is to be built, and there is no Go on PATH. Fix: ${fix}.`);
  }
  if (!isAtLeast(found.stdout, FIRST_SWITCHING_GO)) {
    throw new UserError(
      `${name} is to be built, and this Go is too old: ${found.stdout.trim()}. Fix: ${fix}.`,
    );
  }
}
