import type { Assembled } from "../../../stacks/conductor/assemble";
import { runForever, runOnce } from "../../../stacks/conductor/run";
import { MORNING } from "./narrated";

jest.mock("../../../policies/scaling/settings", () => ({ OBSERVATION_SECONDS: 0 }));

/** An environment of one tenant, whose rounds do what a test says. */
function assembled(onRound: (round: number) => void, tenant: object = {}) {
  let rounds = 0;
  let finish = () => undefined as void;
  const state = { updating: [] as string[], held: true, closed: 0, rounds: () => rounds };
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const updates = { failures: 0, lastError: undefined, lastSeconds: undefined };
  const conductors = new Map([["dev-acme", { updates, intent: undefined, ...tenant }]]);
  const made = {
    conductor: {
      round: async () => {
        rounds += 1;
        onRound(rounds);
        return 0;
      },
      finish: () => (state.updating.length > 0 ? finished : Promise.resolve()),
      get updating() {
        return state.updating;
      },
      conductors,
    },
    lease: { held: () => state.held },
    close: async () => void (state.closed += 1),
  } as unknown as Assembled;
  return { made, state, finish: () => finish() };
}

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());
const text = () => said.join("");
const listeners = () => process.listenerCount("SIGTERM") + process.listenerCount("SIGINT");

describe("for ever", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "rounds until %s, and leaves nothing behind",
    async (signal) => {
      const before = listeners();
      const { made, state } = assembled((round) => {
        if (round === 3) process.emit(signal);
      });
      expect(await runForever(made)).toBe(0);
      expect([state.rounds(), state.closed, listeners()]).toEqual([3, 1, before]);
      expect(said).toEqual([]);
    },
  );

  test("an update that runs is waited for", async () => {
    const { made, state, finish } = assembled(() => process.emit("SIGTERM"));
    state.updating = ["dev-acme"];
    const ended = runForever(made);
    await new Promise(setImmediate);
    expect(text()).toContain(
      "waiting for the update of dev-acme; a second signal leaves it running",
    );
    expect(state.closed).toBe(0);
    state.updating = [];
    finish();
    expect(await ended).toBe(0);
    expect(state.closed).toBe(1);
  });

  test("after a second signal it goes on by itself", async () => {
    const { made, state } = assembled(() => process.emit("SIGTERM"));
    state.updating = ["dev-acme"];
    const ended = runForever(made);
    await new Promise(setImmediate);
    process.emit("SIGINT");
    expect(await ended).toBe(0);
    expect(text()).toContain("dev-acme: its update goes on by itself");
    expect(state.closed).toBe(1);
  });
});

describe("once", () => {
  const options = { dryRun: false, environment: "dev" };
  const once = async (tenant: object, dryRun = false) => {
    const { made, state } = assembled(() => undefined, tenant);
    const code = await runOnce(made, { ...options, dryRun });
    return [code, state.rounds(), state.closed, text()];
  };
  const intent = { cause: "decision", decision: MORNING };
  const heal = { ...intent, cause: "heal", found: "wordcount is gone" };
  const failed = { failures: 1, lastError: "no slots", lastSeconds: 3 };

  test.each([
    ["nothing to do", {}, false, 0, "dev-acme: is as it should be"],
    ["it can't be told", { problem: "no Kafka" }, false, 0, "nothing is known to do: no Kafka"],
    ["updated", { updates: { failures: 0, lastSeconds: 6.44 } }, false, 0, "updated in 6.4 s"],
    ["failed", { updates: failed }, false, 1, "the update failed: no slots"],
    ["a dry run", { intent }, true, 0, "would be updated: TaskManagers 1 -> 2"],
    ["what is ill", { intent: heal }, true, 0, "would be updated: wordcount is gone; TaskMan"],
    ["in the way", { intent }, false, 0, "is not updated: TaskManagers 1 -> 2"],
  ])("%s", async (_, tenant, dryRun, code, told) => {
    expect(await once(tenant, dryRun)).toEqual([code, 2, 1, expect.stringContaining(told)]);
  });

  test("where another conductor acts, nothing is done", async () => {
    const { made, state } = assembled(() => undefined);
    state.held = false;
    expect(await runOnce(made, options)).toBe(1);
    expect([text(), state.closed]).toEqual([
      expect.stringContaining("Another conductor acts for dev; nothing was done."),
      1,
    ]);
  });
});
