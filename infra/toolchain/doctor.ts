import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { tryExec } from "../exec";
import { isInEngine } from "../images/build-image";
import { imageContext } from "../images/context";
import { onPath } from "../images/debian";
import { IMAGE_VERSIONS, OS_BASE } from "../images/versions";
import { dockerProvider, kubernetesProvider, pulumiTool, type Tool } from "./catalog";
import { installable, isReady, renderChecks, type Check } from "./check";
import { checkPorts } from "./dev-ports";
import { engineState, mayInstallEngine } from "./docker-engine";
import { isBaseReachable } from "./download";
import { runMain } from "./main";
import { cacheDir } from "./paths";
import { findOwn, toolDir } from "./tools";
import { VERSIONS, formatVersion, isAtLeast, parseVersion } from "./versions";

const GIB = 1024 ** 3;
const WANTED_DISK_GIB = 10;
const WANTED_MEMORY_GIB = 6;

/** Looks at this machine and changes nothing. */
export async function examine(): Promise<Check[]> {
  const canInstall = mayInstallEngine();
  const goVersion = await versionOf("go", ["version"]);
  const canBuild = goVersion !== undefined && isAtLeast(goVersion, VERSIONS.minGo);
  const tools = await checkTools(canBuild);
  const engine = await engineState();
  return [
    node(),
    await npm(),
    ...tools,
    checkGo(goVersion, canBuild, tools),
    await javaCheck(canInstall),
    await mavenCheck(canInstall),
    engineCheck(engine, canInstall),
    await baseImage(engine.running, canInstall),
    images(),
    await disk(),
    memory(),
    await checkPorts(),
  ];
}

function node(): Check {
  const fits = isAtLeast(process.version, VERSIONS.minNode);
  const check = { name: "node", found: process.version, wanted: `>= ${VERSIONS.minNode}` };
  return {
    ...check,
    verdict: fits ? "ok" : "missing",
    fix: fits ? undefined : "install Node 20 LTS",
  };
}

async function npm(): Promise<Check> {
  const found = await versionOf("npm", ["--version"]);
  const fits = found !== undefined && isAtLeast(found, VERSIONS.minNpm);
  const check = { name: "npm", found, wanted: `>= ${VERSIONS.minNpm}` };
  return { ...check, verdict: fits ? "ok" : "missing", fix: fits ? undefined : "npm i -g npm@10" };
}

/** A line each for the CLI, the language host and the providers. */
async function checkTools(canBuild: boolean): Promise<Check[]> {
  const lines: Check[] = [];
  let reachable: boolean | undefined;
  for (const tool of [pulumiTool, dockerProvider, kubernetesProvider]) {
    const place = await whereIs(tool);
    const needed = tool !== kubernetesProvider;
    if (place === undefined && needed) reachable ??= await isBaseReachable();
    for (const { executable } of tool.modules) {
      const check = { name: executable, found: place && `in ${place}`, wanted: tool.version };
      const state = { fits: place !== undefined, needed };
      const fix = "allow HTTPS to github.com, or install Go so that it can be built";
      lines.push(
        installable({ ...check, fix }, { ...state, canInstall: canBuild || reachable === true }),
      );
    }
  }
  return lines;
}

/** The folder a tool would be used from; undefined where `npm run setup` has yet to get it. */
async function whereIs(tool: Tool): Promise<string | undefined> {
  const own = await findOwn(tool);
  if (own?.[0] !== undefined) return path.dirname(own[0]);
  return fs.existsSync(toolDir(tool)) ? "the cache" : undefined;
}

function checkGo(found: string | undefined, fits: boolean, tools: readonly Check[]): Check {
  const needed = tools.some(({ verdict }) => verdict === "missing");
  const check = {
    name: "go",
    found,
    wanted: `>= ${VERSIONS.minGo} to build what can't be downloaded`,
  };
  const fix = `install Go ${VERSIONS.minGo} or newer`;
  return installable({ ...check, fix }, { fits, needed, canInstall: false });
}

async function javaCheck(canInstall: boolean): Promise<Check> {
  const found = await versionOf("javac", ["-version"]);
  const fits = found !== undefined && isAtLeast(found, VERSIONS.java);
  const check = { name: "javac", found, wanted: `>= ${VERSIONS.java}` };
  const fix = `install openjdk-${VERSIONS.java}-jdk-headless`;
  return installable({ ...check, fix }, { fits, needed: true, canInstall });
}

async function mavenCheck(canInstall: boolean): Promise<Check> {
  const found = await versionOf("mvn", ["--version"]);
  const fits = found !== undefined && isAtLeast(found, VERSIONS.minMaven);
  const check = { name: "mvn", found, wanted: `>= ${VERSIONS.minMaven}`, fix: "install maven" };
  return installable(check, { fits, needed: true, canInstall });
}

function engineCheck(state: Awaited<ReturnType<typeof engineState>>, canInstall: boolean): Check {
  const check = { name: "docker engine", wanted: "an engine that answers" };
  if (state.running) return { ...check, found: state.version, verdict: "ok" };
  // An engine elsewhere is its owner's to start.
  const local = (process.env.DOCKER_HOST ?? "") === "";
  const fix = `start Docker (${state.reason})`;
  return installable(
    { ...check, fix },
    { fits: false, needed: true, canInstall: canInstall && local },
  );
}

async function baseImage(engineRuns: boolean, canInstall: boolean): Promise<Check> {
  const present = engineRuns && (await isInEngine(OS_BASE));
  const found = present ? OS_BASE : onPath("debootstrap") ? "debootstrap" : undefined;
  const check = { name: "base image", found, wanted: `${OS_BASE}, pulled or made by debootstrap` };
  const fix = `docker pull ${OS_BASE}`;
  return installable({ ...check, fix }, { fits: present, needed: true, canInstall });
}

function images(): Check {
  const ready = IMAGE_VERSIONS.filter(({ recipe, version }) =>
    fs.existsSync(imageContext(recipe, version).directory),
  );
  const found = `${ready.length} of ${IMAGE_VERSIONS.length} in the cache`;
  const check = { name: "image contexts", found, wanted: String(IMAGE_VERSIONS.length) };
  const fits = ready.length === IMAGE_VERSIONS.length;
  return installable(check, { fits, needed: true, canInstall: true });
}

async function disk(): Promise<Check> {
  fs.mkdirSync(cacheDir(), { recursive: true });
  const { bavail, bsize } = await fs.promises.statfs(cacheDir());
  const free = (bavail * bsize) / GIB;
  const check = {
    name: "free disk",
    found: `${free.toFixed(0)} GiB`,
    wanted: `>= ${WANTED_DISK_GIB} GiB`,
  };
  if (free >= WANTED_DISK_GIB) return { ...check, verdict: "ok" };
  return {
    ...check,
    verdict: "missing",
    fix: `free some, or set FLINKTIDE_CACHE (now ${cacheDir()})`,
  };
}

function memory(): Check {
  const total = os.totalmem() / GIB;
  const check = {
    name: "memory",
    found: `${total.toFixed(1)} GiB`,
    wanted: `>= ${WANTED_MEMORY_GIB} GiB`,
  };
  if (total >= WANTED_MEMORY_GIB) return { ...check, verdict: "ok" };
  return { ...check, verdict: "missing", fix: "use a larger machine, or one tenant at a time" };
}

/** The version a program tells; undefined where it does not run. */
async function versionOf(program: string, args: readonly string[]): Promise<string | undefined> {
  const { code, stdout, stderr } = await tryExec(program, args, { timeoutMs: 30_000 });
  // Maven colours its first line.
  const version = parseVersion(stripVTControlCharacters(stdout.trim() || stderr));
  return code === 0 && version !== undefined ? formatVersion(version) : undefined;
}

async function main(): Promise<number> {
  const checks = await examine();
  process.stdout.write(renderChecks(checks, process.stdout.isTTY === true));
  const ready = isReady(checks);
  process.stdout.write(ready ? "Ready for: npm run demo\n" : "Fix what is MISSING first.\n");
  return ready ? 0 : 1;
}

if (require.main === module) runMain(main);
