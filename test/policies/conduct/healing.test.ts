import { HEALING, Healer, type Heal, type Seen } from "../../../policies/conduct/healing";

const S = 1_000;
const M = 60 * S;
const HEALTHY = [
  { id: "tm-1", heartbeatAgeMs: 3 * S },
  { id: "tm-2", heartbeatAgeMs: 9 * S },
];
const FROZEN = [{ id: "tm-1", heartbeatAgeMs: 36 * S }, HEALTHY[1]!];
const WELL: Omit<Seen, "atMs"> = {
  taskManagers: HEALTHY,
  wantedTaskManagers: ["tm-1", "tm-2"],
  jobs: [{ name: "wordcount", state: "RUNNING" }],
  may: "everything",
  quietMs: Infinity,
};
const jobIn = (state: string | null) => ({ jobs: [{ name: "wordcount", state }] });

/** What a healer decides at instants with what it sees there; each row builds on the ones before. */
function decisions(rows: readonly [number, Partial<Seen>][], healer = new Healer()): Heal[][] {
  return rows.map(([atMs, changes]) => healer.decide({ ...WELL, ...changes, atMs }));
}

/** When something is decided, where the cluster looks the same for as long, looked at every 5 s. */
function course(changes: Partial<Seen>, untilMs: number): [number, Heal][] {
  const healer = new Healer();
  const found: [number, Heal][] = [];
  for (let atMs = 0; atMs <= untilMs; atMs += 5 * S) {
    for (const heal of healer.decide({ ...WELL, ...changes, atMs })) found.push([atMs / S, heal]);
  }
  return found;
}

const restart = (id: string, why: string): Heal => ({ kind: "restart-taskmanager", id, why });
const resubmit = (jobs: string[], why: string): Heal => ({ kind: "resubmit", jobs, why });

test("what is well is left alone", () => {
  expect(course({}, 10 * M)).toEqual([]);
});

describe("a TaskManager", () => {
  it("that is missing for 20 s is restarted, and no other", () => {
    const missing = { taskManagers: [HEALTHY[1]!] };
    expect(decisions([[0, missing], ...at([19.9, 20, 30], missing)])).toEqual([
      [],
      [],
      [
        restart(
          "tm-1",
          "TaskManager tm-1 has not been registered for 20 s: restart 1 of 5 in a row",
        ),
      ],
      [],
    ]);
  });

  it("that is frozen is restarted once its heartbeat stays away for one interval more", () => {
    expect(
      decisions([[0, { taskManagers: FROZEN }], ...at([5, 12], { taskManagers: FROZEN })]),
    ).toEqual([
      [],
      [],
      [restart("tm-1", "TaskManager tm-1 has sent no heartbeat for 36 s: restart 1 of 5 in a row")],
    ]);
  });

  it("that is frozen is restarted while an update waits for it, and its job is the update's", () => {
    const ill = { taskManagers: FROZEN, ...jobIn("RESTARTING"), may: "restart-frozen" as const };
    expect(course(ill, 70 * S)).toEqual([
      [
        15,
        restart("tm-1", "TaskManager tm-1 has sent no heartbeat for 36 s: restart 1 of 5 in a row"),
      ],
    ]);
  });

  it("with a heartbeat of 35 s is not frozen", () => {
    expect(
      course({ taskManagers: [{ id: "tm-1", heartbeatAgeMs: 35 * S }, HEALTHY[1]!] }, M),
    ).toEqual([]);
  });

  it("whose heartbeat looked old for one interval, as where a clock was set, is left alone", () => {
    const old = { taskManagers: HEALTHY.map(({ id }) => ({ id, heartbeatAgeMs: 60 * M })) };
    const rows: [number, Partial<Seen>][] = [
      [0, {}],
      ...at([2, 7, 11], old),
      ...at([13, 20, 60], {}),
    ];
    expect(decisions(rows).flat()).toEqual([]);
  });

  it("that is not wanted may be missing", () => {
    expect(course({ taskManagers: [HEALTHY[0]!], wantedTaskManagers: ["tm-1"] }, M)).toEqual([]);
  });

  it("that stays away is restarted ever more rarely and given up once", () => {
    const found = course({ taskManagers: [HEALTHY[0]!] }, 60 * M);
    expect(found.map(([atS, { kind }]) => [atS, kind])).toEqual([
      [20, "restart-taskmanager"],
      [80, "restart-taskmanager"],
      [200, "restart-taskmanager"],
      [440, "restart-taskmanager"],
      [920, "restart-taskmanager"],
      [980, "gave-up"],
    ]);
    expect(found.at(-1)?.[1]).toEqual({
      kind: "gave-up",
      taskManager: "tm-2",
      why: "TaskManager tm-2 has not been registered for 16 m 20 s, after 5 restarts in a row: it is left alone until it has been well for 2 m",
    });
  });
});

describe("a job", () => {
  it.each(["FAILED", "CANCELED", "FINISHED", "SUSPENDED"])(
    "seen %s twice is resubmitted",
    (state) => {
      expect(decisions([...at([0, 4.9, 5, 6], jobIn(state))])).toEqual([
        [],
        [],
        [
          resubmit(
            ["wordcount"],
            `wordcount has been ${state} for 5 s: resubmission 1 of 5 in a row`,
          ),
        ],
        [],
      ]);
    },
  );

  it("that Flink does not have is resubmitted", () => {
    expect(decisions(at([0, 5], jobIn("GONE")))[1]).toEqual([
      resubmit(
        ["wordcount"],
        "Flink has had no job wordcount for 5 s: resubmission 1 of 5 in a row",
      ),
    ]);
  });

  it("of which nothing is known is waited for", () => {
    expect(course(jobIn(null), 60 * M)).toEqual([]);
    const between = [
      ...at([0], jobIn("FAILED")),
      ...at([4], jobIn(null)),
      ...at([8], jobIn("FAILED")),
    ];
    expect(decisions(between).flat()).toEqual([]);
  });

  it.each(["RESTARTING", "FAILING", "CREATED", "INITIALIZING"])(
    "that is %s is Flink's own business for 3 min",
    (state) => {
      const why = `wordcount has been ${state} for 3 m: resubmission 1 of 5 in a row`;
      expect(course(jobIn(state), 185 * S)).toEqual([[180, resubmit(["wordcount"], why)]]);
    },
  );

  it("that does not come back is resubmitted ever more rarely, given up once, and tried every 15 min", () => {
    const found = course(jobIn("FAILED"), 60 * M);
    expect(found.map(([atS, { kind }]) => [atS, kind])).toEqual([
      [5, "resubmit"],
      [15, "resubmit"],
      [35, "resubmit"],
      [75, "resubmit"],
      [155, "resubmit"],
      [165, "gave-up"],
      [1055, "resubmit"],
      [1955, "resubmit"],
      [2855, "resubmit"],
    ]);
    expect(found.slice(5, 7).map(([, heal]) => heal)).toEqual([
      {
        kind: "gave-up",
        job: "wordcount",
        why: "wordcount has been FAILED for 2 m 45 s, after 5 resubmissions in a row: from now on there is one every 15 m",
      },
      resubmit(["wordcount"], "wordcount has been FAILED for 17 m 35 s: resubmission 6"),
    ]);
  });

  it("has its tries counted anew once it has run for 2 minutes, and not before", () => {
    const tryAfter = (ranS: number) => {
      const rows = [...at([0, 5], jobIn("FAILED")), ...at([30, 30 + ranS], {})];
      const again = at([200, 205], jobIn("FAILED"));
      return decisions([...rows, ...again]).at(-1);
    };
    const why = (n: number) => `wordcount has been FAILED for 5 s: resubmission ${n} of 5 in a row`;
    expect(tryAfter(119)).toEqual([resubmit(["wordcount"], why(2))]);
    expect(tryAfter(120)).toEqual([resubmit(["wordcount"], why(1))]);
  });

  it("has the pause after a try counted from the end of its update", () => {
    const failed = jobIn("FAILED");
    const rows: [number, Partial<Seen>][] = [
      ...at([0, 5], failed),
      ...at([6, 40], { ...failed, may: "nothing" }),
      ...at([55], { ...failed, quietMs: 15 * S }),
      ...at([56, 100], { ...failed, may: "nothing" }),
      ...at([119], { ...failed, quietMs: 19 * S }),
      ...at([120], { ...failed, quietMs: 20 * S }),
    ];
    const acts = decisions(rows).flatMap((heals, i) => (heals.length > 0 ? [rows[i]?.[0]] : []));
    expect(acts).toEqual([5 * S, 55 * S, 120 * S]);
  });

  it("is brought back together with the others that are due", () => {
    const jobs = ["a", "b", "c"].map((name) => ({
      name,
      state: name === "b" ? "RUNNING" : "GONE",
    }));
    expect(decisions(at([0, 5], { jobs }))[1]).toEqual([
      resubmit(
        ["a", "c"],
        "Flink has had no job a for 5 s: resubmission 1 of 5 in a row; Flink has had no job c for 5 s: resubmission 1 of 5 in a row",
      ),
    ]);
  });
});

describe("nothing is done", () => {
  const broken = { taskManagers: [], ...jobIn("FAILED") };

  it.each(["nothing", "restart-frozen"] as const)(
    "for what is gone, where one may do %s",
    (may) => {
      expect(course({ ...broken, may }, 60 * M)).toEqual([]);
    },
  );

  it("for what is frozen, where nothing may be done", () => {
    expect(course({ taskManagers: FROZEN, may: "nothing" }, 60 * M)).toEqual([]);
  });

  it("before what was done has settled, but what was seen meanwhile counts", () => {
    const rows = at([0, 10, 20], { ...broken, quietMs: 14.9 * S });
    expect(
      decisions([...rows, [21 * S, { ...broken, quietMs: 15 * S }]]).map((heals) => heals.length),
    ).toEqual([0, 0, 0, 2]);
  });

  it("while the JobManager does not answer, and what it says after that is waited for anew", () => {
    const rows = [...at([0, 19], broken), ...at([21], { taskManagers: undefined })];
    const after = at([22, 41, 42], broken);
    expect(decisions([...rows, ...after]).map((heals) => heals.length)).toEqual([0, 0, 0, 0, 0, 2]);
  });

  it("where the clock went back, and waits begin anew", () => {
    const rows = at([100, 119, 50, 69, 70], broken);
    expect(decisions(rows).map((heals) => heals.length)).toEqual([0, 0, 0, 0, 2]);
  });
});

describe("TaskManagers come before jobs", () => {
  const failed = jobIn("FAILED");

  it("a job waits for the restart of a TaskManager that is missing", () => {
    const rows = at([0, 10, 20], { ...failed, taskManagers: [HEALTHY[0]!] });
    const healer = new Healer();
    expect(decisions(rows, healer).map((heals) => heals.map(({ kind }) => kind))).toEqual([
      [],
      [],
      ["restart-taskmanager"],
    ]);
    const next: [number, Partial<Seen>][] = [[36 * S, { ...failed, quietMs: 15 * S }]];
    expect(
      decisions(next, healer)
        .flat()
        .map(({ kind }) => kind),
    ).toEqual(["resubmit"]);
  });

  it("a job does not wait for one that a restart did not bring back", () => {
    const found = course({ ...failed, taskManagers: [HEALTHY[0]!] }, 30 * S);
    expect(found.map(([atS, { kind }]) => [atS, kind])).toEqual([
      [20, "restart-taskmanager"],
      [25, "resubmit"],
    ]);
  });
});

describe("what is given up", () => {
  it("is known until it has been well for 2 minutes", () => {
    const healer = new Healer();
    const sick = { ...jobIn("FAILED"), taskManagers: [HEALTHY[0]!] };
    for (let atMs = 0; atMs <= 20 * M; atMs += 5 * S) healer.decide({ ...WELL, ...sick, atMs });
    const subjects = () => healer.givenUp.map(({ subject }) => subject);
    expect(subjects()).toEqual(["tm-2", "wordcount"]);
    decisions(at([1205, 1324.9], {}), healer);
    expect(subjects()).toEqual(["tm-2", "wordcount"]);
    decisions(at([1325], {}), healer);
    expect(subjects()).toEqual([]);
  });

  it("is of no interest where it is not wanted", () => {
    const settings = { ...HEALING, taskManager: { ...HEALING.taskManager, tries: 0 } };
    const healer = new Healer(settings);
    decisions(at([0, 20], { taskManagers: [HEALTHY[0]!] }), healer);
    expect(healer.givenUp).toEqual([
      {
        subject: "tm-2",
        why: "TaskManager tm-2 has not been registered for 20 s, after 0 restarts in a row: it is left alone until it has been well for 2 m",
      },
    ]);
    decisions(at([25], { wantedTaskManagers: ["tm-1"] }), healer);
    expect(healer.givenUp).toEqual([]);
  });
});

/** The same sight at several seconds. */
function at(seconds: readonly number[], changes: Partial<Seen>): [number, Partial<Seen>][] {
  return seconds.map((second) => [second * S, changes]);
}
