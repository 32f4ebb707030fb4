import * as fc from "fast-check";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../infra/errors";
import { zoneClock } from "../../../policies/zone-clock";
import { Journal, readJournal } from "../../../stacks/conductor/journal";
import {
  checkHold,
  giveOrder,
  parseUntil,
  readOrders,
  writeOrders,
  type Order,
} from "../../../stacks/conductor/orders";
import { at, ms, tenantOf, ZONE } from "./narrated";

let folder: string;
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "flinktide-orders-"));
});
afterEach(() => fs.rm(folder, { recursive: true }));
const fileOf = () => path.join(folder, "orders", "acme.json");
const hold = { taskManagers: 3, until: at("18:00:00") };
const noon = new Date(at("12:00:00"));

test("what is written is read; a missing file orders nothing; a hold ends when it says", async () => {
  const file = fileOf();
  expect(await readOrders(file, noon)).toEqual({ paused: false });
  await writeOrders(file, { paused: true, hold });
  expect(await readOrders(file, noon)).toEqual({ paused: true, hold });
  expect(await readOrders(file, new Date(ms("18:00:00") - 1))).toEqual({ paused: true, hold });
  expect(await readOrders(file, new Date(ms("18:00:00")))).toEqual({ paused: true });
});

test.each([
  ["{}", { paused: false }],
  [`{"hold": ${JSON.stringify(hold)}}`, { paused: false, hold }],
])("by hand: %s", async (text, orders) => {
  await fs.mkdir(path.dirname(fileOf()));
  await fs.writeFile(fileOf(), text);
  expect(await readOrders(fileOf(), noon)).toEqual(orders);
});

const MEND =
  'Fix: write {"paused": true} or {"paused": false} into it, or remove it so that nothing is ordered.';

/** What this Node says of it. */
function faultOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it is JSON");
}

test.each(["", '{"paused"'])("no JSON: %j", async (text) => {
  await fs.mkdir(path.dirname(fileOf()));
  await fs.writeFile(fileOf(), text);
  const told = `The orders ${fileOf()} are not JSON (${faultOf(text)}). ${MEND}`;
  await expect(readOrders(fileOf(), noon)).rejects.toEqual(new UserError(told));
});

test("a file with wrong orders says each", async () => {
  await fs.mkdir(path.dirname(fileOf()));
  await fs.writeFile(fileOf(), '{"paused": "yes", "hold": {"taskManagers": 2}}');
  await expect(readOrders(fileOf(), noon)).rejects.toThrow(
    [
      `The orders ${fileOf()} can't be read. ${MEND}`,
      '  - paused (given: "yes"): it is not true or false. Fix: give true or false.',
      "  - hold.until: it is missing. Fix: give a text, in quotes.",
    ].join("\n"),
  );
});

const give = (order: Order, now = noon) =>
  giveOrder(
    { orders: fileOf(), journal: new Journal(path.join(folder, "acme.jsonl")) },
    order,
    "page",
    now,
  );

test("orders follow each other: a pause leaves a hold, resume ends the pause, then the hold", async () => {
  expect(await give({ order: "hold", hold })).toEqual({ paused: false, hold });
  expect(await give({ order: "pause" })).toEqual({ paused: true, hold });
  expect(await give({ order: "resume" })).toEqual({ paused: false, hold });
  expect(await give({ order: "resume" })).toEqual({ paused: false });
  expect(await readOrders(fileOf(), noon)).toEqual({ paused: false });
  const { entries } = await readJournal(path.join(folder, "acme.jsonl"));
  const entry = { kind: "order", at: at("12:00:00"), from: "page" };
  expect(entries).toEqual([
    { ...entry, order: "hold", hold },
    { ...entry, order: "pause" },
    { ...entry, order: "resume" },
    { ...entry, order: "resume" },
  ]);
});

test("orders given at once are all followed", async () => {
  await Promise.all([give({ order: "hold", hold }), give({ order: "pause" })]);
  expect(await readOrders(fileOf(), noon)).toEqual({ paused: true, hold });
  expect((await fs.readdir(path.dirname(fileOf()))).sort()).toEqual(["acme.json"]);
});

test("no order is in force that the journal could not take", async () => {
  await fs.mkdir(path.join(folder, "acme.jsonl"));
  await expect(give({ order: "pause" })).rejects.toThrow("EISDIR");
  expect(await readOrders(fileOf(), noon)).toEqual({ paused: false });
});

const until = (text: string, now: string, zone = ZONE) =>
  parseUntil(text, new Date(now), zone).toISOString();

test.each([
  ["18:00", at("12:00:00"), at("18:00:00")],
  [" 18:00 ", at("17:59:59"), at("18:00:00")],
  ["18:00", at("18:00:00"), "2026-11-24T10:00:00.000Z"],
  ["0:05", at("23:00:00"), "2026-11-23T16:05:00.000Z"],
  ["90m", at("12:00:00"), at("13:30:00")],
  ["2h", at("12:00:30"), at("14:00:30")],
  ["366d", at("12:00:00"), "2027-11-24T04:00:00.000Z"],
  ["2026-11-23T18:00:00+08:00", at("12:00:00"), at("18:00:00")],
  ["2026-11-23T10:00Z", at("12:00:00"), at("18:00:00")],
])("until %j, at %s: %s", (text, now, end) => expect(until(text, now)).toBe(end));

test.each([
  // Clocks show 02:30 twice, at 00:30 and at 01:30 UTC.
  ["2026-10-24T22:00:00Z", "02:30", "2026-10-25T00:30:00.000Z"],
  ["2026-10-25T00:45:00Z", "02:30", "2026-10-25T01:30:00.000Z"],
  ["2026-10-25T01:45:00Z", "02:30", "2026-10-26T01:30:00.000Z"],
  // Clocks skip it.
  ["2026-03-29T00:00:00Z", "02:30", "2026-03-29T01:00:00.000Z"],
])("in Berlin when clocks are set, at %s until %s: %s", (now, text, end) => {
  expect(until(text, now, "Europe/Berlin")).toBe(end);
});

test("a time of day is the first instant from now on at which the zone's clock shows it", () => {
  const start = Date.UTC(2026, 9, 24) / 60_000;
  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC");
  fc.assert(
    fc.property(
      fc.integer({ min: start, max: start + 12 * 1440 }),
      fc.integer({ min: 0, max: 1439 }),
      zones,
      (nowMinute, minute, zone) => {
        const clock = zoneClock(zone);
        const shows = (at: number) =>
          Math.floor(clock.wallAt(at * 60_000) / 60_000) % 1440 === minute;
        let first = nowMinute + 1;
        while (!shows(first)) first += 1;
        const text = `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;
        const found = parseUntil(text, new Date(nowMinute * 60_000), zone);
        expect(found.getTime() / 60_000).toBe(first);
      },
    ),
  );
});

const NO_END =
  "it is no time at which something could end. Fix: write a time of day such as 18:00, a duration such as 90m or 2h, " +
  "or an instant with its zone such as 2026-11-21T18:00:00+08:00.";

test.each([
  ["24:00", NO_END],
  ["6pm", NO_END],
  ["", NO_END],
  ["2h30m", NO_END],
  ["2026-11-23T18:00:00", NO_END],
  ["2026-11-31T18:00:00Z", NO_END],
  ["0s", "it is not after now. Fix: give a later one."],
  ["2026-11-23T12:00:00+08:00", "it is not after now. Fix: give a later one."],
  ["367d", "it is more than a year ahead. Fix: give an earlier one."],
  ["9999999d", "it is more than a year ahead. Fix: give an earlier one."],
])("until %j", (text, told) => {
  expect(() => parseUntil(text, noon, ZONE)).toThrow(
    new UserError(`The end can't be used:\n  - --until (given: ${JSON.stringify(text)}): ${told}`),
  );
});

test("a hold is within the quota, and has a slot for each job's smallest parallelism", () => {
  const [job] = tenantOf().jobs;
  const jobs = [job, { ...job, name: "other", parallelism: { min: 4, max: 4 } }];
  const plain = tenantOf();
  const two = { ...plain, jobs } as typeof plain;
  const path = "--task-managers";
  expect([3, 4].map((n) => checkHold(two, n))).toEqual([undefined, undefined]);
  expect(checkHold(two, 2)).toEqual({
    ...{ path, value: 2, fault: "they have 4 slots, and the jobs need at least 5" },
    fix: "give at least 3",
  });
  expect(checkHold(two, 5)).toEqual({
    ...{ path, value: 5, fault: "it exceeds the tenant's quota of 4" },
    fix: "give at most 4, or raise quota.taskManagers in the tenant's file",
  });
  expect(checkHold({ ...two, quota: undefined }, 500)).toBeUndefined();
  expect(checkHold({ ...plain, jobs: [] }, 1)).toBeUndefined();
});
