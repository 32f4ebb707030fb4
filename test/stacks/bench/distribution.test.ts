import { distribution } from "../../../stacks/bench/distribution";

describe("distribution", () => {
  it("gives exact order statistics, interpolated between neighbours", () => {
    expect(distribution([4, 1, 3, 2])).toEqual({ count: 4, min: 1, median: 2.5, p90: 3.7, max: 4 });
  });

  it("does not touch its input", () => {
    const values = [2, 1];
    distribution(values);
    expect(values).toEqual([2, 1]);
  });

  it("refuses to describe nothing", () => {
    expect(() => distribution([])).toThrow("no values to describe");
  });
});
