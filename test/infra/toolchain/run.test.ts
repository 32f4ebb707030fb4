import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { exec, tryExec } from "../../../infra/exec";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import { removeScratch, scratch } from "./fixtures/tools";

afterAll(removeScratch);

/** A checkout with the launcher, an entry point, and an npm that installs a stand-in for tsx. */
function checkout(npm = "exit 0") {
  const [project, bin, temporary] = [scratch(), scratch(), scratch()];
  const log = path.join(temporary, "npm.log");
  fs.mkdirSync(path.join(project, "infra/toolchain"), { recursive: true });
  const launcher = path.join(project, "infra/toolchain/run.cjs");
  fs.copyFileSync(path.join(PROJECT_DIR, "infra/toolchain/run.cjs"), launcher);
  fs.writeFileSync(path.join(project, "package-lock.json"), '{"lockfileVersion":3}');
  fs.writeFileSync(
    path.join(project, "entry.mjs"),
    `console.log(process.argv.slice(2).join());
     if (process.argv[2] === "wait") setInterval(() => {}, 1000);
     else process.exit(Number(process.argv[2] ?? 0));`,
  );
  fs.writeFileSync(
    path.join(bin, "npm"),
    `#!/bin/sh
echo "$*" >> '${log}'
rm -rf node_modules && mkdir -p node_modules/tsx && sleep 0.5
echo 'export {}' > node_modules/tsx/index.mjs
echo '{"name":"tsx","version":"1.0.0","exports":"./index.mjs"}' > node_modules/tsx/package.json
${npm}
`,
    { mode: 0o755 },
  );
  const env = { PATH: `${bin}:${process.env.PATH}`, TMPDIR: temporary };
  const start = (...args: string[]) =>
    tryExec(process.execPath, [launcher, "entry.mjs", ...args], { env });
  const installs = () =>
    fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : [];
  return { project, launcher, env, temporary, start, installs };
}

describe("the launcher", () => {
  it("installs once, then starts the entry point with its arguments and gives its exit code", async () => {
    const { start, installs } = checkout();
    expect(await start("0", "b c")).toMatchObject({ code: 0, stdout: "0,b c\n" });
    expect(await start("7")).toMatchObject({ code: 7, stdout: "7\n", stderr: "" });
    expect(installs()).toEqual(["ci --no-audit --no-fund --loglevel=error"]);
  });

  it("installs once when two runs race", async () => {
    const { start, installs, temporary } = checkout();
    const results = await Promise.all([start("0"), start("0"), start("0")]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(installs()).toHaveLength(1);
    expect(fs.readdirSync(temporary)).toEqual(["npm.log"]);
  });

  it("installs again after another lock file", async () => {
    const { project, start, installs } = checkout();
    await start("0");
    fs.writeFileSync(path.join(project, "package-lock.json"), '{"lockfileVersion":3,"name":"x"}');
    await start("0");
    expect(installs()).toHaveLength(2);
  });

  it("gives npm's exit code and starts nothing when the install fails", async () => {
    const { start } = checkout("exit 9");
    expect(await start("0")).toMatchObject({ code: 9, stdout: "" });
  });

  it("installs again after a run that was killed in the middle, although it left its lock", async () => {
    const { project, start, installs, launcher, env, temporary } = checkout();
    const stuck = spawn(process.execPath, [launcher, "entry.mjs"], {
      env: { ...process.env, ...env },
      detached: true,
      stdio: "ignore",
    });
    await until(() => installs().length > 0);
    process.kill(-(stuck.pid ?? 0), "SIGKILL");
    expect(fs.readdirSync(temporary)).toHaveLength(2);
    expect(fs.existsSync(path.join(project, "node_modules/.flinktide-lock"))).toBe(false);
    expect(await start("0")).toMatchObject({ code: 0 });
    expect(installs()).toHaveLength(2);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("passes %s on to the entry point", async (signal, code) => {
    const { start, launcher, env } = checkout();
    await start("0");
    const child = spawn(process.execPath, [launcher, "entry.mjs", "wait"], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill(signal);
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(code);
  });

  it("refuses an old Node with a sentence", async () => {
    const { launcher } = checkout();
    const old = "Object.defineProperty(process.versions, 'node', { value: '18.1.0' });";
    const preload = path.join(scratch(), "old.cjs");
    fs.writeFileSync(preload, old);
    const result = await tryExec(process.execPath, ["-r", preload, launcher, "entry.mjs"]);
    expect(result).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("needs Node 20 or newer"),
    });
  });

  it("prints nothing of its own on standard output", async () => {
    const { launcher, env } = checkout();
    expect(await exec(process.execPath, [launcher, "entry.mjs", "0"], { env })).toBe("0\n");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
