import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  identityOf,
  isAlive,
  isGone,
  lookAt,
  processIdentitySchema,
  thisPlace,
  type ProcessIdentity,
} from "../../infra/process-identity";

let scratch: string;
const children: ChildProcess[] = [];
beforeEach(() => (scratch = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-process-"))));
afterEach(() => {
  fs.rmSync(scratch, { recursive: true, force: true });
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(...command: [string, ...string[]]): Promise<number> {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  return child.pid as number;
}

async function ended(): Promise<number> {
  const pid = await start("sleep", "100");
  const child = children.at(-1) as ChildProcess;
  child.kill("SIGKILL");
  await once(child, "exit");
  return pid;
}

function known(pid: number, proc?: string): ProcessIdentity {
  const identity = identityOf(pid, proc);
  if (identity === undefined) throw new Error(`process ${pid} can't be seen`);
  return identity;
}

/** A machine with an id, so that the outcome is the same on one without. */
const HERE = { host: "h", machine: "m", boot: "b", namespace: "n" };

/** A /proc in which one process looks as `stat` says. */
function fakeProc(pid: number, stat: string): string {
  for (const id of ["self", String(pid)]) {
    fs.mkdirSync(path.join(scratch, id), { recursive: true });
    fs.writeFileSync(path.join(scratch, id, "stat"), `${stat}\n`);
  }
  fs.writeFileSync(path.join(scratch, "uptime"), "1000.50 1.00\n");
  return scratch;
}
const statOf = (name: string, state: string, threads: number, started: number) =>
  `7 (${name}) ${state} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 ${threads} 0 ${started} 4096 1 2`;

describe.each([
  ["/proc", undefined],
  ["ps", "/nowhere"],
])("with %s", (_, proc) => {
  it("a running process is not gone, and survives the file it is kept in", async () => {
    const identity = known(await start("sleep", "100"), proc);
    const kept = processIdentitySchema.parse(JSON.parse(JSON.stringify(identity)));
    expect(isGone(kept, thisPlace(proc), proc)).toBe(false);
  });

  it("one that was killed is gone", async () => {
    const pid = await start("sleep", "100");
    const identity = known(pid, proc);
    const child = children.at(-1) as ChildProcess;
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isGone(identity, thisPlace(proc), proc)).toBe(true);
    expect(identityOf(pid, proc)).toBeUndefined();
  });

  it("one whose id belongs to another process now is gone", async () => {
    const identity = known(await start("sleep", "100"), proc);
    const earlier = { ...identity, started: "Sat Jan  1 00:00:00 2000" };
    expect(isGone(earlier, thisPlace(proc), proc)).toBe(true);
  });

  it("one that ended and was never collected is gone", async () => {
    // The shell starts a child, then becomes a program that never collects it.
    const file = path.join(scratch, "pid");
    await start(
      "sh",
      "-c",
      `sleep 0.2 & echo $! > ${file}.part; mv ${file}.part ${file}; exec sleep 100`,
    );
    while (!fs.existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
    const pid = Number(fs.readFileSync(file, "utf8"));
    while (lookAt(pid, proc) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAlive(pid)).toBe(true);
  });

  it("knows its program, and that it started between two looks at the clock", async () => {
    const before = Date.now();
    const pid = await start("sleep", "100");
    const seen = lookAt(pid, proc);
    if (seen === undefined || seen === "hidden") throw new Error("not seen");
    // ps tells whole seconds since a boot at a whole second; /proc hundredths.
    expect(seen.startedAtMs).toBeGreaterThanOrEqual(before - 2_100);
    expect(seen.startedAtMs).toBeLessThanOrEqual(Date.now() + 100);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(lookAt(pid, proc)).toMatchObject({ program: "sleep" });
  });
});

describe("what can't be seen from here is unknown, although no such process runs here", () => {
  it.each<[string, Partial<ProcessIdentity>, Partial<typeof HERE | { machine: null }>]>([
    ["another host", { host: "elsewhere" }, {}],
    ["another machine of the same name", { machine: "m2" }, {}],
    ["another machine of the same name, booted at another time", { machine: "m2", boot: "b2" }, {}],
    ["another container on this machine", { namespace: "n2" }, {}],
    [
      "another boot of what may be another machine",
      { machine: null, boot: "b2" },
      { machine: null },
    ],
    ["a system without boots", { boot: null }, {}],
  ])("%s", async (_, difference, place) => {
    const identity = { ...HERE, pid: await ended(), started: "1", ...difference };
    expect(isGone(identity, { ...HERE, ...place })).toBe("unknown");
  });

  it.each<[string, Partial<ProcessIdentity>]>([
    ["the same place", {}],
    ["an earlier boot of the same machine", { boot: "b2" }],
    ["an earlier boot, in a container", { boot: "b2", namespace: "n2" }],
  ])("while %s proves it", async (_, difference) => {
    expect(isGone({ ...HERE, pid: await ended(), started: "1", ...difference }, HERE)).toBe(true);
  });
});

describe("/proc", () => {
  const pid = process.pid;
  const identity = { ...HERE, pid, started: "4200" };
  it.each<[string, string, boolean]>([
    ["a running one", statOf("node", "S", 11, 4200), false],
    ["one whose name looks like fields", statOf("a) Z 1 (b", "S", 1, 4200), false],
    ["a stopped one", statOf("node", "T", 11, 4200), false],
    ["an ended one", statOf("node", "Z", 1, 4200), true],
    ["one whose first thread has ended", statOf("node", "Z", 3, 4200), false],
    ["a later one of the same id", statOf("node", "S", 11, 4201), true],
  ])("%s", (_, stat, gone) => {
    expect(isGone(identity, HERE, fakeProc(pid, stat))).toBe(gone);
  });

  it("says when it started, by the wall clock as it is set", () => {
    const now = jest.spyOn(Date, "now").mockReturnValue(5_000_000);
    expect(lookAt(pid, fakeProc(pid, statOf("a (b) c", "S", 1, 4200)))).toEqual({
      started: "4200",
      startedAtMs: 5_000_000 - (1000.5 - 42) * 1000,
      program: "a (b) c",
    });
    now.mockRestore();
  });

  it("a process that it hides is unknown", () => {
    const proc = fakeProc(pid, statOf("node", "S", 1, 4200));
    fs.rmSync(path.join(proc, String(pid)), { recursive: true });
    expect(isGone(identity, HERE, proc)).toBe("unknown");
    expect(identityOf(pid, proc)).toBeUndefined();
  });
});
