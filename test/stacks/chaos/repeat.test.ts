import type { Fault } from "../../../stacks/chaos/fault";
import { repeatFault } from "../../../stacks/chaos/repeat";
import type { ChaosStage } from "../../../stacks/chaos/stage";

const NONE = { lost: 0, duplicated: 0 };
const SINCE = 1_000_000;

/** What a repetition asks of a stage, answered as told. */
function stageThat(settles: (number | string)[]) {
  const calls: string[] = [];
  const stage = {
    settle: async (_: number, wellForMs?: number) => {
      calls.push(wellForMs === undefined ? "settle" : `settle for ${wellForMs}`);
      return settles.shift() ?? SINCE;
    },
    leader: async () => undefined,
    stopConductors: async () => void calls.push("dismiss"),
    gapSeconds: () => 3,
    mostLiveJobs: () => 1,
    journalFaults: async () => [],
    breaker: {},
    count: async () => ({ exact: true, sentence: "Exact.", lost: 3, duplicated: 5 }),
  };
  return { stage: stage as unknown as ChaosStage, calls };
}

const faultOf = (calls: string[], chances: number[] = []): Fault => ({
  ...{ name: "lock", title: "stale lock" },
  prepare: async () => void calls.push("prepare"),
  inject: async (_, repetition, chance) => {
    calls.push(`inject ${repetition}`);
    chances.push(chance(0));
    return { sinceMs: SINCE, note: "now", restore: async () => void calls.push("restore") };
  },
  end: async () => void calls.push("end"),
});
const repeated = (settles: (number | string)[], times: number, chances?: number[], seed = 1) => {
  const { stage, calls } = stageThat(settles);
  const before = { lost: 1, duplicated: 2 };
  return repeatFault(stage, faultOf(calls, chances), { times, seed, before }).then((result) => ({
    ...{ result, calls },
  }));
};

it("counts from the fault on until all is well, and what was lost since the fault before", async () => {
  const { result, calls } = await repeated([0, SINCE + 19_500, 0, SINCE - 400], 2);
  expect(result).toMatchObject({ fault: "lock", lost: 2, duplicated: 3, exact: true });
  expect(result.repetitions.map(({ seconds }) => seconds)).toEqual([19.5, 0]);
  expect(calls).toEqual([
    "prepare",
    ...["settle", "inject 0", "settle", "restore", "dismiss"],
    ...["settle", "inject 1", "settle", "restore", "dismiss"],
    "end",
  ]);
});

it("has all be well for as long as the fault asks for before each, and no longer after it", async () => {
  const { stage, calls } = stageThat([]);
  const fault = { ...faultOf(calls), restMs: 130_000 };
  await repeatFault(stage, fault, { times: 2, seed: 1, before: NONE });
  const once = ["settle for 130000", "settle"];
  expect(calls.filter((call) => call.startsWith("settle"))).toEqual([...once, ...once]);
});

it("says what stayed amiss, and puts back what it took", async () => {
  const { result, calls } = await repeated([0, "no job lives"], 1);
  expect(result.repetitions).toMatchObject([{ seconds: null, amiss: "no job lives", note: "now" }]);
  expect(calls).toContain("restore");
});

it("breaks nothing where not all was well before", async () => {
  const { result, calls } = await repeated(["2 jobs live"], 1);
  expect(result.repetitions).toMatchObject([
    { seconds: null, amiss: "was not ready: 2 jobs live" },
  ]);
  expect(calls).not.toContain("inject 0");
});

it("goes on where a fault can't be made", async () => {
  const { stage, calls } = stageThat([]);
  const fault = { ...faultOf(calls), inject: () => Promise.reject(new Error("no such container")) };
  const result = await repeatFault(stage, fault, { times: 2, seed: 1, before: NONE });
  const one = { note: "not made", seconds: null, amiss: "no such container" };
  expect(result.repetitions).toMatchObject([one, one]);
});

it("takes its moments from the seed, another one for each repetition", async () => {
  const moments: number[][] = [[], [], []];
  for (const [i, seed] of [7, 7, 8].entries()) await repeated([], 3, moments[i], seed);
  expect(moments[0]).toEqual(moments[1]);
  expect(moments[0]).not.toEqual(moments[2]);
  expect(new Set(moments[0]).size).toBe(3);
});
