import { changesBetween } from "../../../../stacks/simulate/what-if/difference";

const BEFORE = {
  name: "acme",
  windows: [
    { name: "morning", days: ["mon", "tue"], floor: 2, ceiling: 3 },
    { name: "midday", floor: 3, ceiling: 4 },
  ],
  otherwise: { floor: 1, ceiling: 2 },
};

test("every setting that differs, entries of lists by their names", () => {
  const after = {
    name: "acme",
    windows: [
      { name: "evening", floor: 1, ceiling: 1 },
      { name: "morning", days: ["mon"], floor: 2, ceiling: 5 },
    ],
    otherwise: { floor: 1, ceiling: 2 },
    quota: { taskManagers: 5 },
  };
  expect(changesBetween(BEFORE, after)).toEqual([
    { path: "windows.morning.days", before: "[mon, tue]", after: "[mon]" },
    { path: "windows.morning.ceiling", before: "3", after: "5" },
    { path: "windows.midday.name", before: "midday" },
    { path: "windows.midday.floor", before: "3" },
    { path: "windows.midday.ceiling", before: "4" },
    { path: "windows.evening.name", after: "evening" },
    { path: "windows.evening.floor", after: "1" },
    { path: "windows.evening.ceiling", after: "1" },
    { path: "quota.taskManagers", after: "5" },
  ]);
});

test("the same settings in another order do not differ", () => {
  const turned = {
    otherwise: { ceiling: 2, floor: 1 },
    name: "acme",
    windows: [...BEFORE.windows].reverse(),
  };
  expect(changesBetween(BEFORE, turned)).toEqual([]);
});
