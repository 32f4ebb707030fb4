import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exec, tryExec, type ExecResult } from "../../../infra/exec";
import { ensureBuilt, moduleKey, type GoModule } from "../../../infra/toolchain/go-module";
import { removeScratch, scratch, withEnv } from "./fixtures/tools";

afterAll(removeScratch);

const SCRIPT = path.join(__dirname, "fixtures", "build-hello.ts");

function hello(dir: string): GoModule {
  return {
    dir,
    package: ".",
    executable: "hello",
    version: "1.2.3",
    linkerVariables: ["main.version=v1.2.3"],
    duration: "a second",
  };
}

function copyOfHello(): string {
  const dir = path.join(scratch(), "hello");
  fs.cpSync(path.join(__dirname, "fixtures", "hello"), dir, { recursive: true });
  return dir;
}

describe("the key of a build", () => {
  it("stays the same for the same content elsewhere", () => {
    expect(moduleKey(hello(copyOfHello()))).toBe(moduleKey(hello(copyOfHello())));
  });

  it.each(["go.mod", "go.sum", "main.go", "shim/shim.go"])("changes with %s", (file) => {
    const dir = copyOfHello();
    const before = moduleKey(hello(dir));
    fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    fs.appendFileSync(path.join(dir, file), "\n// changed\n");
    expect(moduleKey(hello(dir))).not.toBe(before);
  });

  it("changes with the version and with what the linker sets", () => {
    const module = hello(copyOfHello());
    const other = [
      { ...module, version: "1.2.4" },
      { ...module, linkerVariables: [] },
    ];
    expect(new Set([module, ...other].map(moduleKey)).size).toBe(3);
  });
});

describe("building once", () => {
  it("builds what two runs ask for at the same time once", async () => {
    const { cache, log } = place();
    const results = await Promise.all([run(cache, log, 500), run(cache, log, 500)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(builds(log)).toBe(1);
    const [first, second] = results.map(({ stdout }) => stdout);
    expect(first).toBe(second);
    expect(await tryExec(first ?? "")).toMatchObject({ code: 0, stderr: "v1.2.3\n" });
    expect(entries(cache)).toEqual([path.basename(path.dirname(first ?? ""))]);
  }, 60_000);

  it("finishes after a run that was killed in the middle", async () => {
    const { cache, log } = place();
    const killed = spawn(process.execPath, ["--import", "tsx", SCRIPT, log, "600000"], {
      env: { ...process.env, FLINKTIDE_CACHE: cache },
      stdio: "ignore",
    });
    while (builds(log) === 0) await sleep(50);
    killed.kill("SIGKILL");
    expect(entries(cache).length).toBeGreaterThan(1);
    forgetOwner(cache);

    const result = await run(cache, log, 0);
    expect(result).toMatchObject({ code: 0 });
    expect(builds(log)).toBe(2);
    expect(entries(cache)).toEqual([path.basename(path.dirname(result.stdout))]);
  }, 60_000);

  it("leaves nothing behind when a build fails, and builds when the fault is mended", async () => {
    const dir = copyOfHello();
    const good = fs.readFileSync(path.join(dir, "main.go"), "utf8");
    const cache = scratch();
    await withEnv({ FLINKTIDE_CACHE: cache }, async () => {
      fs.writeFileSync(path.join(dir, "main.go"), "package main\nfunc main() { nonsense }\n");
      await expect(ensureBuilt(hello(dir))).rejects.toThrow("nonsense");
      expect(entries(cache)).toEqual([]);
      fs.writeFileSync(path.join(dir, "main.go"), good);
      await expect(exec(await ensureBuilt(hello(dir)))).resolves.toBe("");
    });
  }, 60_000);

  it("says what to install where there is no Go", async () => {
    await withEnv({ FLINKTIDE_CACHE: scratch(), PATH: scratch() }, async () => {
      await expect(ensureBuilt(hello(copyOfHello()))).rejects.toThrow(
        /hello-1\.2\.3 is to be built, and there is no Go on PATH\. Fix: install Go 1\.26/,
      );
    });
  });
});

function place() {
  return { cache: scratch(), log: path.join(scratch(), "builds.log") };
}

function run(cache: string, log: string, dawdleMs: number): Promise<ExecResult> {
  const args = ["--import", "tsx", SCRIPT, log, String(dawdleMs)];
  return tryExec(process.execPath, args, { env: { FLINKTIDE_CACHE: cache } });
}

function builds(log: string): number {
  return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n").length : 0;
}

function entries(cache: string): string[] {
  return fs.readdirSync(path.join(cache, "tools"));
}

/** Makes a dead run's lock as old as it would be after the wait. */
function forgetOwner(cache: string): void {
  const long = new Date(Date.now() - 3_600_000);
  for (const name of entries(cache).filter((entry) => entry.endsWith(".lock"))) {
    fs.utimesSync(path.join(cache, "tools", name), long, long);
  }
}
