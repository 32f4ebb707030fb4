import * as fs from "node:fs";
import { Journal, readJournal } from "../../../stacks/conductor/journal";
import { giveOrder } from "../../../stacks/conductor/orders";
import { MINUTE, SECOND } from "./conducted";
import { World } from "./conducted-world";
import { at, ms } from "./narrated";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.remove());

test("every tenant of the environment is brought to what its file says, once, with all in its journal", async () => {
  for (const name of ["acme", "globex"]) world.write(name);
  await world.round(5);
  expect([world.updates("acme"), world.updates("globex")]).toEqual([1, 1]);
  expect(world.notes).toEqual(["takes the lease, token 7"]);
  expect(world.names).toEqual(["acme", "globex"]);
  expect(world.views[0]).toMatchObject({ environment: "dev", pid: 1, leading: true, fence: 7 });
  const { entries } = await readJournal(world.journal("acme"));
  expect(entries.map(({ kind }) => kind)).toEqual(["act", "done"]);
  expect(world.conductor.updating).toEqual([]);
  expect(world.conductor.tenantOf("globex")?.name).toBe("globex");
  expect(world.conductor.tenantOf("initech")).toBeUndefined();
});

test("only those that were named", async () => {
  for (const name of ["acme", "globex"]) world.write(name);
  world.start(["globex"]);
  await world.round(2);
  expect([world.updates("acme"), world.updates("globex")]).toEqual([0, 1]);
});

test("the next round is in 5 s, or when the next window is to be opened", async () => {
  world.write("acme");
  const window = { name: "day", from: "00:00", to: "12:00", zone: "UTC", floor: 2, ceiling: 4 };
  world.write("globex", { windows: [window] });
  expect(await world.round()).toBe(5000);
  world.clock.pass(ms("07:59:28") - world.clock.now());
  expect(await world.round()).toBe(2000);
});

describe("one tenant's trouble is its own", () => {
  test("a cycle that hangs holds up no other, round after round, nor does its end begin two", async () => {
    for (const name of ["acme", "globex"]) world.write(name);
    world.hangs.add("acme");
    await world.round(3);
    expect([world.updates("acme"), world.updates("globex")]).toEqual([0, 1]);
    expect(world.names).toEqual(["globex"]);
    world.write("globex", { otherwise: { floor: 2, ceiling: 4 } });
    await world.round();
    expect(world.updates("globex")).toBe(2);
  });

  test("nor does an error in one", async () => {
    world.write("acme");
    world.write("globex");
    world.write("initech");
    await world.round();
    const acme = world.benches.get("acme");
    jest.spyOn(acme?.conductor as never, "cycle").mockImplementation(() => {
      throw new Error("odd");
    });
    world.write("initech", { otherwise: { floor: 2, ceiling: 4 } });
    await world.round();
    expect(world.updates("initech")).toBe(2);
    expect(world.said.join("")).toMatch(/dev-acme: Error: odd/);
  });

  test("nor an update that goes on", async () => {
    world.write("acme");
    world.write("globex");
    await world.round();
    world.benches.get("acme")?.stack.hang();
    for (const name of ["acme", "globex"])
      world.write(name, { otherwise: { floor: 2, ceiling: 4 } });
    await world.round(3);
    expect(world.conductor.updating).toEqual(["dev-acme"]);
    expect(world.updates("globex")).toBe(2);
    let finished = false;
    const finish = world.conductor.finish().then(() => (finished = true));
    await new Promise(setImmediate);
    expect(finished).toBe(false);
    world.benches.get("acme")?.stack.finish();
    await finish;
    expect(world.conductor.updating).toEqual([]);
  });
});

describe("files", () => {
  test("one that breaks: its tenant goes on as it was, which is said once for each version", async () => {
    world.write("acme");
    await world.round();
    const text = fs.readFileSync(world.file("acme"), "utf8");
    world.put("acme", "config: [");
    await world.round(3);
    await giveOrder(
      { orders: world.orders("acme"), journal: new Journal(world.journal("acme")) },
      { order: "hold", hold: { taskManagers: 3, until: at("09:00:00") } },
      "command",
      new Date(world.clock.now()),
    );
    await world.round(2);
    const complaints = () => world.said.filter((line) => line.includes("goes on as it was")).length;
    expect(complaints()).toBe(1);
    expect(world.benches.get("acme")?.decisions.map(({ to }) => to.taskManagers)).toEqual([1, 3]);
    // The update is given what stood in the file when it could be used.
    expect(world.benches.get("acme")?.stack.requests[1]?.text).toBe(text);
    world.put("acme", "config: {");
    await world.round(2);
    expect(complaints()).toBe(2);
    world.write("acme", { otherwise: { floor: 2, ceiling: 4 } });
    await world.round();
    expect(world.names).toEqual(["acme"]);
  });

  test("a new one is a new tenant, one that is removed is dropped and left as it is", async () => {
    world.write("acme");
    await world.round(2);
    world.write("globex");
    await world.round();
    expect([world.names, world.updates("globex")]).toEqual([["acme", "globex"], 1]);
    fs.rmSync(world.file("acme"));
    await world.round(3);
    expect([world.names, world.updates("acme")]).toEqual([["globex"], 1]);
    expect([...world.conductor.conductors.keys()]).toEqual(["dev-globex"]);
  });

  test("one that is removed while its update goes on is dropped after that", async () => {
    world.write("acme");
    await world.round();
    const acme = world.benches.get("acme");
    acme?.stack.hang();
    world.write("acme", { otherwise: { floor: 2, ceiling: 4 } });
    await world.round();
    fs.rmSync(world.file("acme"));
    await world.round();
    expect(world.conductor.updating).toEqual(["dev-acme"]);
    acme?.stack.finish();
    await world.conductor.finish();
    await world.round();
    expect([...world.conductor.conductors.keys()]).toEqual([]);
  });

  test("where their folder can't be read, the tenants go on as they were", async () => {
    world.write("acme");
    await world.round();
    const away = `${world.folder}-away`;
    fs.renameSync(world.folder, away);
    await world.round();
    fs.renameSync(away, world.folder);
    expect(world.said.join("")).toMatch(/the stack files can't be read: ENOENT/);
    expect([...world.conductor.conductors.keys()]).toEqual(["dev-acme"]);
    expect(world.updates("acme")).toBe(1);
  });
});

describe("the lease", () => {
  test("while another one has it nothing is looked at; it is said once", async () => {
    world.write("acme");
    world.lease.isFree = false;
    expect(await world.round(3)).toBe(5000);
    expect([world.benches.size, world.views.length, world.retired]).toEqual([0, 0, 1]);
    expect(world.said).toHaveLength(1);
    world.lease.isFree = true;
    await world.round();
    expect([world.updates("acme"), world.notes]).toEqual([1, ["takes the lease, token 7"]]);
  });

  test("that is lost and taken again between two rounds: the stacks are read again", async () => {
    world.write("acme");
    await world.round(2);
    expect(world.benches.get("acme")?.stack.reads).toBe(1);
    Object.assign(world.lease, { isHeld: false, fence: 9 });
    await world.round();
    expect(world.benches.get("acme")?.stack.reads).toBe(2);
    expect(world.notes).toEqual(["takes the lease, token 7", "takes the lease, token 9"]);
    await world.round(3);
    expect([world.benches.get("acme")?.stack.reads, world.updates("acme")]).toEqual([2, 1]);
  });

  test("that can't be taken because its folder is gone is tried again", async () => {
    world.write("acme");
    world.lease.broken = true;
    expect(await world.round()).toBe(5000);
    world.lease.broken = false;
    await world.round();
    expect(world.updates("acme")).toBe(1);
  });
});

test("what can't be published is no reason to stop", async () => {
  world.write("acme");
  world.publishes = false;
  await world.round(2);
  world.publishes = true;
  await world.round();
  expect([world.updates("acme"), world.views.length]).toEqual([1, 1]);
});

describe("the wall clock", () => {
  const window = { name: "day", from: "00:00", to: "12:00", zone: "UTC", floor: 2, ceiling: 4 };

  test.each([
    [60, "3600", ["otherwise", "day"]],
    [-60, "-3600", ["otherwise"]],
  ])(
    "that jumps by %i minutes is said, and leads to one update at most",
    async (minutes, seconds, windows) => {
      world.write("acme", { windows: [window] });
      await world.round(3);
      world.clock.jump(minutes * MINUTE);
      await world.round(10);
      expect(world.notes.slice(1)).toEqual([
        `the clock jumped by ${seconds} s; every tenant goes to what is right now, once`,
      ]);
      expect(world.benches.get("acme")?.decisions.map((d) => d.window)).toEqual(windows);
      world.clock.jump(-minutes * MINUTE);
      await world.round(10);
      expect(world.notes).toHaveLength(3);
      const back = minutes > 0 ? [...windows, "otherwise"] : windows;
      expect(world.benches.get("acme")?.decisions.map((d) => d.window)).toEqual(back);
    },
  );

  test("that jumps by less than 5 s did not jump", async () => {
    world.write("acme");
    await world.round();
    world.clock.jump(4 * SECOND);
    await world.round();
    expect(world.notes).toEqual(["takes the lease, token 7"]);
  });

  test("after a jump what was measured is forgotten", async () => {
    world.write("acme");
    await world.round();
    const reset = jest.spyOn(world.benches.get("acme")?.conductor as never, "reset");
    await world.round();
    expect(reset).not.toHaveBeenCalled();
    world.clock.jump(-60 * MINUTE);
    await world.round(3);
    expect(reset).toHaveBeenCalledTimes(1);
  });
});
