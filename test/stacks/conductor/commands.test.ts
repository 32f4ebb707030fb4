import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { COMMANDS_HELP, runCommand } from "../../../stacks/conductor/commands";
import type { World } from "../../../stacks/conductor/commands/world";
import { Journal, readJournal } from "../../../stacks/conductor/journal";
import { readOrders, writeOrders } from "../../../stacks/conductor/orders";
import type { ConductorView } from "../../../stacks/conductor/tenant-view";
import { act, at, done, MORNING_TEXT, statusOf, tenantOf, viewOf } from "./narrated";

let folder: string;
let out: string[];
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "flinktide-commands-"));
  out = [];
});
afterEach(() => fs.rm(folder, { recursive: true }));

const now = new Date(at("10:00:02"));
const tenants = [tenantOf(), tenantOf({ name: "globex", windows: [] })];
const paths = (environment: string) => ({
  journal: (tenant: string) => path.join(folder, environment, "journal", `${tenant}.jsonl`),
  orders: (tenant: string) => path.join(folder, environment, "orders", `${tenant}.json`),
  status: path.join(folder, "status.json"),
});
const world: World = {
  catalog: async (environment) =>
    environment === "void" ? [] : tenants.map((tenant) => ({ tenant })),
  paths,
  now: () => now,
  out: (text) => void out.push(text),
};
const run = (...argv: string[]) => runCommand(argv, world);
const publish = (view: ConductorView) => fs.writeFile(paths("dev").status, JSON.stringify(view));
const ordersOf = (tenant: string, environment = "dev") =>
  readOrders(paths(environment).orders(tenant), now);

async function write(tenant: string, ...entries: Parameters<Journal["append"]>[0][]) {
  const journal = new Journal(paths("dev").journal(tenant));
  for (const entry of entries) await journal.append(entry);
}

/** What a directory holds, at any depth. */
const files = async () => (await fs.readdir(folder, { recursive: true })).sort();

test.each([[[]], [["--once"]], [["dance"]], [["--env", "log"]]])(
  "no subcommand: %j",
  async (argv) => expect(await run(...argv)).toBeUndefined(),
);

test("the overview", () => {
  expect(COMMANDS_HELP).toBe(
    `
  status [--json]                          all tenants in a table
  log TENANT [--last N] [--json]           what was done for a tenant, and why
  why TENANT                               why a tenant is as it is now
  pause [TENANT]                           change nothing for a tenant, or for all
  resume [TENANT]                          take back a pause, or a hold
  hold TENANT --task-managers N --until T  keep a tenant at a size for a while`.slice(1),
  );
});

test.each(["status", "log", "why", "pause", "resume", "hold"])(
  "%s --help tells what it does and every option, and does nothing",
  async (name) => {
    expect(await run(name, "acme", "--help")).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(new RegExp(`^Usage: npm run conductor -- ${name} `)),
    ]);
    const options = { log: ["last", "json"], status: ["json"], hold: ["task-managers", "until"] };
    const own: string[] = options[name as keyof typeof options] ?? [];
    for (const option of [...own, "env"]) expect(out[0]).toContain(`\n  --${option} `);
    expect(await files()).toEqual([]);
  },
);

test("log: sentences of the newest, and that a line can't be read", async () => {
  const file = paths("dev").journal("acme");
  await write("acme", act("a", "07:59:30"), done("a", "07:59:38"), act("b", "09:00:00"));
  await fs.appendFile(file, "{torn\n");
  expect(await run("log", "acme")).toBe(0);
  const dead = "its conductor died; the next one goes on from what it finds.";
  expect(out).toEqual([
    `2026-11-23, Asia/Shanghai\n  07:59:30 ${MORNING_TEXT}; done in 8.4 s.\n  09:00:00 ${MORNING_TEXT}; ${dead}`,
    `1 line of ${file} can't be read, torn or of another version.`,
  ]);
});

test("log --last counts lines, --json entries", async () => {
  const all = [
    act("a", "07:59:30"),
    done("a", "07:59:38"),
    act("b", "09:00:00"),
    done("b", "09:00:08"),
  ];
  await write("acme", ...all);
  expect(await run("log", "--last", "1", "acme")).toBe(0);
  expect(out).toEqual([`2026-11-23, Asia/Shanghai\n  09:00:00 ${MORNING_TEXT}; done in 8.4 s.`]);
  out = [];
  expect(await run("log", "acme", "--json", "--last=3")).toBe(0);
  expect(out.map((line) => JSON.parse(line) as unknown)).toEqual(all.slice(1));
});

test("log: an update is under way where the conductor that began it works at the tenant", async () => {
  await write("acme", act("a", "09:59:59"));
  const works = viewOf({ doing: "updating for 2 s" });
  const told = async (view: ConductorView) => {
    await publish(view);
    out = [];
    await run("log", "acme");
    return out[0]?.split("; ").at(-1);
  };
  expect(await told(statusOf({ tenants: [works] }))).toBe("under way.");
  const dead = "the next one goes on from what it finds.";
  expect(await told(statusOf({ tenants: [works], fence: 4 }))).toBe(dead);
  expect(await told(statusOf())).toBe(dead);
  expect(await told(statusOf({ tenants: [{ ...works, atMs: works.atMs - 30_000 }] }))).toBe(dead);
});

test("log of a tenant for which nothing was done", async () => {
  expect(await run("log", "globex")).toBe(0);
  expect(out).toEqual(["The journal of globex is empty: nothing was done yet."]);
});

test("why: by status, journal, orders and windows", async () => {
  await write("acme", act("a", "07:59:30"), done("a", "07:59:38"));
  await publish(statusOf());
  await writeOrders(paths("dev").orders("acme"), { paused: true });
  expect(await run("why", "acme")).toBe(0);
  expect(out.join("\n").split("\n")).toEqual([
    "acme has 2 TaskManagers with 4 of 4 slots in use, since 07:59:38 (2 h ago).",
    `Because: ${MORNING_TEXT}.`,
    "Window morning allows 2 to 3 TaskManagers.",
    "wordcount is RUNNING at parallelism 4; 1,420 records/s arrive, 1,418 are processed, 4,130 wait, 2.9 s behind (10 s allowed).",
    "It is paused: nothing is changed until somebody resumes it.",
    "Window midday opens at 11:30 (in 1 h 30 m): 3 to 4 TaskManagers; capacity for it is prepared from 11:29:30 on.",
  ]);
});

test("why of a tenant that the conductor does not know yet", async () => {
  await publish(statusOf());
  expect(await run("why", "globex")).toBe(0);
  expect(out.join("\n").split("\n")).toEqual([
    "No conductor tells of it now.",
    "Its journal has no decision.",
    "The clock brings no change.",
  ]);
});

test("status: the table, or what the conductor wrote; 1 where it is old", async () => {
  await publish(statusOf());
  expect(await run("status")).toBe(0);
  expect(out[0]).toMatch(/^The conductor of dev, .*\n\n.*\n│ tenant/);
  out = [];
  expect(await run("status", "--json")).toBe(0);
  expect(JSON.parse(out[0] ?? "")).toEqual(statusOf());
  await publish(statusOf({ atMs: now.getTime() - 30_001 }));
  expect(await run("status")).toBe(1);
  expect(out[1]).toMatch(/^!! This is 30 s old: /);
});

test.each([
  ["no", undefined],
  ["a torn", '{"environment'],
  ["another version's", '{"version": 2}'],
])("status where there is %s status", async (_, text) => {
  if (text !== undefined) await fs.writeFile(paths("dev").status, text);
  await expect(run("status")).rejects.toThrow(
    `No conductor has told of environment dev in ${paths("dev").status}. Fix: start one: npm run conductor -- --env dev`,
  );
});

test("pause, hold, resume: the orders, the journal, and what is said", async () => {
  await publish(statusOf());
  const steps = [
    ["pause", "acme"],
    ["hold", "acme", "--task-managers", "3", "--until", "18:00"],
    ["resume", "acme"],
    ["resume", "acme"],
  ];
  for (const argv of steps) expect(await run(...argv)).toBe(0);
  const held = "held at 3 TaskManagers until 2026-11-23 18:00 Asia/Shanghai (in 8 h).";
  expect(out).toEqual([
    "acme is paused.",
    `acme is paused; once it is resumed, it is ${held}`,
    `acme is ${held}`,
    "acme goes by its windows and its load.",
  ]);
  const hold = { taskManagers: 3, until: at("18:00:00") };
  const entry = { kind: "order", at: now.toISOString(), from: "command" };
  expect((await readJournal(paths("dev").journal("acme"))).entries).toEqual([
    { ...entry, order: "pause" },
    { ...entry, order: "hold", hold },
    { ...entry, order: "resume" },
    { ...entry, order: "resume" },
  ]);
  expect(await ordersOf("acme")).toEqual({ paused: false });
});

test("without a name all tenants are paused, of the environment given, and without a conductor it says so", async () => {
  expect(await run("pause", "--env", "prod")).toBe(0);
  expect(out).toEqual([
    "acme is paused.",
    "globex is paused.",
    "No conductor runs now; it counts once one does: npm run conductor -- --env prod",
  ]);
  expect(await ordersOf("acme", "prod")).toEqual({ paused: true });
  expect(await ordersOf("globex", "prod")).toEqual({ paused: true });
  expect(await ordersOf("acme")).toEqual({ paused: false });
});

test("one tenant's broken orders keep no other from being paused", async () => {
  const file = paths("dev").orders("acme");
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, "[]");
  await expect(run("pause")).rejects.toThrow(`acme: The orders ${file} can't be read. Fix: write`);
  expect(await ordersOf("globex")).toEqual({ paused: true });
});

test.each(["log", "why", "pause", "resume"])("%s of a tenant that there isn't", async (name) => {
  await expect(run(name, "akme")).rejects.toThrow(
    "Environment dev has no tenant akme whose stack file can be used; did you mean acme? There are: acme, globex.",
  );
  await expect(run(name, "../x")).rejects.toThrow(
    "Environment dev has no tenant ../x whose stack file can be used. There are: acme, globex.",
  );
  await expect(run(name, "acme", "--env", "void")).rejects.toThrow(
    "Environment void has no tenant whose stack file can be used. Fix: give another one with --env, or add a tenant as docs/tenant.md shows.",
  );
  expect(await files()).toEqual([]);
});

const unusable = (name: string, ...problems: string[]) =>
  [`conductor ${name} can't be used so (--help says more):`, ...problems].join("\n");
const COUNT = (max: string) =>
  `it is not a whole number from 1 to ${max}. Fix: give a whole number from 1 to ${max}.`;

test.each<[string[], string]>([
  [["log"], unusable("log", "  - tenant: it is missing. Fix: give its name, such as acme.")],
  [
    ["log", "acme", "globex", "--last", "0"],
    unusable(
      "log",
      `  - --last (given: "0"): ${COUNT("1000000")}`,
      '  - argument (given: "globex"): it is one too many. Fix: leave it out.',
    ),
  ],
  [
    ["status", "acme"],
    unusable("status", '  - argument (given: "acme"): it is one too many. Fix: leave it out.'),
  ],
  [
    ["why", "acme", "--env", "../etc"],
    unusable(
      "why",
      '  - --env (given: "../etc"): it cannot be a name. Fix: use lower-case letters, digits and dashes, at most 32, a letter first.',
    ),
  ],
  [
    ["hold", "acme"],
    unusable(
      "hold",
      "  - --task-managers: it is missing. Fix: give a whole number from 1 to 1000.",
      "  - --until: it is missing. Fix: give a time such as 18:00, or a duration such as 2h.",
    ),
  ],
  [
    ["hold", "acme", "--task-managers", "2.5", "--until", "18:00"],
    unusable("hold", `  - --task-managers (given: "2.5"): ${COUNT("1000")}`),
  ],
  [
    ["hold", "acme", "--task-managers", "5", "--until", "9:30"],
    "acme can't be held so:\n  - --task-managers (given: 5): it exceeds the tenant's quota of 4. Fix: give at most 4, or raise quota.taskManagers in the tenant's file.",
  ],
  [
    ["hold", "acme", "--task-managers", "9", "--until", "2026-11-23T09:00+08:00"],
    [
      "acme can't be held so:",
      "  - --task-managers (given: 9): it exceeds the tenant's quota of 4. Fix: give at most 4, or raise quota.taskManagers in the tenant's file.",
      '  - --until (given: "2026-11-23T09:00+08:00"): it is not after now. Fix: give a later one.',
    ].join("\n"),
  ],
])("%j", async (argv, told) => {
  await expect(run(...argv)).rejects.toThrow(new Error(told));
  expect(await files()).toEqual([]);
});

test("an option that there isn't: the fault, then the help", async () => {
  await expect(run("pause", "--tenant", "acme")).rejects.toThrow(
    /^Unknown option '--tenant'.*\n\nUsage: npm run conductor -- pause /,
  );
});
