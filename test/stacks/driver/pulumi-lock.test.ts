import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { breakLock, inspectLock } from "../../../stacks/driver/pulumi-lock";

let backend: string;
let url: string;
let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  backend = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-backend-"));
  url = `file://${backend}`;
  folder = path.join(backend, ".pulumi/locks/organization/flinktide/dev-acme");
  fs.mkdirSync(folder, { recursive: true });
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(backend, { recursive: true, force: true });
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const HOUR = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** A lock as pulumi leaves it: its file and the file store's attributes. */
function lock(name: string, content: object | string): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  fs.writeFileSync(path.join(folder, `${name}.json`), text);
  fs.writeFileSync(path.join(folder, `${name}.json.attrs`), '{"user.content_type":"text/plain"}');
}
const by = (pid: number, timestamp: string, hostname = os.hostname()) => ({
  ...{ pid, username: "root", hostname, timestamp },
});

/** Starts a program; one with a name of its own is a link to `sleep`. */
async function start(name = "sleep"): Promise<number> {
  const link = path.join(backend, name);
  fs.symlinkSync("/bin/sleep", link);
  const child = spawn(link, ["100"], { stdio: "ignore" });
  children.push(child);
  await once(child, "spawn");
  return child.pid as number;
}

async function dead(): Promise<number> {
  const pid = await start(`sleep-${children.length}`);
  const child = children.at(-1) as ChildProcess;
  child.kill("SIGKILL");
  await once(child, "exit");
  return pid;
}

const inspect = () => inspectLock(url, "dev-acme");
const free = () => breakLock(url, "dev-acme");

it("a stack without a lock is free", async () => {
  expect(await inspect()).toEqual({ kind: "free" });
  expect(await inspectLock(url, "dev-never-locked")).toEqual({ kind: "free" });
  expect(await free()).toBeUndefined();
});

it.each(["s3://states", "https://api.pulumi.com", ""])(
  "of %j nothing can be known",
  async (other) => {
    expect(await inspectLock(other, "dev-acme")).toEqual({ kind: "unknowable" });
    expect(await breakLock(other, "dev-acme")).toBeUndefined();
  },
);

it("a holder that is gone is proven dead, and its files alone are removed", async () => {
  const pid = await dead();
  lock("a", by(pid, "2026-11-21T13:40:00.123456789+01:00"));
  fs.mkdirSync(path.join(folder, "../dev-globex"));
  fs.writeFileSync(path.join(folder, "../dev-globex/b.json"), JSON.stringify(by(pid, ago(0))));
  const stale = {
    ...{ kind: "stale", host: os.hostname(), pid, since: "2026-11-21T12:40:00.123Z" },
    proof: `Process ${pid}, which held the lock, is gone.`,
  };
  expect(await inspect()).toEqual(stale);
  expect(fs.readdirSync(folder)).toEqual(["a.json", "a.json.attrs"]);
  expect(await free()).toEqual(stale);
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(fs.readdirSync(path.join(folder, "../dev-globex"))).toEqual(["b.json"]);
  expect(await inspect()).toEqual({ kind: "free" });
});

it("an id that another program has had since later is proof", async () => {
  const pid = await start();
  lock("a", by(pid, ago(HOUR)));
  expect(await free()).toMatchObject({
    pid,
    proof: expect.stringMatching(
      new RegExp(`^Process ${pid}, which held the lock, is gone: sleep has its id since 20.*Z\\.$`),
    ),
  });
});

describe("stays", () => {
  async function expectHeld(held: object): Promise<void> {
    const before = fs.readdirSync(folder);
    expect(await inspect()).toMatchObject({ kind: "held", ...held });
    expect(await free()).toBeUndefined();
    expect(fs.readdirSync(folder)).toEqual(before);
  }

  it("the lock of a living process", async () => {
    const pid = await start("pulumi");
    const since = ago(-1);
    lock("a", by(pid, since));
    const sentence = `The stack is locked by process ${pid} on ${os.hostname()} since ${since}.`;
    await expectHeld({ host: os.hostname(), pid, since, sentence });
  });

  it("the lock of a process that runs longer than it", async () => {
    const pid = await start();
    lock("a", by(pid, ago(-HOUR)));
    await expectHeld({ pid });
  });

  it("the lock of a living pulumi after the clock was set forward by an hour", async () => {
    const pid = await start("pulumi");
    lock("a", by(pid, ago(0)));
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + HOUR);
    await expectHeld({ pid });
  });

  it("the lock of another host, although no such process runs here", async () => {
    const pid = await dead();
    lock("a", by(pid, ago(HOUR), "elsewhere"));
    await expectHeld({ host: "elsewhere", pid });
  });

  it.each(["", "{", "[]", '{"pid":0}', '{"pid":1,"hostname":"h","timestamp":"noon"}'])(
    "one of %j, which can't be read",
    async (text) => {
      lock("a", text);
      const file = path.join(folder, "a.json");
      const sentence = `The stack is locked by ${file}, which can't be read. Fix: where no pulumi works on the stack, remove that file.`;
      await expectHeld({ host: null, pid: null, since: null, sentence });
    },
  );

  it("a dead one's beside a living one's", async () => {
    lock("a", by(await dead(), ago(HOUR)));
    const pid = await start("pulumi");
    lock("b", by(pid, ago(0)));
    await expectHeld({ pid });
  });
});

it("all of several dead ones' go at once", async () => {
  const [one, other] = [await dead(), await dead()];
  lock("a", by(one, ago(HOUR)));
  lock("b", by(other, ago(0)));
  const gone = (pid: number) => `Process ${pid}, which held the lock, is gone.`;
  expect(await free()).toMatchObject({ pid: one, proof: `${gone(one)} ${gone(other)}` });
  expect(await inspect()).toEqual({ kind: "free" });
});

it("a lock that is taken while a dead one's is broken stays", async () => {
  lock("a", by(await dead(), ago(HOUR)));
  const pid = await start("pulumi");
  const broken = free();
  lock("b", by(pid, ago(0)));
  await broken;
  expect(fs.readdirSync(folder)).toContain("b.json");
});

it("finds the backend where pulumi does", async () => {
  const pid = await dead();
  lock("a", by(pid, ago(HOUR)));
  const relative = path.relative(process.cwd(), backend);
  expect(await inspectLock(`file://${relative}`, "dev-acme")).toMatchObject({ kind: "stale", pid });
  expect(await inspectLock(`${url}?no_tmp_dir=true`, "dev-acme")).toMatchObject({ pid });
  const fromHome = `file://~/${path.relative(os.homedir(), backend)}`;
  expect(await inspectLock(fromHome, "dev-acme")).toMatchObject({ kind: "stale", pid });
});
