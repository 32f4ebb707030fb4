import { HELP, OPTIONS } from "../../../stacks/simulate/help";
import { settingsFrom } from "../../../stacks/simulate/options";

const HEAD = "The command line can't be used (--help says more):\n";

test("nothing given: every policy, seed 1, 0.05 a slot-hour", () => {
  expect(settingsFrom({})).toEqual({
    files: [],
    families: [],
    seed: 1,
    policies: ["all"],
    list: false,
    plant: {},
    set: [],
    price: 0.05,
  });
});

test("everything given", () => {
  const settings = settingsFrom({
    trace: ["a.csv", "b.csv"],
    family: ["burst"],
    days: "3",
    seed: "7",
    policy: ["hpa"],
    list: true,
    "slot-rate": "250.5",
    "allowed-lag": "1m",
    slots: "2",
    floor: "2",
    ceiling: "9",
    "start-up": "20s",
    "rescale-gap": "500ms",
    "warm-up": "0s",
    "warm-up-share": "0.5",
    checkpoint: "30s",
    ready: "4",
    "node-start": "3m",
    contention: "0",
    prometheus: "http://127.0.0.1:9090",
    query: "rate(x[1m])",
    from: "2026-11-21T00:00:00Z",
    to: "2026-11-21T09:00:00+08:00",
    step: "60s",
    tenant: "a.yaml",
    "what-if": "b.yaml",
    set: ["otherwise.ceiling=4", "windows.day.parallelism={a: 1}"],
    html: "r.html",
    json: "r.json",
    price: "0",
  });
  expect(settings).toEqual({
    files: ["a.csv", "b.csv"],
    families: ["burst"],
    days: 3,
    seed: 7,
    policies: ["hpa"],
    list: true,
    plant: {
      slotRate: 250.5,
      allowedLagSeconds: 60,
      slotsPerTaskManager: 2,
      floor: 2,
      ceiling: 9,
      taskManagerStartSeconds: 20,
      rescaleGapSeconds: 0.5,
      warmUpSeconds: 0,
      warmUpShare: 0.5,
      checkpointSeconds: 30,
      readyTaskManagers: 4,
      nodeStartSeconds: 180,
      contention: 0,
    },
    prometheus: {
      url: "http://127.0.0.1:9090",
      query: "rate(x[1m])",
      fromMs: Date.UTC(2026, 10, 21),
      toMs: Date.UTC(2026, 10, 21, 1),
      stepSeconds: 60,
    },
    tenant: "a.yaml",
    whatIf: "b.yaml",
    set: [
      { path: "otherwise.ceiling", value: "4" },
      { path: "windows.day.parallelism", value: "{a: 1}" },
    ],
    html: "r.html",
    json: "r.json",
    price: 0,
  });
});

const whole = (min: number, max: number) =>
  `it is not a whole number from ${min} to ${max}. Fix: give a whole number from ${min} to ${max}.`;
const DURATION = "it is not a duration. Fix: write a number and ms, s, m, h or d, such as 10s.";
const POSITIVE = "it is not a number above 0. Fix: give a number above 0.";
const INSTANT = "it is not an instant with a zone. Fix: write it as 2026-11-23T09:00:00+08:00.";

test.each([
  ["days", "0", whole(1, 366)],
  ["days", "1.5", whole(1, 366)],
  ["seed", "-1", whole(0, 4294967295)],
  ["seed", "", whole(0, 4294967295)],
  ["slots", "65", whole(1, 64)],
  ["floor", "0", whole(1, 10000)],
  ["ceiling", "many", whole(1, 10000)],
  ["ready", "-2", whole(0, 10000)],
  ["slot-rate", "0", POSITIVE],
  ["slot-rate", "fast", POSITIVE],
  ["slot-rate", "Infinity", POSITIVE],
  ["price", "-1", "it is not a number from 0. Fix: give a number from 0."],
  [
    "warm-up-share",
    "1.1",
    "it is not a number above 0, at most 1. Fix: give a number above 0, at most 1.",
  ],
  ["contention", "1", "it is not a number from 0, below 1. Fix: give a number from 0, below 1."],
  ["allowed-lag", "10", DURATION],
  ["allowed-lag", "10 parsecs", DURATION],
  ["allowed-lag", "500ms", "it is less than 1 s. Fix: give at least 1s."],
  ["checkpoint", "0s", "it is less than 1 s. Fix: give at least 1s."],
  ["start-up", "soon", DURATION],
  ["rescale-gap", "3", DURATION],
  ["warm-up", "", DURATION],
  ["node-start", "4min", DURATION],
])("--%s %s", (option, value, told) => {
  const line = `  - --${option} (given: ${JSON.stringify(value)}): ${told}`;
  expect(() => settingsFrom({ [option]: value })).toThrow(new Error(HEAD + line));
});

const QUERY = {
  prometheus: "http://127.0.0.1:9090",
  query: "x",
  from: "2026-11-21T00:00:00Z",
  to: "2026-11-22T00:00:00Z",
  step: "60s",
};

test.each([
  [{ ...QUERY, from: "yesterday" }, `  - --from (given: "yesterday"): ${INSTANT}`],
  [{ ...QUERY, to: "2026-11-22T00:00:00" }, `  - --to (given: "2026-11-22T00:00:00"): ${INSTANT}`],
  [{ ...QUERY, to: QUERY.from }, "  - --to: it is not after --from. Fix: give a later instant."],
  [
    { ...QUERY, prometheus: "localhost" },
    '  - --prometheus (given: "localhost"): it is not a web address. Fix: give one such as http://127.0.0.1:9090.',
  ],
  [
    { prometheus: QUERY.prometheus, query: "x", from: QUERY.from, to: QUERY.to },
    "  - --step: it is missing. Fix: --prometheus needs --query, --from, --to, --step.",
  ],
  [{ query: "x" }, "  - --query: it stands without --prometheus. Fix: give --prometheus URL."],
  [
    { floor: "5", ceiling: "4" },
    "  - --floor (given: 5): it is above the ceiling of 4. Fix: lower it to at most 4, or raise --ceiling.",
  ],
  [
    { "what-if": "b.yaml" },
    '  - --what-if (given: "b.yaml"): there is nothing to change. Fix: give --tenant FILE too.',
  ],
  [
    { set: ["a=1"] },
    '  - --set (given: "a"): there is nothing to change. Fix: give --tenant FILE too.',
  ],
  [
    { tenant: "a.yaml", set: ["ceiling 4"] },
    '  - --set[0] (given: "ceiling 4"): it is not a setting and its value. Fix: write it as otherwise.ceiling=4.',
  ],
])("options that don't go together: %j", (values, lines) => {
  expect(() => settingsFrom(values)).toThrow(new Error(HEAD + lines));
});

test("all mistakes at once", () => {
  expect(() => settingsFrom({ days: "x", seed: "y", "allowed-lag": "z" })).toThrow(
    /--days .*\n.*--seed .*\n.*--allowed-lag/,
  );
});

test("the help tells every option, with its defaults", () => {
  const told = [...HELP.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  const partsOfQuery = ["query", "from", "to", "step"];
  expect([...told, ...partsOfQuery].sort()).toEqual([...Object.keys(OPTIONS), "help"].sort());
});
