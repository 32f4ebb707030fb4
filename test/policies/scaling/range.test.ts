import { rangeOf } from "../../../policies/scaling/range";
import { readTenant } from "../../support/tenant-file";

/** Two jobs on TaskManagers of 4 slots. */
const shop = readTenant({
  name: "shop",
  jobs: [
    { name: "orders", jar: "wordcount", entryClass: "Main", parallelism: { min: 2, max: 20 } },
    { name: "clicks", jar: "wordcount", entryClass: "Main", parallelism: { min: 1, max: 9 } },
  ],
  otherwise: { floor: 1, ceiling: 6 },
});

test.each([
  ["the job's least, and what the other leaves of the ceiling", 1, 3, undefined, 3, [2, 9]],
  ["the job's most", 1, 6, undefined, 3, [2, 20]],
  ["what is configured for all", 1, 6, 5, 3, [5, 20]],
  ["what is configured for it", 1, 6, { orders: 4 }, 3, [4, 20]],
  ["as many as keep the floor's last TaskManager in use", 4, 6, undefined, 3, [10, 20]],
  ["of which the other job holds some", 4, 6, undefined, 9, [4, 15]],
])("%s", (_, floor, ceiling, parallelism, clicks, [least, most]) => {
  const bounds = { floor, ceiling, ...(parallelism === undefined ? {} : { parallelism }) };
  expect(rangeOf(shop, bounds, "orders", { orders: 6, clicks })).toEqual({ least, most });
});

test("a job that does not run yet leaves its own slots to itself", () => {
  expect(rangeOf(shop, { floor: 1, ceiling: 2 }, "orders", { clicks: 3 })).toEqual({
    ...{ least: 2, most: 5 },
  });
});
