import { JobScaler } from "../../../policies/scaling/job-scaler";
import { observationWith } from "../../support/observation";
import { SETTINGS } from "../../support/watched";

const MINUTE = 60_000;
const OPTIONS = { job: "wordcount", everySeconds: 60, slotRate: 500 };
/** 1,000 records a second, and 6,000 from ten o'clock to half past. */
const rateAt = (minute: number) => (minute % 1440 >= 600 && minute % 1440 < 630 ? 6000 : 1000);

function scaler(forecast = true) {
  return new JobScaler({ ...SETTINGS, forecast, slotsPerTaskManager: 8 }, OPTIONS);
}

function observe(one: JobScaler, minute: number) {
  const producedPerSecond = rateAt(minute);
  const consumedPerSecond = Math.min(producedPerSecond, 4000);
  const rates = { producedPerSecond, consumedPerSecond, busyRatio: consumedPerSecond / 4000 };
  return one.observe(observationWith({ atMs: minute * MINUTE, ...rates }));
}

/** The advice of the last ten minutes, the first of which is two minutes before ten on the second day. */
function adviceAfter(one: JobScaler, from: number) {
  const advice = [];
  for (let minute = from; minute < 1440 + 606; minute++) advice.push(observe(one, minute));
  return advice.slice(-10).map((given) => given?.reasons);
}

test("a scaler that was told of the past foresees as one that lived through it", () => {
  const told = scaler();
  for (let minute = 0; minute < 1440 + 500; minute++)
    told.remember(minute * MINUTE, rateAt(minute));
  const expected = adviceAfter(scaler(), 0);
  expect(expected.flat().map((reason) => reason?.kind)).toContain("forecast");
  expect(adviceAfter(told, 1440 + 500)).toEqual(expected);
  // Without being told, it knows nothing of the day before.
  const untold = adviceAfter(scaler(), 1440 + 500).flat();
  expect(untold.map((reason) => reason?.kind)).not.toContain("forecast");
});

test("it learns nothing else from it", () => {
  const told = scaler(false);
  for (let minute = 0; minute < 100; minute++) told.remember(minute * MINUTE, 9000);
  const fresh = scaler(false);
  expect(told).toEqual(fresh);
  expect(observe(told, 100)).toEqual(observe(fresh, 100));
  expect(told).toEqual(fresh);
});

test("what was observed is not overwritten by what comes too late", () => {
  const [late, punctual] = [scaler(), scaler()];
  for (const one of [late, punctual]) observe(one, 100);
  late.remember(5 * MINUTE, 9000);
  expect(late).toEqual(punctual);
});
