import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { exec, tryExec } from "../../infra/exec";
import { ensureProgram } from "../../infra/images/debian";
import { ensureOsBase } from "../../infra/images/os-base";
import { OS_BASE } from "../../infra/images/versions";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { ensureToolchain } from "../../infra/toolchain/toolchain";
import { eventually } from "../support/containers";

jest.setTimeout(180_000);

const USER = "ann";
const PASSWORD = "pull-me";
/** The password above, hashed with bcrypt. */
const HTPASSWD = `${USER}:$2y$05$abcdefghijklmnopqrstuuBp.n58v886n7kD7.z9i0nzqxtQ8I2P.\n`;
const PROGRAM = path.join(__dirname, "fixtures", "private-image");

/** Names what an interrupted run may have left in the engine. */
const REPOSITORY = "flinktide-test-registry/base";

let folder: string;
let registry: ChildProcess;
let reference: string;
let env: Record<string, string>;

beforeAll(async () => {
  await ensureDocker();
  await ensureOsBase(OS_BASE);
  await removeImages();
  await ensureProgram("docker-registry", ["docker-registry"]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-registry-"));
  const port = await startRegistry();
  reference = `127.0.0.1:${port}/${REPOSITORY}:1`;
  await publish(port);
  fs.mkdirSync(path.join(folder, "state"));
  env = {
    ...(await ensureToolchain()).env,
    PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    // This machine's own log-ins must not be what lets the pull through.
    DOCKER_CONFIG: path.join(folder, "nobody"),
  };
}, 1_200_000);

afterAll(async () => {
  registry?.kill();
  await removeImages();
  fs.rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function removeImages(): Promise<void> {
  const filter = ["--filter", `reference=*/${REPOSITORY}`, "--format", "{{.Repository}}:{{.Tag}}"];
  const found = (await exec("docker", ["images", ...filter]))
    .split("\n")
    .filter((tag) => tag !== "");
  if (found.length > 0) await exec("docker", ["rmi", ...found]);
}

/** Starts a registry on the loopback interface that asks for a password, and gives its port. */
async function startRegistry(): Promise<number> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
  const passwords = path.join(folder, "htpasswd");
  fs.writeFileSync(passwords, HTPASSWD);
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: path.join(folder, "images") } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: "flinktide-test", path: passwords } },
  };
  const file = path.join(folder, "registry.yml");
  fs.writeFileSync(file, JSON.stringify(config));
  // `timeout` ends it where this process is killed before it can.
  registry = spawn("timeout", ["1200", "docker-registry", "serve", file], { stdio: "ignore" });
  await eventually("the registry", async () =>
    (await fetch(`http://127.0.0.1:${port}/v2/`)).status === 401 ? true : undefined,
  );
  return port;
}

/** Puts an image into the registry and takes it out of the engine. */
async function publish(port: number): Promise<void> {
  const login = ["--config", path.join(folder, "publisher")];
  const credentials = ["--username", USER, "--password-stdin"];
  const server = `127.0.0.1:${port}`;
  await exec("docker", [...login, "login", ...credentials, server], { input: PASSWORD });
  await exec("docker", ["tag", OS_BASE, reference]);
  await exec("docker", [...login, "push", reference]);
  await exec("docker", ["rmi", reference]);
}

async function pulumi(stack: string, ...command: string[]) {
  const options = ["--stack", stack, "--non-interactive"];
  const configFile = command[0] === "stack" ? [] : [`--config-file=${folder}/${stack}.yaml`];
  return tryExec("pulumi", [...command, ...options, ...configFile], { cwd: PROGRAM, env });
}

/** Runs `up` on a stack of its own with this password. */
async function up(stack: string, password: string) {
  const secrets = ["--secret", "password", password];
  await exec("pulumi", ["stack", "init", stack, "--no-select"], { cwd: PROGRAM, env });
  for (const setting of [["reference", reference], secrets]) {
    expect((await pulumi(stack, "config", "set", ...setting)).code).toBe(0);
  }
  return pulumi(stack, "up", "--yes", "--skip-preview");
}

const present = async () => (await tryExec("docker", ["image", "inspect", reference])).code === 0;

it("should not pull with a wrong password", async () => {
  const { code, stdout } = await up("wrong", "guess");
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/unauthorized|authentication|no basic auth/i);
  expect(await present()).toBe(false);
});

it("should pull with the right one, keep it secret, and change nothing the second time", async () => {
  const first = await up("right", PASSWORD);
  expect([first.code, first.code === 0 ? "" : first.stdout + first.stderr]).toEqual([0, ""]);
  expect(await present()).toBe(true);
  const state = await pulumi("right", "stack", "export");
  expect(state.stdout).toContain("sha256:");
  expect(first.stdout + state.stdout).not.toContain(PASSWORD);
  const second = await pulumi("right", "up", "--yes", "--skip-preview", "--expect-no-changes");
  expect(second.code).toBe(0);
});
