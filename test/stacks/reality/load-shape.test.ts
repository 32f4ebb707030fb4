import { loadShape } from "../../../stacks/reality/load-shape";

describe("the load of a run", () => {
  const at = loadShape({ minutes: 15, mostPerSecond: 1000 });

  it.each([
    ["begins on a plateau", 0, 175],
    ["stays there", 89, 175],
    ["ramps up", 150, 287.5],
    ["reaches a second plateau", 210, 400],
    ["doubles at once", 303, 800],
    ["declines", 420, 500],
    ["rests", 600, 200],
    ["bursts", 753, 850],
    ["ends as it rested", 900, 200],
    ["goes on so after the end", 9999, 200],
    ["was so before the beginning", -30, 175],
  ])("%s (second %i)", (_, second, rate) => expect(at(second)).toBeCloseTo(rate, 6));

  it("should be as high the moment before its step as it was", () => {
    expect(at(299.9)).toBeCloseTo(400, 6);
    expect(at(300)).toBeCloseTo(800, 6);
  });

  it("should stretch to the length of the run", () => {
    const short = loadShape({ minutes: 5, mostPerSecond: 1000 });
    for (const second of [0, 100, 303, 420, 753, 899]) {
      expect(short(second / 3)).toBeCloseTo(at(second), 6);
    }
  });
});
