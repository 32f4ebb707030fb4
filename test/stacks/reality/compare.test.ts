import { compare, LAG_TOLERANCE, type Curves } from "../../../stacks/reality/compare";

const seconds = 60;
const flat = (value: number) => new Array<number>(seconds).fill(value);
const stepAt = (second: number, from: number, to: number) =>
  Array.from({ length: seconds }, (_, i) => (i < second ? from : to));
const curves = (lag: number, parallelism: number[]): Curves => ({
  lagSeconds: flat(lag),
  parallelism,
});

describe("the mean lag", () => {
  it.each([
    [2, 2, 0, true],
    [2, 2.4999, LAG_TOLERANCE, true],
    [2, 1.5001, -LAG_TOLERANCE, true],
    [2, 2.502, 0.251, false],
    [2, 1.498, -0.251, false],
    [0, 0, 0, true],
    [0, 1, Infinity, false],
  ])("measured %d, predicted %d", (measured, predicted, difference, ok) => {
    const { lag } = compare(curves(measured, flat(2)), curves(predicted, flat(2)), 5);
    expect(lag).toMatchObject({ measured: expect.closeTo(measured, 6), ok });
    if (Number.isFinite(difference)) expect(lag.difference).toBeCloseTo(difference, 3);
    else expect(lag.difference).toBe(Infinity);
  });

  it("should be that of the whole run, not of its seconds", () => {
    const late = { lagSeconds: [...flat(0).slice(30), ...flat(4).slice(30)], parallelism: flat(2) };
    expect(compare(late, curves(2, flat(2)), 5).lag).toMatchObject({ difference: 0, ok: true });
  });
});

describe("the parallelism", () => {
  const judge = (measured: number[], predicted: number[]) =>
    compare(curves(1, measured), curves(1, predicted), 5).parallelism;

  it("should be equal, or changed at most one interval apart, whichever is first", () => {
    expect(judge(stepAt(20, 2, 4), stepAt(20, 2, 4))).toMatchObject({ ok: true, differing: [] });
    expect(judge(stepAt(25, 2, 4), stepAt(20, 2, 4))).toMatchObject({ ok: true, differing: [] });
    expect(judge(stepAt(20, 2, 4), stepAt(25, 2, 4))).toMatchObject({ ok: true, differing: [] });
  });

  it("should name the seconds that are further apart", () => {
    const apart = judge(stepAt(20, 2, 4), stepAt(26, 2, 4));
    expect(apart).toMatchObject({ ok: false, differing: [20, 25] });
    expect(apart.measured).toEqual([{ second: 20, from: 2, to: 4 }]);
    expect(apart.predicted).toEqual([{ second: 26, from: 2, to: 4 }]);
  });

  it("should not let a value pass that only one curve ever has", () => {
    const blip = stepAt(20, 2, 4).map((value, i) => (i === 20 ? 3 : value));
    expect(judge(blip, stepAt(20, 2, 4))).toMatchObject({ ok: false, differing: [20] });
    expect(judge(stepAt(20, 2, 4), blip)).toMatchObject({ ok: false, differing: [20] });
    expect(judge(flat(2), flat(4)).differing).toHaveLength(seconds);
  });

  it("should differ in the seconds that one curve lacks", () => {
    expect(judge(flat(2), flat(2).slice(0, 58)).differing).toEqual([58, 59]);
  });

  it("should decide with the lag", () => {
    expect(compare(curves(1, flat(2)), curves(1, flat(2)), 5).ok).toBe(true);
    expect(compare(curves(1, flat(2)), curves(3, flat(2)), 5).ok).toBe(false);
    expect(compare(curves(1, flat(2)), curves(1, flat(4)), 5).ok).toBe(false);
  });
});
