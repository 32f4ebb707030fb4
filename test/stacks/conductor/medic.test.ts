import { MissingTaskManagerError } from "../../../infra/flink/cluster-host";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { Medic, type Expected } from "../../../stacks/conductor/medic";
import type { TenantObservation } from "../../../stacks/conductor/observe/tenant-observer";
import { FakeClock, SECOND } from "./conducted";

type State = TenantObservation["jobs"][string]["state"];

/** A medic of two TaskManagers and one job, that looks every 5 s. */
class Ward {
  readonly clock = new FakeClock();
  readonly entries: Entry[] = [];
  readonly done: string[] = [];
  /** What a restart comes to. */
  restart: () => void = () => undefined;
  ids = ["tm-1", "tm-2"];
  state: State = "RUNNING";
  silent = false;
  expected: Partial<Expected> = {};
  readonly medic = new Medic({
    clock: this.clock,
    journal: {
      append: async (entry) => {
        this.entries.push(entry);
        this.done.push(entry.kind);
      },
    },
    host: {
      restartTaskManager: async (id) => {
        this.done.push(id);
        this.restart();
      },
    },
  });

  /** So many looks; what the last one finds. */
  async look(times = 1) {
    let found;
    for (let i = 0; i < times; i++) {
      found = await this.medic.look(this.sight(), {
        ...{ wanted: ["tm-1", "tm-2"], may: "everything", endedMs: -Infinity },
        cancel: async (job) => void this.done.push(`cancel ${job}`),
        ...this.expected,
      });
      this.clock.pass(5 * SECOND);
    }
    return found;
  }

  private sight(): TenantObservation {
    const taskManagers = this.ids.map((id) => ({ id, slots: 2, freeSlots: 0, heartbeatAgeMs: 0 }));
    const job = { jobId: "1", observation: undefined, arrived: undefined, taken: undefined };
    return {
      atMs: this.clock.now(),
      cluster: this.silent ? undefined : { taskManagers, slotsTotal: 4, slotsAvailable: 0 },
      jobs: { count: { ...job, state: this.silent ? null : this.state } },
      liveJobs: 1,
      problems: [],
    };
  }
}

let ward: Ward;
beforeEach(() => (ward = new Ward()));

test("what is well is left alone", async () => {
  expect(await ward.look(200)).toBeUndefined();
  expect(ward.done).toEqual([]);
});

test("a restart is journaled first", async () => {
  ward.ids = ["tm-1"];
  expect(await ward.look(5)).toBeUndefined();
  expect(ward.done).toEqual(["restarted", "tm-2"]);
  expect(ward.entries).toEqual([
    {
      ...{ kind: "restarted", at: "2026-11-22T23:00:20.000Z", container: "tm-2" },
      why: "TaskManager tm-2 has not been registered for 20 s: restart 1 of 5 in a row",
    },
  ]);
  expect(ward.medic.restarts).toBe(1);
});

test("a container that is gone is made anew by an update that looks at the real world", async () => {
  ward.ids = ["tm-1"];
  ward.restart = () => {
    throw new MissingTaskManagerError("tm-2");
  };
  const found = await ward.look(5);
  expect(found).toEqual({
    found: expect.stringContaining("tm-2 can't be restarted"),
    refresh: true,
  });
});

test("a restart that fails otherwise is said, and tried again later", async () => {
  const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  ward.ids = ["tm-1"];
  ward.restart = () => {
    throw new Error("no docker");
  };
  expect(await ward.look(30)).toBeUndefined();
  expect(said.mock.calls.join("")).toContain("tm-2 can't be restarted: no docker");
  said.mockRestore();
  expect(ward.medic.restarts).toBe(2);
});

test("after a restart its effect is waited for", async () => {
  ward.ids = ["tm-1"];
  ward.state = "FAILED";
  await ward.look(5);
  // 15 s to settle; then the job, whose slots are there again.
  ward.ids = ["tm-1", "tm-2"];
  expect(await ward.look(2)).toBeUndefined();
  expect(await ward.look(1)).toMatchObject({ refresh: false });
});

test.each([
  ["FAILED", []],
  ["GONE", []],
  ["RESTARTING", ["cancel count"]],
] as const)(
  "a job that is %s is brought back; what hangs is ended first: %j",
  async (state, done) => {
    ward.state = state;
    let found;
    while (found === undefined) found = await ward.look();
    expect(found.refresh).toBe(false);
    expect(found.found).toMatch(/count.*resubmission 1 of 5 in a row$/);
    expect(ward.done).toEqual(done);
  },
);

test("where nothing may be done, nothing is, and it counts as no try", async () => {
  Object.assign(ward, { ids: ["tm-1"], state: "FAILED", expected: { may: "nothing" } });
  expect(await ward.look(500)).toBeUndefined();
  expect([ward.done, ward.medic.givenUp, ward.medic.restarts]).toEqual([[], [], 0]);
  ward.expected = {};
  await ward.look();
  expect(ward.entries[0]).toMatchObject({ why: expect.stringMatching(/restart 1 of 5/) });
});

test("what fails again and again is given up, and why", async () => {
  ward.ids = ["tm-1"];
  await ward.look(1000);
  expect(ward.medic.restarts).toBe(5);
  expect(ward.medic.givenUp).toMatchObject([
    { subject: "tm-2", why: expect.stringContaining("after 5 restarts in a row") },
  ]);
});

describe("a JobManager that does not answer", () => {
  beforeEach(() => (ward.silent = true));

  test("is waited for, then looked for every 5 minutes, with how long it has been", async () => {
    const found: [number, string][] = [];
    for (let i = 0; i < 200; i++) {
      const one = await ward.look();
      if (one !== undefined) found.push([i * 5, one.found]);
      expect(one?.refresh).not.toBe(false);
    }
    expect(found).toEqual(
      [60, 360, 660, 960].map((s) => [s, `the JobManager has not answered for ${s} s`]),
    );
  });

  test("one that answers in between is waited for anew", async () => {
    await ward.look(10);
    ward.silent = false;
    await ward.look();
    ward.silent = true;
    expect(await ward.look(12)).toBeUndefined();
    expect(await ward.look()).toBeDefined();
  });

  test("also where it answered during an update", async () => {
    await ward.look(10);
    ward.expected = { may: "nothing" };
    ward.silent = false;
    await ward.look();
    Object.assign(ward, { silent: true, expected: {} });
    expect(await ward.look(12)).toBeUndefined();
  });

  test("an update is given a minute, too", async () => {
    await ward.look(10);
    ward.expected = { endedMs: ward.clock.monotonic() };
    expect(await ward.look(12)).toBeUndefined();
    expect(await ward.look()).toEqual({
      ...{ found: "the JobManager has not answered for 110 s", refresh: true },
    });
  });
});
