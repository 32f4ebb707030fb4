import {
  cellLoads,
  cellSecondsFor,
  cheapestPlan,
} from "../../../../stacks/simulate/rivals/oracle-plan";
import { plantWith } from "../../../policies/simulator/plant";
import { traceOf } from "../../../support/traces";

const times = (count: number, value: number) => new Array<number>(count).fill(value);
/** A stop of 3 s, then 4 s at half of the capacity: 5 s of work lost by each rescale. */
const plant = plantWith();

describe("the loads of cells", () => {
  it("are means, and for a steady load nothing else", () => {
    const { cellSeconds, mean, steady } = cellLoads(traceOf(times(120, 300)), plant);
    expect([cellSeconds, [...mean]]).toEqual([60, [300, 300]]);
    // 50 seconds' records within the minute.
    expect([...steady]).toEqual([250, 250]);
  });

  it("are more where much comes early in a cell: it is due within the allowed lag", () => {
    const { mean, steady, rescaled } = cellLoads(
      traceOf([...times(15, 1_000), ...times(45, 0)]),
      plant,
    );
    expect([...mean]).toEqual([250]);
    expect([...steady]).toEqual([15_000 / 25]);
    expect([...rescaled]).toEqual([15_000 / 20]);
  });

  it("of the last part of a minute count it as a whole one", () => {
    const { mean } = cellLoads(traceOf(times(90, 200)), plant);
    expect([...mean]).toEqual([200, 100]);
  });
});

test("cells are minutes, and longer where a trace has more of them than can be searched", () => {
  const days = [1, 138, 139, 366].map((n) => n * 86_400);
  expect(days.map(cellSecondsFor)).toEqual([60, 60, 120, 180]);
  expect(cellSecondsFor(1)).toBe(60);
});

describe("the cheapest plan", () => {
  const load = cellLoads(traceOf([...times(60, 150), ...times(60, 550), ...times(60, 150)]), plant);
  const sizes = (margins: number[], drained: boolean) => [
    ...cheapestPlan(load, plant, Float64Array.from(margins), drained).taskManagers,
  ];

  it("has what each minute needs", () => {
    expect(sizes([0, 0, 0], false)).toEqual([1, 3, 1]);
  });

  it("works off within the minute what a rescale leaves waiting, where asked to", () => {
    // 550 × 60 / 55 = 600 just fits.
    expect(sizes([0, 0, 0], true)).toEqual([1, 3, 1]);
    expect(sizes([0, 0.01, 0], true)).toEqual([1, 4, 1]);
    expect(sizes([0, 0.01, 0], false)).toEqual([1, 3, 1]);
  });

  it("adds each cell's margin, within floor and ceiling", () => {
    expect(sizes([0.4, 0.5, 0], false)).toEqual([2, 5, 1]);
    expect(sizes([0, 100, 0], false)).toEqual([1, 10, 1]);
    const floor = cheapestPlan(load, plantWith({ floor: 2 }), new Float64Array(3), false);
    expect([...floor.taskManagers]).toEqual([2, 3, 2]);
  });
});
