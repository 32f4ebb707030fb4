import type { CompleteObservation } from "../../../policies/scaling/observation";
import { RescaleMemory } from "../../../policies/scaling/rescale-memory";
import { SCALING_DEFAULTS } from "../../../policies/scaling/settings";
import { observationWith } from "../../support/observation";

const settings = {
  ...SCALING_DEFAULTS,
  ...{ reactionSeconds: 25, leastEffect: 0.1, ineffectivePauseSeconds: 600 },
};
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Shows a memory the job at an instant, in seconds. */
const show = (
  memory: RescaleMemory,
  atSeconds: number,
  parallelism: number,
  changes: Partial<CompleteObservation> = {},
) => {
  const { consumedPerSecond, ...rest } = { consumedPerSecond: 2000, ...changes };
  memory.see(
    observationWith({ atMs: atSeconds * SECOND, parallelism, ...rest }),
    consumedPerSecond,
  );
};
const seen = (parallelism = 4) => {
  const memory = new RescaleMemory(settings);
  show(memory, 0, parallelism);
  return memory;
};
const up = (memory: RescaleMemory, atSeconds: number) =>
  memory.wentUp(atSeconds * SECOND, 2000, 2000, 2);

describe("the reaction time", () => {
  test("is as configured until it was measured; then each rescale counts for 30 %", () => {
    const memory = seen();
    expect(memory.reactionSeconds).toBe(25);
    up(memory, 100);
    show(memory, 105, 4);
    expect(memory.reactionSeconds).toBe(25);
    show(memory, 145, 8);
    expect(memory.reactionSeconds).toBeCloseTo(25 + 0.3 * (45 - 25), 9);
    memory.wentDown(300 * SECOND);
    show(memory, 311, 4);
    expect(memory.reactionSeconds).toBeCloseTo(31 + 0.3 * (11 - 31), 9);
  });

  test("counts from the first advice, to the job running", () => {
    const memory = seen();
    up(memory, 100);
    up(memory, 105);
    show(memory, 130, 8, { running: false });
    expect(memory.reactionSeconds).toBe(25);
    show(memory, 135, 8);
    expect(memory.reactionSeconds).toBeCloseTo(25 + 0.3 * (35 - 25), 9);
  });

  test("learns nothing from a rescale without advice, nor long after it", () => {
    const memory = seen();
    show(memory, 50, 8);
    expect(memory.reactionSeconds).toBe(25);
    up(memory, 100);
    show(memory, 1001, 16);
    expect(memory.reactionSeconds).toBe(25);
    up(memory, 2000);
    show(memory, 2900, 4);
    expect(memory.reactionSeconds).toBeCloseTo(25 + 0.3 * (900 - 25), 9);
  });
});

test("a restart is another parallelism of the running job", () => {
  const memory = seen();
  expect(memory.secondsSinceRestart(50 * SECOND)).toBe(Infinity);
  show(memory, 50, 8, { running: false });
  expect(memory.secondsSinceRestart(50 * SECOND)).toBe(Infinity);
  show(memory, 60, 8);
  show(memory, 65, 8);
  expect(memory.secondsSinceRestart(80 * SECOND)).toBe(20);
});

test("the last advice is remembered, up or down", () => {
  const memory = seen();
  expect(memory.secondsSinceAdvice(0)).toBe(Infinity);
  up(memory, 10);
  expect(memory.secondsSinceAdvice(30 * SECOND)).toBe(20);
  memory.wentDown(40 * SECOND);
  expect(memory.secondsSinceAdvice(70 * SECOND)).toBe(30);
});

describe("turns", () => {
  /** Down at minutes and up again `after` minutes later. */
  const turning = (minutes: readonly number[], after: number) => {
    const memory = seen();
    for (const minute of minutes) {
      memory.wentDown(minute * MINUTE);
      memory.wentUp((minute + after) * MINUTE, 2000, 2000, 2);
    }
    return memory;
  };

  test.each([
    [[0, 10, 20], 1, 1],
    [[0, 10, 20, 30], 1, 2],
    [[0, 5, 10, 15, 20], 1, 4],
    [[0, 5, 10, 15, 20, 25, 30], 1, 8],
    [[0, 15, 30, 45], 15, 2],
    [[0, 16, 32, 48], 15.01, 1],
    [[0, 21, 42, 63], 1, 1],
  ])("down at minutes %j and up %d minutes later: brake %d", (minutes, after, brake) => {
    expect(turning(minutes, after).brake).toBe(brake);
  });

  test("an up counts once for each down", () => {
    const memory = seen();
    memory.wentDown(0);
    for (let minute = 1; minute < 9; minute++) up(memory, minute * 60);
    expect(memory.brake).toBe(1);
  });

  test("the brake is released as the turns get older", () => {
    const memory = turning([0, 1, 2, 3, 4], 0.5);
    expect(memory.brake).toBe(4);
    show(memory, 60 * 60 + 29, 4);
    expect(memory.brake).toBe(4);
    show(memory, 60 * 60 + 30, 4);
    expect(memory.brake).toBe(2);
    show(memory, 62 * 60, 4);
    expect(memory.brake).toBe(1);
  });
});

describe("a scale-up that brought nothing", () => {
  /** Twice the slots at 100 s, where they were to bring 2,000 records a second; running at 130 s. */
  const scaled = () => {
    const memory = seen();
    up(memory, 100);
    show(memory, 130, 8, { busyRatio: 1 });
    return memory;
  };
  const judged = (consumedPerSecond: number, changes: Partial<CompleteObservation> = {}) => {
    const memory = scaled();
    show(memory, 191, 8, { busyRatio: 1, consumedPerSecond, ...changes });
    return memory.ineffective(191 * SECOND);
  };
  const vertices = (busyRatio: number) => [
    { name: "count", source: false, parallelism: 8, busyRatio },
    { name: "write", source: false, parallelism: 8, busyRatio: 0.2 },
  ];
  const HOLD = {
    guard: "ineffective-scale-up",
    detail: "the last one brought 199 records/s of 2000",
  };

  test.each<[string, number, Partial<CompleteObservation>, boolean]>([
    ["a tenth of what was expected is enough", 2200, {}, false],
    ["less is not", 2199, {}, true],
    ["a job with time to spare needed no more", 2199, { busyRatio: 0.94 }, false],
    ["one that is 95 % busy did", 2199, { busyRatio: 0.95 }, true],
    ["of which the vertex counts that is full first", 2199, { vertices: vertices(0.95) }, true],
    ["and none is", 2199, { vertices: vertices(0.94) }, false],
    ["without a busy time nobody knows", 2199, { busyRatio: undefined }, false],
  ])("%s", (_, consumed, changes, holds) => {
    expect(judged(consumed, changes)).toEqual(holds ? HOLD : undefined);
  });

  test("pauses further ones for ten minutes", () => {
    const memory = scaled();
    show(memory, 191, 8, { busyRatio: 1, consumedPerSecond: 2199 });
    expect(memory.ineffective(790 * SECOND)).toEqual(HOLD);
    expect(memory.ineffective(791 * SECOND)).toBeUndefined();
  });

  test("is judged once, when the job has run for more than a minute", () => {
    const memory = scaled();
    show(memory, 190, 8, { busyRatio: 1, consumedPerSecond: 2199 });
    expect(memory.ineffective(190 * SECOND)).toBeUndefined();
    show(memory, 195, 8, { busyRatio: 1, consumedPerSecond: 2500 });
    show(memory, 200, 8, { busyRatio: 1, consumedPerSecond: 2199 });
    expect(memory.ineffective(200 * SECOND)).toBeUndefined();
  });

  test("is not judged before it was made, nor after a scale-down", () => {
    const waiting = seen();
    up(waiting, 100);
    show(waiting, 900, 4, { busyRatio: 1 });
    expect(waiting.ineffective(900 * SECOND)).toBeUndefined();
    const down = scaled();
    down.wentDown(150 * SECOND);
    show(down, 191, 8, { busyRatio: 1 });
    expect(down.ineffective(191 * SECOND)).toBeUndefined();
  });
});
