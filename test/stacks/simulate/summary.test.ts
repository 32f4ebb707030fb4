import { summarize } from "../../../stacks/simulate/summary";
import { dayOf, info } from "./figures";

const POLICIES = [
  info("flinktide"),
  info("oracle", false),
  info("static-peak", false),
  info("hpa"),
  info("operator"),
];

/** Two days on which everything that is promised holds. */
const GOOD = [
  dayOf("calm", {
    flinktide: [110, 1, 6],
    oracle: [100, 0],
    "static-peak": [300, 0],
    hpa: [150, 10],
    operator: [100, 40],
  }),
  dayOf("wild", {
    flinktide: [48, 3, 10],
    oracle: [40, 0],
    "static-peak": [120, 4],
    hpa: [60, 30],
    operator: [44, 50],
  }),
];

/** The good days, with other figures for one policy on one day. */
function changing(trace: string, policy: string, change: [number, number]) {
  return GOOD.map((day) => {
    if (day.name !== trace) return day;
    const changed = dayOf(trace, { [policy]: change });
    return { ...day, policies: { ...day.policies, ...changed.policies } };
  });
}

const lines = (traces: typeof GOOD, policies = POLICIES) => summarize(policies, traces).lines;

test("means count every trace the same", () => {
  const { policies } = summarize(POLICIES, GOOD);
  expect(policies["flinktide"]).toEqual({
    slotHoursOfOracle: 1.15,
    slots: 3.2917,
    violationMinutes: 2,
    rescalesPerDay: 8,
  });
  expect(policies["oracle"]?.slotHoursOfOracle).toBe(1);
  expect(policies["static-peak"]?.slotHoursOfOracle).toBe(3);
});

test("each promise kept, with its numbers", () => {
  expect(lines(GOOD)).toEqual([
    {
      name: "slot-hours at least 20 % below every rival with no more minutes above the allowed lag",
      ok: true,
      detail: "ours 2 min; ours against rivals with no more: static-peak -61.7 %.",
    },
    {
      name: "minutes above the allowed lag at most a quarter of the best reactive rival's",
      ok: true,
      detail: "ours 2 min, at most 5 allowed (hpa 20).",
    },
    { name: "slot-hours within 15 % of the oracle's", ok: true, detail: "+15.0 %." },
    {
      name: "on no trace a rival is better in both slot-hours and minutes above the allowed lag",
      ok: true,
      detail: "3 rivals on 2 traces, none better in both.",
    },
  ]);
});

test("a rival that is as good and nearly as cheap fails the first, and the trace is named", () => {
  const [first] = lines(changing("calm", "static-peak", [120, 0]));
  // (120/100 + 120/40) / 2 = 2.1: 1.15 is 45.2 % below; the promise holds on the means though not on calm.
  expect(first?.ok).toBe(true);
  const cheap = changing("wild", "static-peak", [50, 4]);
  const both = cheap.map((day) =>
    day.name === "calm" ? changing("calm", "static-peak", [120, 0])[0]! : day,
  );
  expect(lines(both)[0]).toEqual({
    name: "slot-hours at least 20 % below every rival with no more minutes above the allowed lag",
    ok: false,
    detail:
      "ours 2 min; ours against rivals with no more: static-peak -6.1 %; " +
      "static-peak missed on wild (-4.0 %), calm (-8.3 %).",
  });
});

test("exactly 20 % below and exactly a quarter are enough", () => {
  const policies = [info("flinktide"), info("oracle", false), info("hpa")];
  const edge = [dayOf("edge", { flinktide: [80, 2], oracle: [80, 0], hpa: [100, 2] })];
  expect(lines(edge, policies)[0]).toMatchObject({ ok: true });
  const quarter = [dayOf("edge", { flinktide: [80, 2], oracle: [80, 0], hpa: [100, 8] })];
  expect(lines(quarter, policies)[1]).toMatchObject({ ok: true });
  const above = [dayOf("edge", { flinktide: [80.1, 2], oracle: [80, 0], hpa: [100, 2] })];
  expect(lines(above, policies)[0]).toMatchObject({ ok: false });
});

test("more than a quarter of the best reactive rival's minutes fails; a plan is no reactive rival", () => {
  const [, second] = lines(changing("wild", "hpa", [60, 1]));
  expect(second).toMatchObject({
    ok: false,
    detail: "ours 2 min, at most 1.38 allowed (hpa 5.5); missed on wild (3 min).",
  });
  expect(lines(changing("wild", "static-peak", [120, 0]))[1]).toMatchObject({ ok: true });
});

test("a best reactive rival without any minute allows none", () => {
  const policies = [info("flinktide"), info("hpa")];
  const day = (ours: number) => [dayOf("d", { flinktide: [80, ours], hpa: [200, 0] })];
  expect(lines(day(0), policies)[1]).toMatchObject({ ok: true });
  expect(lines(day(0.1), policies)[1]).toMatchObject({ ok: false });
});

test("too far from the oracle fails, and the traces above 15 % are named, worst first", () => {
  const [, , third] = lines(changing("calm", "flinktide", [130, 1]));
  expect(third).toEqual({
    name: "slot-hours within 15 % of the oracle's",
    ok: false,
    detail: "+25.0 %; missed on calm (+30.0 %), wild (+20.0 %).",
  });
});

test("a failed line names at most three traces", () => {
  const policies = [info("flinktide"), info("oracle", false)];
  const days = [1.2, 1.5, 1.3, 1.4].map((ratio, i) =>
    dayOf(`t${i}`, { flinktide: [ratio * 100, 0], oracle: [100, 0] }),
  );
  expect(lines(days, policies)[2]?.detail).toBe(
    "+35.0 %; missed on t1 (+50.0 %), t3 (+40.0 %), t2 (+30.0 %) and 1 more.",
  );
});

test("a rival that is strictly better in both on one trace fails the last; equal in one does not", () => {
  const [, , , last] = lines(changing("wild", "operator", [44, 2]));
  expect(last).toMatchObject({
    ok: false,
    detail: "wild: operator 44 slot-hours and 2 min, ours 48 slot-hours and 3 min.",
  });
  expect(lines(changing("wild", "operator", [44, 3]))[3]).toMatchObject({ ok: true });
  expect(lines(changing("wild", "operator", [48, 2]))[3]).toMatchObject({ ok: true });
  expect(lines(changing("wild", "oracle", [1, 0]))[3]).toMatchObject({ ok: true });
});

test("what can't be judged is said; without flinktide there is nothing to judge", () => {
  const alone = lines(GOOD, [info("flinktide")]);
  expect(alone.map(({ ok }) => ok)).toEqual([null, null, true, null]);
  const traces = [dayOf("d", { flinktide: [80, 0], hpa: [200, 2] })];
  const without = summarize([info("flinktide"), info("hpa")], traces);
  expect(without.lines[2]).toMatchObject({
    ok: null,
    detail: "not judged: the oracle did not run.",
  });
  expect(without.policies["hpa"]).toMatchObject({ slotHoursOfOracle: null, slots: 8.3333 });
  expect(without.lines[0]?.detail).toBe(
    "every rival has more minutes (ours 0 min, the best rival 2 min).",
  );
  expect(lines(traces, [info("hpa")])).toEqual([]);
});

test("a single trace needs no naming", () => {
  const policies = [info("flinktide"), info("oracle", false)];
  const [, , third] = lines([dayOf("d", { flinktide: [130, 0], oracle: [100, 0] })], policies);
  expect(third).toMatchObject({ ok: false, detail: "+30.0 %." });
});
