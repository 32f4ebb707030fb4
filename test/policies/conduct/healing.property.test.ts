import * as fc from "fast-check";
import { HEALING, Healer, type Heal, type Seen } from "../../../policies/conduct/healing";
import { SickCluster, type Fault } from "./sick-cluster";

const S = 1_000;
const IDS = ["tm-1", "tm-2", "tm-3"];
const JOBS = ["a", "b"];
type Decider = { decide(seen: Seen): Heal[] };

/** A stretch of time in which the cluster looks the same. */
const stretch = fc.record({
  sights: fc.integer({ min: 1, max: 30 }),
  everyMs: fc.constantFrom(1 * S, 5 * S, 12 * S, 40 * S, 130 * S),
  ages: fc.array(fc.option(fc.constantFrom(0, 9 * S, 35 * S, 36 * S, 3_600 * S)), {
    minLength: 3,
    maxLength: 3,
  }),
  reachable: fc.constantFrom(true, true, true, false),
  wanted: fc.subarray(IDS),
  states: fc.array(fc.constantFrom("RUNNING", "FAILED", "GONE", "RESTARTING", null), {
    minLength: 2,
    maxLength: 2,
  }),
  may: fc.constantFrom("everything", "everything", "everything", "restart-frozen", "nothing"),
  quietMs: fc.constantFrom(Infinity, 300 * S, 15 * S, 14 * S),
});

const histories = fc.array(stretch, { minLength: 1, maxLength: 12 }).map((stretches) => {
  let atMs = 0;
  return stretches.flatMap(({ sights, everyMs, ages, reachable, wanted, states, ...rest }) => {
    const taskManagers = IDS.flatMap((id, i) => {
      const heartbeatAgeMs = ages[i] ?? null;
      return heartbeatAgeMs === null ? [] : [{ id, heartbeatAgeMs }];
    });
    const jobs = JOBS.map((name, i) => ({ name, state: states[i] ?? null }));
    return Array.from({ length: sights }, (): Seen => {
      atMs += everyMs;
      const seen = { ...rest, atMs, wantedTaskManagers: wanted, jobs };
      return reachable ? { ...seen, taskManagers } : seen;
    });
  });
});

/** Whether something was seen well: null where it was not seen. */
function wellAt(seen: Seen, name: string): boolean | null {
  if (seen.taskManagers === undefined) return null;
  if (JOBS.includes(name)) {
    const state = seen.jobs.find((job) => job.name === name)?.state ?? null;
    return state === null ? null : state === "RUNNING";
  }
  if (!seen.wantedTaskManagers.includes(name)) return null;
  const age = seen.taskManagers.find(({ id }) => id === name)?.heartbeatAgeMs ?? Infinity;
  return age <= 35 * S;
}

const namesOf = (heal: Heal): string[] =>
  heal.kind === "restart-taskmanager"
    ? [heal.id]
    : heal.kind === "resubmit"
      ? heal.jobs
      : ["job" in heal ? heal.job : heal.taskManager];

/** About a TaskManager that is registered. */
function isOfFrozen(heal: Heal, { taskManagers = [] }: Seen): boolean {
  return taskManagers.some(({ id }) => namesOf(heal).includes(id));
}

/** What a decider does to such a history that no decider may. */
function violations(history: readonly Seen[], decider: Decider): Set<string> {
  const found = new Set<string>();
  const rows = new Map(
    [...IDS, ...JOBS].map((name) => [
      name,
      { tries: 0, triesSinceProven: 0, triedMs: -Infinity, wellMs: NaN, gaveUp: false },
    ]),
  );
  for (const seen of history) {
    const heals = decider.decide(seen);
    for (const [name, row] of rows) {
      if (wellAt(seen, name) !== true) row.wellMs = NaN;
      else if (Number.isNaN(row.wellMs)) row.wellMs = seen.atMs;
      const isProven = seen.atMs - row.wellMs >= 120 * S;
      const isWanted = JOBS.includes(name) || seen.wantedTaskManagers.includes(name);
      const isForgotten = !isWanted && seen.atMs - row.triedMs >= 600 * S;
      if (isProven || isForgotten) Object.assign(row, { tries: 0, gaveUp: false });
      if (isProven) row.triesSinceProven = 0;
    }
    if (heals.length > 0 && seen.may === "nothing") found.add("acts where it may not");
    if (seen.may === "restart-frozen" && heals.some((heal) => !isOfFrozen(heal, seen))) {
      found.add("touches what an update is about");
    }
    if (heals.length > 0 && seen.quietMs < 15 * S) found.add("acts before it has settled");
    const kinds = new Set(heals.map(({ kind }) => kind));
    if (kinds.has("resubmit") && kinds.has("restart-taskmanager")) found.add("both at once");
    for (const heal of heals) {
      for (const name of namesOf(heal)) {
        const row = rows.get(name)!;
        if (wellAt(seen, name) !== false) found.add("acts on what is not ill");
        if (heal.kind === "gave-up") {
          if (row.gaveUp) found.add("gives up twice");
          if (row.triesSinceProven < 5) found.add("gives up early");
          row.gaveUp = true;
          continue;
        }
        const pauseMs = seen.atMs - row.triedMs;
        if (heal.kind === "restart-taskmanager" && pauseMs < 60 * S)
          found.add("restarts too often");
        if (heal.kind === "resubmit" && pauseMs < 10 * S) found.add("resubmits too often");
        if (row.tries >= 5 && !row.gaveUp) found.add("does not give up");
        const mayTry = heal.kind === "resubmit" && pauseMs >= 900 * S;
        if (row.gaveUp && !mayTry) found.add("goes on after giving up");
        row.tries += 1;
        row.triesSinceProven += 1;
        row.triedMs = seen.atMs;
      }
    }
  }
  return found;
}

test("in no history does it act when or as often as it may not", () => {
  let acts = 0;
  let givenUp = 0;
  fc.assert(
    fc.property(histories, (history) => {
      const healer = new Healer();
      const noting: Decider = {
        decide(seen) {
          const heals = healer.decide(seen);
          acts += heals.length;
          givenUp += heals.filter(({ kind }) => kind === "gave-up").length;
          return heals;
        },
      };
      expect([...violations(history, noting)]).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(acts).toBeGreaterThan(1_000);
  expect(givenUp).toBeGreaterThan(20);
});

const impatient = { ...HEALING.taskManager, pauseMs: 5 * S, maxPauseMs: 20 * S };
const controls: [string, Decider, string[]][] = [
  [
    "restarts and resubmits whatever isn't well, always",
    {
      decide: ({ taskManagers = [], wantedTaskManagers, jobs }) => [
        ...wantedTaskManagers
          .filter((id) => !taskManagers.some((seen) => seen.id === id))
          .map((id): Heal => ({ kind: "restart-taskmanager", id, why: "" })),
        { kind: "resubmit", jobs: jobs.map(({ name }) => name), why: "" },
      ],
    },
    [
      "acts where it may not",
      "touches what an update is about",
      "acts before it has settled",
      "both at once",
      "acts on what is not ill",
      "restarts too often",
      "resubmits too often",
      "does not give up",
    ],
  ],
  ["has no patience", new Healer({ ...HEALING, taskManager: impatient }), ["restarts too often"]],
  [
    "never gives up",
    new Healer({ ...HEALING, job: { ...HEALING.job, tries: 9 } }),
    ["does not give up"],
  ],
  [
    "gives up soon and goes on",
    new Healer({ ...HEALING, job: { ...HEALING.job, tries: 2, givenUpPauseMs: 60 * S } }),
    ["gives up early", "goes on after giving up"],
  ],
  [
    "thinks that what was well once is well",
    new Healer({ ...HEALING, job: { ...HEALING.job, provenMs: 0 } }),
    ["gives up twice"],
  ],
];
test.each(controls)("the check finds one that %s", (_, decider, expected) => {
  const row = (sights: number, everyMs: number, changes: Partial<Seen>): Omit<Seen, "atMs">[] =>
    Array.from({ length: sights }, () => ({
      ...{
        wantedTaskManagers: IDS,
        taskManagers: [],
        may: "everything" as const,
        quietMs: Infinity,
      },
      ...{ jobs: JOBS.map((name) => ({ name, state: "FAILED" })) },
      ...changes,
      everyMs,
    }));
  const healthy = { taskManagers: IDS.map((id) => ({ id, heartbeatAgeMs: 0 })) };
  const running = { ...healthy, jobs: JOBS.map((name) => ({ name, state: "RUNNING" })) };
  const sights = [
    ...row(2, 5 * S, { may: "nothing" }),
    ...row(2, 5 * S, { may: "restart-frozen" }),
    ...row(2, 5 * S, { quietMs: 1 }),
    ...row(400, 5 * S, {}),
    ...row(1, 5 * S, running),
    ...row(200, 5 * S, healthy),
  ];
  const history = sights.map((sight, i): Seen => ({ ...sight, atMs: i * 5 * S }));
  expect([...violations(history, decider)]).toEqual(expect.arrayContaining(expected));
});

test("the same history leads to the same decisions", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const [one, other] = [new Healer(), new Healer()];
      const decisions = (healer: Healer) => history.map((seen) => healer.decide(seen));
      expect(decisions(one)).toEqual(decisions(other));
    }),
  );
});

test("a clock that is set back leads to nothing, at once or within the shortest wait", () => {
  const back = fc.integer({ min: 1, max: 3_600 * S });
  fc.assert(
    fc.property(histories, back, (history, byMs) => {
      const healer = new Healer();
      for (const seen of history) healer.decide(seen);
      const last = history.at(-1)!;
      const sight = { ...last, may: "everything" as const, quietMs: Infinity };
      expect(healer.decide({ ...sight, atMs: last.atMs - byMs })).toEqual([]);
      expect(healer.decide({ ...sight, atMs: last.atMs - byMs + 4_999 })).toEqual([]);
    }),
  );
});

describe("a cluster is well again within 2 minutes, and then left alone", () => {
  const cases = fc.record({
    size: fc.integer({ min: 1, max: 6 }),
    victim: fc.integer({ min: 0, max: 5 }),
    strikeMs: fc.integer({ min: 0, max: 60 * S }),
    everyMs: fc.integer({ min: 1 * S, max: 10 * S }),
  });
  const course = (fault: Fault, given: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const { size, victim, strikeMs, everyMs } = given;
    const [cluster, healer] = [new SickCluster(size, victim % size), new Healer()];
    let [struck, wellFromMs] = [false, NaN];
    const lateHeals: Heal[] = [];
    for (let atMs = 0; atMs < strikeMs + 600 * S; atMs += everyMs) {
      if (!struck && atMs >= strikeMs) {
        cluster.strike(fault, strikeMs);
        struck = true;
      }
      const heals = healer.decide(cluster.seenAt(atMs));
      cluster.carryOut(heals, atMs);
      if (!struck || !Number.isNaN(wellFromMs)) lateHeals.push(...heals);
      if (struck && cluster.isWell(atMs)) wellFromMs = Number.isNaN(wellFromMs) ? atMs : wellFromMs;
    }
    return { tookMs: wellFromMs - strikeMs, lateHeals };
  };

  test.each<Fault>(["JobManager killed", "TaskManager killed", "TaskManager frozen"])(
    "%s",
    (fault) => {
      fc.assert(
        fc.property(cases, (given) => {
          const { tookMs, lateHeals } = course(fault, given);
          expect(tookMs).toBeLessThanOrEqual(120 * S);
          expect(lateHeals).toEqual([]);
        }),
        { numRuns: 300 },
      );
    },
  );
});
