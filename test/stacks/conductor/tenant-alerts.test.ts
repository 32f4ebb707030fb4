import type { Facts } from "../../../policies/conduct/conditions";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { firingIn, TenantAlerts } from "../../../stacks/conductor/tenant-alerts";
import { FakeClock, MINUTE } from "./conducted";

const WELL: Facts = { reachable: true, jobs: [], cuts: [], failedUpdates: 0, givenUp: [] };
const alert = (name: string, state: "firing" | "resolved", sentence = name): Entry => ({
  ...{ kind: "alert", at: "2026-11-23T00:00:00.000Z", alert: name, state, sentence },
});

test("an alert is in the journal before anybody is told, and so is its end", async () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const alerts = new TenantAlerts({
    ...{ now: clock.now, monotonic: clock.monotonic, cappedMinutes: 5, firing: [] },
    journal: { append: async (entry) => void told.push(`journal ${entry.kind}`) },
    send: ({ alert: name, state, at }) => told.push(`${name} ${state} ${at}`),
  });
  await alerts.update({ ...WELL, failedUpdates: 2, updateError: "no" });
  expect(told).toEqual(["journal alert", "update-failed firing 2026-11-22T23:00:00.000Z"]);
  expect(alerts.firing).toEqual(["2 updates in a row failed; the last said: no."]);
  clock.pass(MINUTE);
  await alerts.update(WELL);
  clock.pass(MINUTE);
  await alerts.update(WELL);
  expect(told.slice(2)).toEqual([
    "journal alert",
    "update-failed resolved 2026-11-22T23:02:00.000Z",
  ]);
  expect(alerts.firing).toEqual([]);
});

test("a tenant may be cut for as long as the platform says", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const alerts = new TenantAlerts({
    ...{ now: clock.now, monotonic: clock.monotonic, cappedMinutes: 5, firing: [] },
    journal: { append: async () => undefined },
    send: ({ alert: name }) => sent.push(name),
  });
  const cut = { kind: "clamped" as const, what: "TaskManagers", wanted: 4, given: 2, limit: "x" };
  for (let minutes = 0; minutes < 5; minutes++) {
    await alerts.update({ ...WELL, cuts: [cut] });
    clock.pass(MINUTE);
  }
  expect(sent).toEqual([]);
  await alerts.update({ ...WELL, cuts: [cut] });
  expect(sent).toEqual(["capped"]);
});

test("what fires by a journal", () => {
  expect(firingIn([])).toEqual([]);
  expect(
    firingIn([
      ...[alert("a", "firing", "first"), alert("b", "firing"), alert("a", "resolved")],
      ...[alert("a", "firing", "again"), alert("c", "resolved")],
      { kind: "conductor", at: "2026-11-23T00:00:00.000Z", sentence: "started" },
    ]),
  ).toEqual([
    { alert: "a", sentence: "again" },
    { alert: "b", sentence: "b" },
  ]);
});
