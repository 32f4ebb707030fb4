import type { Decision } from "../../../policies/decision";
import { planFor } from "../../../policies/plan";
import { RoomKeeper } from "../../../stacks/conductor/room-keeper";
import { readTenant, tenantBlock } from "../../support/tenant-file";
import { Bench, MINUTE } from "./conducted";

const acme = readTenant(tenantBlock("dev-acme"));
const at = (time: string) => Date.parse(`2026-11-${time}Z`);
/** At night one TaskManager runs; for the window two are started at 23:59:30 UTC. */
const NIGHT = planFor(acme, new Date(at("22T20:00:00")), {}).decision;

/** A cluster's two numbers, and how often it was asked. */
function numbers(taskManagers: number | undefined, balloons: number | undefined) {
  const state = { taskManagers, balloons, asked: 0, set: [] as number[] };
  const keeper = new RoomKeeper({
    leadMs: 5 * MINUTE,
    taskManagers: async () => ({
      wanted: async () => {
        state.asked += 1;
        return state.taskManagers;
      },
    }),
    held: async () => ({
      wanted: async () => state.balloons,
      keep: async (pods) => {
        state.balloons = pods;
        state.set.push(pods);
      },
    }),
  });
  const keep = (time: string) => keeper.keep(acme, NIGHT, at(time));
  return { state, keep, keeper };
}

it("makes room a lead before TaskManagers start, and gives it up once they are wanted", async () => {
  const { state, keep } = numbers(1, 0);
  await keep("22T23:54:29");
  expect(state.set).toEqual([]);
  await keep("22T23:54:30");
  expect(state.set).toEqual([1]);
  // The edge alone starts nothing.
  await keep("22T23:59:35");
  expect(state.set).toEqual([1]);
  state.taskManagers = 2;
  await keep("23T00:00:05");
  expect(state.set).toEqual([1, 0]);
});

it("asks the cluster at first, and then twice a minute while there is something to hold", async () => {
  const { state, keep } = numbers(1, 0);
  for (const second of ["00", "05", "10"]) await keep(`22T20:00:${second}`);
  expect(state.asked).toBe(1);
  for (const second of ["00", "05", "25", "30", "35"]) await keep(`22T23:55:${second}`);
  expect(state.asked).toBe(3);
});

it("asks at once after an update", async () => {
  const { state, keeper } = numbers(1, 0);
  await keeper.keep(acme, NIGHT, at("22T23:55:00"));
  state.taskManagers = 2;
  const morning = planFor(acme, new Date(at("22T23:59:30")), { decision: NIGHT }).decision;
  await keeper.keep(acme, morning, at("22T23:55:05"));
  expect(state.set).toEqual([1, 0]);
});

it("gives up what a conductor before it held for nothing", async () => {
  const { state, keep } = numbers(1, 4);
  await keep("22T20:00:00");
  expect(state.set).toEqual([0]);
});

it("holds nothing beyond TaskManagers that somebody has started already", async () => {
  const { state, keep } = numbers(5, 0);
  await keep("22T23:55:00");
  expect(state.set).toEqual([]);
});

it.each([
  ["TaskManagers", undefined, 0],
  ["pods that hold room", 1, undefined],
])("does nothing where there are no %s", async (_, taskManagers, balloons) => {
  const { state, keep } = numbers(taskManagers, balloons);
  await keep("22T23:55:00");
  expect(state.set).toEqual([]);
});

it("holds nothing where nothing runs yet", async () => {
  const { state, keeper } = numbers(1, 0);
  await keeper.keep(acme, undefined, at("22T23:55:00"));
  expect(state).toMatchObject({ asked: 0, set: [] });
});

it("tells why there may be no room where the cluster can't be asked", async () => {
  const refuses = { wanted: () => Promise.reject(new Error("no answer")) };
  const { keeper } = numbers(1, 0);
  expect(await keeper.keep(acme, NIGHT, at("22T20:00:00"))).toBeUndefined();
  const blind = new RoomKeeper({
    leadMs: MINUTE,
    taskManagers: async () => refuses,
    held: async () => ({ ...refuses, keep: async () => undefined }),
  });
  expect(await blind.keep(acme, NIGHT, at("22T20:00:00"))).toBe(
    "there may be no room for the next window: no answer",
  );
});

describe("in a tenant's cycle", () => {
  /** Notes what is asked of it, and whether an update ran then. */
  function watched(fails = false) {
    const calls: string[] = [];
    const room = {
      keep: async (_: unknown, decision: Decision | undefined) => {
        const what = decision === undefined ? "nothing" : decision.window;
        calls.push(`${what}, after ${bench.stack.requests.length} updates`);
        return fails ? "there may be no room" : undefined;
      },
    } as unknown as RoomKeeper;
    const bench = new Bench({ deps: { room } });
    return { bench, calls };
  }

  it("it is kept by the decision in force, but not while nobody may act", async () => {
    const { bench, calls } = watched();
    await bench.cycle();
    await bench.cycle();
    expect(calls).toEqual(["nothing, after 0 updates", "otherwise, after 1 updates"]);
    bench.orders = { paused: true };
    await bench.cycle();
    expect(calls).toHaveLength(2);
  });

  it("what fails is told, and nothing else is kept from being done", async () => {
    const { bench } = watched(true);
    await bench.cycle();
    const view = await bench.cycle();
    expect(view.problem).toBe("there may be no room");
    expect(bench.stack.requests).toHaveLength(1);
  });
});
