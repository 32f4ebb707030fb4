import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runDetached } from "../../infra/detached";
import { waitFor } from "../../infra/flink/wait";
import { lookAt } from "../../infra/process-identity";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-detached-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);
const node = (source: string, options = {}) =>
  runDetached(process.execPath, ["-e", source], { outputFile: file("run"), ...options });

test("what a program says and how it ends", async () => {
  const said = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3;';
  const started: number[] = [];
  const result = await node(said, { onStart: (pid: number) => started.push(pid) });
  expect(result).toEqual({ code: 3, signal: null, stdout: "out", stderr: "err" });
  expect(started).toEqual([expect.any(Number)]);
  expect(fs.readFileSync(file("run.out"), "utf8")).toBe("out");
});

test("its folder and environment, and nothing on its standard input", async () => {
  const tell =
    'process.stdout.write(JSON.stringify([process.cwd(), process.env.A, require("fs").readFileSync(0, "utf8")]))';
  const { stdout } = await node(tell, { cwd: folder, env: { A: "b" } });
  expect(JSON.parse(stdout)).toEqual([fs.realpathSync(folder), "b", ""]);
});

test("the signal that ended it; what the run before said is gone", async () => {
  await node('console.log("a longer text of the run before")');
  const result = await node('process.stdout.write("last"); process.kill(process.pid, "SIGKILL")');
  expect(result).toMatchObject({ code: -1, signal: "SIGKILL", stdout: "last" });
});

test("a program that can't be started", async () => {
  const missing = runDetached(file("nothing"), [], { outputFile: file("run") });
  await expect(missing).rejects.toThrow("ENOENT");
});

describe("a program whose parent dies", () => {
  /** Says a line before and one after the file `go` appears. */
  const CHILD = `
    const fs = require("fs");
    console.log("begun");
    setInterval(() => {
      if (!fs.existsSync(process.argv[1])) return;
      console.log("x".repeat(200000));
      console.error("complete");
      process.exit(0);
    }, 20);`;
  const RUN = `
    const [, detached, exec, how, child, go, outputFile] = process.argv;
    require("tsx/cjs");
    const { runDetached, tryExec } = { ...require(detached), ...require(exec) };
    const args = ["-e", child, go];
    const onStart = (pid) => console.log(pid);
    if (how === "detached") void runDetached(process.execPath, args, { outputFile, onStart });
    else void tryExec(process.execPath, args, { onStart });`;

  /** A parent in a group of its own, as a shell starts one, and its child's process id. */
  async function start(how: string): Promise<{ parent: ChildProcess; pid: number }> {
    const sources = ["detached", "exec"].map((name) =>
      path.join(PROJECT_DIR, "infra", `${name}.ts`),
    );
    const args = ["-e", RUN, ...sources, how, CHILD, file("go"), file("run")];
    const parent = spawn(process.execPath, args, {
      ...{ detached: true, cwd: PROJECT_DIR, stdio: ["ignore", "pipe", "inherit"] as const },
    });
    const [line] = (await once(parent.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [
      Buffer,
    ];
    return { parent, pid: Number(String(line)) };
  }
  const said = () => fs.readFileSync(file("run.out"), "utf8");

  test.each([
    ["kill -9 of its parent", (parent: number) => process.kill(parent, "SIGKILL")],
    ["Ctrl-C in its parent's terminal", (parent: number) => process.kill(-parent, "SIGINT")],
    ["a hang-up of its parent's terminal", (parent: number) => process.kill(-parent, "SIGHUP")],
  ])(
    "%s: goes on to its end, and its output is complete",
    async (_, kill) => {
      const { parent, pid } = await start("detached");
      const begun = await waitFor(async () => said() === "begun\n" || undefined, 20_000);
      expect(begun).toBe(true);
      kill(parent.pid as number);
      await once(parent, "exit");
      expect(lookAt(pid)).toBeDefined();
      fs.writeFileSync(file("go"), "");
      const ended = await waitFor(async () => lookAt(pid) === undefined || undefined, 20_000);
      expect(ended).toBe(true);
      expect(said()).toBe(`begun\n${"x".repeat(200_000)}\n`);
      expect(fs.readFileSync(file("run.err"), "utf8")).toBe("complete\n");
    },
    60_000,
  );

  test("a control: one on pipes dies with its parent's terminal", async () => {
    const { parent, pid } = await start("piped");
    process.kill(-(parent.pid as number), "SIGINT");
    const ended = await waitFor(async () => lookAt(pid) === undefined || undefined, 20_000);
    expect(ended).toBe(true);
  }, 60_000);
});
