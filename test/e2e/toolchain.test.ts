import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { exec, tryExec } from "../../infra/exec";
import { dockerProvider, pulumiTool, type Tool } from "../../infra/toolchain/catalog";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { ensureToolchain } from "../../infra/toolchain/toolchain";
import { ensureTool } from "../../infra/toolchain/tools";
import { removeScratch, scratch, withEnv } from "../infra/toolchain/fixtures/tools";

const LABEL = "flinktide.test=toolchain";
const MINUTES = 60_000;

beforeAll(async () => {
  await ensureToolchain();
  await ensureDocker();
  await removeNetworks();
}, 30 * MINUTES);

afterAll(async () => {
  await removeNetworks();
  removeScratch();
}, MINUTES);

describe("the official download", () => {
  it(
    "from a server with the same paths sets up a machine that has no Go",
    async () => {
      const site = scratch();
      for (const tool of [pulumiTool, dockerProvider]) await publish(tool, site);
      const server = await serve(site);
      const env = {
        PATH: bareMachine(),
        FLINKTIDE_CACHE: scratch(),
        FLINKTIDE_STATE: scratch(),
        FLINKTIDE_DOWNLOAD_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        PULUMI_HOME: scratch(),
      };
      const script = path.join(PROJECT_DIR, "infra/toolchain/shellenv.ts");
      const shellenv = await tryExec(process.execPath, ["--import", "tsx", script], { env });
      server.close();
      expect(shellenv).toMatchObject({ code: 0, stderr: expect.not.stringContaining("building") });

      const ask = 'eval "$RENDERED"; pulumi version; command -v pulumi; pulumi plugin ls --json';
      const out = await exec("bash", ["-c", ask], { env: { RENDERED: shellenv.stdout } });
      const [version, file, ...plugins] = out.split("\n");
      expect([version, file?.startsWith(env.FLINKTIDE_CACHE)]).toEqual(["v3.245.0", true]);
      expect(JSON.parse(plugins.join("\n"))).toMatchObject([{ name: "docker", version: "4.5.8" }]);
    },
    5 * MINUTES,
  );
});

describe("a TypeScript program", () => {
  const name = `flinktide-test-${process.pid}`;

  it(
    "creates a network, changes nothing the second time, removes it, and warns of nothing",
    async () => {
      const pulumi = await project(`
        import * as docker from "@pulumi/docker";
        import * as pulumi from "@pulumi/pulumi";
        const label = { label: "flinktide.test", value: "toolchain" };
        const network = new docker.Network("net", { name: ${JSON.stringify(name)}, labels: [label] });
        const config = new pulumi.Config();
        export const id: pulumi.Output<string> = network.id;
        export const word = config.requireSecret("word");
        export const how = [process.env.PULUMI_NODEJS_TYPESCRIPT, ...process.execArgv].join(" ");
      `);
      await pulumi("config", "set", "--secret", "word", "hush");
      const first = await pulumi("up", "--yes", "--skip-preview");
      expect(first).toContain("2 created");
      const found = await exec("docker", ["network", "ls", "-q", "--filter", `label=${LABEL}`]);
      const outputs = JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets"));
      expect(outputs).toMatchObject({ word: "hush", how: "false --import=tsx" });
      expect(outputs.id.startsWith(found.trim())).toBe(true);
      const second = await pulumi("up", "--yes");
      expect(second).toContain("2 unchanged");
      const refresh = await pulumi("refresh", "--yes", "--run-program");
      expect(refresh).toContain("2 unchanged");
      const about = await pulumi("about");
      expect(about).toMatch(/resource +docker +4\.5\.8/);
      expect(about).toMatch(/@pulumi\/docker +4\.5\.8/);
      const end = await pulumi("destroy", "--yes");
      expect(end).toContain("2 deleted");
      expect([first, second, refresh, about, end].join()).not.toMatch(/warning/i);
    },
    5 * MINUTES,
  );

  it(
    "ends with a pulumi that is killed",
    async () => {
      const pidFile = path.join(scratch(), "pid");
      const pulumi = await project(`
        import * as fs from "node:fs";
        fs.writeFileSync(${JSON.stringify(pidFile)} + ".part", String(process.pid));
        fs.renameSync(${JSON.stringify(pidFile)} + ".part", ${JSON.stringify(pidFile)});
        export const never = new Promise((resolve) => setTimeout(resolve, 600_000));
      `);
      const up = pulumi.start("up", "--yes", "--skip-preview");
      await until(() => fs.existsSync(pidFile));
      const program = Number(fs.readFileSync(pidFile, "utf8"));
      expect(isAlive(program)).toBe(true);
      up.kill("SIGKILL");
      await until(() => !isAlive(program));
    },
    MINUTES,
  );

  it(
    "that throws fails the update with its message",
    async () => {
      const pulumi = await project('throw new Error("no such window");');
      await expect(pulumi("up", "--yes", "--skip-preview")).rejects.toThrow("no such window");
    },
    MINUTES,
  );
});

/** A Pulumi project in a folder of its own, with a state of its own; gives a way to run pulumi in it. */
async function project(source: string) {
  const cwd = scratch();
  const { env } = await withEnv(
    // Also beside a shellenv, whose choice of a backend is not this test's.
    { FLINKTIDE_STATE: scratch(), FLINKTIDE_BACKEND_URL: undefined, PULUMI_BACKEND_URL: undefined },
    () => ensureToolchain(),
  );
  fs.symlinkSync(path.join(PROJECT_DIR, "node_modules"), path.join(cwd, "node_modules"));
  fs.writeFileSync(path.join(cwd, "index.ts"), source);
  fs.writeFileSync(path.join(cwd, "package.json"), '{"dependencies":{"@pulumi/docker":"4.5.8"}}');
  fs.writeFileSync(
    path.join(cwd, "Pulumi.yaml"),
    "name: probe\nmain: index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: --import=tsx\n",
  );
  const run = async (...args: string[]) => {
    const result = await tryExec("pulumi", [...args, "--non-interactive"], { cwd, env });
    if (result.code !== 0) throw new Error(result.stdout + result.stderr);
    return result.stdout + result.stderr;
  };
  await run("stack", "init", "t");
  const start = (...args: string[]) =>
    spawn("pulumi", args, { cwd, env: { ...process.env, ...env }, stdio: "ignore" });
  return Object.assign(run, { start });
}

/** Puts a tool's archive and list of checksums where the official site has them. */
async function publish(tool: Tool, site: string): Promise<void> {
  const { executables } = await ensureTool(tool);
  const contents = scratch();
  for (const [i, member] of tool.archive.members.entries()) {
    const target = path.join(contents, member);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.symlinkSync(executables[i] ?? "", target);
  }
  const archive = path.join(site, tool.archive.path);
  fs.mkdirSync(path.dirname(archive), { recursive: true });
  await exec("tar", ["-chf", archive, "-I", "gzip -1", "-C", contents, ...tool.archive.members]);
  const sum = createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
  fs.writeFileSync(path.join(site, tool.archive.checksums), `${sum}  ${path.basename(archive)}\n`);
}

async function serve(site: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const file = path.join(site, path.normalize(request.url ?? "/"));
    if (fs.existsSync(file)) fs.createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** A PATH that has only what unpacking needs. */
function bareMachine(): string {
  const bin = scratch();
  fs.symlinkSync(process.execPath, path.join(bin, "node"));
  for (const name of ["tar", "gzip", "sh"]) {
    const file = ["/usr/bin", "/bin"].map((folder) => path.join(folder, name)).find(fs.existsSync);
    fs.symlinkSync(file ?? "", path.join(bin, name));
  }
  return bin;
}

async function removeNetworks(): Promise<void> {
  const ids = await exec("docker", ["network", "ls", "-q", "--filter", `label=${LABEL}`]);
  for (const id of ids.split("\n").filter(Boolean)) await tryExec("docker", ["network", "rm", id]);
}

function isAlive(pid: number): boolean {
  // A process that ended but was not collected yet has no memory map any more.
  return fs.existsSync(`/proc/${pid}`) && fs.readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
