import { planFor } from "../../../policies/plan";
import { benchTenants } from "../../../stacks/bench/bench-tenants";

test("bench tenants are those asked for, no two alike, and each moves through its four windows", () => {
  const tenants = benchTenants(100);
  const settings = tenants.map((tenant) => JSON.stringify({ ...tenant, name: "" }));
  expect(new Set(settings).size).toBe(100);
  for (const tenant of tenants) {
    const windows = new Set<string>();
    for (let hour = 0; hour < 24; hour++) {
      windows.add(planFor(tenant, new Date(Date.UTC(2026, 10, 24, hour, 30)), {}).window);
    }
    expect([...windows].sort()).toEqual(["evening", "midday", "morning", "night", "otherwise"]);
  }
});

test("the same count gives the same tenants", () => {
  expect(benchTenants(20)).toEqual(benchTenants(30).slice(0, 20));
});
