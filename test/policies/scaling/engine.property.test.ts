import * as fc from "fast-check";
import { reasonSchema } from "../../../policies/decision";
import { largestStep } from "../../../policies/scaling/guards";
import type { JobObservation } from "../../../policies/scaling/observation";
import {
  live,
  lives,
  type Life,
  rangeOf,
  scalerOf,
  settingsOf,
  type Moment,
} from "../../support/job-story";
import { runsOf } from "../../support/runs";

const RUNS = { numRuns: runsOf(10_000) };

/** Throws with what was found where it is not as it has to be: `expect` takes long. */
function check(holds: boolean, found: unknown): void {
  if (!holds) throw new Error(JSON.stringify(found));
}
const text = ({ advice, held }: Omit<Moment, "observation">) =>
  advice === undefined && held === undefined ? "" : JSON.stringify([advice, held]);

test("advice is within the job's range, its key groups, its partitions and the largest step", () => {
  const seen = { up: 0, down: 0 };
  fc.assert(
    fc.property(lives, (job) => {
      const { slotsPerTaskManager: slots, maxStepUp, maxParallelism } = settingsOf(job);
      const range = rangeOf(job);
      for (const { observation, advice, held } of live(job, scalerOf(job))) {
        if (advice === undefined) continue;
        const { parallelism, direction, reasons } = advice;
        seen[direction] += 1;
        const now = observation.parallelism;
        check(held === undefined && observation.running, { advice, held });
        check(Number.isInteger(parallelism) && parallelism <= maxParallelism, advice);
        check(reasons.length > 0, advice);
        for (const reason of reasons) reasonSchema.parse(reason);
        if (direction === "up") {
          const most = Math.min(range.most, observation.partitions ?? Infinity);
          check(parallelism > now && parallelism <= most, advice);
          check(parallelism <= largestStep(now, maxStepUp), advice);
        } else {
          check(parallelism < now && parallelism >= range.least, advice);
          check(Math.ceil(parallelism / slots) < Math.ceil(now / slots), advice);
        }
      }
    }),
    RUNS,
  );
  expect(Math.min(seen.up, seen.down)).toBeGreaterThan(runsOf(300));
});

test("the same observations give the same advice, and hold for the same reasons", () => {
  fc.assert(
    fc.property(lives, (job) => {
      const again = scalerOf(job);
      for (const moment of live(job, scalerOf(job))) {
        const advice = again.observe({ ...moment.observation }, rangeOf(job));
        const { held } = again;
        check(text({ advice, held }) === text(moment), { moment, advice, held });
      }
    }),
    RUNS,
  );
});

test("a larger backlog never leads to less, and never turns an up into anything else", () => {
  const upTo = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const seconds = fc.oneof(upTo(4), upTo(60));
  const factors = fc.constantFrom(1, 1, 0.5, 1.5, 4);
  const met = { up: 0, down: 0, differs: 0 };
  fc.assert(
    fc.property(lives, seconds, seconds, factors, (job, one, other, factor) => {
      const moments = live(job, scalerOf(job));
      // Half of them end where something was advised.
      const advised = moments.findLastIndex(({ advice }) => advice !== undefined);
      const end = job.seed % 2 === 0 && advised >= 0 ? advised : moments.length - 1;
      const observations = moments.slice(0, end).map(({ observation }) => observation);
      const seen = moments[end]?.observation as JobObservation;
      const last = { ...seen, producedPerSecond: factor * (seen.producedPerSecond ?? 0) };
      const [less, more] = [Math.min(one, other), Math.max(one, other)].map((lagSeconds) => {
        const scaler = scalerOf(job);
        for (const observation of observations) {
          scaler.observe(observation, rangeOf(job));
        }
        const backlogRecords = lagSeconds * job.slotRate * last.parallelism;
        return scaler.observe({ ...last, backlogRecords }, rangeOf(job));
      });
      if (less !== undefined) met[less.direction] += 1;
      if (more?.direction !== less?.direction) met.differs += 1;
      const size = (advice: typeof less) => advice?.parallelism ?? last.parallelism;
      check(size(more) >= size(less), { less, more, last });
      check(less?.direction !== "up" || more?.direction === "up", { less, more, last });
    }),
    RUNS,
  );
  expect(Math.min(met.up, met.down, met.differs)).toBeGreaterThan(runsOf(20));
});

test("missing or stale metrics never shrink a job, and it is said why; after a gap nothing is given up at once", () => {
  const gap = fc.record({
    from: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 1, max: 30 }),
    how: fc.constantFrom("producedPerSecond", "consumedPerSecond", "backlogRecords", "NaN", "old"),
  });
  const withheld = ({ how }: { how: string }, observation: JobObservation): JobObservation => {
    if (how === "NaN") return { ...observation, backlogRecords: NaN };
    // Metrics of more than a minute before, shown as if they were of now.
    if (how === "old") return { ...observation, atMs: observation.atMs - 60_001 };
    return { ...observation, [how]: undefined };
  };
  let downs = 0;
  fc.assert(
    fc.property(lives, fc.array(gap, { maxLength: 2 }), (job, gaps) => {
      const missing = (i: number) =>
        gaps.find(({ from, length }) => i >= from && i < from + length);
      const moments = live(job, scalerOf(job), (observation, i) => {
        const hides = missing(i);
        return hides === undefined ? observation : withheld(hides, observation);
      });
      let seenMs = -Infinity;
      let since = { ms: 0, parallelism: 0 };
      for (const [i, { observation, advice, held }] of moments.entries()) {
        const hides = missing(i);
        if (hides !== undefined) {
          const guard = hides.how === "old" ? "stale-metrics" : "missing-metrics";
          check(advice === undefined && held?.guard === guard, { i, advice, held });
          continue;
        }
        const { atMs, parallelism } = observation;
        if (atMs - seenMs > 60_000) since = { ms: atMs, parallelism };
        seenMs = atMs;
        if (advice?.direction !== "down") continue;
        downs += 1;
        const covered = atMs - since.ms >= job.scaleDownWindowSeconds * 1000;
        check(covered || advice.parallelism >= since.parallelism, { i, advice, since });
      }
    }),
    RUNS,
  );
  expect(downs).toBeGreaterThan(runsOf(200));
});

test("a constant load is rescaled at most once after it has settled, and never back and forth", () => {
  const constant = fc
    .record({
      life: lives,
      slots: fc.double({ min: 0.2, max: 80, noNaN: true }),
      delay: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ life, slots, delay }): Life => {
      const asConfigured = { maxStepUp: 100, least: 1, room: Infinity, partitions: undefined };
      const paced = { everySeconds: 30, cooldownSeconds: 60, scaleDownWindowSeconds: 180 };
      const parts = [{ slots, length: 75 }];
      const shows = life.shows === "nothing" ? "busy" : life.shows;
      return { ...life, ...asConfigured, ...paced, parts, swing: 0, shows, delay };
    });
  fc.assert(
    fc.property(constant, (job) => {
      const sizes = live(job, scalerOf(job)).map(({ observation }) => observation.parallelism);
      const late = sizes
        .map((size, i) => Math.sign(size - (sizes[i - 1] ?? size)))
        .filter((way, i) => i > 40 && way !== 0);
      const turns = late.some((way) => way !== late[0]);
      // What a slot does is measured in the meantime; until then one after the other may follow, all the same way.
      const misled = job.known === 0.7 || job.known === 1.4;
      check(!turns && (misled || late.length <= 1), { job, sizes: sizes.join(" ") });
    }),
    RUNS,
  );
});
