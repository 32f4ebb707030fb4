import { gone } from "../../../stacks/chaos/leaver-watch";

it("tells who has gone, and whether something ran on it", () => {
  const seen = new Map([
    ["a", true],
    ["b", false],
    ["c", true],
  ]);
  expect(gone(seen, new Set(["c", "d"]))).toEqual([
    { id: "a", withSlots: true },
    { id: "b", withSlots: false },
  ]);
  expect(gone(seen, new Set(["a", "b", "c"]))).toEqual([]);
});
