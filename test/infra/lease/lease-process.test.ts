import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Contender } from "../../support/contender";

let folder: string;
let contenders: Contender[] = [];
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-lease-")), "lease");
});
afterEach(() => {
  for (const contender of contenders) contender.signal("SIGKILL");
  contenders = [];
  fs.rmSync(path.dirname(folder), { recursive: true, force: true });
});

/** One that holds the lease, and one that stands by. */
async function two(times: { ttlMs: number; renewMs: number }): Promise<[Contender, Contender]> {
  const holder = new Contender(folder, times);
  contenders.push(holder);
  await holder.says(({ held }) => held);
  const standby = new Contender(folder, times);
  contenders.push(standby);
  expect(await standby.says(() => true)).toMatchObject({ held: false, fence: 0 });
  return [holder, standby];
}

it("the lease of a process that was killed is taken over without waiting for its time to run out", async () => {
  const [holder, standby] = await two({ ttlMs: 3_600_000, renewMs: 100 });
  holder.signal("SIGKILL");
  expect(await standby.says(({ held }) => held)).toMatchObject({ fence: 2, lost: "" });
  expect(holder.lines.at(-1)).toMatchObject({ held: true, fence: 1 });
}, 60_000);

it("a process that was frozen until another one took over finds its lease lost", async () => {
  const [holder, standby] = await two({ ttlMs: 4_000, renewMs: 500 });
  holder.signal("SIGSTOP");
  const taken = await standby.says(({ held }) => held);
  expect(taken.fence).toBe(2);
  const seen = holder.lines.length;
  holder.signal("SIGCONT");
  const { lost } = await holder.says((line) => line.lost !== "", seen);
  expect(lost).toMatch(/^The lease is lost: /);
  expect(holder.heldAtNs.length).toBeGreaterThan(0);
  expect(holder.heldAtNs.every((atNs) => atNs < BigInt(taken.atNs))).toBe(true);
}, 60_000);
