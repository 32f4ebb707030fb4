import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exec, tryExec } from "../../infra/exec";
import { buildConductorImage } from "../../infra/images/conductor-image";
import { buildConductorInCluster } from "../../infra/images/conductor-in-cluster";
import { setup } from "../../infra/toolchain/setup";
import { cacheDir } from "../../infra/toolchain/paths";
import { readJournal } from "../../stacks/conductor/journal";
import { conductorPaths } from "../../stacks/conductor/paths";
import { ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { inspectCluster } from "../../stacks/driver/tenant-probe";
import { prodStacks } from "../support/prod-stacks";

jest.setTimeout(600_000);

const SOCKET = "/var/run/docker.sock";
let tag: string;
let environment: ScratchEnvironment;

beforeAll(async () => {
  Object.assign(process.env, (await setup()).env);
  tag = await buildConductorImage();
  environment = await ScratchEnvironment.create();
  await environment.upPlatform();
}, 1_200_000);
afterAll(() => environment?.remove(), 120_000);

/** As docs/conductor.md has it, with a read-only root. */
function conductor(...args: string[]) {
  const { name, folder, stacksFolder, variables } = environment;
  const same = [SOCKET, folder, cacheDir()].flatMap((each) => ["--volume", `${each}:${each}`]);
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = variables;
  const env = {
    ...{ CONDUCTOR_ENV: name, CONDUCTOR_STACKS: "/stacks" },
    ...{ FLINKTIDE_STATE: folder, FLINKTIDE_CACHE: cacheDir() },
    ...{ PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE },
  };
  return tryExec("docker", [
    ...["run", "--rm", "--network", "host", "--pid", "host", "--read-only", "--tmpfs", "/tmp"],
    ...["--security-opt", "no-new-privileges", "--label", `flinktide.environment=${name}`],
    ...["--user", `${process.getuid?.()}:${process.getgid?.()}`],
    ...["--group-add", String(statSync(SOCKET).gid), "--volume", `${stacksFolder}:/stacks:ro`],
    ...same,
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ...[tag, ...args],
  ]);
}

it("should bring a tenant up from within the container, and tell of it", async () => {
  await environment.addTenant({ name: "acme", version: "1.20", change: { windows: [] } });
  const dry = await conductor("--once", "--dry-run");
  expect([dry.code, dry.stderr]).toEqual([0, expect.stringContaining("would be updated")]);

  const { code, stderr } = await conductor("--once");
  expect([code, stderr]).toEqual([0, expect.stringContaining("updated in")]);
  const { flinkUrl } = (await environment.pulumi.outputs(environment.stackOf("acme"))) as {
    flinkUrl: string;
  };
  const { liveJobs } = await inspectCluster(flinkUrl);
  expect(liveJobs).toEqual([expect.objectContaining({ parallelism: 1 })]);

  const paths = conductorPaths(environment.name, environment.folder);
  const { entries } = await readJournal(paths.journal("acme"));
  expect(entries.map(({ kind }) => kind)).toEqual(["act", "done"]);
  expect(await conductor("pause", "acme")).toMatchObject({ code: 0 });
  const status = await conductor("status");
  expect(status.stdout).toContain("acme");
});

it("should need nothing from elsewhere in a cluster, and write to its state and /tmp alone", async () => {
  const inCluster = "flinktide/conductor-in-cluster:test";
  await buildConductorInCluster(inCluster);
  const [stacks, state] = [prodStacks(), mkdtempSync(path.join(os.tmpdir(), "flinktide-state-"))];
  chmodSync(stacks, 0o755);
  chmodSync(state, 0o777);
  const { code, stderr } = await tryExec("docker", [
    ...["run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"],
    ...["--security-opt", "no-new-privileges", "--volume", `${stacks}:/stacks:ro`],
    ...[
      "--volume",
      `${state}:/state`,
      "--env",
      "CONDUCTOR_ENV=prod",
      "--env",
      "FLINKTIDE_STATE=/state",
    ],
    ...[inCluster, "--stacks", "/stacks", "--probes", "9091", "--once", "--dry-run"],
  ]);
  await exec("docker", ["rmi", inCluster]);
  rmSync(stacks, { recursive: true });
  await exec("rm", ["-rf", state]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("prod-acme: would be updated")]);
});

it("should run as nobody in particular where it is not told otherwise, and hold no secret", async () => {
  const inspected = await exec("docker", ["inspect", "--format", "{{json .Config}}", tag]);
  const { User, Env } = JSON.parse(inspected) as { User: string; Env: string[] };
  expect(User).toBe("flinktide");
  const names = Env.map((entry) => entry.split("=")[0]).sort();
  expect(names).toEqual(["CONDUCTOR_ENV", "HOME", "LANG", "NODE_ENV", "PATH"]);
  const { code, stdout } = await tryExec("docker", [
    "run",
    "--rm",
    "--read-only",
    "--tmpfs",
    "/tmp",
    tag,
    "--help",
  ]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("Keeps every tenant")]);
});
