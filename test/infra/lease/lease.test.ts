import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { identityOf, type ProcessIdentity } from "../../../infra/process-identity";
import { FileLease, StoredLease } from "../../../infra/lease/lease";
import { parseRecord } from "../../../infra/lease/lease-record";
import { MemoryStore } from "../../support/lease-race";

const identity = identityOf(process.pid) as ProcessIdentity;

let folder: string;
let nowMs: number;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-lease-")), "deep", "lease");
  nowMs = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(path.join(folder, "../.."), { recursive: true, force: true });
});

/** A contender whose clock reads so much more than the others'. */
function contender(aheadMs = 0, of: ProcessIdentity = identity) {
  const lost: string[] = [];
  const lease = new FileLease({
    ...{ folder, identity: of, renewMs: null, monotonicMs: () => nowMs + aheadMs },
    onLost: (why) => lost.push(why),
  });
  return Object.assign(lease, { lost });
}

const files = () => fs.readdirSync(folder).sort();
const recordFile = (fence: number) => path.join(folder, `${fence}.json`);
const record = (fence: number) => parseRecord(fs.readFileSync(recordFile(fence), "utf8"), fence);

it("the first one has it, and says who it is in files of its owner only", async () => {
  const lease = contender();
  expect([lease.held(), lease.fence]).toEqual([false, 0]);
  expect(await lease.acquire()).toBe(true);
  expect([lease.held(), lease.fence]).toEqual([true, 1]);
  expect(record(1)).toEqual({
    ...{ holder: { ...identity, id: expect.any(String) }, fence: 1, renewals: 0 },
  });
  expect(files()).toEqual(["1", "1.json"]);
  expect(files().map((name) => fs.statSync(path.join(folder, name)).mode & 0o777)).toEqual([
    0o600, 0o600,
  ]);
  expect(await lease.acquire()).toBe(true);
  expect(lease.fence).toBe(1);
});

it("renewed, it is held on and on; a standby never gets it", async () => {
  const [lease, standby] = [contender(), contender(1e9)];
  await lease.acquire();
  for (let i = 1; i <= 10; i++) {
    nowMs += 5_000;
    expect(await lease.renew()).toBe(true);
    expect(await standby.acquire()).toBe(false);
    expect(record(1)?.renewals).toBe(i);
  }
  expect([lease.held(), standby.held(), lease.lost]).toEqual([true, false, []]);
});

it("not renewed, it ends by the holder's clock before a standby may take it by its own", async () => {
  const [lease, standby] = [contender(), contender(1e9)];
  await lease.acquire();
  expect(await standby.acquire()).toBe(false);
  nowMs = 11_999;
  expect(lease.held()).toBe(true);
  nowMs = 12_000;
  expect(lease.held()).toBe(false);
  nowMs = 14_999;
  expect(await standby.acquire()).toBe(false);
  nowMs = 15_000;
  expect(await standby.acquire()).toBe(true);
  expect([standby.held(), standby.fence]).toEqual([true, 2]);
  expect(files()).toEqual(["2", "2.json"]);
  expect(await lease.renew()).toBe(false);
  expect(await lease.renew()).toBe(false);
  expect(lease.lost).toEqual(["The lease is lost: it could not be renewed in time."]);
  expect(files()).toEqual(["2", "2.json"]);
});

it("a standby counts from when it saw the holder first, whatever the wall clock says", async () => {
  const [lease, standby] = [contender(), contender()];
  await lease.acquire();
  nowMs = 14_000;
  jest.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
  expect(await standby.acquire()).toBe(false);
  nowMs = 28_999;
  jest.spyOn(Date, "now").mockReturnValue(Date.now() - 7_200_000);
  expect(await standby.acquire()).toBe(false);
  nowMs = 29_000;
  expect(await standby.acquire()).toBe(true);
});

it("one whose process is proven dead is followed at once, another host's only after its time", async () => {
  const dead = { ...identity, started: "before" };
  await contender(0, dead).acquire();
  const next = contender();
  expect(await next.acquire()).toBe(true);
  expect(next.fence).toBe(2);
  await next.release();
  await contender(0, { ...dead, host: "elsewhere" }).acquire();
  expect(await next.acquire()).toBe(false);
  nowMs = 15_000;
  expect(await next.acquire()).toBe(true);
  expect(next.fence).toBe(4);
});

it("released, it goes to the next at once with a larger token", async () => {
  const [one, other] = [contender(), contender()];
  for (const [lease, fence] of [
    [one, 1],
    [other, 2],
    [one, 3],
  ] as const) {
    expect(await lease.acquire()).toBe(true);
    expect(lease.fence).toBe(fence);
    await lease.release();
    expect(lease.held()).toBe(false);
    expect(record(fence)?.holder).toBeNull();
  }
  await other.release();
  expect(record(3)?.holder).toBeNull();
  expect([one.lost, other.lost]).toEqual([[], []]);
});

it("who gave it up by its own clock may take it again at once", async () => {
  const lease = contender();
  await lease.acquire();
  nowMs = 20_000;
  expect(await lease.acquire()).toBe(true);
  expect([lease.fence, lease.lost.length]).toEqual([2, 1]);
});

it("a holder that finds another one does not write, and says so once", async () => {
  const lease = contender();
  await lease.acquire();
  fs.writeFileSync(path.join(folder, "7"), "");
  const before = fs.readFileSync(recordFile(1), "utf8");
  expect([await lease.renew(), await lease.renew(), lease.held()]).toEqual([false, false, false]);
  expect(fs.readFileSync(recordFile(1), "utf8")).toBe(before);
  expect(lease.lost).toEqual(["The lease is lost: its token is 1, the newest is 7."]);
});

describe("what a crash or a full disk leaves neither stops everyone for ever nor lowers the token", () => {
  it.each<[string, (file: string) => void]>([
    ["no record", (file) => fs.rmSync(file)],
    ["an empty record", (file) => fs.writeFileSync(file, "")],
    ["half a record", (file) => fs.truncateSync(file, 40)],
    [
      "another one's record",
      (file) => fs.writeFileSync(file, '{"holder":null,"fence":9,"renewals":0}'),
    ],
  ])("%s", async (_, damage) => {
    await contender().acquire();
    damage(recordFile(1));
    const standby = contender();
    expect(await standby.acquire()).toBe(false);
    nowMs = 14_999;
    expect(await standby.acquire()).toBe(false);
    nowMs = 15_000;
    expect(await standby.acquire()).toBe(true);
    expect(standby.fence).toBe(2);
  });

  it("a record that the living holder overwrites again", async () => {
    const [lease, standby] = [contender(), contender()];
    await lease.acquire();
    for (let i = 0; i < 6; i++) {
      fs.writeFileSync(recordFile(1), "");
      expect(await standby.acquire()).toBe(false);
      nowMs += 5_000;
      await lease.renew();
      expect(await standby.acquire()).toBe(false);
    }
    expect(lease.held()).toBe(true);
  });

  it("a takeover whose record could not be written", async () => {
    const lease = contender();
    fs.mkdirSync(recordFile(1), { recursive: true });
    await expect(lease.acquire()).rejects.toThrow();
    expect(lease.held()).toBe(false);
    expect(files()).toContain("1");
    fs.rmSync(recordFile(1), { recursive: true });
    const other = contender();
    expect(await other.acquire()).toBe(false);
    nowMs = 15_000;
    expect(await other.acquire()).toBe(true);
    expect(other.fence).toBe(2);
  });

  it("a renewal that can't be written is tried again until it is too late", async () => {
    const lease = contender();
    await lease.acquire();
    fs.rmSync(recordFile(1));
    fs.mkdirSync(recordFile(1));
    nowMs = 5_000;
    expect(await lease.renew()).toBe(true);
    nowMs = 12_000;
    expect(await lease.renew()).toBe(false);
    expect(lease.lost).toHaveLength(1);
    expect(lease.lost[0]).toMatch(
      /^The lease is lost: it could not be renewed in time: E.*1\.json/,
    );
  });

  it("a record that can't be looked at is no proof that its holder is idle", async () => {
    const lease = contender();
    await lease.acquire();
    const standby = contender();
    fs.rmSync(recordFile(1));
    fs.mkdirSync(recordFile(1));
    await expect(standby.acquire()).rejects.toThrow("EISDIR");
    nowMs = 15_000;
    await expect(standby.acquire()).rejects.toThrow("EISDIR");
  });
});

const soon = () => new Promise((resolve) => setTimeout(resolve, 2));

it("renews by itself, and tells by itself that it is lost", async () => {
  const lost: string[] = [];
  const own = { folder, identity, renewMs: 5, monotonicMs: () => nowMs };
  const lease = new FileLease({ ...own, onLost: (why) => lost.push(why) });
  await lease.acquire();
  while ((record(1)?.renewals ?? 0) < 3) await soon();
  nowMs = 15_000;
  while (lost.length === 0) await soon();
  expect(lost).toEqual(["The lease is lost: it could not be renewed in time."]);
});

it("a renewal that hangs neither hides that it is lost nor brings it back", async () => {
  const lost: string[] = [];
  const store = new MemoryStore();
  const own = { identity, renewMs: 5, monotonicMs: () => nowMs };
  const lease = new StoredLease(store, { ...own, onLost: (why) => lost.push(why) });
  await lease.acquire();
  let goOn: (() => void) | undefined;
  store.write = () => new Promise((resolve) => (goOn = resolve));
  while (goOn === undefined) await soon();
  nowMs = 12_000;
  while (lost.length === 0) await soon();
  nowMs = 1_000;
  goOn();
  await soon();
  expect([lease.held(), lost.length]).toEqual([false, 1]);
});
